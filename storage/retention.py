"""Which rows are past their days, and which orders are still needed whatever their age.

Must not decide how long anything is kept: that is an argument. No condition leans on what another
kind has left, so that the kinds can go in any order.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.reasons import ClockState, Status
from policies.records import OrderKey
from storage.bulk import among_these
from storage.order_names import SqlOrderNames
from storage.tables import events
from storage.tables_answers import answers
from storage.tables_models import model_answers, model_usage
from storage.tables_orders import clock_ledger, clocks, exceptions, order_names
from storage.tables_policy import target_alarms
from storage.tables_warnings import warnings
from storage.tables_work import SENT, dead_letters, fires, outbox, seen, work_items


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Rows of a table that age alike.

    `unit` is what a portion is counted in; `aged` is from when a row ages; `also` what else has to
    be true of it. `order` names the order that it is about, where it is about one: then the order
    must not be needed, and `younger` (a column of the table that says so) must hold nothing of it
    that is younger. `emptied` is written over the row instead of deleting it. Rows `in_time` are
    numbered as they came: nobody looks behind the first young one, and the sum in `past` keeps the
    database from an index by tenant, which is in no order of time. Where a clock was set back, rows
    wait until those before them are old too.
    """

    table: Table
    unit: Column[Any]
    aged: ColumnElement[Any]
    also: ColumnElement[bool] = field(default_factory=true)
    order: Column[str] | None = None
    younger: tuple[Table, ColumnElement[Any]] | None = None
    emptied: Mapping[str, Any] | None = None
    in_time: bool = False

    def past(self, tenant_id: int | None, before: datetime) -> ColumnElement[bool]:
        """Which rows are old enough."""
        old = and_(self.aged < before, self.also)
        if tenant_id is None:
            return old
        tenant = self.table.c.tenant_id
        return and_((tenant + 0 if self.in_time else tenant) == tenant_id, old)


_ENDED = func.coalesce(clocks.c.stopped_at, clocks.c.breached_at, clocks.c.deadline_at)
_WARNED = func.coalesce(warnings.c.ended_at, warnings.c.warned_at)
_GOING_ON = (ClockState.RUNNING.value, ClockState.PAUSED.value)
_NEEDED: Sequence[tuple[Column[str], ColumnElement[bool]]] = (
    (clocks.c.order_id, clocks.c.state.in_(_GOING_ON)),
    (exceptions.c.order_id, exceptions.c.status != Status.CLOSED.value),
    (work_items.c.subject, true()),
    (dead_letters.c.order_id, dead_letters.c.state.in_(("retrying", "waiting"))),
)
"""Where it stands that somebody or something still works with an order."""
_EVENTS: dict[str, Any] = {
    "table": events,
    "unit": events.c.id,
    "aged": events.c.received_at,
    "order": events.c.order_id,
    "younger": (events, events.c.received_at),
    "in_time": True,
}

SHELVES: Mapping[str, Shelf] = {
    "payloads": Shelf(**_EVENTS, also=events.c.payload != {}, emptied={"payload": {}}),
    "events": Shelf(**_EVENTS),
    "order_names": Shelf(
        table=order_names,
        unit=order_names.c.name,
        aged=order_names.c.learnt_at,
        order=order_names.c.order_id,
        younger=(events, events.c.received_at),
    ),
    "clocks": Shelf(
        table=clocks,
        unit=clocks.c.order_id,
        aged=_ENDED,
        order=clocks.c.order_id,
        younger=(clocks, _ENDED),
    ),
    "clock_ledger": Shelf(
        table=clock_ledger,
        unit=clock_ledger.c.order_id,
        aged=clock_ledger.c.at,
        order=clock_ledger.c.order_id,
        younger=(clock_ledger, clock_ledger.c.at),
    ),
    "warnings": Shelf(
        table=warnings,
        unit=warnings.c.order_id,
        aged=_WARNED,
        order=warnings.c.order_id,
        younger=(warnings, _WARNED),
    ),
    "exceptions": Shelf(
        table=exceptions,
        unit=exceptions.c.id,
        aged=func.coalesce(exceptions.c.resolved_at, exceptions.c.opened_at),
        also=exceptions.c.status == Status.CLOSED.value,
        order=exceptions.c.order_id,
    ),
    "dead_letters": Shelf(
        table=dead_letters,
        unit=dead_letters.c.id,
        aged=dead_letters.c.created_at,
        also=dead_letters.c.state.in_(("replayed", "discarded")),
    ),
    "outbox": Shelf(
        table=outbox, unit=outbox.c.id, aged=outbox.c.updated_at, also=outbox.c.state == SENT
    ),
    "model_usage": Shelf(table=model_usage, unit=model_usage.c.day, aged=model_usage.c.begun_at),
    "model_answers": Shelf(
        table=model_answers, unit=model_answers.c.id, aged=model_answers.c.answered_at
    ),
    "answers": Shelf(table=answers, unit=answers.c.id, aged=answers.c.asked_at),
    "target_alarms": Shelf(table=target_alarms, unit=target_alarms.c.key, aged=target_alarms.c.at),
    "seen": Shelf(table=seen, unit=seen.c.key, aged=seen.c.seen_at),
    "fires": Shelf(table=fires, unit=fires.c.slot, aged=fires.c.begun_at),
}
"""How each shelf of policies/retention.py is found; every one of them has a place here."""


async def free_units(
    connection: AsyncConnection,
    shelf: Shelf,
    tenant_id: int | None,
    before: datetime,
    among: ColumnElement[bool],
) -> list[Any]:
    """Of the units that are old enough and `among` these, those that may go."""
    where = and_(shelf.past(tenant_id, before), among)
    if shelf.order is None or tenant_id is None:
        return list((await connection.execute(select(shelf.unit).where(where))).scalars())
    found = select(shelf.unit, shelf.order).where(where).distinct()
    rows = [(unit, order_id) for unit, order_id in await connection.execute(found)]
    if not rows:
        return []
    held = await _held(connection, shelf, tenant_id, before, {order_id for _, order_id in rows})
    return [unit for unit, order_id in rows if order_id not in held]


async def _held(
    connection: AsyncConnection,
    shelf: Shelf,
    tenant_id: int,
    before: datetime,
    order_ids: Collection[str],
) -> set[str]:
    """Those of the orders that are needed, or have something younger, under whatever name."""
    asked = [OrderKey(tenant_id=tenant_id, order_id=order_id) for order_id in sorted(order_ids)]
    store = SqlOrderNames(connection)
    meant = await store.orders_of(asked)
    names = await store.names_of(list(dict.fromkeys(meant.values())))
    families = {
        key.order_id: {key.order_id, order.order_id, *names.get(order, ())}
        for key, order in meant.items()
    }
    every = sorted(set().union(*families.values()))
    signs = list(_NEEDED)
    if shelf.younger is not None:
        table, aged = shelf.younger
        signs.append((table.c.order_id, aged >= before))
    taken: set[str] = set()
    for column, sign in signs:
        mine = (column.table.c.tenant_id == tenant_id, among_these(connection, column, every))
        found = await connection.execute(select(column).where(*mine, sign).distinct())
        taken.update(found.scalars())
    return {order_id for order_id, family in families.items() if family & taken}
