"""Keeps the warnings that stand in Slack, one a clock.

Must not decide when one is to be drawn again, nor draw or send it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.warnings import ClockName, LiveWarning
from storage.bulk import bulk_insert, chunks, replacing
from storage.columns import storable
from storage.instants import micros, micros_or_none
from storage.tables_warnings import warnings

_KEY = ("tenant_id", "order_id", "sla_id", "subject")
_OPEN = bulk_insert(warnings, warnings.c.keys(), "ON CONFLICT DO NOTHING")
_SAVE = bulk_insert(warnings, warnings.c.keys(), replacing(_KEY, warnings.c.keys()))
_NAMES = 200
"""Names a statement: four values each."""


class SqlWarnings:
    """Warnings in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, fresh: Sequence[LiveWarning]) -> None:
        """Keeps those that are new; what is known of the others stays."""
        await _OPEN.run(self._connection, [_row(one) for one in _ordered(fresh)])

    async def get(self, name: ClockName) -> LiveWarning | None:
        """The one about that clock."""
        row = (await self._connection.execute(select(warnings).where(_named(name)))).one_or_none()
        return _warning(row) if row else None

    async def among(self, names: Collection[ClockName]) -> list[LiveWarning]:
        """Those about these clocks, by name."""
        found: list[LiveWarning] = []
        key = tuple_(*(warnings.c[name] for name in _KEY))
        for part in chunks(sorted({_kept(name) for name in names}), _NAMES):
            mine = select(warnings).where(key.in_(part)).order_by(*(warnings.c[n] for n in _KEY))
            found += [_warning(row) for row in await self._connection.execute(mine)]
        return found

    async def save(self, warning: LiveWarning) -> None:
        """Replaces what is known of it."""
        await _SAVE.run(self._connection, [_row(warning)])

    async def refresh_later(self, name: ClockName, at: datetime | None) -> None:
        """Has it drawn again at `at` (business time), or no more."""
        mine = update(warnings).where(_named(name))
        await self._connection.execute(mine.values(refresh_at=at))

    async def stale(self, now: datetime, limit: int) -> list[LiveWarning]:
        """Those whose time to be drawn again has come, longest ago first."""
        due = select(warnings).where(warnings.c.refresh_at <= now)
        ordered = due.order_by(warnings.c.refresh_at, *(warnings.c[name] for name in _KEY))
        return [_warning(row) for row in await self._connection.execute(ordered.limit(limit))]


def _ordered(fresh: Sequence[LiveWarning]) -> list[LiveWarning]:
    """In one order, so that two transactions never wait for each other."""
    return sorted(fresh, key=lambda one: one.name)


def _kept(name: ClockName) -> ClockName:
    """As the clock's own row has it."""
    tenant_id, order_id, sla_id, subject = name
    return tenant_id, order_id, sla_id, storable(subject)


def _named(name: ClockName) -> ColumnElement[bool]:
    kept = zip(_KEY, _kept(name), strict=True)
    return and_(*(warnings.c[column] == value for column, value in kept))


def _row(warning: LiveWarning) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    return (
        *_kept(warning.name),
        warning.channel,
        warning.channel_id,
        warning.ts,
        warning.digest,
        warning.phase,
        micros(warning.warned_at),
        micros_or_none(warning.refresh_at),
        micros_or_none(warning.ended_at),
    )


def _warning(row: Row[Any]) -> LiveWarning:
    return LiveWarning(**row._asdict())
