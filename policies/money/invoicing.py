"""Draws up invoices: of single orders, and the statement that closes a month.

An order that is invoiced before its month is over is priced by itself; what the month's volume
changes in it then stands on the statement, a line an order. An order that is invoiced later is
priced within its month. So both together are always what the month costs.
Must not number or store an invoice, and must not count work.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256

from policies.money.billed_tenant import BilledTenant
from policies.money.invoice_values import (
    EVERYONE,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    OrderWork,
)
from policies.money.lines import TAX
from policies.money.month import MonthBill, price_month
from policies.money.month_lines import BillLine
from policies.money.order_lines import net_lines, taxes
from policies.money.parcels import Snapshot
from policies.money.periods import first_of, is_over, last_of
from policies.money.pricing import ChargeLine
from policies.money.tariff import Tariff
from policies.money.work_kinds import OTHER

Charged = tuple[ChargeLine, ...]


def charge_alone(billed: BilledTenant, work: OrderWork) -> Charged:
    """The lines of an order by itself, without tax.

    Raises:
        UsageError: it cannot be priced; the text says what is missing.
    """
    return net_lines(work.usage, billed.tariff(work.day), {})


def charge_month(
    billed: BilledTenant, period: str, works: Sequence[OrderWork], snapshots: Sequence[Snapshot]
) -> MonthBill:
    """All of a month, every order within its volume; raises as price_month does."""
    usages = [replace(one.usage, order=one.order_id, tenant=billed.name) for one in works]
    return price_month(
        usages, snapshots, billed.tariffs, month=first_of(period), tenant=billed.name
    )


def order_invoice(
    billed: BilledTenant, work: OrderWork, charged: Charged, *, period: str, now: datetime
) -> Invoice:
    """The invoice of one order with its tax; `period` is the month in which it counts."""
    tariff = billed.tariff(work.day)
    taxed = _tax_lines([(line.tax_class, line.amount_cents) for line in charged], tariff)
    proof = _Proof(work, tariff)
    lines = [_order_line(line, billed, tariff, work, proof.of(line)) for line in (*charged, *taxed)]
    return Invoice(
        tenant_id=billed.id,
        kind=InvoiceKind.ORDER,
        subject=work.order_id,
        period=period,
        input_hash=work.input_hash,
        issued_at=now,
        currency=tariff.currency,
        lines=_numbered(lines),
    )


def statement(
    billed: BilledTenant,
    period: str,
    works: Sequence[OrderWork],
    bill: MonthBill,
    invoices: Mapping[str, Invoice],
    now: datetime,
) -> Invoice:
    """What closes a month: what its volume changes in orders, storage, shares, minimums and tax.

    Args:
        billed: whose month.
        period: which, as 2026-10.
        works: all orders of the month.
        bill: what `charge_month` made of them.
        invoices: the invoices of these orders, by order.
        now: when it is issued.
    """
    lines = [
        line
        for work in sorted(works, key=lambda one: (one.day, one.order_id))
        if not priced_in_month(billed, invoices[work.order_id], work)
        for line in _volume_lines(billed, work, bill.charges[work.order_id])
    ]
    lines += [
        _month_line(line, billed, bill.currency)
        for line in bill.lines
        if not line.order and not line.code.startswith(TAX)
    ]
    lines += _taxes_of_month(billed, lines, first_of(period))
    digest = sha256("\n".join(sorted(one.input_hash for one in works)).encode())
    for line in lines:
        digest.update(f"\n{line.order_id} {line.code} {line.amount_cents}".encode())
    return Invoice(
        tenant_id=billed.id,
        kind=InvoiceKind.MONTH,
        subject=period,
        period=period,
        input_hash=digest.hexdigest(),
        issued_at=now,
        currency=bill.currency,
        lines=_numbered(lines),
    )


def priced_in_month(billed: BilledTenant, invoice: Invoice, work: OrderWork) -> bool:
    """Whether an order was invoiced when its month was over, so with the month's volume."""
    return is_over(work.period, billed.today(invoice.issued_at))


def not_billed(work: OrderWork, tariff: Tariff) -> Mapping[str, str]:
    """The events of an order that are in no line, by id, each with the reason."""
    priced = {one.per for one in tariff.prices} | {
        getattr(line.rule, "per", "") for line in tariff.lines
    }
    return {
        one.event_id: one.because or OTHER
        for one in work.accounts
        if one.because or one.operation not in priced
    }


