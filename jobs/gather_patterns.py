"""Gathers a client's exceptions of the spans that patterns compare; how complex their orders are.

Must not judge or change anything. Bounded: 5,000 exceptions a day, the orders of 3,000 of them.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobs.ports import Storage, Transaction
from policies.complexity import band, complexity, destination, home_of
from policies.facts import Timeline, timeline_of
from policies.patterns import Patterns, find_patterns
from policies.records import OrderKey, Tenant
from policies.sightings import Sighting, Span, spans_of

_MOST_A_DAY, _MOST_ORDERS, _AT_ONCE = 5_000, 3_000, 100
_DAY = timedelta(days=1)


async def patterns_of(
    tenant: Tenant, until: datetime, *, storage: Storage
) -> tuple[Patterns, datetime | None]:
    """What there is to tell of a client's exceptions up to a moment, and since when they are known.

    Finding is done beside the event loop: many thousand exceptions take a second.
    """
    async with storage.read() as tx:
        known_since = await tx.exceptions.first_opened(tenant.id)
        spans = spans_of(until, tenant.timezone, known_since)
        looked_at = [spans.week, *spans.weeks, *([spans.before] if spans.before else [])]
        seen = await _seen(tx, tenant.id, looked_at)
        told = await _with_complexity(tx, tenant.id, seen)
    return await asyncio.to_thread(find_patterns, told, spans), known_since


async def _seen(tx: Transaction, tenant_id: int, spans: Iterable[Span]) -> list[Sighting]:
    """Each once, whatever spans it is in, by when it opened; a day at a time."""
    found: dict[int, Sighting] = {}
    for since, until in spans:
        end = until
        while end > since:
            begin = max(since, end - _DAY)
            for one in await tx.patterns.seen(tenant_id, begin, end, _MOST_A_DAY):
                found[one.id] = one
            end = begin
    return sorted(found.values(), key=lambda one: (one.opened_at, one.id))


async def _with_complexity(
    tx: Transaction, tenant_id: int, seen: Sequence[Sighting]
) -> list[Sighting]:
    """The same with the band of each order as it was then; without where orders are too many."""
    order_ids = sorted({one.order_id for one in seen})
    if len(order_ids) > _MOST_ORDERS:
        return list(seen)
    timelines = await _timelines(tx, tenant_id, order_ids)
    home = home_of(destination(timeline) for timeline in timelines.values())
    earlier: Counter[str] = Counter()
    told: list[Sighting] = []
    for one in seen:
        timeline = timelines.get(one.order_id)
        if timeline is not None and timeline.events:
            had = earlier[one.order_id]
            score = complexity(timeline, one.opened_at, home=home, earlier=had)
            told.append(replace(one, complexity=band(score)))
        else:
            told.append(one)
        earlier[one.order_id] += 1
    return told


async def _timelines(
    tx: Transaction, tenant_id: int, order_ids: Sequence[str]
) -> Mapping[str, Timeline]:
    found: dict[str, Timeline] = {}
    for start in range(0, len(order_ids), _AT_ONCE):
        part = order_ids[start : start + _AT_ONCE]
        keys = [OrderKey(tenant_id=tenant_id, order_id=order_id) for order_id in part]
        events = await tx.events.of_orders(keys)
        for key in keys:
            found[key.order_id] = timeline_of(key.order_id, events.get(key, []))
        await asyncio.sleep(0)
    return found
