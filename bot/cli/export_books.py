"""Reads the books out for `e2a export`: invoices and notes, oldest first, in pages.

Must not draw them: handlers/api/invoice_shapes.py does.
"""

from collections.abc import AsyncIterator, Collection
from itertools import count

from handlers.api.invoice_shapes import adjustment_shape, invoice_shape
from handlers.api.shapes import Shape
from policies.records import Tenant
from storage.transaction import SqlStorage, SqlTransaction

BOOKS = ("invoices", "adjustments")
_PAGE = 500


async def export_books(
    storage: SqlStorage, what: str, tenant_ids: Collection[int] | None = None
) -> AsyncIterator[Shape]:
    """Yields the API's objects of one of BOOKS; synthetic tenants are left out."""
    page_of = _invoices if what == "invoices" else _notes
    async with storage.read() as tx:
        for tenant in await tx.tenants.all():
            if tenant.synthetic or (tenant_ids is not None and tenant.id not in tenant_ids):
                continue
            for first in count(1, _PAGE):
                page = await page_of(tx, tenant, first)
                for shape in page:
                    yield shape
                if len(page) < _PAGE:
                    break


async def _invoices(tx: SqlTransaction, tenant: Tenant, first: int) -> list[Shape]:
    """Those of the page that begins with this id; ids count from 1 without gaps."""
    found = await tx.invoices.find([tenant.id], before_id=first + _PAGE, limit=_PAGE)
    return [invoice_shape(one, tenant=tenant.name) for one in reversed(found) if one.id >= first]


async def _notes(tx: SqlTransaction, tenant: Tenant, first: int) -> list[Shape]:
    found = await tx.adjustments.find([tenant.id], before_id=first + _PAGE, limit=_PAGE)
    return [adjustment_shape(one, tenant=tenant.name) for one in reversed(found) if one.id >= first]
