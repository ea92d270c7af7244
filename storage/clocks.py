"""Keeps the clocks as last judged, and the ledger of what became of them.

Must not judge: a clock is written as it is handed in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.clock import Clock
from policies.queries import ClockRow, Peers, Tally
from policies.reasons import ClockState, ClockVerdict
from policies.records import OrderKey
from storage.bulk import bulk_insert, of_orders, replacing
from storage.clock_rows import COLUMNS, LedgerRow, clock_row, ledger_rows, row_of_clock, stored
from storage.instants import micros
from storage.tables_orders import AT_RISK, NO_DATA, OPEN, clock_ledger, clocks

_KEY = ("tenant_id", "order_id", "sla_id", "subject")
_SAVE = bulk_insert(clocks, COLUMNS, replacing(_KEY, COLUMNS))
_NOTE = bulk_insert(clock_ledger, LedgerRow._fields, "ON CONFLICT DO NOTHING")
_GOING_ON = (ClockState.RUNNING.value, ClockState.PAUSED.value)


class SqlClocks:
    """Clocks in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[ClockRow]]:
        """The clocks of these orders by rule and instance."""
        place = (clocks.c.order_id, clocks.c.sla_id, clocks.c.instance, clocks.c.subject)
        statement = select(clocks).order_by(*place)
        return await of_orders(self._connection, statement, clocks, keys, clock_row)

    async def save(self, tenant_clocks: Sequence[tuple[int, Clock]], now: datetime) -> None:
        """Writes the clocks and adds to the ledger what it does not hold yet."""
        rows = {clock_key(row := row_of_clock(*pair)): (row, pair) for pair in tenant_clocks}
        ordered = [rows[key] for key in sorted(rows)]
        await _SAVE.run(self._connection, [stored(row) for row, _ in ordered])
        at = micros(now)
        notes = [note for _, pair in ordered for note in ledger_rows(*pair, at)]
        await _NOTE.run(self._connection, notes)

    async def retire(self, rows: Sequence[ClockRow]) -> None:
        """Calls off clocks whose rule is no longer in force, so that no sweep finds them."""
        for row in rows:
            mine = and_(*(clocks.c[name] == getattr(row, name) for name in _KEY))
            called_off = {"state": ClockState.CANCELLED.value, "verdict": None, "check_at": None}
            await self._connection.execute(update(clocks).where(mine).values(called_off))

    async def peers(self, tenant_id: int, sla_id: str, at_most: int | None = None) -> Peers:
        """Orders whose clock of that rule has not stopped: going on, and over its deadline.

        Counts no further than `at_most` in each state.
        """
        mine = (clocks.c.tenant_id == tenant_id, clocks.c.sla_id == sla_id, OPEN)
        orders = select(clocks.c.order_id).where(*mine).distinct().limit(at_most)
        counts = (
            select(func.count())
            .select_from(orders.where(clocks.c.state == state).subquery())
            .scalar_subquery()
            for state in (*_GOING_ON, ClockState.BREACHED.value)
        )
        *going_on, breached = (await self._connection.execute(select(*counts))).one()
        return Peers(running=sum(going_on), breached=breached)

    async def at_risk(self, tenant_ids: Sequence[int], limit: int) -> list[ClockRow]:
        """Running clocks that were past their warning when last judged, next deadline first.

        Such a clock waits for its deadline and no more for its warning. One of which nothing is
        known is past its deadline and not among them.
        """
        statement = (
            select(clocks)
            .where(AT_RISK, clocks.c.tenant_id.in_(tenant_ids))
            .order_by(clocks.c.check_at, clocks.c.tenant_id, clocks.c.order_id)
            .limit(limit)
        )
        return [clock_row(row) for row in await self._connection.execute(statement)]

    async def tally(
        self,
        tenant_id: int,
        sla_id: str,
        since: datetime,
        until: datetime,
        *,
        clients: Sequence[str] = (),
        channels: Sequence[str] = (),
    ) -> Tally:
        """How the clocks stand whose deadline is in [since, until); empty lists do not restrict."""
        table = clocks.c
        meant = [
            (table.tenant_id == tenant_id) & (table.sla_id == sla_id),
            (table.deadline_at >= since) & (table.deadline_at < until),
            table.excluded.is_(False),
        ]
        meant += [table.client.in_(clients)] if clients else []
        meant += [table.channel.in_(channels)] if channels else []
        warned = func.count().filter(table.check_at > table.at_risk_at)
        statement = select(table.state, table.verdict, func.count(), warned).where(*meant)
        rows = await self._connection.execute(statement.group_by(table.state, table.verdict))
        return tally_of({(state, verdict): counts for state, verdict, *counts in rows})

    async def decided(
        self, tenant_id: int, sla_id: str, until: datetime, limit: int
    ) -> list[ClockRow]:
        """Met and breached clocks whose deadline was before `until`, latest deadline first."""
        table = clocks.c
        statement = (
            select(clocks)
            .where(table.tenant_id == tenant_id, table.sla_id == sla_id, table.deadline_at < until)
            .where(table.state.in_((ClockState.MET.value, ClockState.BREACHED.value)))
            .order_by(table.deadline_at.desc(), table.order_id, table.subject)
            .limit(limit)
        )
        return [clock_row(row) for row in await self._connection.execute(statement)]

    async def running(
        self, tenant_id: int, sla_id: str, until: datetime, limit: int
    ) -> list[ClockRow]:
        """Running clocks that are due before `until`, next deadline first; not those of no data."""
        table = clocks.c
        statement = (
            select(clocks)
            .where(table.tenant_id == tenant_id, table.sla_id == sla_id, table.deadline_at < until)
            .where(table.state == _GOING_ON[0], table.verdict.is_(None))
            .order_by(table.deadline_at, table.order_id, table.subject)
            .limit(limit)
        )
        return [clock_row(row) for row in await self._connection.execute(statement)]

    async def waiting_for(self, tenant_id: int, sla_ids: Sequence[str], limit: int) -> list[str]:
        """Orders with a clock of these rules of which nothing is known, by id."""
        mine = clocks.c.tenant_id == tenant_id
        statement = select(clocks.c.order_id).where(mine, clocks.c.sla_id.in_(sla_ids), NO_DATA)
        ordered = statement.distinct().order_by(clocks.c.order_id).limit(limit)
        return list((await self._connection.execute(ordered)).scalars())


def clock_key(row: ClockRow) -> tuple[int, str, str, str]:
    """What names a clock."""
    return (row.tenant_id, row.order_id, row.sla_id, row.subject)


def tally_of(counts: Mapping[tuple[str, str | None], Sequence[int]]) -> Tally:
    """The figures from what there is by state and verdict: how many, and how many past warning."""
    unknown = (ClockState.RUNNING.value, ClockVerdict.NO_DATA.value)
    known = {key: number for key, (number, _) in counts.items() if key != unknown}

    def count(*states: str) -> int:
        return sum(number for (state, _), number in known.items() if state in states)

    return Tally(
        met=count(ClockState.MET),
        late=count(ClockState.BREACHED),
        running=count(*_GOING_ON),
        at_risk=counts.get((ClockState.RUNNING, None), (0, 0))[1],
        no_data=counts.get(unknown, (0, 0))[0],
    )
