"""Draws the numbers of invoices, notes and journal entries, for each tenant without gaps.

A number belongs to the transaction that draws it: rolled back, it is drawn again. Must not write
what bears it.
"""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import tenants

INVOICE, ADJUSTMENT, CREDIT, DEBIT, ENTRY = "invoice", "adjustment", "credit", "debit", "entry"
PREFIXES = {INVOICE: "INV", CREDIT: "CN", DEBIT: "DN"}
"""How people tell the series apart."""

_DRAW = text("""
INSERT INTO billing_numbers (tenant_id, series, last) VALUES (:tenant_id, :series, :count)
ON CONFLICT (tenant_id, series) DO UPDATE SET last = billing_numbers.last + :count
RETURNING last
""")


async def hold(connection: AsyncConnection, tenant_id: int) -> None:
    """Waits until nobody else writes this tenant's books, and keeps them out until the end.

    It is the lock of the audit trail, so that whoever takes both cannot take them crosswise.
    """
    one = select(tenants.c.id).where(tenants.c.id == tenant_id)
    await connection.execute(one.with_for_update(key_share=True))


async def draw(connection: AsyncConnection, tenant_id: int, series: str, count: int = 1) -> int:
    """The first of the next `count` numbers of a series."""
    asked = {"tenant_id": tenant_id, "series": series, "count": count}
    last: int = (await connection.execute(_DRAW, asked)).scalar_one()
    return last - count + 1


def number_of(series: str, place: int) -> str:
    """How a number is written: INV-000012."""
    return f"{PREFIXES[series]}-{place:06d}"
