"""Reads what an exception is compared with: orders due beside it, rates of other days, past cases.

Must not judge any of it, and reads a bounded number of rows along an index whatever there is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.past_cases import PastCase
from policies.queries import ClockRow
from policies.reasons import ClockState, ReasonCode, Status
from storage.clock_rows import clock_row
from storage.tables_orders import clocks, exceptions

MOST_CLOCKS = 3000
"""Clocks read for one hour's rate; where there are more, nobody counts."""
PAGE, MOST_CASES = 1000, 100
"""Settled exceptions of each status that are looked through, and cases that are read of them."""
SETTLED = (Status.RESOLVED.value, Status.CLOSED.value)
DECIDED = (ClockState.MET.value, ClockState.BREACHED.value)


class SqlComparisons:
    """Clocks and exceptions in the database, as others are compared with them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def beside(
        self, tenant_id: int, sla_id: str, at: datetime, each_way: int
    ) -> list[ClockRow]:
        """The clocks of a rule with the nearest deadlines up to `at` and after it, by deadline."""
        table = clocks.c
        mine = select(clocks).where(table.tenant_id == tenant_id, table.sla_id == sla_id)
        before = mine.where(table.deadline_at <= at).order_by(table.deadline_at.desc())
        after = mine.where(table.deadline_at > at).order_by(table.deadline_at)
        earlier, later = [
            [clock_row(row) for row in await self._connection.execute(part.limit(each_way))]
            for part in (before, after)
        ]
        return [*reversed(earlier), *later]

    async def stopped(
        self,
        tenant_id: int,
        sla_id: str,
        windows: Sequence[tuple[datetime, datetime]],
        horizon: timedelta,
    ) -> list[int | None]:
        """How many clocks stopped in each [since, until); None where too many are to be read.

        Args:
            tenant_id: whose.
            sla_id: of which rule.
            windows: in which times.
            horizon: clocks count whose deadline is no further than that before or after the window.
        """
        if not windows:
            return []
        counts = [
            _stopped(number, tenant_id, sla_id, window, horizon)
            for number, window in enumerate(windows)
        ]
        rows = (await self._connection.execute(union_all(*counts))).all()
        found = {row.place: None if row.read > MOST_CLOCKS else row.stopped for row in rows}
        return [found[number] for number in range(len(windows))]

    async def elapsed(
        self, tenant_id: int, sla_id: str, client: str, until: datetime, limit: int
    ) -> list[float]:
        """Counted minutes of a client's clocks that stopped and were due before `until`."""
        table = clocks.c
        done = (
            select(table.elapsed_minutes)
            .where(table.tenant_id == tenant_id, table.sla_id == sla_id)
            .where(table.deadline_at < until, table.client == client)
            .where(table.state.in_(DECIDED), table.stopped_at.is_not(None))
            .order_by(table.deadline_at.desc())
            .limit(limit)
        )
        return list((await self._connection.execute(done)).scalars())

    async def due(
        self, tenant_id: int, sla_id: str, since: datetime, until: datetime, limit: int
    ) -> list[tuple[datetime, str]]:
        """Deadlines in (since, until] of running clocks of a rule with their orders, next first."""
        table = clocks.c
        waiting = (
            select(table.deadline_at, table.order_id)
            .where(table.tenant_id == tenant_id, table.sla_id == sla_id)
            .where(table.deadline_at > since, table.deadline_at <= until)
            .where(table.state == ClockState.RUNNING.value, table.verdict.is_(None))
            .order_by(table.deadline_at)
            .limit(limit)
        )
        return [(row.deadline_at, row.order_id) for row in await self._connection.execute(waiting)]

    async def past_cases(
        self, tenant_id: int, reason: ReasonCode, since: datetime
    ) -> tuple[list[PastCase], datetime]:
        """Settled exceptions of that reason opened since then, and since when these are all."""
        starts = union_all(*(_page_start(tenant_id, status) for status in SETTLED))
        firsts = {row.status: row for row in await self._connection.execute(starts)}
        since = max([since, *(first.opened_at for first in firsts.values())])
        parts = [
            _cases(tenant_id, status, reason, since, firsts[status].id if status in firsts else 0)
            for status in SETTLED
        ]
        rows = (await self._connection.execute(union_all(*parts))).all()
        for status in SETTLED:
            opened = [row.opened_at for row in rows if row.status == status]
            if len(opened) == MOST_CASES:
                since = max(since, min(opened))
        return [_case(row) for row in rows if row.opened_at >= since], since


def _stopped(
    place: int,
    tenant_id: int,
    sla_id: str,
    window: tuple[datetime, datetime],
    horizon: timedelta,
) -> Select[int, int, int]:
    table, (since, until) = clocks.c, window
    near = (
        select(table.stopped_at)
        .where(table.tenant_id == tenant_id, table.sla_id == sla_id)
        .where(table.deadline_at >= since - horizon, table.deadline_at < until + horizon)
        .where(table.state.in_(DECIDED))
        .limit(MOST_CLOCKS + 1)
        .subquery()
    )
    inside = (near.c.stopped_at >= since) & (near.c.stopped_at < until)
    read, stopped = func.count().label("read"), func.count().filter(inside).label("stopped")
    return select(literal(place).label("place"), read, stopped).select_from(near)


def _page_start(tenant_id: int, status: str) -> Select[Any]:
    """The first row of the newest page; none where all rows are in it."""
    table = exceptions.c
    page = (
        select(table.id, table.opened_at, table.status)
        .where(table.tenant_id == tenant_id, table.status == status)
        .order_by(table.id.desc())
        .offset(PAGE - 1)
        .limit(1)
        .subquery()
    )
    return select(page)


def _cases(
    tenant_id: int, status: str, reason: ReasonCode, since: datetime, first_id: int
) -> Select[Any]:
    table = exceptions.c
    columns = (table.status, table.facts, table.explanation, table.resolution)
    page = (
        select(*columns, table.opened_at, table.resolved_at)
        .where(table.tenant_id == tenant_id, table.status == status, table.id >= first_id)
        .where(table.reason_code == reason.value, table.opened_at >= since)
        .where(table.resolved_at.is_not(None))
        .order_by(table.id.desc())
        .limit(MOST_CASES)
        .subquery()
    )
    return select(page)


def _case(row: Row[Any]) -> PastCase:
    return PastCase(
        facts=row.facts,
        cause=(row.explanation or {}).get("cause"),
        resolution=row.resolution,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
    )
