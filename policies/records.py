"""What E2A keeps: tenants, exceptions, alerts and durable work, as frozen values.

Must not read or write: storage turns rows into these and back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from policies.facts import OrderEvent
from policies.reasons import (
    ACTIVE_STATUSES,
    Fault,
    ReasonCode,
    Severity,
    Stage,
    Status,
)

JsonObject = Mapping[str, Any]
"""A JSON object; nobody changes one that was handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A merchant whose goods move. `channel` is where its alerts go.

    `workspace_id` is the Slack workspace of that channel; None is the first one.
    """

    id: int
    name: str
    channel: str | None = None
    channel_id: str | None = None
    timezone: str = "UTC"
    synthetic: bool = False
    workspace_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A caller's key without its secret. `revoked_at` set means refused."""

    id: int
    tenant_id: int
    prefix: str
    scopes: frozenset[str]
    created_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A vendor-signed webhook's address: who it speaks for and how it proves itself."""

    id: str
    tenant_id: int
    source: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEvent:
    """An event on its way into the store, with its proof of sameness.

    `content_hash` covers event_type, order_id, occurred_at and payload, so that a
    repeated id can be told from a conflicting one. `names` are what else the event calls its
    order (order_names.py); they are no part of the content.
    """

    tenant_id: int
    event: OrderEvent
    content_hash: bytes
    received_at: datetime
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderKey:
    """An order of a tenant. Sortable, so that locks are taken in one order."""

    tenant_id: int
    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The account of an exception with its evidence.

    `evidence` are event ids, which the notes cite as [1], [2], ...; `sources` says for each
    of them in words what it is. The first `own` are events of the order itself (None: all), the
    others are events of orders beside it or counts, named `count:`. `cause` decided the next
    step. `until` is the last moment, `similar` how such cases ended; empty where nothing is known.
    `as_of` is when what is around the order was looked at (RFC 3339), None while nobody did.
    `confidence` and `reasoning` belong to a model and stay None until one answered.
    """

    label: str
    ops_note: str
    client_note: str
    next_step: str
    evidence: tuple[str, ...]
    sources: tuple[str, ...] = ()
    source: str = "rules"
    confidence: float | None = None
    reasoning: str | None = None
    own: int | None = None
    cause: str | None = None
    until: str = ""
    similar: str = ""
    as_of: str | None = None

    @property
    def own_evidence(self) -> tuple[str, ...]:
        """The ids of the order's own events."""
        return tuple(self.evidence if self.own is None else self.evidence[: self.own])


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRecord:
    """A breach that was opened and is followed until it is settled.

    One per (order, rule, subject); the subject is empty for the whole order, else a shipment or
    the start of a repetition. `version` grows with every change, so that a
    stale click can be told. `facts` are the order's known payload keys at the time
    of the last evaluation (client, warehouse, carrier, wave, ...). Times are aware.
    """

    id: int
    tenant_id: int
    order_id: str
    sla_id: str
    instance: int
    reason_code: ReasonCode
    severity: Severity
    status: Status
    stage: Stage
    fault: Fault | None
    opened_at: datetime
    started_at: datetime
    deadline_at: datetime
    breached_at: datetime
    target_minutes: int
    delay_minutes: float
    stopped_at: datetime | None = None
    subject: str = ""
    rule_version: str = ""
    facts: JsonObject = field(default_factory=dict)
    assignee: str | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    resolution: str | None = None
    resolution_note: str | None = None
    explanation: Explanation | None = None
    resolution_attempts: int = 0
    max_resolution_attempts: int = 2
    resolution_blocked: bool = False
    resolution_block_reason: str | None = None
    version: int = 1
    updated_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.status in ACTIVE_STATUSES

    @property
    def at_once(self) -> bool:
        """Whether it was wrong from the moment that it was told: nothing was due later."""
        return self.target_minutes == 0

    def delay_at(self, now: datetime) -> float:
        """Minutes over the deadline: to the stop event, to the settling, or to `now`."""
        end = self.stopped_at or self.resolved_at or now
        return max(0.0, (end - self.deadline_at).total_seconds() / 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPart:
    """One message of an alert's thread. `digest` is of what was last sent."""

    part: str
    ts: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The Slack thread about one exception or one storm.

    `kind` is exception, storm, notice or finding. `refresh_at` (business time) is
    when the card's time over or left has to be drawn again.
    """

    id: int
    tenant_id: int
    kind: str
    channel: str
    channel_id: str | None = None
    exception_ids: tuple[int, ...] = ()
    parts: tuple[AlertPart, ...] = ()
    refresh_at: datetime | None = None
    created_at: datetime

    def part(self, name: str) -> AlertPart:
        """That part as last sent, or an unsent one."""
        return next((part for part in self.parts if part.part == name), AlertPart(part=name))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """Something to be told to the outside, written with the change that causes it.

    `dedup_key` is unique: asking again while it waits merges, asking again while it
    is being sent makes it be sent once more (`generation` grows). One message of a
    lane is in flight at a time, least `priority` first, then oldest. `uncertain` is set
    when an earlier attempt may have reached the other side.
    """

    kind: str
    lane: str
    dedup_key: str
    tenant_id: int
    payload: JsonObject
    priority: int = 100
    correlation_id: str | None = None
    id: int = 0
    generation: int = 1
    attempts: int = 0
    uncertain: bool = False
    lease: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """Something E2A owes itself, at most one per (tenant, kind, subject)."""

    tenant_id: int
    kind: str
    subject: str
    correlation_id: str | None = None
    id: int = 0
    generation: int = 1
    attempts: int = 0
    lease: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Something that failed and is kept with its reason until it is replayed or discarded.

    `kind` is event (rejected at the door), evaluate or slack. `state` is retrying,
    waiting (for a person), replayed or discarded.
    """

    tenant_id: int
    kind: str
    subject: str
    reason: str
    payload: JsonObject
    order_id: str | None = None
    state: str = "waiting"
    attempts: int = 0
    next_retry_at: datetime | None = None
    correlation_id: str | None = None
    id: int = 0
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who changed what, when, from what to what. Written with the change, never altered.

    `actor` reads `slack:U1`, `api:3`, `policy:acme.ship`, `system` or `cli`.
    """

    tenant_id: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: JsonObject = field(default_factory=dict)
    after: JsonObject = field(default_factory=dict)
    note: str | None = None
    correlation_id: str | None = None
    id: int = 0
