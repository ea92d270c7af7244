"""Keeps exception records.

Must not change their meaning: lifecycle rules are in policies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES, Fault, ReasonCode, Severity, Stage, Status
from policies.records import ExceptionRecord, Explanation, OrderKey
from storage.bulk import of_orders
from storage.columns import storable
from storage.tables_orders import exceptions

_FIELDS = tuple(field.name for field in fields(ExceptionRecord))
_ACTIVE = tuple(status.value for status in ACTIVE_STATUSES)


class SqlExceptions:
    """Exception records in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[ExceptionRecord]]:
        """The exceptions of these orders, oldest first."""
        statement = select(exceptions).order_by(exceptions.c.id)
        return await of_orders(self._connection, statement, exceptions, keys, record_of)

    async def get(self, exception_id: int) -> ExceptionRecord | None:
        """The record of that number."""
        found = await self._all(select(exceptions).where(exceptions.c.id == exception_id))
        return found[0] if found else None

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

    async def open(self, records: Sequence[ExceptionRecord]) -> list[ExceptionRecord]:
        """Inserts them and returns those that are new, with their numbers."""
        if not records:
            return []
        key = exceptions.c.tenant_id, exceptions.c.order_id, exceptions.c.sla_id
        identity = (*key, exceptions.c.subject)
        on_postgres = self._connection.dialect.name == "postgresql"
        upsert = postgres_insert(exceptions) if on_postgres else sqlite_insert(exceptions)
        statement = upsert.on_conflict_do_nothing(index_elements=identity)
        firsts: dict[tuple[int, str, str, str], ExceptionRecord] = {}
        for record in records:
            firsts.setdefault(identity_of(record), record)
        result = await self._connection.execute(
            statement.returning(exceptions.c.id, *identity),
            [_values(record) for record in firsts.values()],
        )
        numbers = {tuple(row[1:]): row.id for row in result}
        return [
            replace(record, id=numbers[key]) for key, record in firsts.items() if key in numbers
        ]

    async def save(self, record: ExceptionRecord, *, was: int) -> bool:
        """Replaces it if its stored version is still `was`."""
        statement = (
            update(exceptions)
            .where(
                exceptions.c.id == record.id,
                exceptions.c.tenant_id == record.tenant_id,
                exceptions.c.version == was,
            )
            .values(_values(record))
        )
        return (await self._connection.execute(statement)).rowcount == 1

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


def _values(record: ExceptionRecord) -> dict[str, Any]:
    """The columns of a record but its number."""
    values = {name: getattr(record, name) for name in _FIELDS if name != "id"}
    for name in ("reason_code", "severity", "status", "stage"):
        values[name] = values[name].value
    values["fault"] = record.fault.value if record.fault else None
    values["explanation"] = asdict(record.explanation) if record.explanation else None
    return values


def _explanation(stored: Mapping[str, Any]) -> Explanation:
    """JSON knows arrays only; the account's lists are tuples."""
    values: dict[str, Any] = dict(stored)
    for name, value in stored.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    return Explanation(**values)
