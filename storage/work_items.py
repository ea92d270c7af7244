"""Keeps what E2A owes itself: at most one item per (tenant, kind, subject).

Must not do the work, and must not know why it is owed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import WorkItem
from storage import leases
from storage.bulk import among_these, bulk_insert, chunks
from storage.instants import micros
from storage.tables_work import WAITING, work_items

Asked = tuple[int, str, str, str | None, str, int, int, int, int]
"""A row for `ASK`: tenant, kind, subject, correlation, state, generation, attempts, times."""

_COLUMNS = (
    "tenant_id",
    "kind",
    "subject",
    "correlation_id",
    "state",
    "generation",
    "attempts",
    "available_at",
    "created_at",
)
ASK = bulk_insert(
    work_items,
    _COLUMNS,
    """ON CONFLICT (tenant_id, kind, subject) DO UPDATE SET
    generation = work_items.generation + 1,
    correlation_id = coalesce(excluded.correlation_id, work_items.correlation_id),
    attempts = CASE work_items.state WHEN 'dead' THEN 0 ELSE work_items.attempts END,
    available_at = CASE
        WHEN work_items.state = 'dead' THEN excluded.available_at
        WHEN work_items.state = 'waiting' AND excluded.available_at < work_items.available_at
        THEN excluded.available_at ELSE work_items.available_at END,
    state = CASE work_items.state WHEN 'dead' THEN 'waiting' ELSE work_items.state END""",
)
"""Asks for work: new, or once more (`generation` grows, the earlier time counts, dead revives)."""

_LOCK_ORDER = (
    work_items.c.tenant_id,
    work_items.c.kind,
    work_items.c.subject.collate("C"),
)
"""The order in which everybody locks items on PostgreSQL, so that no two lock each other out."""

WINDOW = 3
"""How many times the limit is looked at: what is long asked for is not gone through ever again."""
_ASK_FOR_DUE_ORDERS = """
INSERT INTO work_items
    (tenant_id, kind, subject, state, generation, attempts, available_at, created_at)
SELECT due.tenant_id, 'evaluate', due.order_id, 'waiting', 1, 0,
    CAST(:wall_now AS BIGINT), CAST(:wall_now AS BIGINT)
