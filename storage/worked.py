"""Finds the orders that something was done for, along two indexes of billable events.

Must not read what was done.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, TextClause, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import TOLD_LATE, WORKED, events


class SqlWorked:
    """Worked orders in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def between(self, tenant_id: int, since: datetime, until: datetime) -> list[str]:
        """Orders with work that occurred in [since, until), sorted."""
        at = events.c.occurred_at
        return await self._orders(tenant_id, WORKED, at >= since, at < until)

    async def told_late(self, tenant_id: int, since: datetime, until: datetime) -> list[str]:
        """Orders with work that was told in [since, until), a day or more after it occurred."""
        at = events.c.received_at
        return await self._orders(tenant_id, TOLD_LATE, at >= since, at < until)

    async def _orders(self, tenant_id: int, *which: ColumnElement[bool] | TextClause) -> list[str]:
        order_id = events.c.order_id
        statement = select(order_id).distinct().where(events.c.tenant_id == tenant_id, *which)
        return sorted((await self._connection.execute(statement)).scalars())
