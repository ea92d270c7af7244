"""An exception as patterns see it: when it opened, what it states, and in which span that was.

Must not judge: patterns.py does. What a payload states is compared without regard to spelling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from policies.local_time import from_wall


class Dimension(StrEnum):
    """By what exceptions are told apart; the values are words of `exceptions` where it has one."""

    CLIENT = "client"
    SITE = "site"
    CARRIER = "carrier"
    SERVICE = "service"
    WAVE = "wave"
    REASON = "reason"
    TIER = "tier"
    COMPLEXITY = "complexity"


FACTS: Mapping[Dimension, str] = {
    Dimension.CLIENT: "client",
    Dimension.SITE: "warehouse",
    Dimension.CARRIER: "carrier",
    Dimension.SERVICE: "service",
    Dimension.WAVE: "wave",
    Dimension.TIER: "customer_tier",
}
"""Which fact of an exception is meant."""
_LONGEST = 80
WINDOW, WEEK = timedelta(hours=4), timedelta(hours=168)
MOST_WEEKS, LEAST_WEEKS = 8, 4
"""Weeks of which the same window is looked at, and how many have to be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One exception. `ended_at` is None until its event came or it was settled."""

    id: int
    order_id: str
    opened_at: datetime
    reason: str
    deadline_at: datetime
    ended_at: datetime | None = None
    active: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    complexity: str = ""

    def value(self, dimension: Dimension) -> str:
        """What it states there, on one line; empty where nothing."""
        if dimension is Dimension.REASON:
            return self.reason
        if dimension is Dimension.COMPLEXITY:
            return self.complexity
        stated = self.facts.get(FACTS[dimension])
        if isinstance(stated, bool) or not isinstance(stated, str | int):
            return ""
        line = " ".join(str(stated).split())[:_LONGEST]
        return "".join(mark for mark in line if mark.isprintable())

    def delay_at(self, now: datetime) -> float:
        """Minutes over the deadline: to its end, or to `now`."""
        return max(0.0, ((self.ended_at or now) - self.deadline_at).total_seconds() / 60)


Span = tuple[datetime, datetime]
"""From the first moment up to but without the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """The hours that are looked at and those they are measured by, as far as those are known.

    `weeks` are the same four hours of the week on the local clock, the latest week first.
    `before` is the week before the last one; None where it is not known whole.
    """

    now: Span
    weeks: tuple[Span, ...]
    week: Span
    before: Span | None
    zone: str

    @property
    def first(self) -> datetime:
        """From when on exceptions are needed."""
        known = [self.week[0], *(span[0] for span in self.weeks)]
        return min([*known, self.before[0]] if self.before else known)


def spans_of(until: datetime, zone: str, known_since: datetime | None) -> Spans:
    """The spans that end at `until`.

    Args:
        until: the end of the four hours.
        zone: IANA name: 14:00 is compared with 14:00 whatever the clocks did.
        known_since: from when on exceptions are known; None where there are none.
    """
    since = known_since or until
    ends = [_weeks_before(until, zone, week) for week in range(1, MOST_WEEKS + 1)]
    weeks = tuple((end - WINDOW, end) for end in ends if end - WINDOW >= since)
    before = (until - 2 * WEEK, until - WEEK)
    return Spans(
        now=(until - WINDOW, until),
        weeks=weeks if len(weeks) >= LEAST_WEEKS else (),
        week=(until - WEEK, until),
        before=before if before[0] >= since else None,
        zone=zone,
    )


def slot_before(now: datetime, zone: str) -> datetime:
    """The end of the last four hours that are over: 00, 04, 08, ... on the local clock."""
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    hours = int(WINDOW / timedelta(hours=1))
    begun = local.replace(hour=local.hour - local.hour % hours, minute=0, second=0, microsecond=0)
    return min(from_wall(begun, zone), now)


def _weeks_before(until: datetime, zone: str, weeks: int) -> datetime:
    local = until.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return from_wall(local - timedelta(weeks=weeks), zone)
