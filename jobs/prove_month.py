"""Proves the orders and the statement of one month against what is due for them.

Must not keep anything, and must not find causes: policies/money/findings names them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobs.file_findings import Filed, Shelf, file_findings
from jobs.gather_billed import BilledOrder
from jobs.gather_work import Gathered, Unbillable, gather_month
from jobs.ports import Storage
from policies.money.billed_tenant import BilledTenant
from policies.money.findings.due import due_of
from policies.money.findings.finding import Family, Finding
from policies.money.findings.months import statement_findings
from policies.money.findings.named import Billed
from policies.money.findings.orders import Due, order_findings
from policies.money.findings.prices import OtherVersions
from policies.money.findings.tolerance import SmallOnes
from policies.money.invoice_values import Invoice, InvoiceKind, OrderWork
from policies.money.invoicing import charge_alone, charge_month, priced_in_month, statement
from policies.money.month import MonthBill
from policies.money.periods import first_of, is_over, last_of
from policies.money.pricing import ChargeLine
from policies.money.tariff import Tariff
from policies.money.usage import Usage, UsageError
from policies.money.versions import Tariffs
from policies.money.work import REST
from policies.promises import Promises
from policies.records import Tenant

A_NIGHT = timedelta(hours=25)
"""Until then an order that is done may still wait for the run that bills it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """What proofs need."""

    storage: Storage
    tariffs: Tariffs
    promises: Promises

    def billed(self, tenant: Tenant) -> BilledTenant:
        """The tenant with what its work costs."""
        return BilledTenant(
            id=tenant.id, name=tenant.name, timezone=tenant.timezone, tariffs=self.tariffs
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """A month that is over: all its orders, and what they cost within its volume."""

    gathered: Gathered
    bill: MonthBill
    orders: int


class MonthProof:
    """The proof of one client's month under way.

    Args:
        tenant: the client.
        period: the month, as 2026-10.
        checking: where invoices and events are, and what work costs.
        now: business time; what is not known by then is not due.
    """

    def __init__(self, tenant: Tenant, period: str, checking: Checking, now: datetime) -> None:
        self.tenant, self.period, self.checking, self.now = tenant, period, checking, now
        self.billed = checking.billed(tenant)
        self.unbillable: list[Unbillable] = []
        self.orders = self.invoices = self.expected_cents = self.billed_cents = 0
        self._tariff = self.billed.tariff(last_of(period))
        own = self.checking.tariffs.own.get(tenant.name, ())
        self._others = OtherVersions.of((*self.checking.tariffs.versions, *own))
        self._small = SmallOnes()
        self._whole: _Whole | None = None
        self._issued: dict[str, Invoice] = {}
        self._alone: dict[object, tuple[ChargeLine, ...]] = {}

    def tariffs_of_month(self) -> Sequence[Tariff]:
        """The versions that are in force in it."""
        spans = self.billed.tariffs.spans(
            self.billed.name, first_of(self.period), last_of(self.period)
        )
        return [span.tariff for span in spans]

    async def prepare(self) -> None:
        """Prices the month as a whole once it is over: only then its volume is known."""
        if not is_over(self.period, self.billed.today(self.now)):
            return
        async with self.checking.storage.read() as tx:
            found = await gather_month(tx, self.tenant, self.period, self.now)
        try:
            self._whole = await asyncio.to_thread(self._priced, found)
        except UsageError:
            # an order without a price is left out of its month, as it is when that is billed
            works = tuple(work for work in found.works if self._has_price(work))
            self._whole = await asyncio.to_thread(self._priced, replace(found, works=works))

    def prove(self, order: BilledOrder) -> list[Finding]:
        """What is wrong with the invoice of one order."""
        work, invoice = order.work, order.invoice
        if invoice is not None:
            self.invoices += 1
            self.billed_cents += invoice.total_cents
            if self._whole is not None:
                self._issued[order.order_id] = replace(invoice, lines=())
        elif work is not None and not self._is_missing(work):
            return []
        self.orders += 1
        try:
            due = self._nothing(order) if work is None else self._due(work, invoice)
        except UsageError as error:
            self.unbillable.append(Unbillable(subject=order.order_id, why=str(error)))
            return []
        self.expected_cents += due.amount_cents
        if invoice is not None and _as_due(due, invoice):
            return []
        lines = invoice.lines if invoice else ()
        asked = [Billed(invoice.id, invoice.number, line) for line in lines] if invoice else []
        found = order_findings(due, asked, self._others)
        return self._small.sift(found, self._tariff.tolerance)

    async def of_statement(self) -> tuple[list[Finding], list[str]]:
        """What is wrong with what closed the month, and of which orders that tells."""
        if self._whole is None:
            return [], []
        async with self.checking.storage.read() as tx:
            kept = await tx.invoices.of_subjects(self.billed.id, InvoiceKind.MONTH, [self.period])
        billed = kept.get(self.period)
        if billed is None:
            return [], []
        works = [work for work in self._whole.gathered.works if work.order_id in self._issued]
        at = billed.issued_at
        due = statement(self.billed, self.period, works, self._whole.bill, self._issued, at)
        self.invoices += 1
        self.billed_cents += billed.total_cents
        self.expected_cents += due.total_cents
        found = self._small.sift(statement_findings(due, billed), self._tariff.tolerance)
        return found, sorted({line.order_id for line in (*due.lines, *billed.lines)} | {""})

    def drift(self) -> list[Finding]:
        """What small differences that go the same way come to."""
        return list(self._small.drift(self.period, self._tariff.tolerance))

    async def file(
        self, found: Sequence[Finding], order_ids: Sequence[str], family: Family
    ) -> Filed:
        """Files findings, and withdraws what was found of these orders and is not true now."""
        shelf = Shelf(
            billed=self.billed,
            period=self.period,
            storage=self.checking.storage,
            now=self.now,
            family=family,
        )
        return await file_findings(found, order_ids, shelf)

    def _priced(self, found: Gathered) -> _Whole:
        return _Whole(
            gathered=found,
            bill=charge_month(self.billed, self.period, found.works, found.snapshots),
            orders=sum(not work.usage.nothing_done for work in found.works),
        )

    def _has_price(self, work: OrderWork) -> bool:
        try:
            self._by_itself(work)
        except UsageError:
            return False
        return True

    def _is_missing(self, work: OrderWork) -> bool:
        """Whether an order without an invoice should have one: a night's run went over it."""
        ready_at = work.ready_at or work.last_at + REST
        return ready_at <= self.now - A_NIGHT

    def _due(self, work: OrderWork, invoice: Invoice | None) -> Due:
        """By itself, or within its month where it was, or would be, invoiced after that."""
        whole = self._in_month(work, invoice)
        if whole is None:
            return due_of(self.billed, work, self._by_itself(work))
        return due_of(self.billed, work, whole, self._whole.orders if self._whole else 0)

    def _by_itself(self, work: OrderWork) -> tuple[ChargeLine, ...]:
        """Priced once for all orders alike: most of a month are."""
        usage = work.usage
        if usage.parcels or usage.month_before:
            return charge_alone(self.billed, work)
        counted = tuple(usage.operations.items()), tuple(usage.counts.items())
        key = (counted, usage.flags, work.day)
        known = self._alone.get(key)
        if known is None:
            known = self._alone[key] = charge_alone(self.billed, work)
        return known

    def _in_month(self, work: OrderWork, invoice: Invoice | None) -> Sequence[ChargeLine] | None:
        if self._whole is None or (
            invoice is not None and not priced_in_month(self.billed, invoice, work)
        ):
            return None
        return self._whole.bill.charges.get(work.order_id)

    def _nothing(self, order: BilledOrder) -> Due:
        """Nothing was done for it, as far as anybody told."""
        return Due(
            order_id=order.order_id,
            usage=Usage(),
            tariff=self._tariff,
            lines=(),
            events=tuple(event.event_id for event in order.timeline.events),
        )


def _as_due(due: Due, invoice: Invoice) -> bool:
    """Whether an invoice says line by line what is due: then there is nothing to look for."""
    return invoice.currency == due.tariff.currency and [
        (one.code, one.quantity, one.unit_cents, one.amount_cents) for one in due.lines
    ] == [(one.code, one.quantity, one.unit_cents, one.amount_cents) for one in invoice.lines]
