"""Reads the stored events of orders.

Must not write any: that is the writer's, who answers only after the commit.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.facts import OrderEvent
from policies.records import OrderKey
from storage.bulk import of_orders
from storage.tables import events

EVENT_COLUMNS = (
    events.c.source,
    events.c.event_id,
    events.c.event_type,
    events.c.order_id,
    events.c.occurred_at,
    events.c.payload,
    events.c.correlation_id,
)


class SqlEvents:
    """Events in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[OrderEvent]]:
        """The events of these orders, in no order; an unknown order has none."""
        return await of_orders(self._connection, select(*EVENT_COLUMNS), events, keys, event_of)


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
    )
