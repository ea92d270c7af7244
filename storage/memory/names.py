"""What else orders are called, in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Iterable, Mapping, Sequence

from policies.order_names import order_of
from policies.records import OrderKey
from storage.memory.state import MemoryState
from storage.order_names import by_tenant, names_by_order
from storage.writer_names import NameRow, tell_apart


class MemoryOrderNames:
    """Names of orders in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.names

    async def orders_of(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, OrderKey]:
        """The order that each of these ids means in the end; itself where it is no name."""
        return {
            key: OrderKey(
                tenant_id=key.tenant_id,
                order_id=order_of(key.order_id, self.led(key.tenant_id)),
            )
            for key in keys
        }

    async def names_of(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[str]]:
        """The names that lead to these orders, sorted; orders without one are left out."""
        return {
            OrderKey(tenant_id=tenant_id, order_id=order_id): names
            for tenant_id, order_ids in by_tenant(keys).items()
            for order_id, names in names_by_order(order_ids, self.led(tenant_id)).items()
        }

    def learn(self, rows: Iterable[NameRow]) -> list[NameRow]:
        """Keeps what is new and returns it; the first order that a name was told of keeps it."""
        new: list[NameRow] = []
        others: list[NameRow] = []
        for row in rows:
            known = self._rows.setdefault((row.tenant_id, row.name), row)
            (new if known is row else others).append(row)
        tell_apart(self, others)
        return new

    def led(self, tenant_id: int, names: Sequence[str] | None = None) -> Mapping[str, str]:
        """Where these names lead, or all of the tenant's."""
        return {
            row.name: row.order_id
            for row in self._rows.values()
            if row.tenant_id == tenant_id and (names is None or row.name in names)
        }
