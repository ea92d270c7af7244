"""How exceptions like one ended lately, told only where there are some.

Must not guess from one or two, and must not read notes: how it ended is a word from a list.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from policies.judgement import MERGED, NO_LONGER_APPLIES
from policies.place_names import name_of
from policies.reasons import ReasonCode

LOOKED_BACK = timedelta(days=90)
LEAST = 3
_NO_CASE = frozenset({MERGED, NO_LONGER_APPLIES})
_LIKE: Mapping[ReasonCode, tuple[str, ...]] = {
    ReasonCode.CARRIER_ISSUE: ("warehouse", "carrier"),
    ReasonCode.SHIP_DELAY: ("warehouse", "carrier"),
    ReasonCode.FIRST_SCAN_MISSING: ("warehouse", "carrier"),
    ReasonCode.TRANSIT_STALL: ("carrier",),
    ReasonCode.DELIVERY_DELAY: ("carrier",),
}
"""What a case has in common with one of that reason; else its site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """A settled exception: where it was, its recorded cause, how and when it ended."""

    facts: Mapping[str, Any]
    cause: str | None
    resolution: str | None
    opened_at: datetime
    resolved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """So many like it since then; how most of them ended, and within what time half of them.

    `place` is what they have in common besides the reason, and the cause where that is the same.
    """

    count: int
    since: datetime
    ending: str
    ended_so: int
    median_minutes: float
    place: Mapping[str, str]
    same_cause: bool


def similar(
    reason: ReasonCode,
    place: Mapping[str, str],
    cause: str | None,
    cases: Iterable[PastCase],
    since: datetime,
) -> Similar | None:
    """Those of the same place, and of the same recorded cause where three of them had it."""
    keys = [key for key in _LIKE.get(reason, ("warehouse",)) if key in place]
    there = [
        case
        for case in cases
        if case.resolution not in _NO_CASE
        and case.resolved_at > case.opened_at  # what was over when we heard of it was no case
        and all(name_of(case.facts.get(key)) == place[key] for key in keys)
    ]
    alike = [case for case in there if cause is not None and case.cause == cause]
    same_cause = len(alike) >= LEAST
    told = alike if same_cause else there
    if len(told) < LEAST:
        return None
    (ending, ended_so), *_ = Counter(case.resolution or "other" for case in told).most_common(1)
    taken = [(case.resolved_at - case.opened_at).total_seconds() / 60 for case in told]
    return Similar(
        count=len(told),
        since=since,
        ending=ending,
        ended_so=ended_so,
        median_minutes=max(0.0, median(taken)),
        place={key: place[key] for key in keys},
        same_cause=same_cause,
    )
