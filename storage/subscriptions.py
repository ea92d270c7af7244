"""Keeps which channel asked to be told what. Must not tell, nor decide what fits."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from policies.records import JsonObject
from policies.routing import Subscription
from storage.columns import to_json
from storage.instants import micros
from storage.tables_work import subscriptions

_ADD = text("""
INSERT INTO subscriptions
    (tenant_id, channel_id, channel, kind, filters, filters_key, created_by, created_at)
VALUES
    (:tenant_id, :channel_id, :channel, :kind, :filters, :filters_key, :created_by, :created_at)
ON CONFLICT (tenant_id, channel_id, kind, filters_key) DO NOTHING
""")
_CHANGE = text("""
UPDATE subscriptions SET filters = :filters, filters_key = :filters_key WHERE id = :id
AND NOT EXISTS (
    SELECT 1 FROM subscriptions AS other WHERE other.id <> subscriptions.id
    AND other.tenant_id = subscriptions.tenant_id AND other.kind = subscriptions.kind
    AND other.channel_id = subscriptions.channel_id AND other.filters_key = :filters_key
)
""")
_SHOWN = [column for column in subscriptions.c if column.name != "filters_key"]


class SqlSubscriptions:
    """Subscriptions in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        kind: str,
        channel_id: str,
        tenant_ids: Sequence[int],
        actor: str,
        now: datetime,
        *,
        filters: JsonObject | None = None,
        channel: str = "",
    ) -> bool:
        """Subscribes the channel for these tenants; False when it was for all of them."""
        added = 0
        for tenant_id in sorted(tenant_ids):
            values = {
                "tenant_id": tenant_id,
                "channel_id": channel_id,
                "channel": channel,
                "kind": kind,
                "filters": to_json(filters or {}),
                "filters_key": filters_key(filters),
                "created_by": actor,
                "created_at": micros(now),
            }
            added += (await self._connection.execute(_ADD, values)).rowcount
        return added > 0

    async def remove(
        self,
        kind: str,
        channel_id: str,
        *,
        tenant_ids: Collection[int] | None = None,
        filters: JsonObject | None = None,
        number: int | None = None,
    ) -> list[Subscription]:
        """Takes away what the channel has of that kind and fits; returns what that was."""
        mine = [subscriptions.c.kind == kind, subscriptions.c.channel_id == channel_id]
        if tenant_ids is not None:
            mine.append(subscriptions.c.tenant_id.in_(sorted(tenant_ids)))
        if filters is not None:
            mine.append(subscriptions.c.filters_key == filters_key(filters))
        if number is not None:
            mine.append(subscriptions.c.id == number)
        gone = await self._where(and_(*mine))
        await self._connection.execute(delete(subscriptions).where(and_(*mine)))
        return gone

    async def change(self, number: int, filters: JsonObject) -> bool:
        """Narrows it otherwise; False where there is none, or another one is the same then."""
        key = filters_key(filters)
        values = {"id": number, "filters": to_json(filters), "filters_key": key}
        return (await self._connection.execute(_CHANGE, values)).rowcount > 0

    async def get(self, number: int) -> Subscription | None:
        """The subscription of that number."""
        found = await self._where(subscriptions.c.id == number)
        return found[0] if found else None

    async def find(
        self,
        *,
        kinds: Collection[str] = (),
        tenant_ids: Collection[int] | None = None,
        channel_id: str | None = None,
    ) -> list[Subscription]:
        """By number; what is not given does not narrow."""
        asked: list[ColumnElement[bool]] = [true()]
        if kinds:
            asked.append(subscriptions.c.kind.in_(sorted(kinds)))
        if tenant_ids is not None:
            asked.append(subscriptions.c.tenant_id.in_(sorted(tenant_ids)))
        if channel_id is not None:
            asked.append(subscriptions.c.channel_id == channel_id)
        return await self._where(and_(*asked))

    async def channels(self, kind: str) -> dict[str, list[int]]:
        """The subscribed channels, each with its tenants in order."""
        statement = (
            select(subscriptions.c.channel_id, subscriptions.c.tenant_id)
            .where(subscriptions.c.kind == kind)
            .order_by(subscriptions.c.channel_id, subscriptions.c.tenant_id)
            .distinct()
        )
        found: dict[str, list[int]] = {}
        for row in await self._connection.execute(statement):
            found.setdefault(row.channel_id, []).append(row.tenant_id)
        return found

    async def _where(self, condition: ColumnElement[bool]) -> list[Subscription]:
        mine = select(*_SHOWN).where(condition).order_by(subscriptions.c.id)
        return [_subscription(row) for row in await self._connection.execute(mine)]


def filters_key(filters: JsonObject | None) -> str:
    """Equal for equal filters; empty where nothing is narrowed."""
    return hashlib.sha256(to_json(filters).encode()).hexdigest()[:32] if filters else ""


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(**row._asdict())
