"""What each kind of cause is called where many exceptions are told together.

Must not decide on a cause: policies/causes.py and policies/explanation.py do.
"""

from policies.records import Explanation

CAUSE_WORDS = {
    "stock": "stock is short",
    "payment": "the payment is open",
    "address": "the address is wrong",
    "damage": "goods are damaged",
    "hold": "the order was put on hold",
    "attempt": "a delivery attempt failed",
    "reported": "trouble was reported",
    "pickup": "the carrier missed its pick-up",
    "backlog": "the warehouse has a backlog",
    "label": "the label failed",
    "trailer": "the trailer was full",
    "cut_off": "the cut-off was missed",
    "weather": "the weather holds it up",
    "vehicle": "the vehicle broke down",
    "misroute": "it was sent the wrong way",
    "unscanned": "it went on, only the scan is missing",
    "silence": "the source is silent: the news may be late, not the work",
    "zone": "its whole zone is late",
    "wave": "its whole wave is late",
    "warehouse": "its whole site is late",
    "carrier": "the carrier's other parcels are late, too",
    "slow": "fewer orders an hour get through than usual",
    "alone": "it is that order alone, those beside it were in time",
}
"""By the kinds of docs/explanations.md."""
UNKNOWN = "nothing recorded says why"


def why_of(explanation: Explanation | None) -> str:
    """The cause in a few words, or that none is known."""
    return CAUSE_WORDS.get((explanation.cause if explanation else None) or "", UNKNOWN)
