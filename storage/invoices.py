"""Keeps invoices with their lines. Must not alter or delete one: the tables refuse it too."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.money.invoice_values import Invoice, InvoiceKind, InvoiceLine
from policies.money.rates import plain
from storage.billing_numbers import INVOICE, draw, hold, number_of
from storage.bulk import among_these, bulk_insert, chunks
from storage.columns import storable, to_json
from storage.instants import micros
from storage.tables_invoices import invoice_lines, invoices

_ADD = bulk_insert(invoices, invoices.c.keys(), "")
_ADD_LINES = bulk_insert(invoice_lines, invoice_lines.c.keys(), "")


class SqlInvoices:
    """Invoices in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def one_at_a_time(self, tenant_id: int) -> None:
        """Lets nobody else write this tenant's books until the transaction ends."""
        await hold(self._connection, tenant_id)

    async def issue(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        """Stores them in their order with the next numbers."""
        issued: list[Invoice] = []
        for tenant_id in sorted({one.tenant_id for one in invoices}):
            mine = [one for one in invoices if one.tenant_id == tenant_id]
            first = await draw(self._connection, tenant_id, INVOICE, len(mine))
            issued += [
                replace(one, id=place, number=number_of(INVOICE, place))
                for place, one in enumerate(mine, start=first)
            ]
        await _ADD.run(self._connection, [_row(one) for one in issued])
        lines = [_line_row(one, line) for one in issued for line in one.lines]
        await _ADD_LINES.run(self._connection, lines)
        return issued

    async def get(self, tenant_id: int, invoice_id: int) -> Invoice | None:
        """The invoice of that id."""
        found = await self._all(_mine(tenant_id).where(invoices.c.id == invoice_id))
        return next(iter(found), None)

    async def of_subjects(
        self, tenant_id: int, kind: InvoiceKind, subjects: Sequence[str]
    ) -> Mapping[str, Invoice]:
        """Those of these orders (or months), by subject, with their lines."""
        found: dict[str, Invoice] = {}
        of_kind = _mine(tenant_id).where(invoices.c.kind == kind.value)
        for part in chunks(subjects):
            among = among_these(self._connection, invoices.c.subject, part)
            found |= {one.subject: one for one in await self._all(of_kind.where(among))}
        return found

    async def of_period(
        self, tenant_id: int, period: str, *, after_id: int = 0, limit: int = 500
    ) -> list[Invoice]:
        """A month's invoices with their lines, by id, those after `after_id`."""
        statement = _mine(tenant_id).where(invoices.c.period == period, invoices.c.id > after_id)
        return await self._all(statement.order_by(invoices.c.id).limit(limit))

    async def find(
        self,
        tenant_ids: Sequence[int],
        *,
        period: str | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> list[Invoice]:
        """With their lines, newest first by id."""
        table = invoices.c
        statement = select(invoices).where(table.tenant_id.in_(tenant_ids))
        if period is not None:
            statement = statement.where(table.period == period)
        if before_id is not None:
            statement = statement.where(table.id < before_id)
        ordered = statement.order_by(table.id.desc(), table.tenant_id)
        return await self._all(ordered.limit(limit))

    async def closed(self, tenant_id: int) -> list[str]:
        """The months that have a statement, earliest first."""
        statement = (
            select(invoices.c.subject)
            .where(invoices.c.tenant_id == tenant_id, invoices.c.kind == InvoiceKind.MONTH.value)
            .order_by(invoices.c.subject)
        )
        return list((await self._connection.execute(statement)).scalars())

    async def _all(self, statement: Select[Any]) -> list[Invoice]:
        """The invoices in the statement's order, each with its lines."""
        rows = (await self._connection.execute(statement)).all()
        lines: dict[tuple[int, int], list[InvoiceLine]] = {}
        for tenant_id in {row.tenant_id for row in rows}:
            ids = [row.id for row in rows if row.tenant_id == tenant_id]
            for part in chunks(ids):
                among = among_these(self._connection, invoice_lines.c.invoice_id, part)
                mine = select(invoice_lines).where(invoice_lines.c.tenant_id == tenant_id, among)
                ordered = mine.order_by(invoice_lines.c.invoice_id, invoice_lines.c.number)
                for line in await self._connection.execute(ordered):
                    lines.setdefault((tenant_id, line.invoice_id), []).append(_line_of(line))
        return [_invoice_of(row, lines.get((row.tenant_id, row.id), [])) for row in rows]


def _mine(tenant_id: int) -> Select[Any]:
    return select(invoices).where(invoices.c.tenant_id == tenant_id)


def _row(one: Invoice) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    return (
        one.tenant_id,
        one.id,
        one.number,
        one.kind.value,
        storable(one.subject),
        one.period,
        one.input_hash,
        micros(one.issued_at),
        one.currency,
        one.total_cents,
    )


def _line_row(one: Invoice, line: InvoiceLine) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    return (
        one.tenant_id,
        one.id,
        line.number,
        storable(line.order_id),
        line.code,
        line.quantity,
        line.unit_cents,
        line.amount_cents,
        line.tariff,
        line.tariff_version,
        line.currency,
        line.service_date.isoformat() if line.service_date else None,
        to_json(line.event_ids),
        line.unit,
        None if line.measured is None else plain(line.measured),
        line.tax_class,
    )


def _invoice_of(row: Row[Any], lines: Sequence[InvoiceLine]) -> Invoice:
    return Invoice(
        tenant_id=row.tenant_id,
        id=row.id,
        number=row.number,
        kind=InvoiceKind(row.kind),
        subject=row.subject,
        period=row.period,
        input_hash=row.input_hash,
        issued_at=row.issued_at,
        currency=row.currency,
        lines=tuple(lines),
    )


def _line_of(row: Row[Any]) -> InvoiceLine:
    return InvoiceLine(
        number=row.number,
        order_id=row.order_id,
        code=row.code,
        quantity=row.quantity,
        unit_cents=row.unit_cents,
        amount_cents=row.amount_cents,
        tariff=row.tariff,
        tariff_version=row.tariff_version,
        currency=row.currency,
        service_date=date.fromisoformat(row.service_date) if row.service_date else None,
        event_ids=tuple(row.event_ids),
        unit=row.unit,
        measured=None if row.measured is None else Decimal(row.measured),
        tax_class=row.tax_class,
    )
