"""Keeps exception records.

Must not change their meaning: lifecycle rules are in policies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, func, select, text, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES, Fault, ReasonCode, Severity, Stage, Status
from policies.records import ExceptionRecord, Explanation, JsonObject, OrderKey
from storage.bulk import among_these, bulk_insert, chunks, of_orders
from storage.columns import FreeText, Instant, stated_as, storable, to_json
from storage.instants import micros
from storage.numbers import draw_numbers
from storage.tables_orders import ACTIVE, exceptions

_FIELDS = tuple(field.name for field in fields(ExceptionRecord))
_ACTIVE = tuple(status.value for status in ACTIVE_STATUSES)
_IDENTITY = ("tenant_id", "order_id", "sla_id", "subject")
_OPEN = bulk_insert(
    exceptions, _FIELDS, f"ON CONFLICT ({', '.join(_IDENTITY)}) DO NOTHING RETURNING id"
)
_CHANGES = ", ".join(f"{name} = :{name}" for name in _FIELDS if name not in ("id", "tenant_id"))
_SAVE = text(
    f"UPDATE exceptions SET {_CHANGES} "  # noqa: S608 - names of our own columns
    "WHERE id = :id AND tenant_id = :tenant_id AND version = :was"
)
_values = attrgetter(*_FIELDS)
_TOLD = tuple(field.name for field in fields(Explanation))
_told = attrgetter(*_TOLD)


class SqlExceptions:
    """Exception records in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.explained: set[int] = set()
        """Whose explanation was replaced, though neither version nor time of change tells so."""

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[ExceptionRecord]]:
        """The exceptions of these orders, oldest first.

        Sorted here: asked to sort, SQLite goes through all of the tenant's exceptions by number.
        """
        found = await of_orders(self._connection, select(exceptions), exceptions, keys, record_of)
        return {key: sorted(records, key=attrgetter("id")) for key, records in found.items()}

    async def get(self, exception_id: int) -> ExceptionRecord | None:
        """The record of that number."""
        found = await self._all(select(exceptions).where(exceptions.c.id == exception_id))
        return found[0] if found else None

    async def among(self, exception_ids: Sequence[int]) -> list[ExceptionRecord]:
        """Those of these numbers that there are, by number."""
        found: list[ExceptionRecord] = []
        for part in chunks(sorted(exception_ids)):
            mine = select(exceptions).where(among_these(self._connection, exceptions.c.id, part))
            found += await self._all(mine.order_by(exceptions.c.id))
        return found

    async def find(self, wanted: ExceptionFilter) -> list[ExceptionRecord]:
        """Those that fit, newest first or, if so asked, the earliest deadline first."""
        statement = select(exceptions).where(*_restrictions(wanted))
        newest = (exceptions.c.id.desc(),)
        soonest = (exceptions.c.deadline_at, exceptions.c.id)
        ordered = statement.order_by(*(soonest if wanted.soonest_first else newest))
        return await self._all(ordered.limit(wanted.limit))

    async def count(self, wanted: ExceptionFilter) -> int:
        """How many fit, whatever the limit and the page."""
        every = replace(wanted, before_id=None)
        statement = select(func.count()).select_from(exceptions).where(*_restrictions(every))
        return (await self._connection.execute(statement)).scalar_one()

    async def active(self, tenant_id: int, reason: ReasonCode, at_most: int) -> int:
        """How many active ones of that reason there are; counts no further than `at_most`."""
        mine = (exceptions.c.tenant_id == tenant_id, exceptions.c.reason_code == reason.value)
        some = select(exceptions.c.tenant_id).where(*mine, ACTIVE).limit(at_most).subquery()
        return (await self._connection.execute(select(func.count()).select_from(some))).scalar_one()

    async def open(self, records: Sequence[ExceptionRecord]) -> list[ExceptionRecord]:
        """Inserts them and returns those that are new, with their numbers."""
        firsts: dict[tuple[int, str, str, str], ExceptionRecord] = {}
        for record in records:
            firsts.setdefault(identity_of(record), record)
        if not firsts:
            return []
        numbers = await draw_numbers(self._connection, exceptions, len(firsts))
        fresh = [
            replace(record, id=number)
            for number, record in zip(numbers, firsts.values(), strict=True)
        ]
        written = await _OPEN.returning(self._connection, [_row(record) for record in fresh])
        return [record for record in fresh if record.id in written]

    async def save(self, record: ExceptionRecord, *, was: int) -> bool:
        """Replaces it if its stored version is still `was`."""
        stored = dict(zip(_FIELDS, _row(record), strict=True))
        return (await self._connection.execute(_SAVE, {**stored, "was": was})).rowcount == 1

    async def explain(self, record: ExceptionRecord, explanation: Explanation) -> bool:
        """Replaces the explanation alone; False where the record was changed since it was read."""
        table = exceptions.c
        same = (table.id == record.id, table.tenant_id == record.tenant_id)
        unchanged = (table.version == record.version, table.updated_at == record.updated_at)
        told = dict(zip(_TOLD, _told(explanation), strict=True))
        statement = update(exceptions).where(*same, *unchanged).values(explanation=told)
        done = (await self._connection.execute(statement)).rowcount == 1
        self.explained |= {record.id} if done else set()
        return done

    async def first_opened(self, tenant_id: int) -> datetime | None:
        """When the oldest that is kept of that tenant opened."""
        mine = select(exceptions.c.opened_at).where(exceptions.c.tenant_id == tenant_id)
        first = mine.order_by(exceptions.c.id).limit(1)
        return (await self._connection.execute(first)).scalar_one_or_none()

    async def opened_between(
        self, tenant_id: int, reason: ReasonCode, since: datetime, until: datetime, limit: int
    ) -> list[tuple[datetime, JsonObject]]:
        """When they opened in [since, until) and their facts, newest first."""
        table = exceptions.c
        statement = (
            select(table.opened_at, table.facts)
            .where(table.tenant_id == tenant_id, table.reason_code == reason.value)
            .where(table.opened_at >= since, table.opened_at < until)
            .order_by(table.opened_at.desc())
            .limit(limit)
        )
        return [(row[0], row[1]) for row in await self._connection.execute(statement)]

    async def waking(self, now: datetime, limit: int) -> list[ExceptionRecord]:
        """Active ones whose snooze is over, longest over first."""
        over = exceptions.c.snoozed_until <= now
        statement = select(exceptions).where(over, exceptions.c.status.in_(_ACTIVE))
        ordered = statement.order_by(exceptions.c.snoozed_until, exceptions.c.id)
        return await self._all(ordered.limit(limit))

    async def closable(self, before: datetime, limit: int) -> list[ExceptionRecord]:
        """RESOLVED ones that were resolved before `before`, longest ago first."""
        statement = select(exceptions).where(
            exceptions.c.status == Status.RESOLVED.value, exceptions.c.resolved_at < before
        )
        ordered = statement.order_by(exceptions.c.resolved_at, exceptions.c.id)
        return await self._all(ordered.limit(limit))

    async def _all(self, statement: Select[Any]) -> list[ExceptionRecord]:
        return [record_of(row) for row in await self._connection.execute(statement)]


