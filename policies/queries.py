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

    Newest first, unless `soonest_first` asks for the earliest deadline first. `stated` are facts
    with the value that is asked for, whatever the case of its letters.
    """

    tenant_ids: tuple[int, ...]
    statuses: tuple[Status, ...] = ()
    severity: Severity | None = None
    reason_code: ReasonCode | None = None
    order_id: str | None = None
    assignee: str | None = None
    since: datetime | None = None
    settled_since: datetime | None = None
    stated: tuple[tuple[str, str], ...] = ()
    unowned: bool = False
    snoozed: bool = False
    soonest_first: bool = False
    before_id: int | None = None
    limit: int = 50


OPEN_LETTERS = ("waiting", "retrying")
"""States of a dead letter that nobody has dealt with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFilter:
    """Which dead letters are asked for; what is None or empty does not restrict.

    `reason` is a part of the reason, whatever the case of its letters. `since` and `until` say
    when they came. Newest first, unless `oldest_first`.
    """

    tenant_ids: tuple[int, ...]
    states: tuple[str, ...] = OPEN_LETTERS
    kinds: tuple[str, ...] = ()
    ids: tuple[int, ...] | None = None
    subject: str | None = None
    order_id: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after_id: int | None = None
    before_id: int | None = None
    oldest_first: bool = False
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCount:
    """How many dead letters have a kind and a reason in common, and their next automatic try."""

    kind: str
    reason: str
    count: int
    next_retry_at: datetime | None = None


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
    kind: str = "sla"
    verdict: str | None = None
    first_verdict: str | None = None
    client: str = ""
    channel: str = ""
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How the clocks of a rule stand whose deadline lies in a window.

    `met` has the cured ones and those proved late, `no_data` those of which nothing is known;
    cancelled and excluded ones are in none of the figures.
    """

    met: int = 0
    late: int = 0
    running: int = 0
    at_risk: int = 0
    no_data: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a source told within one hour: how many events of a kind, and when the last came."""

    tenant_id: int
    source: str
    kind: str
    hour: datetime
    events: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A policy text as it was adopted. `scope` is a tenant's name, or empty for everyone.

    `since` is from when it governs what starts, None for always.
    """

    scope: str
    version: str
    digest: str
    text: str
    file: str
    adopted_at: datetime
    since: datetime | None = None
    id: int = 0
