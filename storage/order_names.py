"""What else orders are called: which order a name leads to, and which names lead to an order.

Must not judge what a name means. It is learnt in the transaction that stores the event which
tells it (writer_rows.py), and the first order that it was told of keeps it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.order_names import TRACKING, may_be_name, order_of
from policies.records import OrderKey
from storage.bulk import among_these, bulk_insert, chunks
from storage.tables_orders import order_names

LEARN = bulk_insert(
    order_names,
    ("tenant_id", "name", "order_id", "learnt_at"),
    "ON CONFLICT (tenant_id, name) DO NOTHING RETURNING tenant_id, name",
)
Item = TypeVar("Item")
_LED = (order_names.c.name, order_names.c.order_id)


class SqlOrderNames:
    """Names of orders in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def orders_of(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, OrderKey]:
        """The order that each of these ids means in the end; itself where it is no name."""
        found = {key: key for key in keys}
        for tenant_id, names in by_tenant(key for key in keys if may_be_name(key.order_id)).items():
            leads = await self._leads(tenant_id, names)
            for name in names:
                meant = OrderKey(tenant_id=tenant_id, order_id=order_of(name, leads))
                found[OrderKey(tenant_id=tenant_id, order_id=name)] = meant
        return found

    async def names_of(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[str]]:
        """The names that lead to these orders, sorted; orders without one are left out."""
        found: dict[OrderKey, list[str]] = {}
        for tenant_id, order_ids in by_tenant(keys).items():
            for order_id, names in (await self._led(tenant_id, order_ids)).items():
                found[OrderKey(tenant_id=tenant_id, order_id=order_id)] = names
        return found

    async def _leads(self, tenant_id: int, names: Sequence[str]) -> dict[str, str]:
        """Where these names lead, and where that leads."""
        leads: dict[str, str] = {}
        asked = set(names)
        while names:
            step = dict(await self._rows(tenant_id, order_names.c.name, names))
            leads |= step
            names = sorted({led for led in step.values() if may_be_name(led)} - asked)
            asked.update(names)
        return leads

    async def _led(self, tenant_id: int, order_ids: Sequence[str]) -> dict[str, list[str]]:
        """The names of each order, and the names that lead to those."""
        leads: dict[str, str] = {}
        wanted = order_ids
        while wanted:
            step = dict(await self._rows(tenant_id, order_names.c.order_id, wanted))
            wanted = further(step.keys() - leads.keys())
            leads |= step
        return names_by_order(order_ids, leads)

    async def _rows(
        self, tenant_id: int, column: Column[str], values: Sequence[str]
    ) -> list[tuple[str, str]]:
        rows: list[tuple[str, str]] = []
        for part in chunks(values):
            wanted = among_these(self._connection, column, part)
            mine = select(*_LED).where(order_names.c.tenant_id == tenant_id, wanted)
            rows += [(name, order_id) for name, order_id in await self._connection.execute(mine)]
        return rows


def keys_of(names: Mapping[OrderKey, Sequence[str]]) -> list[OrderKey]:
    """The names of these orders as keys."""
    return [
        OrderKey(tenant_id=key.tenant_id, order_id=name) for key in names for name in names[key]
    ]


def joined(
    keys: Sequence[OrderKey],
    found: Mapping[OrderKey, list[Item]],
    names: Mapping[OrderKey, Sequence[str]],
) -> dict[OrderKey, list[Item]]:
    """What was found under the orders' own ids, and under their names."""
    if not names:
        return dict(found)
    under = {key: (key, *keys_of({key: names.get(key, ())})) for key in keys}
    return {key: [item for each in under[key] for item in found[each]] for key in keys}


def by_tenant(keys: Iterable[OrderKey]) -> dict[int, list[str]]:
    """The ids of these orders, each once."""
    found: dict[int, dict[str, None]] = {}
    for key in keys:
        found.setdefault(key.tenant_id, {})[key.order_id] = None
    return {tenant_id: list(order_ids) for tenant_id, order_ids in found.items()}


def further(names: Iterable[str]) -> list[str]:
    """Those to which names may lead in their turn: to a tracking number none does."""
    return sorted(name for name in names if not name.startswith(f"{TRACKING}:"))


def names_by_order(order_ids: Iterable[str], leads: Mapping[str, str]) -> dict[str, list[str]]:
    """The names below each of these orders, by any number of steps."""
    below: dict[str, list[str]] = {}
    for name, order_id in leads.items():
        below.setdefault(order_id, []).append(name)
    found: dict[str, list[str]] = {}
    for order_id in order_ids:
        names: dict[str, None] = {}
        waiting = list(below.get(order_id, ()))
        while waiting:
            name = waiting.pop()
            if name not in names and name != order_id:
                names[name] = None
                waiting += below.get(name, ())
        if names:
            found[order_id] = sorted(names)
    return found
