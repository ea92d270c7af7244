"""The words by which people ask for what the proof of invoices found, and for credits and debits.

Must not hold logic: read.py takes the words away. Tried from the top.
"""

from collections.abc import Mapping

from policies.questions.lexicon import Phrases
from policies.questions.shape import Measure

_M = Measure
_BILL = r"(?:invoices?|invoicing|billing|bills?)"
_STATED = r"(?:proposed|approved|rejected|issued|given|granted|waiting|pending|approve)"
STATES: Mapping[Measure, tuple[tuple[str, Phrases], ...]] = {
    _M.FINDINGS: (
        ("our_error", (r"our (?:own )?(?:errors?|mistakes?|fault)",)),
        ("accepted", (r"accepted",)),
        ("disputed", (r"disputed|in dispute",)),
        ("open", (r"open|undecided|waiting|pending|not decided|to decide",)),
    ),
    _M.NOTES: (
        (
            "proposed",
            (
                r"to (?:be )?approved?",
                r"(?:proposed|waiting|pending|open)(?: for (?:an? )?(?:approval|decision))?",
                r"(?:to be|not|for) approv(?:ed|al)",
            ),
        ),
        ("approved", (r"approved",)),
        ("rejected", (r"rejected|refused",)),
        ("issued", (r"issued|given|granted|paid(?: out)?",)),
    ),
}
"""How far findings and notes are, in the words of people; tried from the top."""
BILLING: tuple[tuple[Measure, Phrases], ...] = (
    (
        _M.FINDINGS,
        (
            rf"{_BILL} (?:findings?|errors?|mistakes?|discrepanc(?:y|ies)|differences?|problems?)",
            r"findings?",
            rf"(?:wrong|incorrect|faulty) {_BILL}",
            r"(?:over|under)-?(?:bill(?:ed|ing)?|charg(?:e|ed|es|ing))",
        ),
    ),
    (
        _M.NOTES,
        (
            r"(?:credit|debit) notes?",
            r"(?:invoice |billing )?adjustments?",
            rf"credits?(?= (?:(?:were|was|are|is|that|have|been|to|be|we) )*{_STATED})",
            r"(?<=approved )credits?|(?<=issued )credits?|(?<=proposed )credits?",
            r"(?<=rejected )credits?|(?<=waiting )credits?|(?<=pending )credits?",
        ),
    ),
)
