"""A run of invoices under way: what it was asked, and what it did so far.

Must not bill anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jobs.gather_work import Gathered, Unbillable
from jobs.ports import Storage, Transaction
from policies.money.billed_tenant import BilledTenant
from policies.money.invoice_values import Adjustment, Invoice, InvoiceKind, OrderWork
from policies.money.invoicing import Charged
from policies.money.month import MonthBill
from policies.records import Tenant

PORTION = 200
"""Invoices a transaction."""


@dataclass(kw_only=True)
class Run:
    """A run for one tenant under way, and what it did so far; `months` were gathered whole."""

    billed: BilledTenant
    tenant: Tenant
    storage: Storage
    now: datetime
    dry_run: bool
    closed: Sequence[str] = ()
    months: dict[str, Gathered] = field(default_factory=dict)
    invoices: list[Invoice] = field(default_factory=list)
    notes: list[Adjustment] = field(default_factory=list)
    unbillable: dict[str, Unbillable] = field(default_factory=dict)
    waiting: int = 0
    known: int = 0

    def note(self, found: Sequence[Unbillable]) -> None:
        """Remembers what cannot be billed, each once."""
        self.unbillable |= {one.subject: one for one in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month's priced orders: all of them once it is over, else those that are looked at."""

    period: str
    works: Sequence[OrderWork]
    charges: Mapping[str, Charged]
    bill: MonthBill | None = None


async def issued_of(tx: Transaction, run: Run, works: Sequence[OrderWork]) -> Mapping[str, Invoice]:
    """The invoices of these orders, by order."""
    orders = [work.order_id for work in works]
    return await tx.invoices.of_subjects(run.tenant.id, InvoiceKind.ORDER, orders)
