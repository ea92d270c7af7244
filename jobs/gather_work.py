"""Gathers what was done for a tenant's orders: of single ones, or of a whole month.

Must not price or bill it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from jobs.ports import Transaction
from policies.facts import Timeline, timeline_of
from policies.money.invoice_values import OrderWork
from policies.money.parcels import Snapshot
from policies.money.periods import span_of
from policies.money.usage import UsageError
from policies.money.work import snapshots_of, work_of
from policies.records import OrderKey, Tenant

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbillable:
    """Something that cannot be billed as it is told: an order, or a month, and why."""

    subject: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Work by day and order, what lay in store, and what cannot be billed.

    Works have no `accounts`, so that a large month fits into memory.
    """

    works: tuple[OrderWork, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    unbillable: tuple[Unbillable, ...] = ()


async def gather_month(tx: Transaction, tenant: Tenant, period: str, now: datetime) -> Gathered:
    """All orders whose day of service is in a month, and that month's stock.

    Reads along the index of worked orders, so that it costs what the month held.
    """
    begins, ends = span_of(period, tenant.timezone)
    orders = await tx.worked.between(tenant.id, begins, min(ends, now))
    found = await gather_orders(tx, tenant, orders, now)
    return replace(
        found,
        works=tuple(work for work in found.works if work.period == period),
        snapshots=tuple(one for one in found.snapshots if f"{one.day:%Y-%m}" == period),
    )


async def gather_orders(
    tx: Transaction, tenant: Tenant, order_ids: Sequence[str], now: datetime
) -> Gathered:
    """What is known now of these orders; an order that goes by several names is there once."""
    works: dict[str, OrderWork] = {}
    stock: dict[tuple[date, str, str], tuple[datetime, str, Snapshot]] = {}
    unbillable: dict[str, Unbillable] = {}
    for start in range(0, len(order_ids), _PAGE):
        for timeline in await _timelines(tx, tenant, order_ids[start : start + _PAGE], now):
            try:
                work = work_of(timeline, tenant.timezone)
                for event, one in snapshots_of(timeline, tenant.timezone):
                    key = (one.day, one.of, one.lot)
                    told = (event.occurred_at, event.event_id, one)
                    stock[key] = max(stock.get(key, told), told, key=lambda kept: kept[:2])
            except UsageError as error:
                unbillable[timeline.order_id] = Unbillable(
                    subject=timeline.order_id, why=str(error)
                )
                continue
            if work is not None:
                works[work.order_id] = replace(work, accounts=())
    return Gathered(
        works=tuple(sorted(works.values(), key=lambda one: (one.day, one.order_id))),
        snapshots=tuple(one for _, _, one in (stock[key] for key in sorted(stock))),
        unbillable=tuple(unbillable[name] for name in sorted(unbillable)),
    )


async def _timelines(
    tx: Transaction, tenant: Tenant, order_ids: Sequence[str], now: datetime
) -> Iterator[Timeline]:
    """The orders that these ids mean in the end, each with all that was told of it up to now."""
    keys = [OrderKey(tenant_id=tenant.id, order_id=order_id) for order_id in order_ids]
    meant = await tx.names.orders_of(keys)
    orders = list(dict.fromkeys(meant[key] for key in keys))
    events = await tx.events.of_orders(orders)
    return (timeline_of(key.order_id, events[key]).until(now) for key in orders)
