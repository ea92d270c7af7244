"""Bills the orders of one month: corrections first, then new invoices, then the statement.

Must not decide which orders are looked at: jobs/run_invoices.py does.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from jobs.billing_run import PORTION, Month, Run, issued_of
from jobs.correct_orders import correct_orders
from jobs.gather_work import Gathered, Unbillable, gather_month
from jobs.ports import Transaction
from jobs.slices import slices
from policies.money.books import entry_of_invoice, refuse_unsound
from policies.money.currency import MixedCurrenciesError
from policies.money.invoice_values import (
    SYSTEM,
    Invoice,
    OrderWork,
)
from policies.money.invoicing import (
    Charged,
    charge_alone,
    charge_month,
    order_invoice,
    statement,
)
from policies.money.month import MonthBill
from policies.money.notes import is_news
from policies.money.periods import is_over, open_period
from policies.money.usage import UsageError
from policies.money.work import is_ready
from policies.records import AuditEntry


async def bill_month(run: Run, period: str, works: Sequence[OrderWork], *, closing: bool) -> None:
    """Bills these orders; a month that is closing, all of it.

    A month is priced only where something is to be billed: once it is over that takes all of it.
    """
    issued, changed = await _heads(run, works)
    if not closing and not changed and len(issued) == len(works):
        run.known += len(issued)
        return
    month = await _priced(run, period, works)
    if month is None:
        return
    looked = month.works if closing else [one for one in works if one.order_id in month.charges]
    if closing:
        issued, changed = await _heads(run, looked)
    run.known += len(issued)
    await correct_orders(run, month, [one for one in looked if one.order_id in changed])
    new = [work for work in looked if work.order_id not in issued]
    due = [work for work in new if closing or is_ready(work, run.now)]
    run.waiting += len(new) - len(due)
    drawn = await _issue(run, month, due)
    if closing and month.bill is not None and (month.works or month.bill.lines):
        await _close(run, month, {**issued, **drawn})


async def _priced(run: Run, period: str, works: Sequence[OrderWork]) -> Month | None:
    """The month with its prices; None where it cannot be billed at all."""
    if not is_over(period, run.billed.today(run.now)):
        charges = await _alone(run, works)
        kept = [work for work in works if work.order_id in charges]
        return Month(period=period, works=kept, charges=charges)
    if (whole := run.months.get(period)) is None:
        async with run.storage.read() as tx:
            whole = await gather_month(tx, run.tenant, period, run.now)
    run.note(whole.unbillable)
    charges = await _alone(run, whole.works)
    kept = [work for work in whole.works if work.order_id in charges]
    if not kept and not whole.snapshots:
        return None
    bill = await _bill(run, period, replace(whole, works=tuple(kept)))
    if bill is None:
        bill = await _bill(run, period, Gathered(works=tuple(kept)))
        if bill is None:
            return None
        return Month(period=period, works=kept, charges=bill.charges)
    return Month(period=period, works=kept, charges=bill.charges, bill=bill)


async def _alone(run: Run, works: Sequence[OrderWork]) -> dict[str, Charged]:
    """The orders that can be priced, by themselves; the others are noted."""
    charges: dict[str, Charged] = {}
    async for part in slices(works):
        for work in part:
            try:
                charges[work.order_id] = charge_alone(run.billed, work)
            except UsageError as error:
                run.note([Unbillable(subject=work.order_id, why=str(error))])
    return charges


async def _bill(run: Run, period: str, whole: Gathered) -> MonthBill | None:
    """The month's bill, drawn up in a thread: it may be long, and others wait for the loop.

    The lines of its orders are in `charges` already.
    """
    try:
        bill = await asyncio.to_thread(
            charge_month, run.billed, period, whole.works, whole.snapshots
        )
        return replace(bill, lines=tuple(line for line in bill.lines if not line.order))
    except (UsageError, MixedCurrenciesError) as error:
        run.note([Unbillable(subject=period, why=str(error))])
        return None


async def _heads(run: Run, works: Sequence[OrderWork]) -> tuple[dict[str, Invoice], set[str]]:
    """The invoices of these orders without their lines, which would fill the memory.

    With them, of which orders something else is known now than was charged.
    """
    found: dict[str, Invoice] = {}
    changed: set[str] = set()
    async with run.storage.read() as tx:
        for start in range(0, len(works), PORTION):
            some = works[start : start + PORTION]
            part = await issued_of(tx, run, some)
            found |= {name: replace(one, lines=()) for name, one in part.items()}
            ids = [one.id for one in part.values()]
            notes = await tx.adjustments.of_invoices(run.tenant.id, ids)
            for work in some:
                invoice = part.get(work.order_id)
                if invoice is not None and is_news(work, invoice, notes.get(invoice.id, [])):
                    changed.add(work.order_id)
    return found, changed


async def _issue(run: Run, month: Month, works: Sequence[OrderWork]) -> dict[str, Invoice]:
    """Issues the orders' invoices, a portion a transaction; by order, those of others too."""
    found: dict[str, Invoice] = {}
    for start in range(0, len(works), PORTION):
        part = works[start : start + PORTION]
        if run.dry_run:
            drawn = [_drawn(run, month, work, run.closed) for work in part]
            run.invoices += drawn
            found |= {one.subject: one for one in drawn}
            continue
        async with run.storage.write() as tx:
            await tx.invoices.one_at_a_time(run.tenant.id)
            others = await issued_of(tx, run, part)
            closed = await tx.invoices.closed(run.tenant.id)
            left = [work for work in part if work.order_id not in others]
            new = await _put(tx, run, [_drawn(run, month, work, closed) for work in left])
        run.invoices += new
        known = [*others.values(), *new]
        found |= {one.subject: replace(one, lines=()) for one in known}
    return found


def _drawn(run: Run, month: Month, work: OrderWork, closed: Sequence[str]) -> Invoice:
    charged = month.charges[work.order_id]
    period = open_period(work.period, closed)
    return order_invoice(run.billed, work, charged, period=period, now=run.now)


async def _close(run: Run, month: Month, invoices: Mapping[str, Invoice]) -> None:
    """Issues the statement, unless somebody did."""
    if month.bill is None:
        return
    drawn = await asyncio.to_thread(
        statement, run.billed, month.period, month.works, month.bill, invoices, run.now
    )
    if run.dry_run:
        run.invoices.append(drawn)
        return
    async with run.storage.write() as tx:
        await tx.invoices.one_at_a_time(run.tenant.id)
        if month.period not in await tx.invoices.closed(run.tenant.id):
            run.invoices += await _put(tx, run, [drawn])
    run.closed = [*run.closed, month.period]


async def _put(tx: Transaction, run: Run, drawn: Sequence[Invoice]) -> list[Invoice]:
    """Stores invoices with their journal entries, and a line on the trail."""
    if not drawn:
        return []
    for one in drawn:
        refuse_unsound(one)
    issued = await tx.invoices.issue(drawn)
    await tx.journal.post([entry_of_invoice(one) for one in issued])
    entry = AuditEntry(
        tenant_id=run.tenant.id,
        at=run.now,
        actor=SYSTEM,
        action="issue",
        subject=f"invoices:{issued[0].period}",
        after={
            "first": issued[0].number,
            "last": issued[-1].number,
            "total_cents": sum(one.total_cents for one in issued),
            "currency": issued[0].currency,
        },
    )
    await tx.audit.append([entry])
    return issued