class _Proof:
    """Hands the events of each operation to the first line that charges it.

    A line charges what its price counts; what counts items is proved by the pick.
    """

    def __init__(self, work: OrderWork, tariff: Tariff) -> None:
        self._per = {one.code: one.per for one in tariff.prices} | {
            line.code: getattr(line.rule, "per", "") for line in tariff.lines
        }
        self._left = {one.operation: one.event_ids for one in work.done}

    def of(self, line: ChargeLine) -> tuple[str, ...]:
        """The events that this line proves, once each operation."""
        return self._left.pop(self._per.get(line.code, ""), ())


def _order_line(
    line: ChargeLine, billed: BilledTenant, tariff: Tariff, work: OrderWork, proof: tuple[str, ...]
) -> InvoiceLine:
    return InvoiceLine(
        number=0,
        order_id=work.order_id,
        code=line.code,
        quantity=line.quantity,
        unit_cents=line.unit_cents,
        amount_cents=line.amount_cents,
        tariff=billed.scope(tariff),
        tariff_version=tariff.version,
        currency=tariff.currency,
        service_date=work.day,
        event_ids=proof,
        unit=line.unit,
        measured=line.measured,
        tax_class=line.tax_class,
    )


def _volume_lines(billed: BilledTenant, work: OrderWork, whole: Charged) -> Iterator[InvoiceLine]:
    """What an order costs more or less within its month than by itself, a line a code."""
    tariff = billed.tariff(work.day)
    alone = charge_alone(billed, work)
    if alone == whole:
        return
    change: Counter[str] = Counter()
    classes: dict[str, str] = {}
    for sign, lines in ((1, whole), (-1, alone)):
        for line in lines:
            change[line.code] += sign * line.amount_cents
            classes[line.code] = line.tax_class
    for code, cents in change.items():
        if cents:
            line = ChargeLine(
                code=code, quantity=1, unit_cents=cents, unit="volume", tax_class=classes[code]
            )
            yield _order_line(line, billed, tariff, work, ())


def _month_line(line: BillLine, billed: BilledTenant, currency: str) -> InvoiceLine:
    own = {one.version for one in billed.tariffs.own.get(billed.name, ())}
    return InvoiceLine(
        number=0,
        order_id="",
        code=line.code,
        quantity=1,
        unit_cents=line.amount_cents,
        amount_cents=line.amount_cents,
        tariff=billed.name if line.version in own else EVERYONE,
        tariff_version=line.version,
        currency=currency,
        unit=line.unit,
        measured=line.quantity,
        tax_class=line.tax_class,
    )


def _taxes_of_month(
    billed: BilledTenant, lines: Sequence[InvoiceLine], first: date
) -> Iterator[InvoiceLine]:
    """The tax on a statement's own lines, once for each class and version."""
    last = last_of(f"{first:%Y-%m}")
    for span in billed.tariffs.spans(billed.name, first, last):
        tariff, scope = span.tariff, billed.scope(span.tariff)
        mine = [
            (line.tax_class, line.amount_cents)
            for line in lines
            if (line.tariff, line.tariff_version) == (scope, tariff.version)
        ]
        for line in _tax_lines(mine, tariff):
            yield InvoiceLine(
                number=0,
                order_id="",
                code=line.code,
                quantity=1,
                unit_cents=line.unit_cents,
                amount_cents=line.amount_cents,
                tariff=scope,
                tariff_version=tariff.version,
                currency=tariff.currency,
                unit="tax",
                tax_class=line.tax_class,
            )


def _tax_lines(amounts: Sequence[tuple[str, int]], tariff: Tariff) -> list[ChargeLine]:
    plain = [
        ChargeLine(code="", quantity=1, unit_cents=cents, tax_class=name) for name, cents in amounts
    ]
    return [
        ChargeLine(code=TAX + name, quantity=1, unit_cents=cents, unit="tax", tax_class=name)
        for name, cents in taxes(plain, tariff).items()
    ]


def _numbered(lines: Sequence[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    return tuple(replace(line, number=place) for place, line in enumerate(lines, start=1))
