"""Lets go of what is past its days, a short transaction a portion, with the trail in the same one.

Must not say what may go: storage/retention.py does.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, delete, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import AuditEntry, Tenant
from policies.retention import Due
from storage.audit import SqlAudit
from storage.bulk import among_these
from storage.engine import Engines
from storage.retention import SHELVES, Shelf, free_units
from storage.tables_enrichment import enrichments
from storage.tables_escalation import escalations
from storage.tables_orders import alert_exceptions, alert_parts, alerts
from storage.tables_resolution import resolution_attempts
from storage.tables_storms import storm_members, storm_parts, storms
from storage.tenants import SqlTenants

PORTION = 300
"""Units a transaction: some milliseconds of the writer's lock."""
_COUNTED_AT_ONCE = 10
"""Portions a look while nothing is written."""
Cursor = int | str | None


class SqlKeeper:
    """What is kept in the database.

    Args:
        engines: where it is.
        portion: units that go in one transaction.
    """

    def __init__(self, engines: Engines, portion: int = PORTION) -> None:
        self._engines = engines
        self._portion = portion

    async def tenants(self) -> Sequence[Tenant]:
        """All of them, the reserved ones too."""
        async with self._engines.read() as connection:
            return await SqlTenants(connection).all()

    async def count(self, due: Due) -> int:
        """How many rows may go."""
        rows, after = 0, None
        while True:
            async with self._engines.read() as connection:
                units, after = await self._page(connection, due, after, _COUNTED_AT_ONCE)
                counted = select(func.count()).where(_which(connection, due, units))
                rows += (await connection.execute(counted)).scalar_one() if units else 0
            if after is None:
                return rows

    async def drop(self, due: Due, after: Cursor, entry: AuditEntry | None) -> tuple[int, Cursor]:
        """Lets the next portion go: rows, and where to go on, None when none is left."""
        async with self._engines.read() as connection:
            units, following = await self._page(connection, due, after)
        if not units:
            return 0, following
        async with self._engines.write() as connection:
            shelf = SHELVES[due.shelf]
            among = among_these(connection, shelf.unit, units)
            still = await free_units(connection, shelf, due.tenant_id, due.before, among)
            which = _which(connection, due, still)
            if due.shelf == "exceptions":
                await _let_alerts_go(connection, due, still)
                await _let_storms_go(connection, due, still)
                await _let_timers_go(connection, due, still)
                await _let_attempts_go(connection, due, still)
                await _let_enrichment_go(connection, due, still)
            done = await connection.execute(_change(shelf).where(which))
            if entry is not None and done.rowcount:
                await SqlAudit(connection).append([entry])
        return done.rowcount, following

    async def _page(
        self, connection: AsyncConnection, due: Due, after: Cursor, portions: int = 1
    ) -> tuple[list[Any], Cursor]:
        """The units of the next portion that may go, and where the one after it begins."""
        shelf = SHELVES[due.shelf]
        limit = portions * self._portion
        units, further = await _units(connection, due, after, limit)
        if not units:
            return [], None
        among = among_these(connection, shelf.unit, units)
        free = await free_units(connection, shelf, due.tenant_id, due.before, among)
        return free, units[-1] if further else None


async def _units(
    connection: AsyncConnection, due: Due, after: Cursor, limit: int
) -> tuple[list[Any], bool]:
    """The next units to look at, and whether there may be more behind them."""
    shelf = SHELVES[due.shelf]
    aged = shelf.aged < due.before if shelf.in_time else true()
    portion = select(shelf.unit, aged.label("old")).order_by(shelf.unit).limit(limit)
    if not shelf.in_time:
        portion = portion.where(shelf.past(due.tenant_id, due.before)).distinct()
    if after is not None:
        portion = portion.where(shelf.unit > after)
    rows = [(unit, old) for unit, old in await connection.execute(portion)]
    return [unit for unit, _ in rows], len(rows) == limit and bool(rows[-1][1])


def _change(shelf: Shelf) -> Any:  # noqa: ANN401 - a statement
    if shelf.emptied is not None:
        return update(shelf.table).values(shelf.emptied)
    return delete(shelf.table)


def _which(connection: AsyncConnection, due: Due, units: Sequence[Any]) -> Any:  # noqa: ANN401 - a condition
    """The rows of these units that are old enough."""
    shelf = SHELVES[due.shelf]
    among = among_these(connection, shelf.unit, units)
    return and_(among, shelf.past(due.tenant_id, due.before))


async def _let_alerts_go(connection: AsyncConnection, due: Due, units: Sequence[Any]) -> None:
    """The threads of these exceptions, but for those that are about others too."""
    link = alert_exceptions.c
    going = among_these(connection, link.exception_id, units)
    about = link.tenant_id == due.tenant_id, going
    found = await connection.execute(select(link.alert_id).where(*about).distinct())
    touched = list(found.scalars())
    await connection.execute(delete(alert_exceptions).where(*about))
    others = exists().where(link.tenant_id == alerts.c.tenant_id, link.alert_id == alerts.c.id)
    mine = alerts.c.tenant_id == due.tenant_id, among_these(connection, alerts.c.id, touched)
    lonely = await connection.execute(select(alerts.c.id).where(*mine, ~others))
    empty = list(lonely.scalars())
    parts = among_these(connection, alert_parts.c.alert_id, empty)
    await connection.execute(
        delete(alert_parts).where(alert_parts.c.tenant_id == due.tenant_id, parts)
    )
    threads = among_these(connection, alerts.c.id, empty)
    await connection.execute(delete(alerts).where(alerts.c.tenant_id == due.tenant_id, threads))


async def _let_storms_go(connection: AsyncConnection, due: Due, units: Sequence[Any]) -> None:
    """The places of these exceptions in storms, and the storms that nobody is in any more."""
    member = storm_members.c
    about = member.tenant_id == due.tenant_id, among_these(connection, member.exception_id, units)
    found = await connection.execute(select(member.storm_id).where(*about).distinct())
    touched = list(found.scalars())
    await connection.execute(delete(storm_members).where(*about))
    others = exists().where(member.storm_id == storms.c.id)
    lonely = select(storms.c.id).where(among_these(connection, storms.c.id, touched), ~others)
    empty = list((await connection.execute(lonely)).scalars())
    parts = among_these(connection, storm_parts.c.storm_id, empty)
    await connection.execute(delete(storm_parts).where(parts))
    await connection.execute(delete(storms).where(among_these(connection, storms.c.id, empty)))


async def _let_timers_go(connection: AsyncConnection, due: Due, units: Sequence[Any]) -> None:
    """The timers of these exceptions."""
    timer = escalations.c
    about = timer.tenant_id == due.tenant_id, among_these(connection, timer.exception_id, units)
    await connection.execute(delete(escalations).where(*about))


async def _let_attempts_go(connection: AsyncConnection, due: Due, units: Sequence[Any]) -> None:
    """What was tried for these exceptions."""
    tried = resolution_attempts.c
    about = tried.tenant_id == due.tenant_id, among_these(connection, tried.exception_id, units)
    await connection.execute(delete(resolution_attempts).where(*about))


async def _let_enrichment_go(connection: AsyncConnection, due: Due, units: Sequence[Any]) -> None:
    """How far these exceptions were enriched."""
    row = enrichments.c
    about = row.tenant_id == due.tenant_id, among_these(connection, row.exception_id, units)
    await connection.execute(delete(enrichments).where(*about))
