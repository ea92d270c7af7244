"""Keeps what failed, with its reason, until it is replayed or discarded.

Must not replay anything.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import DeadLetter
from storage.tables_work import dead_letters

_FIELDS = tuple(field.name for field in fields(DeadLetter))


class SqlDeadLetters:
    """Dead letters in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, letters: Sequence[DeadLetter], now: datetime) -> list[int]:
        """Keeps them; returns their numbers in the same order."""
        if not letters:
            return []
        statement = insert(dead_letters).returning(dead_letters.c.id, sort_by_parameter_order=True)
        rows = [{**_values(letter), "created_at": letter.created_at or now} for letter in letters]
        return list((await self._connection.execute(statement, rows)).scalars())

    async def find(
        self,
        tenant_ids: Sequence[int],
        *,
        states: Sequence[str] = (),
        order_id: str | None = None,
        subject: str | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> list[DeadLetter]:
        """Those that fit, newest first; what is not given does not restrict."""
        statement = select(dead_letters).where(dead_letters.c.tenant_id.in_(tenant_ids))
        if states:
            statement = statement.where(dead_letters.c.state.in_(states))
        if order_id is not None:
            statement = statement.where(dead_letters.c.order_id == order_id)
        if subject is not None:
            statement = statement.where(dead_letters.c.subject == subject)
        if before_id is not None:
            statement = statement.where(dead_letters.c.id < before_id)
        return await self._all(statement.order_by(dead_letters.c.id.desc()).limit(limit))

    async def count(self, tenant_ids: Sequence[int], states: Sequence[str]) -> int:
        """How many of these tenants are in one of these states."""
        statement = select(func.count()).where(
            dead_letters.c.tenant_id.in_(tenant_ids), dead_letters.c.state.in_(states)
        )
        return (await self._connection.execute(statement)).scalar_one()

    async def due(self, now: datetime, limit: int) -> list[DeadLetter]:
        """Those in state retrying whose time has come, longest due first."""
        statement = select(dead_letters).where(
            dead_letters.c.state == "retrying", dead_letters.c.next_retry_at <= now
        )
        ordered = statement.order_by(dead_letters.c.next_retry_at, dead_letters.c.id)
        return await self._all(ordered.limit(limit))

    async def save(self, letter: DeadLetter) -> None:
        """Replaces it but for when it came."""
        mine = dead_letters.c.id == letter.id, dead_letters.c.tenant_id == letter.tenant_id
        await self._connection.execute(update(dead_letters).where(*mine).values(_values(letter)))

    async def _all(self, statement: Select[Any]) -> list[DeadLetter]:
        return [letter_of(row) for row in await self._connection.execute(statement)]


def letter_of(row: Row[Any]) -> DeadLetter:
    """The letter of a whole row."""
    return DeadLetter(**{name: getattr(row, name) for name in _FIELDS})


def _values(letter: DeadLetter) -> dict[str, Any]:
    """The columns of a letter but its number and when it came."""
    kept = (name for name in _FIELDS if name not in ("id", "created_at"))
    return {name: getattr(letter, name) for name in kept}
