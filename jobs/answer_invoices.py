"""Answers about invoices that a question names by number, from their rows alone. Must not guess."""

import re

from jobs.asking import Asking
from jobs.cite import Cited
from policies.money.cents import money
from policies.money.invoice_values import Invoice
from policies.records import Tenant

_NUMBER = re.compile(r"(?:inv[-_ ]?)?0{0,12}([1-9]\d{0,11})", re.IGNORECASE)
_SHOWN = 5


async def invoices_named(name: str, asking: Asking) -> list[tuple[Tenant, Invoice]]:
    """That invoice of each visible client who has it: every client's count from 1."""
    match = _NUMBER.fullmatch(name)
    if match is None:
        return []
    found = []
    async with asking.storage.read() as tx:
        for tenant in await tx.tenants.all():
            if tenant.id in asking.tenant_ids:
                invoice = await tx.invoices.get(tenant.id, int(match[1]))
                found += [(tenant, invoice)] if invoice else []
    return found


def told_of_invoice(tenant: Tenant, invoice: Invoice, cited: Cited) -> str:
    """What it is for, what it asks for, and by which lines."""
    mark = cited.mark(f"invoice:{tenant.name}/{invoice.number}", f"invoice {invoice.number}")
    lines = [
        f"{line.code.replace('_', ' ')} {money(line.amount_cents, line.currency)}"
        for line in invoice.lines[:_SHOWN]
    ]
    more = len(invoice.lines) - _SHOWN
    lines += [f"{more} more lines"] if more > 0 else []
    return (
        f"{invoice.number} of {tenant.name} for {invoice.subject}, {invoice.period}: "
        f"{money(invoice.total_cents, invoice.currency)} ({', '.join(lines)}), issued "
        f"{invoice.issued_at:%Y-%m-%d} {mark}."
    )
