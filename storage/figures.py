"""Answers questions about figures over the exceptions, with bound values only.

Must not read words: the question is a value by now. The tenants are in every statement.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.money.at_risk import value_of
from policies.questions.plain import Known
from policies.questions.results import Share, Spread, spread_of
from policies.questions.shape import FACT_OF, NOBODY, Dated, Figures, Measure, Names, Only, Split
from policies.reasons import ACTIVE_STATUSES
from policies.records import ExceptionRecord
from storage.columns import to_json
from storage.exceptions import record_of
from storage.instants import instant, micros
from storage.tables import audit
from storage.tables_orders import exceptions

_QUARTER = 15 * 60 * 1_000_000
_MINUTE = 60_000_000
MOST_READ = 200_000
"""Durations are read one by one to find their middle; more than that nobody asks about."""
_MOST_NAMES = 500
_COLUMNS = {
    Split.CLIENT: "tenant_id",
    Split.REASON: "reason_code",
    Split.SEVERITY: "severity",
    Split.STATUS: "status",
    Split.OWNER: "assignee",
    Split.STAGE: "stage",
    Split.PROMISE: "sla_id",
}
_ANSWERS, _SYSTEM = ("acknowledge", "assign", "resolve", "snooze"), "system"
_ACTIVE = tuple(status.value for status in ACTIVE_STATUSES)
_DATED = {
    Dated.OPENED: exceptions.c.opened_at,
    Dated.SETTLED: exceptions.c.resolved_at,
    Dated.DUE: exceptions.c.deadline_at,
}


class SqlFigures:
    """Figures in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self, tenant_ids: Sequence[int], asked: Figures) -> int:
        """How many fit."""
        counted = select(func.count()).select_from(exceptions)
        return int(await self._one(counted.where(*self._fitting(tenant_ids, asked))))

    async def find(
        self, tenant_ids: Sequence[int], asked: Figures, limit: int
    ) -> list[ExceptionRecord]:
        """Those that fit, newest first; OLDEST by when they opened, WORST by how long over."""
        table = exceptions.c
        order: dict[Measure, tuple[ColumnElement[Any], ...]] = {
            Measure.OLDEST: (table.opened_at, table.id),
            Measure.WORST: (*_longest_first(asked), table.deadline_at, table.id),
        }
        by = order.get(asked.measure, (table.id.desc(),))
        statement = select(exceptions).where(*self._fitting(tenant_ids, asked)).order_by(*by)
        return [record_of(row) for row in await self._connection.execute(statement.limit(limit))]

    async def shares(self, tenant_ids: Sequence[int], asked: Figures, by: Split) -> list[Share]:
        """How many of each kind, most first; clients by their number."""
        kind = self._fact(FACT_OF[by]) if by in FACT_OF else exceptions.c[_COLUMNS[by]]
        statement = (
            select(kind.label("kind"), func.count().label("count"))
            .where(*self._fitting(tenant_ids, asked))
            .group_by(kind)
        )
        found = [
            Share(name=self._name(row[0], by), count=row[1])
            for row in await self._connection.execute(statement)
        ]
        return sorted(found, key=lambda share: (-share.count, share.name))

    async def quarters(
        self, tenant_ids: Sequence[int], asked: Figures
    ) -> list[tuple[datetime, int]]:
        """How many began in which quarter of an hour, in the order of time."""
        column = type_coerce(_DATED[asked.dated], BigInteger)
        begun = (column - column % _QUARTER).label("begun")
        statement = (
            select(begun, func.count().label("count"))
            .where(*self._fitting(tenant_ids, asked), column.is_not(None))
            .group_by(begun)
            .order_by(begun)
        )
        return [(instant(row[0]), row[1]) for row in await self._connection.execute(statement)]

    async def delays(self, tenant_ids: Sequence[int], asked: Figures, now: datetime) -> Spread:
        """Minutes over the deadline, of those that are not settled up to now."""
        table = exceptions.c
        raw = [type_coerce(one, BigInteger) for one in (table.stopped_at, table.resolved_at)]
        ended = func.coalesce(*raw, micros(now))
        return await self._spread(tenant_ids, asked, table.deadline_at, ended)

    async def settling(self, tenant_ids: Sequence[int], asked: Figures) -> Spread:
        """Minutes from opening to resolution."""
        table = exceptions.c
        settled = (table.resolved_at.is_not(None), table.status.not_in(_ACTIVE))
        return await self._spread(tenant_ids, asked, table.opened_at, table.resolved_at, *settled)

    async def answering(self, tenant_ids: Sequence[int], asked: Figures) -> Spread:
        """Minutes from opening to the first act of a person."""
        table = exceptions.c
        subject = literal("exception:").concat(cast(table.id, Text))
        first = (
            select(func.min(type_coerce(audit.c.at, BigInteger)))
            .where(audit.c.tenant_id == table.tenant_id, audit.c.subject == subject)
            .where(audit.c.action.in_(_ANSWERS), audit.c.actor != _SYSTEM)
            .scalar_subquery()
        )
        return await self._spread(tenant_ids, asked, table.opened_at, first, first.is_not(None))

    async def repeated(self, tenant_ids: Sequence[int], asked: Figures, limit: int) -> list[Share]:
        """Orders with more than one, most first."""
        count = func.count().label("count")
        order = exceptions.c.order_id
        statement = (
            select(order, count)
            .where(*self._fitting(tenant_ids, asked))
            .group_by(exceptions.c.tenant_id, order)
            .having(count > 1)
            .order_by(count.desc(), order)
            .limit(limit)
        )
        found = await self._connection.execute(statement)
        return [Share(name=row[0], count=row[1]) for row in found]

    async def values(self, tenant_ids: Sequence[int], asked: Figures) -> tuple[int, int]:
        """The order values in cents of those that fit, each order once, and how many state one."""
        table = exceptions.c
        statement = (
            select(table.tenant_id, table.order_id, table.facts)
            .where(*self._fitting(tenant_ids, asked))
            .order_by(table.id)
            .limit(MOST_READ)
        )
        worth = {
            (row.tenant_id, row.order_id): value
            for row in await self._connection.execute(statement)
            if (value := value_of(row.facts)) is not None
        }
        return sum(worth.values()), len(worth)

    async def known(self, tenant_ids: Sequence[int], since: datetime) -> Known:
        """The names that exceptions state since then; clients and people are not among them."""
        names = {by: await self._stated(tenant_ids, since, fact) for by, fact in FACT_OF.items()}
        return Known(
            sites=names[Split.SITE],
            carriers=names[Split.CARRIER],
            services=names[Split.SERVICE],
            waves=names[Split.WAVE],
        )

    async def _stated(
        self, tenant_ids: Sequence[int], since: datetime, fact: str
    ) -> tuple[str, ...]:
        kind = self._fact(fact)
        mine = (exceptions.c.tenant_id.in_(tenant_ids), exceptions.c.opened_at >= since)
        statement = select(kind).where(*mine).distinct().order_by(kind).limit(_MOST_NAMES)
        found = [row[0] for row in await self._connection.execute(statement)]
        return tuple(self._read(name) for name in found if name)

    async def _spread(
        self,
        tenant_ids: Sequence[int],
        asked: Figures,
        begun: ColumnElement[Any],
        ended: ColumnElement[Any],
        *also: ColumnElement[bool],
    ) -> Spread:
        lasted = type_coerce(ended, BigInteger) - type_coerce(begun, BigInteger)
        statement = select(lasted).where(*self._fitting(tenant_ids, asked), *also)
        rows = await self._connection.execute(statement.limit(MOST_READ))
        return spread_of([max(0, row[0]) / _MINUTE for row in rows])

    def _fitting(self, tenant_ids: Sequence[int], asked: Figures) -> list[ColumnElement[bool]]:
        table, only = exceptions.c, asked.only
        fits: list[ColumnElement[bool]] = [table.tenant_id.in_(tenant_ids)]
        if asked.window is not None:
            dated = _DATED[asked.dated]
            fits += [dated >= asked.window.since, dated < asked.window.until]
        listed = {
            table.status: only.statuses,
            table.severity: only.severities,
            table.reason_code: only.reasons,
            table.stage: only.stages,
        }
        fits += [
            column.in_([one.value for one in values]) for column, values in listed.items() if values
        ]
        but = [not_(one) for one in self._stating(only.but)] if only.but else []
        return fits + self._owned(only) + self._stating(only) + but + _lasting(asked)

    def _owned(self, only: Only) -> list[ColumnElement[bool]]:
        table = exceptions.c
        owned: list[ColumnElement[bool]] = []
        if only.owner is not None:
            owned.append(
                table.assignee.is_(None) if only.owner == NOBODY else table.assignee == only.owner
            )
        if only.snoozed:
            owned.append(table.snoozed_until.is_not(None))
        return owned

    def _stating(self, only: Only | Names) -> list[ColumnElement[bool]]:
        """Facts are compact JSON of our own: a stated value is there letter by letter."""
        named = {
            "warehouse": only.sites,
            "carrier": only.carriers,
            "service": only.services,
            "wave": only.waves,
        }
        raw = type_coerce(exceptions.c.facts, Text)
        within = func.instr if self._sqlite else func.strpos
        return [
            or_(*(within(raw, f"{to_json(fact)}:{to_json(name)}") > 0 for name in names))
            for fact, names in named.items()
            if names
        ]

    def _fact(self, name: str) -> ColumnElement[Any]:
        """The value as JSON has it, without its quotes."""
        raw = type_coerce(exceptions.c.facts, Text)
        return (
            func.substring(raw, rf'"{name}":"((?:[^"\\]|\\.)*)"')
            if not self._sqlite
            else (func.json_extract(raw, f"$.{name}"))
        )

    def _name(self, kind: Any, by: Split) -> str:  # noqa: ANN401 - a column of any type
        if kind is None:
            return ""
        return self._read(kind) if by in FACT_OF else str(kind)

    def _read(self, stated: Any) -> str:  # noqa: ANN401 - JSON
        """PostgreSQL gives the text as it is written."""
        return str(stated) if self._sqlite else str(json.loads(f'"{stated}"'))

    @property
    def _sqlite(self) -> bool:
        return self._connection.dialect.name == "sqlite"

    async def _one(self, statement: Select[Any]) -> Any:  # noqa: ANN401 - what was asked
        return (await self._connection.execute(statement)).scalar_one()


def _longest_first(asked: Figures) -> list[ColumnElement[Any]]:
    return [] if asked.now is None else [_over(asked.now).desc()]


def _over(now: datetime) -> ColumnElement[Any]:
    """By how much, in microseconds: up to the end of those that ended, else up to `now`."""
    table = exceptions.c
    raw = [type_coerce(one, BigInteger) for one in (table.stopped_at, table.resolved_at)]
    return func.coalesce(*raw, micros(now)) - type_coerce(table.deadline_at, BigInteger)


def _lasting(asked: Figures) -> list[ColumnElement[bool]]:
    least = asked.only.over_minutes
    if least is None or asked.now is None:
        return []
    return [_over(asked.now) > least * _MINUTE]
