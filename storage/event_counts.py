"""Counts events that were read: orders that began in windows, and what a source told in an hour.

Must not read any itself.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from policies.facts import ALIASES
from policies.queries import Heard

BEGINNINGS = ("order_created", "order_paid")
"""Kinds of events with which an order begins."""
Beginning = tuple[datetime, str]
Wanted = tuple[int, datetime, timedelta]
"""A tenant, a moment, and the window up to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a tenant's time, after one instant until another, and what is asked in it."""

    tenant_id: int
    after: datetime
    until: datetime
    wanted: tuple[Wanted, ...]


def spans(wanted: Iterable[Wanted]) -> Iterator[Span]:
    """The fewest stretches that hold all windows, so that none is read twice."""
    waiting: Span | None = None
    for tenant_id, moment, window in sorted(set(wanted), key=lambda one: (one[0], one[1] - one[2])):
        asked, after = (tenant_id, moment, window), moment - window
        if waiting and waiting.tenant_id == tenant_id and after <= waiting.until:
            until = max(waiting.until, moment)
            waiting = replace(waiting, until=until, wanted=(*waiting.wanted, asked))
        else:
            if waiting:
                yield waiting
            waiting = Span(tenant_id=tenant_id, after=after, until=moment, wanted=(asked,))
    if waiting:
        yield waiting


def orders_in(began: Sequence[Beginning], wanted: Iterable[Wanted]) -> dict[Wanted, int]:
    """How many different orders began in each window; `began` is in time order."""
    counts: dict[Wanted, int] = {}
    by_window: dict[timedelta, list[Wanted]] = {}
    for one in wanted:
        by_window.setdefault(one[2], []).append(one)
    for window, asked in by_window.items():
        inside: Counter[str] = Counter()
        first = last = 0
        for one in sorted(asked, key=lambda one: one[1]):
            while last < len(began) and began[last][0] <= one[1]:
                inside[began[last][1]] += 1
                last += 1
            while first < last and began[first][0] <= one[1] - window:
                order_id = began[first][1]
                inside[order_id] -= 1
                if not inside[order_id]:
                    del inside[order_id]
                first += 1
            counts[one] = len(inside)
    return counts


def by_kind(told: Iterable[Heard]) -> list[Heard]:
    """The same with kinds as policies name them; what has several names is added up."""
    found: dict[tuple[int, str, datetime, str], Heard] = {}
    for one in told:
        kind = ALIASES.get(one.kind, one.kind)
        key = (one.tenant_id, one.source, one.hour, kind)
        same = found.get(key)
        events, last_at = one.events, one.last_at
        if same is not None:
            events, last_at = same.events + events, max(same.last_at, last_at)
        found[key] = replace(one, kind=kind, events=events, last_at=last_at)
    return [found[key] for key in sorted(found)]
