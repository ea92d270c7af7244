"""Counts what is stored, for `e2a stats`, the API and the metrics.

Must not judge the figures.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import leases
from storage.engine import Engines
from storage.tables import events, tenants
from storage.tables_orders import clocks, exceptions
from storage.tables_work import dead_letters, outbox, work_items

_STATES = {
    "clocks": clocks.c.state,
    "exceptions": exceptions.c.status,
    "outbox": outbox.c.state,
    "work_items": work_items.c.state,
    "dead_letters": dead_letters.c.state,
}


@dataclass(slots=True, kw_only=True)
class TenantStats:
    """How much of everything a tenant has; by state or status where there is one."""

    tenant: str
    events: int = 0
    orders: int = 0
    clocks: dict[str, int] = field(default_factory=dict)
    exceptions: dict[str, int] = field(default_factory=dict)
    outbox: dict[str, int] = field(default_factory=dict)
    work_items: dict[str, int] = field(default_factory=dict)
    dead_letters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits just now, of all tenants: how many, and since when the oldest.

    `outbox` counts what waits or is in flight by (kind, lane).
    """

    outbox: dict[tuple[str, str], int]
    outbox_oldest: datetime | None
    work_items: int
    work_oldest: datetime | None


async def tenant_stats(
    engines: Engines, tenant_ids: Collection[int] | None = None
) -> dict[int, TenantStats]:
    """The figures of these tenants, or of all that are not synthetic, by tenant id."""
    async with engines.read(tenant_ids) as connection:
        wanted = select(tenants.c.id, tenants.c.name).order_by(tenants.c.id)
        if tenant_ids is None:
            wanted = wanted.where(tenants.c.synthetic.is_(False))
        else:
            wanted = wanted.where(tenants.c.id.in_(list(tenant_ids)))
        found = {row.id: TenantStats(tenant=row.name) for row in await connection.execute(wanted)}
        await _count_events(connection, found)
        for name, state in _STATES.items():
            await _count_states(connection, found, name, state)
    return found


async def backlog(engines: Engines) -> Backlog:
    """What waits just now."""
    async with engines.read() as connection:
        lanes = (
            select(outbox.c.kind, outbox.c.lane, func.count(), func.min(outbox.c.created_at))
            .where(leases.pending("outbox"))
            .group_by(outbox.c.kind, outbox.c.lane)
        )
        rows = (await connection.execute(lanes)).all()
        waiting = select(func.count(), func.min(work_items.c.created_at))
        count, oldest = (
            await connection.execute(waiting.where(leases.pending("work_items")))
        ).one()
    return Backlog(
        outbox={(kind, lane): number for kind, lane, number, _ in rows},
        outbox_oldest=min((since for *_, since in rows), default=None),
        work_items=count,
        work_oldest=oldest,
    )


async def _count_events(connection: AsyncConnection, found: dict[int, TenantStats]) -> None:
    """Orders are counted by walking the index of (tenant, order) once."""
    orders = (
        select(events.c.tenant_id, events.c.order_id, func.count().label("events"))
        .where(events.c.tenant_id.in_(found))
        .group_by(events.c.tenant_id, events.c.order_id)
        .subquery()
    )
    totals: Select[Any] = select(
        orders.c.tenant_id, func.count(), func.sum(orders.c.events)
    ).group_by(orders.c.tenant_id)
    for tenant_id, number, total in await connection.execute(totals):
        found[tenant_id].orders, found[tenant_id].events = number, int(total)


async def _count_states(
    connection: AsyncConnection,
    found: dict[int, TenantStats],
    name: str,
    state: ColumnElement[str],
) -> None:
    tenant_id = state.table.c.tenant_id
    statement = select(tenant_id, state, func.count()).where(tenant_id.in_(found))
    for tenant, word, number in await connection.execute(statement.group_by(tenant_id, state)):
        getattr(found[tenant], name)[word] = number
