"""Events in memory. Must not promise more or less than the SQL ones: one suite holds them to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from policies.facts import OrderEvent
from policies.queries import Heard
from policies.records import OrderKey, ReceivedEvent
from storage.event_counts import BEGINNINGS, Wanted, by_kind
from storage.memory.names import MemoryOrderNames
from storage.memory.state import MemoryState
from storage.order_names import joined, keys_of


class MemoryEvents:
    """Events in memory; their number is their place."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._tenants = state.events, state.tenants
        self._names = MemoryOrderNames(state)

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[OrderEvent]]:
        """The events of these orders, in no order; an unknown order has none.

        What was told of an order under another name of it is its as well.
        """
        names = await self._names.names_of(keys)
        found: dict[OrderKey, list[OrderEvent]] = {key: [] for key in (*keys, *keys_of(names))}
        for received in self._rows.values():
            key = OrderKey(tenant_id=received.tenant_id, order_id=received.event.order_id)
            if key in found:
                found[key].append(replace(received.event, received_at=received.received_at))
        return joined(keys, found, names)

    async def volume(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, int]:
        """Orders of a tenant that were created or paid in the window up to a moment, by both."""
        return {one: self._began(*one) for one in wanted}

    async def orders_between(
        self, tenant_id: int, since: datetime, until: datetime, *, after: str = "", limit: int = 500
    ) -> list[str]:
        """Orders with an event that occurred in [since, until), by id, those after `after`."""
        found = {
            event.order_id
            for event in self._of(tenant_id)
            if event.order_id > after and since <= event.occurred_at < until
        }
        return sorted(found)[:limit]

    async def heard(self, after_id: int, limit: int) -> tuple[list[Heard], int]:
        """What was told in rows after `after_id`, by source, kind and hour; the last id."""
        rows = list(islice(self._rows.values(), after_id, after_id + limit))
        real = (row for row in rows if not self._tenants[row.tenant_id].synthetic)
        return by_kind(_heard(row) for row in real), after_id + len(rows)

    def _began(self, tenant_id: int, moment: datetime, window: timedelta) -> int:
        return len(
            {
                event.order_id
                for event in self._of(tenant_id)
                if event.kind in BEGINNINGS and moment - window < event.occurred_at <= moment
            }
        )

    def _of(self, tenant_id: int) -> list[OrderEvent]:
        return [row.event for row in self._rows.values() if row.tenant_id == tenant_id]


def _heard(row: ReceivedEvent) -> Heard:
    at = row.received_at.astimezone(UTC)
    return Heard(
        tenant_id=row.tenant_id,
        source=row.event.source,
        kind=row.event.event_type,
        hour=at.replace(minute=0, second=0, microsecond=0),
        events=1,
        last_at=at,
    )
