"""What is asked of the stores and what they answer, besides the records themselves.

Must not read or write, and must not know how the rows are kept.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.reasons import ReasonCode, Severity, Stage, Status


class Receipt(StrEnum):
    """What became of an event that was handed in."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionFilter:
    """Which exceptions are asked for; what is None or False does not restrict.

    Newest first, unless `soonest_first` asks for the earliest deadline first.
    """

    tenant_ids: tuple[int, ...]
    statuses: tuple[Status, ...] = ()
    severity: Severity | None = None
    reason_code: ReasonCode | None = None
    order_id: str | None = None
    assignee: str | None = None
    since: datetime | None = None
    settled_since: datetime | None = None
    unowned: bool = False
    snoozed: bool = False
    soonest_first: bool = False
    before_id: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """How a stage stands just now over all of a tenant's orders.

    `running` and `breached` count orders whose clock of that rule has not stopped.
    """

    running: int
    breached: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """A clock as stored, without the events that made it."""

    tenant_id: int
    order_id: str
    sla_id: str
    instance: int
    stage: Stage
    state: str
    started_at: datetime
    deadline_at: datetime
    at_risk_at: datetime
    stopped_at: datetime | None
    breached_at: datetime | None
    check_at: datetime | None
    target_minutes: int
    elapsed_minutes: float
    delay_minutes: float
    reason_code: str
    severity: str
    rule_version: str
    calendar_version: str
    subject: str
