"""Turns clocks into rows, and what became of them into rows of the ledger.

Must not judge: a clock is written as it is handed in.
"""

from collections.abc import Iterator
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Row

from policies.clock import Clock
from policies.ledger import ledger
from policies.queries import ClockRow
from policies.reasons import Stage
from storage.columns import storable
from storage.instants import micros, micros_or_none

COLUMNS = tuple(field.name for field in fields(ClockRow))
_PLACES = {name: place for place, name in enumerate(COLUMNS)}
_INSTANTS = tuple(_PLACES[name] for name in COLUMNS if name.endswith("_at"))
_values = attrgetter(*COLUMNS)
_LONGEST_NAME = 200
"""Characters of a client or channel: both are from payloads, and both are in an index."""


class LedgerRow(NamedTuple):
    """One line of the ledger as the table keeps it, in the order of its columns."""

    tenant_id: int
    order_id: str
    sla_id: str
    subject: str
    kind: str
    at: int
    source: str
    event_id: str
    fault: str | None
    rule_version: str
    recorded_at: int


def row_of_clock(tenant_id: int, clock: Clock) -> ClockRow:
    """The clock as a row."""
    rule = clock.rule
    return ClockRow(
        tenant_id=tenant_id,
        order_id=clock.order_id,
        sla_id=rule.sla_id,
        instance=clock.instance,
        stage=rule.stage,
        state=clock.state.value,
        started_at=clock.started_at,
        deadline_at=clock.deadline_at,
        at_risk_at=clock.at_risk_at,
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at,
        check_at=clock.check_at,
        target_minutes=clock.target_minutes,
        elapsed_minutes=clock.elapsed_minutes,
        delay_minutes=clock.delay_minutes,
        reason_code=rule.reason_code.value,
        severity=clock.severity.value,
        rule_version=rule.version,
        calendar_version=f"{clock.calendar.name}@{clock.calendar.version}",
        subject=storable(clock.subject),
        kind=rule.kind.value,
        verdict=clock.verdict.value if clock.verdict else None,
        first_verdict=clock.first_verdict.value if clock.first_verdict else None,
        client=storable(clock.client)[:_LONGEST_NAME],
        channel=storable(clock.channel)[:_LONGEST_NAME],
        excluded=clock.excluded,
    )


def stored(row: ClockRow) -> tuple[Any, ...]:
    """The row as the table keeps it, in the order of COLUMNS."""
    values: list[Any] = list(_values(row))
    for place in _INSTANTS:
        values[place] = micros_or_none(values[place])
    values[_PLACES["stage"]] = row.stage.value
    return tuple(values)


def clock_row(row: Row[Any]) -> ClockRow:
    """The row as the rules know it."""
    values = dict(zip(row._fields, row, strict=True))
    values["stage"] = Stage(values["stage"])
    return ClockRow(**values)


def ledger_rows(tenant_id: int, clock: Clock, now: int) -> Iterator[LedgerRow]:
    """What the ledger should hold of a clock; `now` is when that was found out."""
    for entry in ledger(clock):
        yield LedgerRow(
            tenant_id=tenant_id,
            order_id=clock.order_id,
            sla_id=clock.rule.sla_id,
            subject=storable(clock.subject),
            kind=entry.kind.value,
            at=micros(entry.at),
            source=entry.event.source if entry.event else "",
            event_id=entry.event.event_id if entry.event else "",
            fault=entry.fault.value if entry.fault else None,
            rule_version=clock.rule.version,
            recorded_at=now,
        )
