"""What an order's clocks mean for its exceptions: open, settle, keep in step, or leave alone.

Must not explain or send: it takes clocks and records, returns decisions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from policies.clock import Clock
from policies.facts import Timeline
from policies.lifecycle import REOPENED_AFTER
from policies.reasons import ClockState, ClockVerdict, Severity, Status
from policies.records import ExceptionRecord

SETTLED_LATE = "settled_late"
LATE_EVIDENCE = "late_evidence"
CURED = "cured"
NO_LONGER_APPLIES = "no_longer_applies"
MERGED = "merged"
"""The order was known by another name; the note says by which."""
CALLED_OFF = {"order_cancelled": "order_cancelled", "delivered": "delivered"}
_BY_ITSELF = frozenset({SETTLED_LATE, LATE_EVIDENCE, CURED, *CALLED_OFF.values()})
"""Resolutions that no person wrote: they are kept right when more is told."""

FACTS = (
    "client",
    "channel",
    "service",
    "warehouse",
    "carrier",
    "tracking_number",
    "wave",
    "zone",
    "destination_country",
    "destination_timezone",
    "promised_delivery",
    "order_value_cents",
    "customer_tier",
)
"""Payload keys that cards, grouping and texts may use (contract, "Keys of payload")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A breach nobody had heard of. `record.id` is still 0."""

    record: ExceptionRecord
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An exception that ended by itself: its event came, or the order was called off."""

    before: ExceptionRecord
    record: ExceptionRecord
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The delay or the facts of an exception are known better now.

    Status and version stay: what people saw and may press is still true.
    """

    before: ExceptionRecord
    record: ExceptionRecord
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """Evidence had disproved the breach, and now it is one after all."""

    before: ExceptionRecord
    record: ExceptionRecord
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An exception whose promise no longer is one: the order's facts chose another rule.

    Or its order turned out to be another one that is known by another name.
    """

    before: ExceptionRecord
    record: ExceptionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """A snooze that ended by itself; `why` is the kind of event that was awaited, or `worse`."""

    before: ExceptionRecord
    record: ExceptionRecord
    clock: Clock
    why: str


Decision = Opened | Settled | Corrected | Reopened | Dropped | Woken


def judge(
    tenant_id: int,
    timeline: Timeline,
    clocks: Sequence[Clock],
    records: Iterable[ExceptionRecord],
    now: datetime,
) -> list[Decision]:
    """Compares what is true with what is on record."""
    by_rule = {(record.sla_id, record.subject): record for record in records}
    facts = known_facts(timeline)
    decisions: list[Decision] = []
    for clock in clocks:
        record = by_rule.get((clock.rule.sla_id, clock.subject))
        decision: Decision | None = None
        if record is not None:
            decision = _follow(record, clock, facts, now)
        elif clock.state is ClockState.BREACHED and clock.enforced:
            decision = _open(tenant_id, clock, facts, now)
        if decision is not None:
            decisions.append(decision)
    judged = {(clock.rule.sla_id, clock.subject) for clock in clocks}
    gone = [record for key, record in by_rule.items() if key not in judged and record.active]
    return decisions + [_dropped(record, now) for record in gone]


def merged(records: Iterable[ExceptionRecord], order_id: str, now: datetime) -> list[Dropped]:
    """Ends what was opened under a mere name of an order; there it is judged anew.

    What a person reopened after that is the person's.
    """
    return [
        _dropped(record, now, MERGED, order_id)
        for record in records
        if record.active and record.facts.get(REOPENED_AFTER) != MERGED
    ]


def known_facts(timeline: Timeline) -> Mapping[str, Any]:
    """The payload keys that texts may use, latest value first, with plain values only."""
    stated = timeline.facts()
    return {
        key: value
        for key in FACTS
        if isinstance(value := stated.get(key), (str, int)) and not isinstance(value, bool)
    }


