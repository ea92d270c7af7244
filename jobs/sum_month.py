"""Adds up what a tenant was asked for in a month: invoices of orders, statement, notes.

Must not read an invoice's lines into memory for longer than a page.
"""

from dataclasses import dataclass

from jobs.ports import Transaction
from policies.money.invoice_values import InvoiceKind, NoteStatus

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSum:
    """How many there are of each, and what they come to; only issued notes count."""

    orders: int = 0
    orders_cents: int = 0
    statement_cents: int = 0
    notes: int = 0
    notes_cents: int = 0

    @property
    def total_cents(self) -> int:
        """All together."""
        return self.orders_cents + self.statement_cents + self.notes_cents


async def sum_month(tx: Transaction, tenant_id: int, period: str) -> MonthSum:
    """What counts in a month."""
    orders = orders_cents = statement_cents = last = 0
    while page := await tx.invoices.of_period(tenant_id, period, after_id=last, limit=_PAGE):
        last = page[-1].id
        of_orders = [one.total_cents for one in page if one.kind is InvoiceKind.ORDER]
        orders += len(of_orders)
        orders_cents += sum(of_orders)
        statement_cents += sum(one.total_cents for one in page if one.kind is InvoiceKind.MONTH)
    found = await tx.adjustments.of_period(tenant_id, period)
    notes = [note.amount_cents for note in found if note.status is NoteStatus.ISSUED]
    return MonthSum(
        orders=orders,
        orders_cents=orders_cents,
        statement_cents=statement_cents,
        notes=len(notes),
        notes_cents=sum(notes),
    )
