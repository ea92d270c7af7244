"""Reads the stored events: of orders, how many began when, and what the sources told.

Must not write any: that is the writer's, who answers only after the commit.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.facts import OrderEvent
from policies.queries import Heard
from policies.records import OrderKey
from storage.bulk import of_orders
from storage.event_counts import Beginning, Wanted, by_kind, orders_in, spans
from storage.instants import instant
from storage.order_names import SqlOrderNames, joined, keys_of
from storage.tables import BEGAN, events

EVENT_COLUMNS = (
    events.c.source,
    events.c.event_id,
    events.c.event_type,
    events.c.order_id,
    events.c.occurred_at,
    events.c.payload,
    events.c.correlation_id,
    events.c.received_at,
)
_HOUR_MICROSECONDS = 3_600_000_000
_LAST = text("""
SELECT max(id) FROM (SELECT id FROM events WHERE id > :after_id ORDER BY id LIMIT :limit) AS page
""")
_HEARD = text(f"""
SELECT tenant_id, source, event_type, received_at / {_HOUR_MICROSECONDS} AS hour,
    count(*) AS events, max(received_at) AS last_at
FROM events JOIN tenants ON tenants.id = events.tenant_id
WHERE events.id > :after_id AND events.id <= :last_id AND tenants.synthetic IS FALSE
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4, 3
""")  # noqa: S608 - a number of ours


class SqlEvents:
    """Events in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[OrderEvent]]:
        """The events of these orders, in no order; an unknown order has none.

        What was told of an order under another name of it is its as well.
        """
        names = await SqlOrderNames(self._connection).names_of(keys)
        every = [*keys, *keys_of(names)]
        found = await of_orders(self._connection, select(*EVENT_COLUMNS), events, every, event_of)
        return joined(keys, found, names)

    async def volume(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, int]:
        """Orders of a tenant that were created or paid in the window up to a moment, by both.

        What is asked for overlaps, so a stretch of time is read once and counted from.
        """
        counts: dict[Wanted, int] = {}
        for span in spans(wanted):
            found = await self._began(span.tenant_id, span.after, span.until)
            counts.update(orders_in(found, span.wanted))
        return counts

    async def orders_between(
        self, tenant_id: int, since: datetime, until: datetime, *, after: str = "", limit: int = 500
    ) -> list[str]:
        """Orders with an event that occurred in [since, until), by id, those after `after`.

        Goes through the tenant's orders: an index by time would cost every event that comes in.
        """
        table = events.c
        statement = (
            select(table.order_id)
            .where(table.tenant_id == tenant_id, table.order_id > after)
            .where(table.occurred_at >= since, table.occurred_at < until)
            .group_by(table.order_id)
            .order_by(table.order_id)
            .limit(limit)
        )
        return list((await self._connection.execute(statement)).scalars())

    async def heard(self, after_id: int, limit: int) -> tuple[list[Heard], int]:
        """What was told in rows after `after_id`, by source, kind and hour; the last id.

        Meant for what is usual and not for accounts: on PostgreSQL, with several processes that
        take events in, a row may be committed after one with a higher id was read.
        """
        asked = {"after_id": after_id, "limit": limit}
        last_id = (await self._connection.execute(_LAST, asked)).scalar_one()
        if last_id is None:
            return [], after_id
        rows = await self._connection.execute(_HEARD, {"after_id": after_id, "last_id": last_id})
        return by_kind(_heard(row) for row in rows), last_id

    async def _began(self, tenant_id: int, after: datetime, until: datetime) -> list[Beginning]:
        """When which order was created or paid, in time order; never long on the loop at once."""
        table = events.c
        statement = (
            select(table.occurred_at, table.order_id)
            .where(BEGAN, table.tenant_id == tenant_id)
            .where(table.occurred_at > after, table.occurred_at <= until)
            .order_by(table.occurred_at)
        )
        return [(at, order_id) async for at, order_id in await self._connection.stream(statement)]


def event_of(row: Row[Any]) -> OrderEvent:
    """The event of a row with EVENT_COLUMNS."""
    return OrderEvent(
        source=row.source,
        event_id=row.event_id,
        event_type=row.event_type,
        order_id=row.order_id,
        occurred_at=row.occurred_at,
        payload=row.payload,
        correlation_id=row.correlation_id,
        received_at=row.received_at,
    )


def _heard(row: Row[Any]) -> Heard:
    return Heard(
        tenant_id=row.tenant_id,
        source=row.source,
        kind=row.event_type,
        hour=instant(row.hour * _HOUR_MICROSECONDS),
        events=row.events,
        last_at=instant(row.last_at),
    )