def _open(tenant_id: int, clock: Clock, facts: Mapping[str, Any], now: datetime) -> Opened:
    rule = clock.rule
    ending = _ending(clock)
    settled = ending is not None and rule.settle_auto
    record = ExceptionRecord(
        id=0,
        tenant_id=tenant_id,
        order_id=clock.order_id,
        sla_id=rule.sla_id,
        instance=clock.instance,
        subject=clock.subject,
        reason_code=rule.reason_code,
        severity=clock.severity,
        status=Status.RESOLVED if settled else Status.OPEN,
        stage=rule.stage,
        fault=clock.fault,
        opened_at=now,
        started_at=clock.started_at,
        deadline_at=clock.deadline_at,
        breached_at=clock.deadline_at,
        stopped_at=clock.stopped_at,
        target_minutes=clock.target_minutes,
        delay_minutes=clock.delay_minutes,
        rule_version=rule.version,
        facts=facts,
        resolved_at=now if settled else None,
        resolution=ending if settled else None,
        updated_at=now,
    )
    return Opened(record=record, clock=clock)


def _follow(
    record: ExceptionRecord, clock: Clock, facts: Mapping[str, Any], now: datetime
) -> Settled | Corrected | Reopened | None:
    known = replace(
        record,
        stopped_at=clock.stopped_at,
        deadline_at=clock.deadline_at,
        breached_at=clock.deadline_at,
        started_at=clock.started_at,
        severity=_grown(record, clock),
        facts={**record.facts, **facts},
    )
    ending = _ending(clock)
    if _after_all(record, clock, ending):
        known = replace(
            known,
            status=Status.OPEN,
            resolution=None,
            resolved_at=None,
            version=record.version + 1,
            updated_at=now,
        )
        return Reopened(before=record, record=known, clock=clock)
    news = (
        clock.stopped_at != record.stopped_at
        if clock.stopped_at is not None
        else ending != record.facts.get(REOPENED_AFTER)
    )
    if record.active and clock.rule.settle_auto and ending is not None and news:
        settled = replace(
            known,
            status=Status.RESOLVED,
            resolution=ending,
            resolved_at=now,
            snoozed_until=None,
            delay_minutes=clock.delay_minutes,
            version=record.version + 1,
            updated_at=now,
        )
        return Settled(before=record, record=settled, clock=clock)
    if clock.stopped_at is not None:
        known = replace(known, delay_minutes=clock.delay_minutes)
    if record.status is Status.RESOLVED and record.resolution in _BY_ITSELF and ending is not None:
        known = replace(known, resolution=ending)
    if known == record:
        return None
    return Corrected(before=record, record=replace(known, updated_at=now), clock=clock)


def _grown(record: ExceptionRecord, clock: Clock) -> Severity:
    """Severity grows with the delay while somebody still has to act; it never shrinks."""
    if not record.active:
        return record.severity
    return max(record.severity, clock.severity, key=list(Severity).index)


def _after_all(record: ExceptionRecord, clock: Clock, ending: str | None) -> bool:
    """Whether a breach that had been disproved is one again."""
    disproved = not record.active and record.resolution == LATE_EVIDENCE
    return disproved and ending is None and clock.state is ClockState.BREACHED


def _dropped(
    record: ExceptionRecord,
    now: datetime,
    why: str = NO_LONGER_APPLIES,
    note: str | None = None,
) -> Dropped:
    after = replace(
        record,
        status=Status.RESOLVED,
        resolution=why,
        resolution_note=note,
        resolved_at=now,
        snoozed_until=None,
        version=record.version + 1,
        updated_at=now,
    )
    return Dropped(before=record, record=after)


def _ending(clock: Clock) -> str | None:
    """How a clock's exception ended by itself, or None while it has not."""
    if clock.verdict is ClockVerdict.CURED:
        return CURED
    if clock.stop_event is not None:
        return SETTLED_LATE if clock.state is ClockState.BREACHED else LATE_EVIDENCE
    if clock.cancel_event is not None:
        return CALLED_OFF.get(clock.cancel_event.kind, clock.cancel_event.kind)
    going_on = clock.state in (ClockState.RUNNING, ClockState.PAUSED)
    return LATE_EVIDENCE if going_on and clock.verdict is None else None
