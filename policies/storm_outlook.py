"""What a storm is measured by: how often its cause is met usually, and what breaks next.

Must not gather: what was stored is handed in. Where too little is known nothing is said.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from policies.last_moment import LastMoment

LOOKED_BACK = timedelta(days=28)
LEAST_DAYS = 7
"""Days that have to be known before anything is called usual."""
_AHEAD, _FURTHEST = timedelta(hours=1), timedelta(hours=24)
"""How far to count what breaks next where no departure is known, and at the furthest."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usually:
    """How many exceptions of a storm's cause there were on so many days before it."""

    count: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextLosses:
    """How many more promises of a storm's orders break by then.

    `departure` is the pickup or cut-off that `by` is, None where none is known.
    """

    by: datetime
    promises: int
    departure: str | None = None


def usually(
    facts: Iterable[Mapping[str, Any]],
    shared: Sequence[tuple[str, str]],
    since: datetime,
    until: datetime,
) -> Usually | None:
    """Counts those that had the same in common; None where fewer than a week is known.

    Args:
        facts: of the exceptions of the same reason that opened in [since, until).
        shared: what a storm's members have in common.
        since: from when on all of them are known.
        until: when the storm's first member opened.
    """
    days = (until - since) // _DAY
    if days < LEAST_DAYS:
        return None
    wanted = {fact: _name(value) for fact, value in shared}
    same = (all(_name(one.get(fact)) == name for fact, name in wanted.items()) for one in facts)
    return Usually(count=sum(same), days=days)


def next_losses(
    deadlines: Iterable[datetime], departures: Iterable[LastMoment], now: datetime
) -> NextLosses | None:
    """What breaks by the departure that most of them wait for, or within the hour.

    Args:
        deadlines: of the promises that still run on a storm's orders.
        departures: the next one of each order, where one is known.
        now: what lies before it is over.
    """
    near = [one for one in departures if now < one.at <= now + _FURTHEST]
    counted = Counter((one.at, one.kind) for one in near)
    common = min(counted, key=lambda one: (-counted[one], one), default=None)
    by = common[0] if common else now + _AHEAD
    due = sorted(at for at in deadlines if now < at <= by)
    if common is None:
        return NextLosses(by=due[-1], promises=len(due)) if due else None
    return NextLosses(by=by, promises=len(due), departure=common[1])


def _name(value: object) -> str:
    return " ".join(str(value).split()).casefold()
