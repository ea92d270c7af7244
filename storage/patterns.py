"""Reads exceptions for patterns, and keeps what channels were told of them. Must not judge."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.pattern_news import Told
from policies.reasons import ACTIVE_STATUSES
from policies.sightings import Sighting
from storage.columns import to_json
from storage.instants import micros, micros_or_none
from storage.tables_orders import exceptions
from storage.tables_patterns import told_patterns

_ACTIVE = frozenset(status.value for status in ACTIVE_STATUSES)
_NOTE = text("""
INSERT INTO told_patterns (tenant_id, channel_id, key, told_at, level, what, ended_at)
VALUES (:tenant_id, :channel_id, :key, :told_at, :level, :what, :ended_at)
ON CONFLICT (tenant_id, channel_id, key) DO UPDATE SET told_at = excluded.told_at,
    level = excluded.level, what = excluded.what, ended_at = excluded.ended_at
""")


class SqlPatterns:
    """Patterns in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def seen(
        self, tenant_id: int, since: datetime, until: datetime, limit: int
    ) -> list[Sighting]:
        """A tenant's exceptions that opened in [since, until), newest first; no complexity yet."""
        table = exceptions.c
        shown = (table.id, table.order_id, table.opened_at, table.reason_code, table.deadline_at)
        also = (table.stopped_at, table.resolved_at, table.status, table.facts)
        statement = (
            select(*shown, *also)
            .where(table.tenant_id == tenant_id)
            .where(table.opened_at >= since, table.opened_at < until)
            .order_by(table.opened_at.desc(), table.id.desc())
            .limit(limit)
        )
        return [_sighting(row) for row in await self._connection.execute(statement)]

    async def told(self, tenant_id: int, channel_id: str) -> Mapping[str, Told]:
        """What that channel was told of that tenant, by key."""
        table = told_patterns.c
        mine = and_(table.tenant_id == tenant_id, table.channel_id == channel_id)
        statement = select(told_patterns).where(mine).order_by(table.key)
        rows = await self._connection.execute(statement)
        return {row.key: Told(**row._asdict()) for row in rows}

    async def note(self, rows: Sequence[Told]) -> None:
        """Inserts or replaces them."""
        for one in rows:
            values = {
                "tenant_id": one.tenant_id,
                "channel_id": one.channel_id,
                "key": one.key,
                "told_at": micros(one.told_at),
                "level": one.level,
                "what": to_json(one.what),
                "ended_at": micros_or_none(one.ended_at),
            }
            await self._connection.execute(_NOTE, values)

    async def take_back(self, tenant_id: int, channel_id: str, told_at: datetime) -> None:
        """Forgets what was to be told then, because it could not be."""
        table = told_patterns.c
        mine = and_(table.tenant_id == tenant_id, table.channel_id == channel_id)
        await self._connection.execute(delete(told_patterns).where(mine, table.told_at == told_at))

    async def forget(self, before: datetime, channels: Collection[tuple[int, str]]) -> None:
        """Lets go of what was told before then, or to none of these tenants' channels."""
        table = told_patterns.c
        await self._connection.execute(delete(told_patterns).where(table.told_at < before))
        places = select(table.tenant_id, table.channel_id).distinct()
        known = [(row[0], row[1]) for row in await self._connection.execute(places)]
        for tenant_id, channel_id in sorted(set(known) - set(channels)):
            mine = and_(table.tenant_id == tenant_id, table.channel_id == channel_id)
            await self._connection.execute(delete(told_patterns).where(mine))


def _sighting(row: Any) -> Sighting:  # noqa: ANN401 - a row of nine columns
    return Sighting(
        id=row.id,
        order_id=row.order_id,
        opened_at=row.opened_at,
        reason=row.reason_code,
        deadline_at=row.deadline_at,
        ended_at=row.stopped_at or row.resolved_at,
        active=row.status in _ACTIVE,
        facts=row.facts,
    )
