"""Keeps how far each exception is enriched, and what was told of it. Must not judge."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    Select,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.enrichment import Enrichment, EnrichmentStage, EnrichmentState, Note
from policies.enrichment_figures import IN_TIME, Group, Level, Measure
from policies.enrichment_retries import LEAST_SURE
from policies.records import ExceptionRecord
from storage.bulk import among_these, bulk_insert, chunks, replacing
from storage.exceptions import record_of
from storage.instants import micros, micros_or_none
from storage.tables_enrichment import enrichment_alarms, enrichments
from storage.tables_orders import ACTIVE, exceptions

_STAGES = tuple(stage.value for stage in EnrichmentStage)
_PLAIN = tuple(one.name for one in fields(Enrichment) if one.name not in _STAGES)
_NOTES = tuple(part for name in _STAGES for part in (name, f"{name}_reason"))
_COLUMNS = (*_PLAIN, *_NOTES)
_KEY = ("tenant_id", "exception_id")
_SAVE = bulk_insert(enrichments, _COLUMNS, replacing(_KEY, _COLUMNS))
_COUNTED = ("in_time", "filled", "expected", "quality", "sure")
_INSTANTS = ("begun_at", "ask_at", "next_at", "completed_at")


class SqlEnrichments:
    """Enrichment in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def opened_without(
        self, tenant_id: int, since: datetime, limit: int
    ) -> list[ExceptionRecord]:
        """Exceptions that opened since then (business time) and have no row yet, by number."""
        lately = _without(tenant_id, limit).where(exceptions.c.opened_at >= since)
        return [record_of(row) for row in await self._connection.execute(lately)]

    async def active_without(self, tenant_id: int, limit: int) -> list[ExceptionRecord]:
        """Active exceptions of any age without a row, by number."""
        active = _without(tenant_id, limit).where(ACTIVE)
        return [record_of(row) for row in await self._connection.execute(active)]

    async def due(self, now: datetime, limit: int) -> list[Enrichment]:
        """Those to be looked at by now, longest due first, for the caller's transaction alone."""
        table = enrichments.c
        statement = select(enrichments).where(table.next_at <= now).order_by(table.next_at)
        mine = statement.limit(limit).with_for_update(skip_locked=True)
        return [_enrichment(row) for row in await self._connection.execute(mine)]

    async def of(self, exception_ids: Sequence[int]) -> list[Enrichment]:
        """Those of these exceptions that there are, by number, for the transaction alone."""
        found: list[Enrichment] = []
        for part in chunks(sorted(exception_ids)):
            among = among_these(self._connection, enrichments.c.exception_id, part)
            statement = select(enrichments).where(among).order_by(enrichments.c.exception_id)
            rows = await self._connection.execute(statement.with_for_update())
            found += [_enrichment(row) for row in rows]
        return found

    async def save(self, rows: Sequence[Enrichment]) -> None:
        """Inserts or replaces them."""
        await _SAVE.run(self._connection, [_row(one) for one in rows])

    async def hurry(self, tenant_id: int, now: datetime) -> int:
        """Has looked at now what is not complete, and active ones nobody would look at again."""
        table = enrichments.c
        same = exceptions.c.tenant_id == table.tenant_id, exceptions.c.id == table.exception_id
        active = exists().where(*same, ACTIVE)
        wanted = or_(table.completed_at.is_(None), table.next_at.is_(None) & active)
        later = or_(table.next_at.is_(None), table.next_at > now)
        statement = update(enrichments).where(table.tenant_id == tenant_id, wanted, later)
        return (await self._connection.execute(statement.values(next_at=now))).rowcount

    async def groups(
        self, tenant_ids: Collection[int], since: datetime, until: datetime
    ) -> list[Group]:
        """Rows that were begun in [since, until), those that stand alike together."""
        table = enrichments.c
        notes = [table[name] for name in _NOTES]
        mine = table.tenant_id.in_(sorted(tenant_ids)), table.begun_at < until
        statement = select(*notes, *_sums()).where(*mine, table.begun_at >= since)
        rows = await self._connection.execute(statement.group_by(*notes).order_by(*notes))
        return [_group(row) for row in rows]

    async def backlog(self, tenant_ids: Collection[int]) -> int:
        """How many are not complete and are still followed."""
        table = enrichments.c
        counted = _owed(select(func.count()).select_from(enrichments), tenant_ids)
        followed = counted.where(table.next_at.is_not(None))
        return await self._connection.scalar(followed) or 0

    async def incomplete(
        self, tenant_ids: Collection[int], before_id: int | None, limit: int
    ) -> list[Enrichment]:
        """Those that are not complete, of exceptions with a smaller number, newest first."""
        table = enrichments.c
        mine = _owed(select(enrichments), tenant_ids)
        if before_id is not None:
            mine = mine.where(table.exception_id < before_id)
        newest = mine.order_by(table.exception_id.desc()).limit(limit)
        return [_enrichment(row) for row in await self._connection.execute(newest)]

    async def alarms(self, tenant_id: int) -> Mapping[Measure, Level]:
        """What was told and is not over."""
        table = enrichment_alarms.c
        mine = select(table.measure, table.level).where(table.tenant_id == tenant_id)
        rows = await self._connection.execute(mine)
        return {Measure(measure): Level(level) for measure, level in rows}

    async def alarm(self, tenant_id: int, measure: Measure, level: Level, now: datetime) -> bool:
        """Notes what is told, OK: that it is over; False where that was known already."""
        table = enrichment_alarms.c
        mine = table.tenant_id == tenant_id, table.measure == measure.value
        if level is Level.OK:
            gone = await self._connection.execute(delete(enrichment_alarms).where(*mine))
            return gone.rowcount == 1
        row = (tenant_id, measure.value, level.value, micros(now))
        return await _ALARM.run(self._connection, [row]) == 1


