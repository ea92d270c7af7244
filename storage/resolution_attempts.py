"""Keeps attempts: what was tried to settle exceptions by itself, and how it ended.

Must not decide what is tried or what an outcome is: policies/resolution.py does.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.attempts import Attempt, AttemptState
from policies.records import ExceptionRecord, OrderKey
from storage.bulk import bulk_insert, of_orders
from storage.columns import storable_or_none, to_json
from storage.exceptions import record_of
from storage.instants import micros
from storage.tables_orders import ACTIVE, exceptions
from storage.tables_resolution import RESOLVABLE, UNENDED, resolution_attempts

_FIELDS = tuple(field.name for field in fields(Attempt) if field.name != "id")
_ADD = bulk_insert(resolution_attempts, _FIELDS, "ON CONFLICT DO NOTHING RETURNING id")
_CHANGING = (
    "state",
    "request",
    "approved_by",
    "approved_at",
    "started_at",
    "ended_at",
    "prove_by",
    "status",
    "response",
)
_NEVER = (AttemptState.DECLINED.value, AttemptState.DROPPED.value)
_UNENDED_THERE = text(f"resolution_attempts.{UNENDED.text}")


class SqlAttempts:
    """Attempts in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def eligible(
        self, tenant_id: int, reasons: Collection[str] | None, after: int, limit: int
    ) -> list[ExceptionRecord]:
        """By number, those behind `after`; read from the index of those that are eligible."""
        statement = self.eligible_statement(tenant_id, reasons, after, limit)
        return [record_of(row) for row in await self._connection.execute(statement)]

    @staticmethod
    def eligible_statement(
        tenant_id: int, reasons: Collection[str] | None, after: int, limit: int
    ) -> Select[Any]:
        """What is read then; its plan is held by a test."""
        table, tried = exceptions.c, resolution_attempts.c
        same = tried.tenant_id == table.tenant_id, tried.exception_id == table.id
        busy = exists().where(*same, _UNENDED_THERE)
        statement = select(exceptions).where(table.tenant_id == tenant_id, RESOLVABLE)
        statement = statement.where(table.id > after, ~busy).order_by(table.id).limit(limit)
        if reasons is not None:
            statement = statement.where(table.reason_code.in_(sorted(reasons)))
        return statement

    async def add(self, attempt: Attempt) -> Attempt | None:
        """Keeps a new one; None where the exception has one under way, or had that number."""
        written = await _ADD.returning(self._connection, [_row(attempt)])
        return replace(attempt, id=written.pop()) if written else None

    async def get(self, attempt_id: int) -> Attempt | None:
        """That one, or None."""
        mine = select(resolution_attempts).where(resolution_attempts.c.id == attempt_id)
        row = (await self._connection.execute(mine)).one_or_none()
        return _attempt(row) if row else None

    async def save(self, attempt: Attempt, *, was: AttemptState) -> bool:
        """Keeps how it stands now, if it still stands as it was read."""
        table = resolution_attempts.c
        mine = (table.id == attempt.id, table.tenant_id == attempt.tenant_id)
        values = {name: getattr(attempt, name) for name in _CHANGING}
        values["state"] = attempt.state.value
        statement = update(resolution_attempts).where(*mine, table.state == was.value)
        return (await self._connection.execute(statement.values(values))).rowcount == 1

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[Attempt]]:
        """All of these orders, oldest first."""
        statement = select(resolution_attempts).order_by(resolution_attempts.c.id)
        return await of_orders(self._connection, statement, resolution_attempts, keys, _attempt)

    async def latest(self, tenant_ids: Collection[int], limit: int) -> list[Attempt]:
        """The newest of these tenants, newest first."""
        mine = resolution_attempts.c.tenant_id.in_(sorted(tenant_ids))
        statement = (
            select(resolution_attempts).where(mine).order_by(resolution_attempts.c.id.desc())
        )
        return [_attempt(row) for row in await self._connection.execute(statement.limit(limit))]

    async def unended(self, after: int, limit: int) -> list[Attempt]:
        """Those under way behind that number, by number."""
        table = resolution_attempts.c
        statement = select(resolution_attempts).where(UNENDED, table.id > after)
        rows = await self._connection.execute(statement.order_by(table.id).limit(limit))
        return [_attempt(row) for row in rows]

    async def since(self, tenant_id: int, moment: datetime) -> Mapping[str, int]:
        """How many of each action were asked for after that moment and not called off."""
        table = resolution_attempts.c
        real = (table.dry_run.is_(False), table.state.not_in(_NEVER))
        mine = (table.tenant_id == tenant_id, table.asked_at > moment)
        counted = select(table.action, func.count()).where(*mine, *real).group_by(table.action)
        rows = await self._connection.execute(counted)
        return {row[0]: row[1] for row in rows}

    async def tally(
        self, tenant_ids: Collection[int], since: datetime
    ) -> list[tuple[str, AttemptState, int]]:
        """How many real ones asked for since then stand how, by action."""
        table = resolution_attempts.c
        mine = (table.tenant_id.in_(sorted(tenant_ids)), table.asked_at >= since)
        kinds = (table.action, table.state)
        counted = select(*kinds, func.count()).where(*mine, table.dry_run.is_(False))
        rows = await self._connection.execute(counted.group_by(*kinds).order_by(*kinds))
        return [(action, AttemptState(state), count) for action, state, count in rows]

    async def blocked(self, tenant_id: int) -> int:
        """How many active exceptions nothing is done about by itself any more."""
        mine = (exceptions.c.tenant_id == tenant_id, exceptions.c.resolution_blocked.is_(True))
        counted = select(func.count()).select_from(exceptions).where(*mine, ACTIVE)
        return (await self._connection.execute(counted)).scalar_one()


def _row(attempt: Attempt) -> tuple[Any, ...]:
    """As the table keeps it, in the order of the fields."""
    return tuple(_stored(getattr(attempt, name)) for name in _FIELDS)


def _stored(value: object) -> Any:  # noqa: ANN401 - what the driver takes
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, AttemptState):
        return value.value
    if isinstance(value, str):
        return storable_or_none(value)
    if value is None or isinstance(value, int):
        return value
    return to_json(value)


def _attempt(row: Row[Any]) -> Attempt:
    values = row._asdict()
    values["state"] = AttemptState(values["state"])
    values["proved_by"] = tuple(values["proved_by"])
    return Attempt(**values)
