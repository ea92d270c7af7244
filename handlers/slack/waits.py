"""Reads what a snooze shall wait for: an event, the cut-off, and at the latest when.

Must not know how events end a snooze: policies/awaiting.py does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from handlers.slack.times import At, Until, read_until
from policies.awaiting import event_of

CUT_OFF = "cut_off"
"""Waits for no event but for the next cut-off of the client's promise."""
TOMORROW = At(at=time(8, 0), days_ahead=1)
"""At the latest, where nothing else is said."""
_CUT_OFFS = frozenset({"cut-off", "cutoff", "cut off"})
_LEADING = frozenset({"until", "till", "til", "for", "the", "it", "it's", "its", "is", "first"})
_LATEST = frozenset({"or", "by", "but", "at", "the", "latest", "and", "not", "after", "later"})
_LONGEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A kind of event or CUT_OFF, and at the latest when; `used` words said so."""

    awaits: str
    latest: Until | None
    used: int


def read_wait(words: Sequence[str]) -> Wait | None:
    """`until carrier scan`, `until picked or 16:30`, `until cut-off`; None for anything else."""
    begin = 0
    while begin < len(words) and words[begin].lower() in _LEADING:
        begin += 1
    for size in range(min(_LONGEST, len(words) - begin), 0, -1):
        end = begin + size
        phrase = " ".join(words[begin:end]).lower().strip(" .,;!\"'`")
        if phrase in _CUT_OFFS:
            return Wait(awaits=CUT_OFF, latest=None, used=end)
        kind = event_of(phrase) or _scan(phrase)
        if kind is not None:
            return _with_latest(kind, words, end)
    return None


def _with_latest(kind: str, words: Sequence[str], end: int) -> Wait:
    begin = end
    while begin < len(words) and words[begin].lower().strip(",.") in _LATEST:
        begin += 1
    found = read_until(words[begin:]) if begin > end else None
    if found is None:
        return Wait(awaits=kind, latest=None, used=end)
    return Wait(awaits=kind, latest=found[0], used=begin + found[1])


def _scan(phrase: str) -> str | None:
    """`ups scans`, `fedex scan`: the carrier's name changes nothing."""
    name, _, last = phrase.rpartition(" ")
    named = bool(name) and " " not in name
    return "carrier_scan" if named and last in ("scan", "scans") else None