_ALARM = bulk_insert(
    enrichment_alarms,
    ("tenant_id", "measure", "level", "since"),
    "ON CONFLICT (tenant_id, measure) DO UPDATE SET level = excluded.level, "
    "since = excluded.since WHERE enrichment_alarms.level <> excluded.level",
)


def _owed(statement: Select[Any], tenant_ids: Collection[int]) -> Select[Any]:
    """Those of these tenants that are not complete.

    They are few; the sum keeps SQLite from going through everything of the tenants.
    """
    table = enrichments.c
    mine = (table.tenant_id + 0).in_(sorted(tenant_ids))
    return statement.where(table.completed_at.is_(None), mine)


def _without(tenant_id: int, limit: int) -> Select[Any]:
    table, known = exceptions.c, enrichments.c
    same = known.tenant_id == table.tenant_id, known.exception_id == table.id
    mine = select(exceptions).where(table.tenant_id == tenant_id, ~exists().where(*same))
    # an expression: asked for the order of numbers, SQLite goes through all of the tenant's
    return mine.order_by(table.id + 0).limit(limit)


def _sums() -> list[Any]:
    """The sums of a Group, by the names of its fields."""
    table = enrichments.c
    began, ended = (type_coerce(at, BigInteger) for at in (table.begun_at, table.completed_at))
    limit = int(IN_TIME.total_seconds()) * 1_000_000
    return [
        func.count().label("records"),
        func.coalesce(func.sum(case((ended - began <= limit, 1), else_=0)), 0).label("in_time"),
        *(func.sum(table[name]).label(name) for name in ("filled", "expected", "quality")),
        func.count(table.confidence).label("answered"),
        func.sum(case((table.confidence >= LEAST_SURE, 1), else_=0)).label("sure"),
        func.coalesce(func.sum(table.confidence), 0.0).label("confidence"),
    ]


def _group(row: Row[Any]) -> Group:
    values = _with_notes(row._asdict())
    for name in _COUNTED:  # PostgreSQL sums whole numbers as decimals
        values[name] = int(values[name])
    return Group(**values)


def _enrichment(row: Row[Any]) -> Enrichment:
    return Enrichment(**_with_notes(row._asdict()))


def _with_notes(values: dict[str, Any]) -> dict[str, Any]:
    """State and reason of each stage as one."""
    for name in _STAGES:
        values[name] = Note(EnrichmentState(values[name]), values.pop(f"{name}_reason"))
    return values


def _row(one: Enrichment) -> tuple[Any, ...]:
    """As the table keeps it, in the order of its columns."""
    plain = (
        micros_or_none(getattr(one, name)) if name in _INSTANTS else getattr(one, name)
        for name in _PLAIN
    )
    notes = (part for note in one.stages.values() for part in (note.state.value, note.reason))
    return (*plain, *notes)
