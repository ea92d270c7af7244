"""Gathers what a proof of invoices compares: what was done for orders, and what was billed.

Must not compare or keep anything. Orders are read by the page, so that nobody waits for it.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.gather_work import Unbillable
from jobs.ports import Storage, Transaction
from policies.facts import Timeline, timeline_of
from policies.money.billed_tenant import BilledTenant
from policies.money.invoice_values import Invoice, InvoiceKind, OrderWork
from policies.money.periods import span_of
from policies.money.usage import UsageError
from policies.money.work import work_of
from policies.records import OrderKey

PAGE = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledOrder:
    """One order: what was done for it in the month, and its invoice, where there is either.

    `facts` are of the timeline: what the order is worth is among them.
    """

    order_id: str
    timeline: Timeline
    work: OrderWork | None
    invoice: Invoice | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some orders of a month, and those that cannot be proved."""

    orders: tuple[BilledOrder, ...]
    unbillable: tuple[Unbillable, ...]


async def billed_orders(
    billed: BilledTenant, period: str, *, storage: Storage, now: datetime
) -> AsyncIterator[Page]:
    """Every order that was served or invoiced in a month, each once, by the page."""
    since, until = span_of(period, billed.timezone)
    async with storage.read() as tx:
        served = await tx.worked.between(billed.id, since, until)
        invoiced = await tx.findings.invoiced(billed.id, period)
    ids = [*served, *sorted(set(invoiced) - set(served))]
    for start in range(0, len(ids), PAGE):
        yield await _page(ids[start : start + PAGE], billed, period, storage, now)


async def orders_called(
    ids: Sequence[str], billed: BilledTenant, *, storage: Storage, now: datetime
) -> AsyncIterator[tuple[BilledOrder, ...]]:
    """These orders, whenever they were served."""
    for start in range(0, len(ids), PAGE):
        page = await _page(ids[start : start + PAGE], billed, None, storage, now)
        yield page.orders


async def _page(
    ids: Sequence[str], billed: BilledTenant, period: str | None, storage: Storage, now: datetime
) -> Page:
    async with storage.read() as tx:
        timelines = await _timelines(tx, ids, billed.id, now)
        invoices = await tx.invoices.of_subjects(billed.id, InvoiceKind.ORDER, list(timelines))
    orders: list[BilledOrder] = []
    unbillable: list[Unbillable] = []
    for order_id, timeline in timelines.items():
        invoice = invoices.get(order_id)
        try:
            work = work_of(timeline, billed.timezone)
        except UsageError as error:
            unbillable.append(Unbillable(subject=order_id, why=str(error)))
            continue
        served = work.period if work else invoice.period if invoice else None
        mine = period is None or served == period
        if mine:
            orders.append(
                BilledOrder(order_id=order_id, timeline=timeline, work=work, invoice=invoice)
            )
    return Page(orders=tuple(orders), unbillable=tuple(unbillable))


async def _timelines(
    tx: Transaction, ids: Sequence[str], tenant_id: int, now: datetime
) -> dict[str, Timeline]:
    """By the name under which each order is kept in the end."""
    keys = [OrderKey(tenant_id=tenant_id, order_id=order_id) for order_id in ids]
    meant = list(dict.fromkeys((await tx.names.orders_of(keys)).values()))
    events = await tx.events.of_orders(meant)
    return {
        key.order_id: timeline_of(key.order_id, events.get(key, [])).until(now) for key in meant
    }
