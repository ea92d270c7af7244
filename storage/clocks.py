"""Keeps the clocks as last judged, and the ledger of what became of them.

Must not judge: a clock is written as it is handed in.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, distinct, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.facts import OrderEvent
from policies.queries import ClockRow, Peers
from policies.reasons import ClockState, Stage
from policies.records import OrderKey
from policies.sla import Clock
from storage.bulk import bulk_insert, of_orders, replacing
from storage.instants import micros, micros_or_none
from storage.tables_orders import clock_ledger, clocks

_KEY = ("tenant_id", "order_id", "sla_id", "instance")
_SAVE = bulk_insert(clocks, clocks.c.keys(), replacing(_KEY, clocks.c.keys()))
_NOTE = bulk_insert(clock_ledger, clock_ledger.c.keys(), "ON CONFLICT DO NOTHING")
_GOING_ON = (ClockState.RUNNING.value, ClockState.PAUSED.value)
_OPEN = text("stopped_at IS NULL AND state IN ('running', 'paused', 'breached')")
"""Not stopped, in the words of the index, so that it is used."""


class SqlClocks:
    """Clocks in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[ClockRow]]:
        """The clocks of these orders by rule and instance."""
        statement = select(clocks).order_by(clocks.c.order_id, clocks.c.sla_id, clocks.c.instance)
        return await of_orders(self._connection, statement, clocks, keys, clock_row)

    async def save(self, tenant_clocks: Sequence[tuple[int, Clock]], now: datetime) -> None:
        """Writes the clocks and adds to the ledger what it does not hold yet."""
        rows = {
            (tenant_id, clock.order_id, clock.rule.sla_id, clock.instance): (tenant_id, clock)
            for tenant_id, clock in tenant_clocks
        }
        ordered = [rows[key] for key in sorted(rows)]
        await _SAVE.run(self._connection, [_row(*pair) for pair in ordered])
        at = micros(now)
        notes = [note for pair in ordered for note in ledger_rows(*pair, at)]
        await _NOTE.run(self._connection, notes)

    async def retire(self, rows: Sequence[ClockRow]) -> None:
        """Calls off clocks whose rule is no longer in force, so that no sweep finds them."""
        for row in rows:
            mine = (
                (clocks.c.tenant_id == row.tenant_id)
                & (clocks.c.order_id == row.order_id)
                & (clocks.c.sla_id == row.sla_id)
                & (clocks.c.instance == row.instance)
            )
            called_off = {"state": ClockState.CANCELLED.value, "check_at": None}
            await self._connection.execute(update(clocks).where(mine).values(called_off))

    async def peers(self, tenant_id: int, sla_id: str) -> Peers:
        """Orders whose clock of that rule has not stopped: going on, and over its deadline."""
        statement = (
            select(clocks.c.state, func.count(distinct(clocks.c.order_id)))
            .where(clocks.c.tenant_id == tenant_id, clocks.c.sla_id == sla_id, _OPEN)
            .group_by(clocks.c.state)
        )
        counts: dict[str, int] = dict((await self._connection.execute(statement)).all())
        return Peers(
            running=sum(counts.get(state, 0) for state in _GOING_ON),
            breached=counts.get(ClockState.BREACHED.value, 0),
        )

    async def at_risk(self, tenant_ids: Sequence[int], limit: int) -> list[ClockRow]:
        """Running clocks that were past their warning when last judged, next deadline first.

        Such a clock waits for its deadline and no more for its warning.
        """
        statement = (
            select(clocks)
            .where(clocks.c.check_at > clocks.c.at_risk_at, clocks.c.tenant_id.in_(tenant_ids))
            .order_by(clocks.c.check_at, clocks.c.tenant_id, clocks.c.order_id)
            .limit(limit)
        )
        return [clock_row(row) for row in await self._connection.execute(statement)]


def clock_row(row: Row[Any]) -> ClockRow:
    """The row as the rules know it."""
    values = row._asdict()
    values["stage"] = Stage(row.stage)
    return ClockRow(**values)


def ledger_rows(tenant_id: int, clock: Clock, now: int) -> Iterator[tuple[Any, ...]]:
    """What the ledger should hold of a clock; `now` is when that was found out."""
    for kind, at, event in ledger_notes(clock):
        yield (
            tenant_id,
            clock.order_id,
            clock.rule.sla_id,
            clock.instance,
            kind,
            micros(at),
            event.source if event else "",
            event.event_id if event else "",
            clock.rule.version,
            now,
        )


def ledger_notes(clock: Clock) -> Iterator[tuple[str, datetime, OrderEvent | None]]:
    """Kind, instant and event: started, met, breached, late_evidence, cancelled."""
    yield ("started", clock.started_at, clock.start_event)
    if clock.state is ClockState.BREACHED:
        yield ("breached", clock.deadline_at, None)
    if clock.stop_event is not None:
        kind = "late_evidence" if clock.state is ClockState.BREACHED else "met"
        yield (kind, clock.stop_event.occurred_at, clock.stop_event)
    if clock.state is ClockState.CANCELLED and clock.cancel_event is not None:
        yield ("cancelled", clock.cancel_event.occurred_at, clock.cancel_event)


def calendar_version(clock: Clock) -> str:
    """Which calendar counted, and in which version."""
    return f"{clock.rule.calendar.name}@{clock.rule.calendar.version}"


def _row(tenant_id: int, clock: Clock) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    rule = clock.rule
    return (
        tenant_id,
        clock.order_id,
        rule.sla_id,
        clock.instance,
        rule.stage.value,
        clock.state.value,
        micros(clock.started_at),
        micros(clock.deadline_at),
        micros(clock.at_risk_at),
        micros_or_none(clock.stopped_at),
        micros_or_none(clock.breached_at),
        micros_or_none(clock.check_at),
        rule.target_minutes,
        clock.elapsed_minutes,
        clock.delay_minutes,
        rule.reason_code.value,
        rule.severity.value,
        rule.version,
        calendar_version(clock),
        "",
    )
