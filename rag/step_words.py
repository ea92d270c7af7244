"""Says a row of the next steps in words: `When stock is short: decide with the client ...`.

Must not choose a step: policies/next_steps.py does.
"""

from collections.abc import Mapping
from typing import Any

from policies.cause_words import CAUSE_WORDS

_STAND_FOR = (
    ("zone {zone}", "the zone"),
    ("wave {wave}", "the wave"),
    ("{order}", "the order"),
    ("{warehouse}", "the site"),
    ("{carrier}", "the carrier"),
    ("{source}", "the source"),
)


def step_in_words(entry: Mapping[str, Any]) -> str:
    """What to do when; nothing where the row is of another kind."""
    told = entry.get("do")
    if not isinstance(told, str):
        return ""
    for name, words in _STAND_FOR:
        told = told.replace(name, words)
    reasons = [str(one).replace("_", " ").lower() for one in entry.get("reasons") or ()]
    causes = [CAUSE_WORDS.get(str(one), str(one)) for one in entry.get("causes") or ()]
    on = f" on {' or '.join(reasons)}" if reasons else ""
    when = f" when {' or '.join(causes)}" if causes else ""
    return f"What to do{on}{when}: {told}" if on or when else f"What else to do: {told}"
