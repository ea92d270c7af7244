"""What a person is shown, gathered into values so that drawing looks nothing up.

Must not hold blocks or markup: handlers/blocks draws these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jobs.views.models import ModelBudgetView
from policies.clock import Clock
from policies.enrichment_figures import Figures
from policies.facts import OrderEvent
from policies.order_facts import ALONE, Around
from policies.queries import ClockRow
from policies.reasons import ClockKind
from policies.records import AuditEntry, DeadLetter, ExceptionRecord, Tenant
from policies.risk import Outlook
from policies.roles import Approval
from policies.storms import Thread
from policies.targets import Standing, Target, Window
from policies.warnings import ClockName as ClockName


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionView:
    """One exception with everything its card and thread show, as of `now` (business time).

    `credit_cents` is what the breach gives back to the client; None where nobody can say.
    `order_url` leads to the order in the client's own `order_place`, None where that is unknown.
    """

    record: ExceptionRecord
    tenant: Tenant
    promise: str
    history: tuple[AuditEntry, ...]
    thread: Thread | None
    now: datetime
    kind: ClockKind = ClockKind.SLA
    credit_cents: int | None = None
    order_url: str | None = None
    order_place: str = ""

    @property
    def names(self) -> Mapping[str, str]:
        """What colleagues call the people in the history, by Slack id."""
        return {
            entry.actor.partition(":")[2]: str(entry.after["by"])
            for entry in self.history
            if "by" in entry.after
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionList:
    """A page of exceptions with the true total, and the words that describe the filter."""

    records: tuple[ExceptionRecord, ...]
    total: int
    described: str
    tenants: tuple[Tenant, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """One order: its events in time order, its clocks as judged now, its exceptions.

    `around` is what it was judged by: who is silent, whose order it is. `names` are what else it
    is called (policies/order_names.py).
    """

    order_id: str
    tenant: Tenant
    events: tuple[OrderEvent, ...]
    clocks: tuple[Clock, ...]
    records: tuple[ExceptionRecord, ...]
    dead_letters: tuple[DeadLetter, ...]
    now: datetime
    names: tuple[str, ...] = ()
    around: Around = ALONE
    outlooks: Mapping[ClockName, Outlook] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetView:
    """How one client's target stands in its present window."""

    tenant: Tenant
    target: Target
    window: Window
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceView:
    """A source that says nothing although it should, or does again since `ended_at`.

    `usual_minutes` is its usual time from one word to the next; `waiting` counts the orders whose
    promises only it can tell of.
    """

    tenant: Tenant
    source: str
    since: datetime
    reported_at: datetime
    usual_minutes: float
    waiting: int
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """How the operation stands: open work by severity, what is about to break, what is stuck.

    `held` are the open ones that some channel is not told of before its quiet hours end; `budgets`
    are there where there is a model.
    """

    tenants: tuple[Tenant, ...]
    active_by_severity: tuple[tuple[str, int], ...]
    unowned: int
    snoozed: int
    at_risk: tuple[ClockRow, ...]
    oldest: ExceptionRecord | None
    dead_letters: int
    now: datetime
    targets: tuple[TargetView, ...] = ()
    silent: tuple[SilenceView, ...] = ()
    outlooks: Mapping[ClockName, Outlook] = field(default_factory=dict)
    held: int = 0
    budgets: tuple[ModelBudgetView, ...] = ()
    enrichment: Figures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """A request for somebody's approval and the exception that it is about."""

    approval: Approval
    record: ExceptionRecord
    tenant: Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalView:
    """What an owner is told directly: `why` is a word of jobs/tell_owner.py, `by` who did it."""

    exception: ExceptionView
    why: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPreview:
    """What evaluating an order again from its stored events would change.

    `changes` are sentences; empty means nothing would change. `retryable` counts
    the order's dead letters that would be tried again.
    """

    record: ExceptionRecord
    changes: tuple[str, ...]
    retryable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a sentence of an answer comes from: `label` names it, `ref` finds it.

    `ref` reads `exception:7`, `event:wms/evt-1`, `order:SO-1`, `rule:pick` or `passage:ID`.
    """

    number: int
    label: str
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The reply to a question in plain words, with its citations as of `now`.

    `passages` are the ids of all that was found for it, `indexed_at` up to when the index knew its
    documents; `degraded` says what was down meanwhile. `model` is named where it worded the text.
    """

    text: str
    citations: tuple[Citation, ...]
    route: str
    refused: bool
    now: datetime
    passages: tuple[str, ...] = ()
    indexed_at: datetime | None = None
    degraded: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """One client's last 24 hours: what came, what went, and what still waits."""

    tenant: Tenant
    opened: int
    settled: int
    active_by_severity: tuple[tuple[str, int], ...]
    unowned: int
    oldest: tuple[ExceptionRecord, ...]
    now: datetime
    targets: tuple[TargetView, ...] = ()
    held: int = 0
