"""Keeps what failed, with its reason, until it is replayed or discarded.

Must not replay anything.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.queries import LetterCount, LetterFilter
from policies.records import DeadLetter
from storage.tables_work import dead_letters

_FIELDS = tuple(field.name for field in fields(DeadLetter))
_TABLE = dead_letters.c
ABSURD = timedelta(minutes=30)
"""No automatic try is so far ahead; the clock was set back."""


class SqlDeadLetters:
    """Dead letters in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, letters: Sequence[DeadLetter], now: datetime) -> list[int]:
        """Keeps them; returns their numbers in the same order."""
        if not letters:
            return []
        statement = insert(dead_letters).returning(_TABLE.id, sort_by_parameter_order=True)
        rows = [{**_values(letter), "created_at": letter.created_at or now} for letter in letters]
        return list((await self._connection.execute(statement, rows)).scalars())

    async def find(self, wanted: LetterFilter) -> list[DeadLetter]:
        """Those that fit."""
        statement = select(dead_letters).where(*_fitting(wanted))
        return await self._all(_in_order(statement, wanted))

    async def count(self, tenant_ids: Sequence[int], states: Sequence[str]) -> int:
        """How many of these tenants are in one of these states."""
        statement = select(func.count()).where(
            _TABLE.tenant_id.in_(tenant_ids), _TABLE.state.in_(states)
        )
        return (await self._connection.execute(statement)).scalar_one()

    async def tally(self, wanted: LetterFilter) -> list[LetterCount]:
        """How many fit of each kind and reason; order and limit do not matter."""
        soonest = func.min(_TABLE.next_retry_at, type_=_TABLE.next_retry_at.type)
        statement = (
            select(_TABLE.kind, _TABLE.reason, func.count().label("letters"), soonest.label("next"))
            .where(*_fitting(wanted))
            .group_by(_TABLE.kind, _TABLE.reason)
        )
        counts = [
            LetterCount(kind=row.kind, reason=row.reason, count=row.letters, next_retry_at=row.next)
            for row in await self._connection.execute(statement)
        ]
        return sorted(counts, key=attrgetter("kind", "reason"))

    async def due(self, now: datetime, limit: int) -> list[DeadLetter]:
        """Those in state retrying whose time has come, longest due first."""
        come = or_(_TABLE.next_retry_at <= now, _TABLE.next_retry_at > now + ABSURD)
        statement = select(dead_letters).where(_TABLE.state == "retrying", come)
        return await self._all(statement.order_by(_TABLE.next_retry_at, _TABLE.id).limit(limit))

    async def move(
        self, wanted: LetterFilter, state: str, *, reason: str | None = None
    ) -> list[DeadLetter]:
        """Moves those that fit, returns them as they are now, oldest first.

        One statement that picks and changes: what another one is moving just now is left to it.
        """
        picked = _in_order(select(_TABLE.id).where(*_fitting(wanted)), wanted)
        locked = picked.with_for_update(skip_locked=True)
        chosen = locked.cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
        changes = {"reason": reason} if reason else {}
        statement = (
            update(dead_letters)
            .where(_TABLE.id.in_(select(chosen.c.id)))
            .values(state=state, next_retry_at=None, **changes)
            .returning(*_TABLE)
        )
        rows = await self._connection.execute(statement)
        return sorted(map(letter_of, rows), key=attrgetter("id"))

    async def save(self, letter: DeadLetter) -> None:
        """Replaces it but for when it came."""
        mine = _TABLE.id == letter.id, _TABLE.tenant_id == letter.tenant_id
        await self._connection.execute(update(dead_letters).where(*mine).values(_values(letter)))

    async def _all(self, statement: Select[Any]) -> list[DeadLetter]:
        return [letter_of(row) for row in await self._connection.execute(statement)]


def _in_order(statement: Select[Any], wanted: LetterFilter) -> Select[Any]:
    order = _TABLE.id if wanted.oldest_first else _TABLE.id.desc()
    return statement.order_by(order).limit(wanted.limit)


def _fitting(wanted: LetterFilter) -> Iterator[ColumnElement[bool]]:
    yield _TABLE.tenant_id.in_(wanted.tenant_ids)
    for name, condition in _CONDITIONS.items():
        given = getattr(wanted, name)
        if given is not None and given not in ("", _ANY.get(name)):
            yield condition(given)


_ANY = {"states": (), "kinds": ()}
_CONDITIONS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "states": _TABLE.state.in_,
    "kinds": _TABLE.kind.in_,
    "ids": _TABLE.id.in_,
    "subject": _TABLE.subject.__eq__,
    "order_id": _TABLE.order_id.__eq__,
    "reason": lambda part: _TABLE.reason.icontains(part, autoescape=True),
    "since": _TABLE.created_at.__ge__,
    "until": _TABLE.created_at.__lt__,
    "after_id": _TABLE.id.__gt__,
    "before_id": _TABLE.id.__lt__,
}


def letter_of(row: Row[Any]) -> DeadLetter:
    """The letter of a whole row."""
    return DeadLetter(**{name: getattr(row, name) for name in _FIELDS})


def _values(letter: DeadLetter) -> dict[str, Any]:
    """The columns of a letter but its number and when it came."""
    kept = (name for name in _FIELDS if name not in ("id", "created_at"))
    return {name: getattr(letter, name) for name in kept}
