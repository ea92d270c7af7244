"""Keeps timers: how far the calling has come for each exception that nobody answers.

Must not decide when somebody is called: policies/escalation.py does.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.escalation import Phase, Timer
from policies.reasons import Severity
from storage.bulk import among_these, bulk_insert, chunks
from storage.instants import micros
from storage.tables_escalation import escalations

_COLUMNS = ("tenant_id", "exception_id", "touched_at", "phase", "ladder", "severity", "told")
_LOOK = """
ON CONFLICT (tenant_id, exception_id) DO UPDATE SET touched_at = excluded.touched_at,
next_at = excluded.next_at, version = escalations.version + 1
"""
_NEW = (*_COLUMNS, "next_at", "version")
_TOUCH = bulk_insert(escalations, _NEW, _LOOK)
_AFRESH = bulk_insert(escalations, _NEW, f"{_LOOK}, phase = excluded.phase")
_KEPT = ("phase", "ladder", "severity", "told", "since", "due_at", "next_at")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7243013)")


class SqlEscalations:
    """Timers in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def one_at_a_time(self) -> None:
        """Waits for who calls just now; on SQLite one transaction writes at a time anyway."""
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_ONE_AT_A_TIME)

    async def touch(
        self, exceptions: Collection[tuple[int, int]], at: datetime, *, afresh: bool
    ) -> None:
        """In one order, so that two transactions never wait for each other."""
        moment, resting = micros(at), Phase.REST.value
        rows: list[tuple[Any, ...]] = [
            (*key, moment, resting, "", Severity.LOW.value, 0, moment, 1)
            for key in sorted(set(exceptions))
        ]
        await (_AFRESH if afresh else _TOUCH).run(self._connection, rows)

    async def due(self, now: datetime, limit: int) -> list[Timer]:
        """Those that are to be looked at, longest waiting first."""
        waiting = select(escalations).where(escalations.c.next_at <= now)
        ordered = waiting.order_by(escalations.c.next_at, escalations.c.exception_id)
        return [_timer(row) for row in await self._connection.execute(ordered.limit(limit))]

    async def among(self, exception_ids: Collection[int]) -> list[Timer]:
        """Those of these exceptions, by number."""
        found: list[Timer] = []
        number = escalations.c.exception_id
        for part in chunks(sorted(set(exception_ids))):
            mine = select(escalations).where(among_these(self._connection, number, part))
            rows = await self._connection.execute(mine.order_by(number))
            found += [_timer(row) for row in rows]
        return found

    async def save(self, timers: Sequence[Timer]) -> set[int]:
        """Keeps those that are still as they were read; returns their exceptions' numbers."""
        saved: set[int] = set()
        for timer in sorted(timers, key=lambda one: one.exception_id):
            values = {name: getattr(timer, name) for name in _KEPT}
            values |= {"phase": timer.phase.value, "severity": timer.severity.value}
            changed = update(escalations).where(*_as_read(timer))
            done = await self._connection.execute(
                changed.values(**values, version=timer.version + 1)
            )
            if done.rowcount:
                saved.add(timer.exception_id)
        return saved

    async def forget(self, timer: Timer) -> None:
        """Drops it, if it is still as it was read."""
        await self._connection.execute(delete(escalations).where(*_as_read(timer)))


def _as_read(timer: Timer) -> tuple[Any, ...]:
    return (
        escalations.c.tenant_id == timer.tenant_id,
        escalations.c.exception_id == timer.exception_id,
        escalations.c.version == timer.version,
    )


def _timer(row: Row[Any]) -> Timer:
    values = row._asdict()
    return Timer(
        **{**values, "phase": Phase(values["phase"]), "severity": Severity(values["severity"])}
    )
