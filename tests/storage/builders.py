"""Short ways to make what the storage keeps."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from policies.clock import Clock
from policies.facts import OrderEvent, timeline_of
from policies.promise import SlaRule, Within
from policies.reasons import Fault, ReasonCode, Severity, Stage, Status
from policies.records import (
    AuditEntry,
    ExceptionRecord,
    Explanation,
    OutboxMessage,
    ReceivedEvent,
    WorkItem,
)
from policies.sla import evaluate
from storage.columns import metadata

T0 = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=30)

PICK = SlaRule(
    sla_id="pick",
    stage=Stage.PICK,
    promise="picked within 2 hours",
    start=("order_paid",),
    stop=("pick_completed",),
    cancel=("order_cancelled",),
    deadline=Within(minutes=120),
    reason_code=ReasonCode.PICK_DELAY,
    severity=Severity.MEDIUM,
)


def an_event(
    event_id: str = "e-1",
    order_id: str = "SO-1",
    *,
    event_type: str = "order_paid",
    at: datetime = T0,
    source: str = "wms",
    payload: Mapping[str, Any] | None = None,
) -> OrderEvent:
    """An event of an order."""
    return OrderEvent(
        source=source,
        event_id=event_id,
        event_type=event_type,
        order_id=order_id,
        occurred_at=at,
        payload=payload or {},
        correlation_id=f"c-{event_id}",
    )


def received(tenant_id: int, event: OrderEvent, *, at: datetime = T0) -> ReceivedEvent:
    """The event as it comes in at `at`."""
    content = repr((event.event_type, event.order_id, event.occurred_at, dict(event.payload)))
    return ReceivedEvent(
        tenant_id=tenant_id,
        event=event,
        content_hash=hashlib.sha256(content.encode("utf-8", "replace")).digest(),
        received_at=at,
    )


def clocks_of(*events: OrderEvent, now: datetime, rule: SlaRule = PICK) -> list[Clock]:
    """What a rule makes of one order's events."""
    return list(evaluate(timeline_of(events[0].order_id, events), [rule], now))


def a_record(tenant_id: int, order_id: str = "SO-1", **changes: Any) -> ExceptionRecord:  # noqa: ANN401
    """An exception with something in every field."""
    record = ExceptionRecord(
        id=0,
        tenant_id=tenant_id,
        order_id=order_id,
        sla_id="pick",
        instance=1,
        reason_code=ReasonCode.PICK_DELAY,
        severity=Severity.HIGH,
        status=Status.OPEN,
        stage=Stage.PICK,
        fault=Fault.THREE_PL,
        opened_at=T0,
        started_at=T0 - 3 * 60 * MINUTE,
        deadline_at=T0 - MINUTE,
        breached_at=T0 - MINUTE,
        target_minutes=120,
        delay_minutes=1.5,
        rule_version="2",
        facts={"client": "acme", "wave": "W1"},
        explanation=Explanation(
            label="Pick late",
            ops_note="ops",
            client_note="client",
            next_step="look",
            evidence=("e-1", "e-2"),
            sources=("paid", "picked"),
        ),
        updated_at=T0,
    )
    return replace(record, **changes)


def a_message(
    tenant_id: int,
    key: str,
    *,
    lane: str = "C1",
    priority: int = 100,
    payload: Mapping[str, Any] | None = None,
) -> OutboxMessage:
    """A Slack message to be sent."""
    return OutboxMessage(
        kind="slack",
        lane=lane,
        dedup_key=key,
        tenant_id=tenant_id,
        payload=payload or {"key": key},
        priority=priority,
    )


def an_item(tenant_id: int, order_id: str = "SO-1") -> WorkItem:
    """An order to be judged."""
    return WorkItem(tenant_id=tenant_id, kind="evaluate", subject=order_id)


def an_entry(
    tenant_id: int, action: str = "acknowledge", subject: str = "exception:1"
) -> AuditEntry:
    """Somebody did something."""
    return AuditEntry(
        tenant_id=tenant_id,
        at=T0,
        actor="slack:U1",
        action=action,
        subject=subject,
        before={"status": "OPEN"},
        after={"status": "ACKNOWLEDGED"},
        note="on it",
        correlation_id="c-1",
    )


def differences(connection: Connection) -> list[object]:
    """What alembic would have to do to make the database like the code."""
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
