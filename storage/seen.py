"""Remembers deliveries that were handled, so that a repeated one has no second effect.

Must not know what was delivered.
"""

from datetime import datetime

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import micros
from storage.tables_work import seen

_SEE = text("INSERT INTO seen (key, seen_at) VALUES (:key, :now) ON CONFLICT (key) DO NOTHING")


class SqlSeen:
    """Seen deliveries in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def first_time(self, key: str, now: datetime) -> bool:
        """Whether nobody said that of this key before."""
        values = {"key": key, "now": micros(now)}
        return (await self._connection.execute(_SEE, values)).rowcount == 1

    async def forget(self, before: datetime) -> None:
        """Forgets what was seen before `before`."""
        await self._connection.execute(delete(seen).where(seen.c.seen_at < before))
