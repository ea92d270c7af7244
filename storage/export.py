"""Reads whole tables out, row by row, for `e2a export`; synthetic tenants are left out.

Must not hold a table in memory, and must not give away secrets or leases.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import ExceptionRecord
from storage.alerts import SqlAlerts
from storage.engine import Engines
from storage.events import EVENT_COLUMNS
from storage.exceptions import record_of
from storage.tables import audit, events, tenants
from storage.tables_orders import clocks, exceptions
from storage.tables_work import dead_letters, outbox

JsonRow = dict[str, Any]
_INTERNAL = ("tenant_id", "lease", "leased_generation")
_PAGE = 500
_TABLES = {"clocks": clocks, "outbox": outbox, "dead_letters": dead_letters, "audit": audit}
EXPORTS = ("events", "exceptions", "alerts", *_TABLES)
"""What can be exported by this module."""


async def export_rows(
    engines: Engines, what: str, tenant_ids: Iterable[int] | None = None
) -> AsyncIterator[JsonRow]:
    """Yields JSON-ready objects of `what` (one of EXPORTS but exceptions), oldest first.

    Args:
        engines: Where to read.
        what: events (canonical, with tenant and received_at), clocks, alerts, outbox,
            dead_letters or audit.
        tenant_ids: Whose; None for all.
    """
    async with engines.read() as connection:
        if what == "alerts":
            rows = _alerts(connection, None if tenant_ids is None else set(tenant_ids))
        elif what == "events":
            rows = _streamed(connection, _mine(events, EVENT_COLUMNS, tenant_ids))
        else:
            table = _TABLES[what]
            shown = [column for column in table.c if column.name not in _INTERNAL]
            rows = _streamed(connection, _mine(table, shown, tenant_ids))
        async for row in rows:
            yield row


async def export_exceptions(
    engines: Engines, tenant_ids: Iterable[int] | None = None
) -> AsyncIterator[ExceptionRecord]:
    """Yields the exception records, oldest first; how one looks as JSON is the API's affair."""
    async with engines.read() as connection:
        statement = _mine(exceptions, tuple(exceptions.c), tenant_ids)
        async for row in await connection.stream(statement):
            yield record_of(row)


def _mine(table: Table, columns: Iterable[Any], tenant_ids: Iterable[int] | None) -> Select[Any]:
    statement = (
        select(*columns, tenants.c.name.label("tenant"))
        .join_from(table, tenants, table.c.tenant_id == tenants.c.id)
        .where(tenants.c.synthetic.is_(False))
        .order_by(*table.primary_key.columns)
    )
    if tenant_ids is not None:
        statement = statement.where(table.c.tenant_id.in_(list(tenant_ids)))
    return statement


async def _streamed(connection: AsyncConnection, statement: Select[Any]) -> AsyncIterator[JsonRow]:
    async for row in await connection.stream(statement):
        yield _plain(row)


async def _alerts(
    connection: AsyncConnection, tenant_ids: set[int] | None
) -> AsyncIterator[JsonRow]:
    real = select(tenants.c.id, tenants.c.name).where(tenants.c.synthetic.is_(False))
    names = {row.id: row.name for row in await connection.execute(real)}
    last = 0
    while page := await SqlAlerts(connection).after(last, _PAGE):
        last = page[-1].id
        for alert in page:
            if alert.tenant_id in names and (tenant_ids is None or alert.tenant_id in tenant_ids):
                values = {**asdict(alert), "tenant": names[alert.tenant_id]}
                yield {name: _json(v) for name, v in values.items() if name not in _INTERNAL}


def _plain(row: Row[Any]) -> JsonRow:
    return {name: _json(value) for name, value in row._asdict().items()}


def _json(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.hex() if isinstance(value, bytes) else value
