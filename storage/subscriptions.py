"""Keeps which channel asked to be told what. Must not tell."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import micros
from storage.tables_work import subscriptions

_ADD = text("""
INSERT INTO subscriptions (tenant_id, channel_id, kind, created_by, created_at)
VALUES (:tenant_id, :channel_id, :kind, :created_by, :created_at)
ON CONFLICT (tenant_id, channel_id, kind) DO NOTHING
""")


class SqlSubscriptions:
    """Subscriptions in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, kind: str, channel_id: str, tenant_ids: Sequence[int], actor: str, now: datetime
    ) -> bool:
        """Subscribes the channel for these tenants; False when it was for all of them."""
        added = 0
        for tenant_id in sorted(tenant_ids):
            values = {
                "tenant_id": tenant_id,
                "channel_id": channel_id,
                "kind": kind,
                "created_by": actor,
                "created_at": micros(now),
            }
            added += (await self._connection.execute(_ADD, values)).rowcount
        return added > 0

    async def remove(self, kind: str, channel_id: str) -> bool:
        """Ends the channel's subscription; False when there was none."""
        mine = (subscriptions.c.kind == kind) & (subscriptions.c.channel_id == channel_id)
        return (await self._connection.execute(delete(subscriptions).where(mine))).rowcount > 0

    async def channels(self, kind: str) -> dict[str, list[int]]:
        """The subscribed channels, each with its tenants in order."""
        statement = (
            select(subscriptions.c.channel_id, subscriptions.c.tenant_id)
            .where(subscriptions.c.kind == kind)
            .order_by(subscriptions.c.channel_id, subscriptions.c.tenant_id)
        )
        found: dict[str, list[int]] = {}
        for row in await self._connection.execute(statement):
            found.setdefault(row.channel_id, []).append(row.tenant_id)
        return found
