"""What the API answers, as models: they draw the JSON and describe it in openapi.json.

Must not look anything up.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, PlainSerializer

from jobs.views import OrderView
from policies.clock import Clock
from policies.facts import OrderEvent
from policies.ledger import Entry, ledger
from policies.reasons import Fault, ReasonCode, Severity, Stage, Status
from policies.records import AuditEntry, DeadLetter, ExceptionRecord
from policies.sla_line import sla_line
from policies.storms import Thread


def write_instant(moment: datetime) -> str:
    """In UTC with a Z, the way every time is written here."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


When = Annotated[datetime, PlainSerializer(write_instant, return_type=str, when_used="json")]


class Shape(BaseModel):
    """What all answers share: frozen, and filled from records."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class IssueShape(Shape):
    """What is wrong with one field."""

    path: str
    message: str


class ErrorShape(Shape):
    """The body of every error."""

    error: str
    message: str
    correlation_id: str
    issues: tuple[IssueShape, ...] | None = None


class ExplanationShape(Shape):
    """The account of an exception; what a model did not say is null."""

    label: str
    confidence: float | None
    ops_note: str
    client_note: str
    reasoning: str | None
    evidence: tuple[str, ...]
    source: str


class SlackShape(Shape):
    """Where the card of its alert or of its storm is."""

    channel: str
    ts: str


class ExceptionShape(Shape):
    """An exception as everybody outside sees it."""

    id: int
    tenant: str
    order_id: str
    reason_code: ReasonCode
    severity: Severity
    status: Status
    sla_id: str
    stage: Stage
    fault: Fault | None
    opened_at: When
    deadline_at: When
    breached_at: When
    delay_minutes: float
    assignee: str | None
    snoozed_until: When | None
    resolved_at: When | None
    resolution: str | None
    explanation: ExplanationShape | None
    resolution_attempts: int
    max_resolution_attempts: int
    resolution_blocked: bool
    resolution_block_reason: str | None
    slack: SlackShape | None


class EventShape(Shape):
    """An event of an order, in the canonical form."""

    event_id: str
    source: str
    event_type: str
    order_id: str
    occurred_at: When
    payload: dict[str, Any]
    correlation_id: str | None


class LedgerShape(Shape):
    """One entry of a clock's ledger; time alone has no event."""

    kind: str
    at: When
    event_id: str | None
    source: str | None
    fault: Fault | None


class ClockShape(Shape):
    """A clock, with the keys of an `sla evaluate` line, whose promise it is, and its ledger."""

    order_id: str
    sla_id: str
    stage: Stage
    started_at: When
    deadline: When
    stopped_at: When | None
    state: str
    breached_at: When | None
    target_minutes: int
    elapsed_minutes: float
    delay_minutes: float
    reason_code: str
    severity: str
    at_risk_at: When
    verdict: str | None
    first_verdict: str | None
    instance: int
    kind: str
    subject: str
    rule_version: str
    calendar_version: str
    paused_minutes: float
    ledger: tuple[LedgerShape, ...]


class OrderShape(Shape):
    """An order with all that is known of it."""

    order_id: str
    also_known_as: tuple[str, ...]
    tenant: str
    events: tuple[EventShape, ...]
    clocks: tuple[ClockShape, ...]
    exceptions: tuple[ExceptionShape, ...]


class DeadLetterShape(Shape):
    """Something that failed, with its reason."""

    id: int
    kind: str
    subject: str
    order_id: str | None
    reason: str
    state: str
    attempts: int
    next_retry_at: When | None
    correlation_id: str | None
    created_at: When | None
    payload: dict[str, Any]


class AuditShape(Shape):
    """One entry of the trail."""

    id: int
    at: When
    actor: str
    action: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    note: str | None
    correlation_id: str | None


def exception_shape(
    record: ExceptionRecord, *, tenant: str, thread: Thread | None, now: datetime
) -> ExceptionShape:
    """The contract's object; the delay grows until the record is settled."""
    fields = {name: getattr(record, name, None) for name in ExceptionShape.model_fields}
    computed = {
        "tenant": tenant,
        "delay_minutes": round(record.delay_at(now), 2),
        "slack": _slack_of(thread),
    }
    return ExceptionShape.model_validate(fields | computed)


def _slack_of(thread: Thread | None) -> SlackShape | None:
    ts = thread.part("card").ts if thread else None
    if thread is None or ts is None:
        return None
    return SlackShape(channel=thread.channel_id or thread.channel, ts=ts)


def order_shape(view: OrderView, threads: Sequence[Thread | None]) -> OrderShape:
    """An order; `threads` go with the view's records, one each."""
    pairs = zip(view.records, threads, strict=True)
    return OrderShape(
        order_id=view.order_id,
        also_known_as=view.names,
        tenant=view.tenant.name,
        events=tuple(event_shape(event) for event in view.events),
        clocks=tuple(clock_shape(clock) for clock in view.clocks),
        exceptions=tuple(
            exception_shape(record, tenant=view.tenant.name, thread=thread, now=view.now)
            for record, thread in pairs
        ),
    )


def event_shape(event: OrderEvent) -> EventShape:
    """The canonical form again."""
    return EventShape.model_validate(event)


def clock_shape(clock: Clock) -> ClockShape:
    """A clock as judged now."""
    more = {
        "kind": clock.rule.kind.value,
        "subject": clock.subject,
        "rule_version": clock.rule.version,
        "calendar_version": f"{clock.calendar.name}@{clock.calendar.version}",
        "paused_minutes": round(clock.paused_minutes, 6),
        "ledger": tuple(_entry_shape(entry) for entry in ledger(clock)),
    }
    return ClockShape.model_validate({**sla_line(clock), **more})


def _entry_shape(entry: Entry) -> LedgerShape:
    return LedgerShape(
        kind=entry.kind.value,
        at=entry.at,
        event_id=entry.event.event_id if entry.event else None,
        source=entry.event.source if entry.event else None,
        fault=entry.fault,
    )


def dead_letter_shape(letter: DeadLetter) -> DeadLetterShape:
    """A dead letter without what is internal."""
    return DeadLetterShape.model_validate(letter)


def audit_shape(entry: AuditEntry) -> AuditShape:
    """An entry of the trail."""
    return AuditShape.model_validate(entry)


def answer(shape: Shape, *, status: int = 200, etag: int | None = None) -> web.Response:
    """A model as a JSON answer; `etag` carries a record's version."""
    headers = {} if etag is None else {"ETag": f'"{etag}"'}
    return web.Response(
        text=shape.model_dump_json(),
        status=status,
        headers=headers,
        content_type="application/json",
    )
