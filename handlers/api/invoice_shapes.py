"""Invoices and the notes on them as JSON: what the API answers and `e2a export` writes.

Must not look anything up.
"""

from datetime import date
from decimal import Decimal

from handlers.api.shapes import Shape, When
from policies.money.invoice_values import Adjustment, Invoice, InvoiceLine
from policies.money.rates import plain


class InvoiceLineShape(Shape):
    """One line; `amount_cents` is `quantity` times `unit_cents`, `event_ids` prove the work."""

    number: int
    order_id: str | None
    code: str
    quantity: int
    unit_cents: int
    amount_cents: int
    unit: str | None
    measured: str | None
    tax_class: str
    tariff: str
    tariff_version: str
    service_date: date | None
    event_ids: tuple[str, ...]


class InvoiceShape(Shape):
    """An invoice; `total_cents` is the sum of its lines."""

    id: int
    number: str | None
    tenant: str
    kind: str
    order_id: str | None
    period: str
    currency: str
    total_cents: int
    issued_at: When
    input_hash: str
    lines: tuple[InvoiceLineShape, ...]


class AdjustmentShape(Shape):
    """A note that corrects an invoice; `number` is there once it is issued."""

    id: int
    number: str | None
    tenant: str
    kind: str
    status: str
    approval: str
    invoice_id: int
    invoice_number: str
    line: int | None
    order_id: str | None
    period: str
    amount_cents: int
    currency: str
    cause: str
    expected_cents: int | None
    billed_cents: int | None
    evidence: tuple[str, ...]
    tariff: str
    tariff_version: str
    proposed_by: str
    proposed_at: When
    decided_by: str | None
    decided_at: When | None
    issued_at: When | None


def invoice_shape(invoice: Invoice, *, tenant: str) -> InvoiceShape:
    """An invoice with its lines; before it is issued it has no number."""
    return InvoiceShape(
        id=invoice.id,
        number=invoice.number or None,
        tenant=tenant,
        kind=invoice.kind.value,
        order_id=invoice.order_id or None,
        period=invoice.period,
        currency=invoice.currency,
        total_cents=invoice.total_cents,
        issued_at=invoice.issued_at,
        input_hash=invoice.input_hash,
        lines=tuple(_line(line) for line in invoice.lines),
    )


def _line(line: InvoiceLine) -> InvoiceLineShape:
    return InvoiceLineShape(
        number=line.number,
        order_id=line.order_id or None,
        code=line.code,
        quantity=line.quantity,
        unit_cents=line.unit_cents,
        amount_cents=line.amount_cents,
        unit=line.unit or None,
        measured=_measured(line.measured),
        tax_class=line.tax_class,
        tariff=line.tariff,
        tariff_version=line.tariff_version,
        service_date=line.service_date,
        event_ids=line.event_ids,
    )


def _measured(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def adjustment_shape(note: Adjustment, *, tenant: str) -> AdjustmentShape:
    """A note as it stands."""
    fields = {name: getattr(note, name, None) for name in AdjustmentShape.model_fields}
    empty = {name: None for name in ("number", "order_id", "decided_by") if not fields[name]}
    words = {
        "tenant": tenant,
        "kind": note.kind.value,
        "status": note.status.value,
        "approval": note.approval.value,
    }
    return AdjustmentShape.model_validate({**fields, **words, **empty})
