"""Corrects invoiced orders of which something else is known now than when they were invoiced.

Must not change an invoice: what is different becomes a note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from jobs.billing_run import PORTION, Month, Run, issued_of
from jobs.correct_invoices import propose_notes
from jobs.gather_work import Unbillable
from jobs.ports import Transaction
from policies.money.invoice_values import Invoice, InvoiceKind, OrderWork, Wanted
from policies.money.invoicing import charge_alone, priced_in_month
from policies.money.notes import correction, note_of
from policies.records import OrderKey

_LET_GO = "its invoice is too old to be proved by what is kept; correct it by hand"
_LONGEST = timedelta(days=365)
"""What events state is kept a little longer."""
_ON_THE_WAY = timedelta(minutes=10)
"""So long it may take from hearing of an event to its being there for a run."""


async def correct_orders(run: Run, month: Month, works: Sequence[OrderWork]) -> None:
    """Notes for orders of which something else is known than when they were invoiced."""
    for start in range(0, len(works), PORTION):
        part = works[start : start + PORTION]
        async with run.storage.read() as tx:
            issued = await issued_of(tx, run, part)
            known_of = await _still_known(tx, run, part, issued)
            wanted = await _wanted(tx, run, month, known_of, issued)
            known = await tx.adjustments.known(run.tenant.id, [one.key for one in wanted])
        if not wanted:
            continue
        if run.dry_run:
            invoices = {invoice.id: invoice for invoice in issued.values()}
            run.notes += [
                note_of(one, invoices[one.invoice_id], run.billed, run.closed, run.now)
                for one in wanted
                if one.key not in known
            ]
            continue
        async with run.storage.write() as tx:
            await tx.invoices.one_at_a_time(run.tenant.id)
            # once more: another run may have corrected them meanwhile
            wanted = await _wanted(tx, run, month, known_of, issued)
            run.notes += await propose_notes(wanted, tx=tx, billed=run.billed, now=run.now)


async def _still_known(
    tx: Transaction, run: Run, works: Sequence[OrderWork], issued: Mapping[str, Invoice]
) -> list[OrderWork]:
    """Those of which more was told since, and nothing is gone; the others are noted.

    Events and what they state are let go when they are past their days: what is left of an order
    is less than what was done, and would be credited.
    """
    keys = {one.order_id: OrderKey(tenant_id=run.tenant.id, order_id=one.order_id) for one in works}
    events = await tx.events.of_orders(list(keys.values()))
    kept = []
    for work in works:
        told, invoice = events[keys[work.order_id]], issued[work.order_id]
        seen = invoice.issued_at - _ON_THE_WAY
        if all(max(one.received_at or one.occurred_at, one.occurred_at) < seen for one in told):
            continue
        there = {event.event_id for event in told}
        whole = all(there.issuperset(line.event_ids) for line in invoice.lines)
        if whole and invoice.issued_at > run.now - _LONGEST:
            kept.append(work)
        else:
            run.note([Unbillable(subject=work.order_id, why=_LET_GO)])
    return kept


async def _wanted(
    tx: Transaction,
    run: Run,
    month: Month,
    works: Sequence[OrderWork],
    issued: Mapping[str, Invoice],
) -> list[Wanted]:
    statements = await tx.invoices.of_subjects(run.tenant.id, InvoiceKind.MONTH, [month.period])
    closing = statements.get(month.period)
    ids = [issued[work.order_id].id for work in works] + ([closing.id] if closing else [])
    notes = await tx.adjustments.of_invoices(run.tenant.id, ids)
    found = []
    for work in works:
        invoice = issued[work.order_id]
        documents = [invoice]
        if closing is not None:
            documents.append(_of_order(closing, work.order_id))
        whole = closing is not None or priced_in_month(run.billed, invoice, work)
        charged = month.charges[work.order_id] if whole else charge_alone(run.billed, work)
        theirs = [note for one in documents for note in notes.get(one.id, [])]
        found.append(correction(run.billed, work, charged, documents, theirs))
    return [one for one in found if one is not None]


def _of_order(closing: Invoice, order_id: str) -> Invoice:
    return replace(
        closing, lines=tuple(line for line in closing.lines if line.order_id == order_id)
    )
