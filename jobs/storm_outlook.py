"""Gathers what a storm is measured by: how often its cause is met usually, what breaks next.

Must not change anything. Bounded: some thousand exceptions before it, some hundred of its orders.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from jobs.ports import Transaction
from jobs.views.storms import InStorm, StormView
from policies.last_moment import LastMoment, last_moment
from policies.promises import Promises
from policies.reasons import ClockState
from policies.records import OrderKey
from policies.storm_outlook import LOOKED_BACK, NextLosses, Usually, next_losses, usually

_MOST_BEFORE, _MOST_TENANTS, _MOST_ORDERS = 2_000, 20, 300


async def with_outlook(tx: Transaction, view: StormView, promises: Promises) -> StormView:
    """The same with what it is measured by; not for what quiet hours held back."""
    if view.storm.overnight or not view.members:
        return view
    return replace(
        view,
        usually=await _usually(tx, view),
        next_losses=await _next_losses(tx, view, promises),
    )


async def _usually(tx: Transaction, view: StormView) -> Usually | None:
    """By the stored exceptions of the same clients; where they are very many, of fewer days."""
    tenant_ids = sorted({one.tenant.id for one in view.members})[:_MOST_TENANTS]
    until = min(one.record.opened_at for one in view.members)
    known = [at for one in tenant_ids if (at := await tx.exceptions.first_opened(one))]
    since = max(until - LOOKED_BACK, min(known, default=until))
    reason, found = view.storm.reason_code, []
    for tenant_id in tenant_ids:
        rows = await tx.exceptions.opened_between(tenant_id, reason, since, until, _MOST_BEFORE)
        if len(rows) == _MOST_BEFORE:
            since = max(since, rows[-1][0])
        found += rows
    counted = [facts for at, facts in found if at >= since]
    return usually(counted, view.storm.shared, since, until)


async def _next_losses(tx: Transaction, view: StormView, promises: Promises) -> NextLosses | None:
    """What else is promised of the orders that are late."""
    active = [one for one in view.members if one.record.active][:_MOST_ORDERS]
    keys = [OrderKey(tenant_id=one.tenant.id, order_id=one.record.order_id) for one in active]
    rows = await tx.clocks.of_orders(list(dict.fromkeys(keys)))
    deadlines = [
        row.deadline_at
        for clocks in rows.values()
        for row in clocks
        if row.state == ClockState.RUNNING and row.verdict is None
    ]
    return next_losses(deadlines, _departures(active, promises, view.now), view.now)


def _departures(
    active: Iterable[InStorm], promises: Promises, now: datetime
) -> Iterable[LastMoment]:
    """The next one of each, looked up once for orders of one place, carrier and promise."""
    known: dict[object, LastMoment | None] = {}
    for one in active:
        record = one.record
        places = tuple(str(record.facts.get(fact)) for fact in ("warehouse", "carrier"))
        key = (one.tenant.id, record.sla_id, record.stage, places)
        if key not in known:
            known[key] = last_moment(record, promises.of(one.tenant.name), now)
        found = known[key]
        if found is not None:
            yield found
