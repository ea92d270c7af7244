"""Keeps what was told about targets, so that it is told once. Must not tell."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import micros

_RING = text("""
INSERT INTO target_alarms (tenant_id, key, at) VALUES (:tenant_id, :key, :at)
ON CONFLICT (tenant_id, key) DO NOTHING
""")


class SqlAlarms:
    """Alarms of targets in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ring(self, tenant_id: int, key: str, now: datetime) -> bool:
        """Notes it; False when it had been noted before."""
        values = {"tenant_id": tenant_id, "key": key, "at": micros(now)}
        return (await self._connection.execute(_RING, values)).rowcount == 1
