"""Draws up a tenant's invoices: orders that are done, corrections of earlier ones, statements.

A run that is repeated adds nothing, and one that was cut short goes on where it was: what is
issued is keyed by the order or the month, and always in the same order.
Must not check what was billed, and must not change what was issued.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.bill_month import bill_month
from jobs.billing_run import Run
from jobs.gather_work import Gathered, Unbillable, gather_month, gather_orders
from jobs.ports import Storage, Transaction
from policies.money.billed_tenant import BilledTenant
from policies.money.invoice_values import Adjustment, Invoice, InvoiceKind
from policies.money.periods import next_period, span_of
from policies.money.versions import Tariffs
from policies.records import Tenant

GRACE = timedelta(hours=26)
"""How long after its end a month is closed by itself, so that late events still come into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is billed: orders with work in [since, until), and the months that ended in it.

    `period` is the one month that was asked for, which is closed as soon as it is over.
    """

    since: datetime
    until: datetime
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run issued, or in a dry run would issue.

    `waiting` orders are not done yet; `known` orders were invoiced before.
    """

    invoices: tuple[Invoice, ...] = ()
    notes: tuple[Adjustment, ...] = ()
    unbillable: tuple[Unbillable, ...] = ()
    waiting: int = 0
    known: int = 0
    dry_run: bool = False


def month_window(period: str, tenant: Tenant) -> Window:
    """All of a month; raises UsageError where it is none."""
    since, until = span_of(period, tenant.timezone)
    return Window(since=since, until=until, period=period)


async def run_invoices(
    tenant: Tenant,
    window: Window,
    *,
    storage: Storage,
    tariffs: Tariffs,
    now: datetime,
    dry_run: bool = False,
) -> RunReport:
    """Issues what is due, month by month from the earliest one on.

    Args:
        tenant: whose orders.
        window: which.
        storage: where events and books are.
        tariffs: what work costs.
        now: business time; what happened later is not known yet.
        dry_run: only says what would be issued.
    """
    billed = BilledTenant(id=tenant.id, name=tenant.name, timezone=tenant.timezone, tariffs=tariffs)
    run = Run(billed=billed, tenant=tenant, storage=storage, now=now, dry_run=dry_run)
    async with storage.read() as tx:
        found = await _candidates(tx, tenant, window, now)
        if window.period:
            run.months[window.period] = found
        run.closed = await tx.invoices.closed(tenant.id)
    run.note(found.unbillable)
    closing = [period for period in _ended(window, run) if period not in run.closed]
    for period in sorted({*(work.period for work in found.works), *closing}):
        works = [work for work in found.works if work.period == period]
        await bill_month(run, period, works, closing=period in closing)
    return RunReport(
        invoices=tuple(run.invoices),
        notes=tuple(run.notes),
        unbillable=tuple(run.unbillable[name] for name in sorted(run.unbillable)),
        waiting=run.waiting,
        known=run.known,
        dry_run=dry_run,
    )


async def _candidates(tx: Transaction, tenant: Tenant, window: Window, now: datetime) -> Gathered:
    """The month's orders; or those worked on in the window, and those that it told of late.

    An order that was told late is billed by itself only where it belongs to an invoice, or to a
    month that is closed: history that is loaded is billed when somebody asks for its months.
    """
    if window.period:
        return await gather_month(tx, tenant, window.period, now)
    orders = await tx.worked.between(tenant.id, window.since, min(window.until, now))
    late = set(await tx.worked.told_late(tenant.id, window.since, window.until)) - set(orders)
    found = await gather_orders(tx, tenant, [*orders, *sorted(late)], now)
    closed = await tx.invoices.closed(tenant.id)
    invoiced = await tx.invoices.of_subjects(tenant.id, InvoiceKind.ORDER, sorted(late))
    works = tuple(
        work
        for work in found.works
        if work.order_id not in late or work.order_id in invoiced or work.period in closed
    )
    return Gathered(works=works, unbillable=found.unbillable)


def _ended(window: Window, run: Run) -> Iterator[str]:
    """The months to be closed: the one asked for, or those that ended in the window."""
    zone = run.tenant.timezone
    if window.period:
        if span_of(window.period, zone)[1] <= run.now:
            yield window.period
        return
    period = f"{run.billed.today(window.since):%Y-%m}"
    while (end := span_of(period, zone)[1]) + GRACE <= min(window.until, run.now):
        if end > window.since:
            yield period
        period = next_period(period)
