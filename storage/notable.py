"""Reads the exceptions that are worth being found again: active ones, and recent ones.

Must not write, and must not word them: rag does.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import ExceptionRecord
from storage.exceptions import record_of
from storage.tables_orders import ACTIVE, exceptions


class SqlNotable:
    """Notable exceptions in the database, of all tenants."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self, since: datetime, below: int | None, limit: int
    ) -> Sequence[ExceptionRecord]:
        """Active ones and those that changed since then, newest first, below a number."""
        table = exceptions.c
        some = select(exceptions).where(or_(ACTIVE, table.updated_at >= since))
        if below is not None:
            some = some.where(table.id < below)
        ordered = some.order_by(table.id.desc()).limit(limit)
        return [record_of(row) for row in await self._connection.execute(ordered)]

    async def changed(self, since: datetime, limit: int) -> Sequence[tuple[int, int, datetime]]:
        """Number, version and time of change of those that changed since then, oldest first."""
        table = exceptions.c
        some = select(table.id, table.version, table.updated_at).where(table.updated_at >= since)
        ordered = some.order_by(table.updated_at, table.id).limit(limit)
        return [(row[0], row[1], row[2]) for row in await self._connection.execute(ordered)]