FROM (
    SELECT seen.tenant_id, seen.order_id FROM (
        SELECT clocks.tenant_id, clocks.order_id, clocks.check_at, asked.state, asked.available_at
        FROM clocks LEFT JOIN work_items AS asked ON asked.tenant_id = clocks.tenant_id
        AND asked.kind = 'evaluate' AND asked.subject = clocks.order_id
        WHERE clocks.check_at <= :business_now AND coalesce(asked.state, '') <> 'dead'
        ORDER BY clocks.check_at LIMIT :window
    ) AS seen
    WHERE seen.state IS NULL OR seen.state = 'waiting' AND seen.available_at > :wall_now
    ORDER BY seen.check_at LIMIT :limit
) AS due
WHERE true
GROUP BY due.tenant_id, due.order_id
ORDER BY due.tenant_id, due.order_id {collation}
ON CONFLICT (tenant_id, kind, subject) DO UPDATE SET available_at = excluded.available_at
WHERE work_items.state = 'waiting' AND work_items.available_at > excluded.available_at
"""
_ASK_ON_SQLITE = text(_ASK_FOR_DUE_ORDERS.format(collation=""))
_ASK_ON_POSTGRES = text(_ASK_FOR_DUE_ORDERS.format(collation='COLLATE "C"'))


class SqlWorkItems:
    """Work items in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.asked = False
        """Whether work was asked for, so that who does it can be woken after the commit."""

    async def put(self, items: Sequence[WorkItem], available_at: datetime) -> None:
        """Asks for them, merged by (tenant, kind, subject)."""
        self.asked = self.asked or bool(items)
        await ASK.run(self._connection, rows_to_ask(items, micros(available_at)))

    async def put_due_orders(self, business_now: datetime, wall_now: datetime, limit: int) -> int:
        """Asks for orders with a clock whose check_at has come and that nobody asked for.

        While WINDOW times the limit were asked for and are not judged, no more are.
        """
        values = {
            "business_now": micros(business_now),
            "wall_now": micros(wall_now),
            "limit": limit,
            "window": WINDOW * limit,
        }
        on_postgres = self._connection.dialect.name == "postgresql"
        statement = _ASK_ON_POSTGRES if on_postgres else _ASK_ON_SQLITE
        asked = (await self._connection.execute(statement, values)).rowcount
        self.asked = self.asked or asked > 0
        return asked

    async def claim(self, kind: str, now: datetime, lease: timedelta, limit: int) -> list[WorkItem]:
        """Takes what is available, longest available first; also what another one's lease lost."""
        picked = (
            select(work_items.c.id)
            .where(
                work_items.c.kind == kind,
                leases.pending("work_items"),
                work_items.c.available_at <= now,
            )
            .order_by(work_items.c.available_at, work_items.c.id)
            .limit(limit)
        )
        rows = await leases.claim(self._connection, work_items, picked, now + lease)
        return sorted(map(_item, rows), key=attrgetter("created_at", "id"))

    async def done(self, items: Sequence[WorkItem], now: datetime) -> bool:
        """Deletes them, or sets those free that were asked for again; False: a lease was lost."""
        settled = 0
        by_lease = attrgetter("lease")
        ordered = sorted((item for item in items if item.lease), key=by_lease)
        for lease, mine in groupby(ordered, key=by_lease):
            for part in chunks([item.id for item in mine]):
                settled += await self._settle(lease, part, now)
        return settled == len(items)

    async def _settle(self, lease: str, ids: Sequence[int], now: datetime) -> int:
        held = (
            work_items.c.lease == lease,
            among_these(self._connection, work_items.c.id, ids),
        )
        if self._connection.dialect.name == "postgresql":
            locked = select(work_items.c.id).where(*held).with_for_update()
            await self._connection.execute(locked.order_by(*_LOCK_ORDER))
        unchanged = work_items.c.generation == work_items.c.leased_generation
        gone = await self._connection.execute(delete(work_items).where(*held, unchanged))
        if gone.rowcount == len(ids):
            return len(ids)
        again = (
            update(work_items)
            .where(*held)
            .values(state=WAITING, lease=None, leased_generation=None, attempts=0, available_at=now)
        )
        return gone.rowcount + (await self._connection.execute(again)).rowcount

    async def waiting(self) -> int:
        """How many are neither finished nor given up."""
        counted = select(func.count()).select_from(work_items).where(leases.pending("work_items"))
        return (await self._connection.execute(counted)).scalar_one()

    async def release_all(self) -> None:
        """Ends every lease, when the process that held them is known to be gone."""
        await leases.release_all(self._connection, work_items)

    async def mend(self, now: datetime, lease: timedelta, longest: timedelta) -> None:
        """Brings back what lies ahead because the clock was set back."""
        await leases.mend(self._connection, work_items, now, lease, longest)

    async def retry(self, item: WorkItem, at: datetime, error: str) -> bool:
        """Sets it free to be taken again at `at`."""
        changes = leases.retried(at, error)
        return await leases.give_back(self._connection, work_items, item.id, item.lease, **changes)

    async def dead(self, item: WorkItem, now: datetime, error: str) -> bool:
        """Parks it until somebody asks for it again."""
        changes = {**leases.buried(error), "available_at": now}
        return await leases.give_back(self._connection, work_items, item.id, item.lease, **changes)


def rows_to_ask(items: Iterable[WorkItem], available_at: int) -> list[Asked]:
    """Rows for `ASK`, one a subject, in one order everywhere, so that no two writers deadlock."""
    rows: Mapping[tuple[int, str, str], Asked] = {
        (item.tenant_id, item.kind, item.subject): (
            item.tenant_id,
            item.kind,
            item.subject,
            item.correlation_id,
            WAITING,
            1,
            0,
            available_at,
            micros(item.created_at) if item.created_at else available_at,
        )
        for item in items
    }
    return [rows[key] for key in sorted(rows)]


def _item(row: Row[Any]) -> WorkItem:
    return WorkItem(
        id=row.id,
        tenant_id=row.tenant_id,
        kind=row.kind,
        subject=row.subject,
        correlation_id=row.correlation_id,
        generation=row.generation,
        attempts=row.attempts,
        lease=row.lease,
        created_at=row.created_at,
    )
