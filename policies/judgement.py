"""What an order's clocks mean for its exceptions: open, settle, keep in step, or leave alone.

Must not explain or send: it takes clocks and records, returns decisions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from policies.facts import Timeline
from policies.lifecycle import REOPENED_AFTER
from policies.reasons import ClockState, Fault, Status
from policies.records import ExceptionRecord
from policies.sla import Clock

SETTLED_LATE = "settled_late"
LATE_EVIDENCE = "late_evidence"
CALLED_OFF = {"order_cancelled": "order_cancelled", "delivered": "delivered"}

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


Decision = Opened | Settled | Corrected


def judge(
    tenant_id: int,
    timeline: Timeline,
    clocks: Iterable[Clock],
    records: Iterable[ExceptionRecord],
    now: datetime,
) -> list[Decision]:
    """Compares what is true with what is on record."""
    by_rule = {(record.sla_id, record.instance): record for record in records}
    facts = known_facts(timeline)
    decisions: list[Decision] = []
    for clock in clocks:
        record = by_rule.get((clock.rule.sla_id, clock.instance))
        decision: Decision | None = None
        if record is not None:
            decision = _follow(record, clock, facts, now)
        elif clock.state is ClockState.BREACHED:
            decision = _open(tenant_id, clock, facts, now)
        if decision is not None:
            decisions.append(decision)
    return decisions


def known_facts(timeline: Timeline) -> Mapping[str, Any]:
    """The payload keys that texts may use, latest value first, with plain values only."""
    found = {key: timeline.known(key) for key in FACTS}
    return {
        key: value
        for key, value in found.items()
        if isinstance(value, (str, int)) and not isinstance(value, bool)
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
        reason_code=rule.reason_code,
        severity=rule.severity,
        status=Status.RESOLVED if settled else Status.OPEN,
        stage=rule.stage,
        fault=_fault(clock, rule.fault),
        opened_at=now,
        started_at=clock.started_at,
        deadline_at=clock.deadline_at,
        breached_at=clock.deadline_at,
        stopped_at=clock.stopped_at,
        target_minutes=rule.target_minutes,
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
) -> Settled | Corrected | None:
    known = replace(
        record,
        stopped_at=clock.stopped_at,
        deadline_at=clock.deadline_at,
        breached_at=clock.deadline_at,
        started_at=clock.started_at,
        facts={**record.facts, **facts},
    )
    ending = _ending(clock)
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
    if known == record:
        return None
    return Corrected(before=record, record=replace(known, updated_at=now), clock=clock)


def _ending(clock: Clock) -> str | None:
    """How a clock's exception ended by itself, or None while it has not."""
    if clock.stop_event is not None:
        return SETTLED_LATE if clock.state is ClockState.BREACHED else LATE_EVIDENCE
    if clock.cancel_event is not None:
        return CALLED_OFF.get(clock.cancel_event.kind, clock.cancel_event.kind)
    return None


def _fault(clock: Clock, default: Fault | None) -> Fault | None:
    """Who is answerable: what an event of the span states, else what the rule says."""
    stated = clock.stop_event.payload.get("fault") if clock.stop_event else None
    return Fault(stated) if isinstance(stated, str) and stated in list(Fault) else default
