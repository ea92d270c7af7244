"""Learns, with the events that tell them, what else orders are called.

Must not move a name: the first order that it was told of keeps it, and what says otherwise is
logged.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import structlog

from policies.order_names import order_of
from storage.bulk import BulkInsert
from storage.order_names import LEARN

LED_IN_SQLITE = """SELECT name, order_id FROM order_names
WHERE tenant_id = ? AND name IN (SELECT value FROM json_each(?))"""
LED_IN_POSTGRES = """SELECT name, order_id FROM order_names
WHERE tenant_id = %s AND name = ANY(%s)"""


class NameRow(NamedTuple):
    """A name as the table keeps it."""

    tenant_id: int
    name: str
    order_id: str
    learnt_at: int


class Led(Protocol):
    """Knows where names lead."""

    def led(self, tenant_id: int, names: Sequence[str]) -> Mapping[str, str]:
        """Where these names lead, those that are known."""
        ...


class NameDatabase(Led, Protocol):
    """What learning needs of the writer's transaction."""

    def told(self, into: BulkInsert, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Inserts the rows; what RETURNING tells of those that were written."""
        ...


def learn(database: NameDatabase, rows: Iterable[NameRow]) -> list[NameRow]:
    """Keeps what is new, in the order of the keys; returns it."""
    firsts: dict[tuple[int, str], NameRow] = {}
    others: set[NameRow] = set()
    for row in rows:
        if firsts.setdefault((row.tenant_id, row.name), row).order_id != row.order_id:
            others.add(row)
    ordered = [firsts[key] for key in sorted(firsts)]
    written = {(tenant_id, name) for tenant_id, name in database.told(LEARN, ordered)}
    others.update(row for key, row in firsts.items() if key not in written)
    if others:
        tell_apart(database, others)
    return [row for row in ordered if (row.tenant_id, row.name) in written]


def tell_apart(database: Led, rows: Collection[NameRow]) -> None:
    """Logs the names that were told of another order than they lead to."""
    for tenant_id in sorted({row.tenant_id for row in rows}):
        mine = sorted({row[1:3] for row in rows if row.tenant_id == tenant_id})
        held = database.led(tenant_id, [name for name, _ in mine])
        for name, order_id in mine:
            if order_id != held.get(name, order_id):
                _log_other(database, tenant_id, name, order_id)


def _log_other(database: Led, tenant_id: int, name: str, order_id: str) -> None:
    """An order that itself is only another name of the same one is no other order."""
    known, told = _end(database, tenant_id, name), _end(database, tenant_id, order_id)
    if known != told:
        log = structlog.get_logger()
        log.warning(
            "order_name_kept", tenant_id=tenant_id, name=name, order_id=known, told_of=order_id
        )


def _end(database: Led, tenant_id: int, name: str) -> str:
    leads: dict[str, str] = {}
    asked = name
    while asked not in leads and (step := database.led(tenant_id, [asked])):
        leads |= step
        asked = step[asked]
    return order_of(name, leads)
