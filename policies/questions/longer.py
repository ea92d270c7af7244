"""Finds by how much orders have to be over: `more than 2 h late`, `over half a day`.

Must not know what else is asked: read.py does.
"""

import re

from policies.questions.names import Text
from policies.questions.spans import NUMBERS

_SPAN = (
    rf"(\d{{1,4}}|{'|'.join(NUMBERS)}|half an?) ?"
    r"(h|hrs?|hours?|d|days?|w|weeks?|m|mins?|minutes?)\b"
)
_LATE = r"(?:late|over(?:due)?|delayed|old|behind)"
_OVER = (
    re.compile(
        rf"(?:\b(?:{_LATE} )?(?:by )?"
        r"(?:more than|longer than|at least|above|later than|by over)|>) ?"
        rf"{_SPAN}(?: {_LATE})?"
    ),
    re.compile(rf"\b(?:over )?{_SPAN} {_LATE}"),
    re.compile(rf"\b{_LATE} (?:by )?over {_SPAN}"),
)
_UNITS = {"h": 60, "d": 1440, "w": 10080, "m": 1}


def longer_than(text: Text) -> int | None:
    """Minutes that are stated, taken away; None where none are."""
    over = next((found for one in _OVER if (found := text.cut(one.search(text.left)))), None)
    if over is None:
        return None
    unit, number = _UNITS[over[2][0]], over[1]
    if number.startswith("half"):
        return unit // 2
    return (int(number) if number.isdigit() else NUMBERS[number]) * unit
