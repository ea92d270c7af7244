"""Keeps what every source usually tells, and since when it is silent. Must not judge silence."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.order_facts import Silence
from policies.silence import Feed, Voice
from storage.bulk import bulk_insert, replacing
from storage.columns import to_json
from storage.instants import micros, micros_or_none
from storage.tables_policy import feeds, watermarks

_SAVE = bulk_insert(feeds, feeds.c.keys(), replacing(("tenant_id", "source"), feeds.c.keys()))
_VOICE = tuple(
    feeds.c[name]
    for name in ("tenant_id", "source", "kinds", "silent_since", "reported_at", "ended_at")
)
_READER = "feeds"
_SET = text("""
INSERT INTO watermarks (reader, event_id) VALUES (:reader, :event_id)
ON CONFLICT (reader) DO UPDATE SET event_id = excluded.event_id
""")


class SqlFeeds:
    """Feeds in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> list[Feed]:
        """Every feed, by tenant and source."""
        statement = select(feeds).order_by(feeds.c.tenant_id, feeds.c.source)
        return [_feed(row) for row in await self._connection.execute(statement)]

    async def voices(self, tenant_ids: Sequence[int]) -> list[Voice]:
        """What the rules of these tenants need of their feeds, by tenant and source."""
        mine = select(*_VOICE).where(feeds.c.tenant_id.in_(tenant_ids))
        ordered = mine.order_by(feeds.c.tenant_id, feeds.c.source)
        return [
            Voice(row.tenant_id, row.source, frozenset(row.kinds), _silence(row))
            for row in await self._connection.execute(ordered)
        ]

    async def save(self, feeds: Sequence[Feed]) -> None:
        """Inserts or replaces them."""
        latest = {(feed.tenant_id, feed.source): feed for feed in feeds}
        await _SAVE.run(self._connection, [_values(latest[key]) for key in sorted(latest)])

    async def read_up_to(self) -> int:
        """The id of the last event that the feeds know of, 0 at first."""
        mine = select(watermarks.c.event_id).where(watermarks.c.reader == _READER)
        return (await self._connection.execute(mine)).scalar_one_or_none() or 0

    async def set_read_up_to(self, event_id: int) -> None:
        """Notes that the feeds know of everything up to that event."""
        await self._connection.execute(_SET, {"reader": _READER, "event_id": event_id})


def _values(feed: Feed) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    silence = feed.silence
    return (
        feed.tenant_id,
        feed.source,
        micros(feed.last_at),
        micros(feed.first_at),
        to_json(sorted(feed.kinds)),
        to_json(feed.events),
        to_json(feed.weeks),
        micros(silence.since) if silence else None,
        micros(silence.reported_at) if silence else None,
        micros_or_none(silence.ended_at) if silence else None,
    )


def _silence(row: Row[Any]) -> Silence | None:
    if row.silent_since is None:
        return None
    return Silence(
        source=row.source,
        since=row.silent_since,
        reported_at=row.reported_at,
        ended_at=row.ended_at,
    )


def _feed(row: Row[Any]) -> Feed:
    return Feed(
        tenant_id=row.tenant_id,
        source=row.source,
        last_at=row.last_at,
        first_at=row.first_at,
        kinds=frozenset(row.kinds),
        events=tuple(row.events),
        weeks=tuple(row.weeks),
        silence=_silence(row),
    )
