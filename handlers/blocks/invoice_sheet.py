"""Writes an invoice as a CSV file that a spreadsheet opens without running anything.

Must not look anything up, and must not round.
"""

from decimal import Decimal

from handlers.blocks.sheets import Sheet, written
from policies.money.currency import decimals
from policies.money.invoice_values import Invoice
from policies.money.rates import plain
from policies.records import Tenant

_HEADINGS = (
    *("invoice", "client", "period", "issued_at", "line", "order", "service_date", "code"),
    *("quantity", "unit", "measured", "unit_price", "amount", "currency"),
    *("tax_class", "tariff", "tariff_version", "events"),
)


def invoice_sheet(invoice: Invoice, tenant: Tenant) -> Sheet:
    """A row a line; amounts in whole units of the currency, to the last minor unit."""
    places = decimals(invoice.currency)
    rows = [
        (
            invoice.number,
            tenant.name,
            invoice.period,
            invoice.issued_at,
            line.number,
            line.order_id or None,
            line.service_date.isoformat() if line.service_date else None,
            line.code,
            line.quantity,
            line.unit or None,
            None if line.measured is None else plain(line.measured),
            _units(line.unit_cents, places),
            _units(line.amount_cents, places),
            line.currency,
            line.tax_class,
            line.tariff,
            line.tariff_version,
            " ".join(line.event_ids) or None,
        )
        for line in invoice.lines
    ]
    what = invoice.order_id or invoice.period
    return Sheet(
        name=f"{invoice.number}.csv",
        title=f"Invoice {invoice.number}: {what}",
        content=written(_HEADINGS, rows),
    )


def _units(cents: int, places: int) -> Decimal:
    return Decimal(cents).scaleb(-places)