def record_of(row: Row[Any]) -> ExceptionRecord:
    """The record of a whole row."""
    values = {name: getattr(row, name) for name in _FIELDS}
    values["reason_code"] = ReasonCode(row.reason_code)
    values["severity"] = Severity(row.severity)
    values["status"] = Status(row.status)
    values["stage"] = Stage(row.stage)
    values["fault"] = None if row.fault is None else Fault(row.fault)
    values["explanation"] = None if row.explanation is None else _explanation(row.explanation)
    return ExceptionRecord(**values)


def _restrictions(wanted: ExceptionFilter) -> list[ColumnElement[bool]]:
    table = exceptions.c
    asked: list[ColumnElement[bool]] = [table.tenant_id.in_(wanted.tenant_ids)]
    if wanted.statuses:
        asked.append(table.status.in_([status.value for status in wanted.statuses]))
    if wanted.since is not None:
        asked.append(table.opened_at >= wanted.since)
    if wanted.before_id is not None:
        asked.append(table.id < wanted.before_id)
    if wanted.settled_since is not None:
        asked.append(table.resolved_at >= wanted.settled_since)
    if wanted.unowned:
        asked.append(table.assignee.is_(None))
    if wanted.snoozed:
        asked.append(table.snoozed_until.is_not(None))
    raw = func.lower(type_coerce(table.facts, Text))
    for fact, value in wanted.stated:
        asked.append(raw.contains(stated_as(fact, value), autoescape=True))
    equal = {
        table.severity: wanted.severity and wanted.severity.value,
        table.reason_code: wanted.reason_code and wanted.reason_code.value,
        table.order_id: wanted.order_id and storable(wanted.order_id),
        table.assignee: wanted.assignee and storable(wanted.assignee),
    }
    return asked + [column == value for column, value in equal.items() if value is not None]


def identity_of(record: ExceptionRecord) -> tuple[int, str, str, str]:
    """What there is one exception of; the subject as the database keeps it."""
    return (record.tenant_id, record.order_id, record.sla_id, storable(record.subject))


def _places(kind: type[TypeEngine[Any]]) -> tuple[int, ...]:
    """Where in a row the columns of that type are."""
    named = enumerate(exceptions.c[name].type for name in _FIELDS)
    return tuple(place for place, column in named if isinstance(column, kind))


def _told_json(explanation: Explanation) -> str:
    return to_json(dict(zip(_TOLD, _told(explanation), strict=True)))


_WORDS = ("reason_code", "severity", "status", "stage", "fault")
_CONVERTED = (
    (attrgetter("value"), tuple(map(_FIELDS.index, _WORDS))),
    (micros, _places(Instant)),
    (storable, _places(FreeText)),
    (to_json, (_FIELDS.index("facts"),)),
    (_told_json, (_FIELDS.index("explanation"),)),
)
"""What is kept otherwise than the record has it, by place in the row."""


def _row(record: ExceptionRecord) -> tuple[Any, ...]:
    """The record as the table keeps it, in the order of its fields."""
    values = list(_values(record))
    for convert, places in _CONVERTED:
        for place in places:
            if values[place] is not None:
                values[place] = convert(values[place])
    return tuple(values)


def _explanation(stored: Mapping[str, Any]) -> Explanation:
    """JSON knows arrays only; the account's lists are tuples."""
    values: dict[str, Any] = dict(stored)
    for name, value in stored.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    return Explanation(**values)
