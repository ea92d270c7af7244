"""The rows of the stores in memory, copied whole so that a failed block leaves no trace.

Must not be used where data must survive the process: it is for tests and dry runs.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import TypeVar

from policies.asking import KeptAnswer
from policies.attempts import Attempt
from policies.documents import LearnedDocument
from policies.enrichment import Enrichment
from policies.enrichment_figures import Level, Measure
from policies.escalation import Timer
from policies.grouping import Place, Tally
from policies.installations import Installation
from policies.model_budget import ModelUsage
from policies.money.audit.record import BillAudit, BillLine
from policies.money.findings.filed import FiledFinding, InvoiceCheck
from policies.money.invoice_values import Adjustment, Invoice, JournalEntry
from policies.pattern_news import Told
from policies.personal_settings import OpenHome, PersonalSettings
from policies.queries import ClockRow, PolicyVersion
from policies.questions.given import GivenAnswer
from policies.records import (
    Alert,
    ApiKey,
    AuditEntry,
    DeadLetter,
    ExceptionRecord,
    Hook,
    JsonObject,
    OrderKey,
    OutboxMessage,
    ReceivedEvent,
    Tenant,
    WorkItem,
)
from policies.roles import Approval, Role, RoleGrant
from policies.routing import Showing, Subscription
from policies.silence import Feed
from policies.storms import Member, Storm
from policies.warnings import ClockName, LiveWarning
from storage.clock_rows import LedgerRow
from storage.writer_names import NameRow

ClockKey = tuple[int, str, str, str]
LedgerKey = tuple[int, str, str, str, str, int, str, str]
VersionKey = tuple[str, str, datetime]
GrantKey = tuple[str, Role, int | None]
OfOrder = TypeVar("OfOrder", ClockRow, ExceptionRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """An outbox message with what only the store knows of it."""

    message: OutboxMessage
    state: str
    available_at: datetime
    created_at: datetime
    leased_generation: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItem:
    """A work item with what only the store knows of it."""

    item: WorkItem
    state: str
    available_at: datetime
    leased_generation: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """An API key with the hash of its secret."""

    key: ApiKey
    secret_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEntry:
    """An audit entry in its chain."""

    seq: int
    entry: AuditEntry
    previous_hash: bytes
    entry_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """A scheduled fire."""

    begun_at: datetime
    outcome: str | None = None


@dataclass(slots=True)
class MemoryState:
    """All tables. The values are frozen, so that copying the dictionaries is enough."""

    tenants: dict[int, Tenant] = field(default_factory=dict)
    keys: dict[int, HeldKey] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)
    installations: dict[str, Installation] = field(default_factory=dict)
    refreshing: dict[str, datetime] = field(default_factory=dict)
    events: dict[tuple[int, str, str], ReceivedEvent] = field(default_factory=dict)
    clocks: dict[ClockKey, ClockRow] = field(default_factory=dict)
    ledger: dict[LedgerKey, LedgerRow] = field(default_factory=dict)
    exceptions: dict[int, ExceptionRecord] = field(default_factory=dict)
    alerts: dict[int, Alert] = field(default_factory=dict)
    outbox: dict[int, HeldMessage] = field(default_factory=dict)
    work: dict[int, HeldItem] = field(default_factory=dict)
    dead_letters: dict[int, DeadLetter] = field(default_factory=dict)
    audit: dict[int, HeldEntry] = field(default_factory=dict)
    fires: dict[tuple[str, str], Fire] = field(default_factory=dict)
    seen: dict[str, datetime] = field(default_factory=dict)
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    showings: dict[tuple[int, str], Showing] = field(default_factory=dict)
    versions: dict[VersionKey, PolicyVersion] = field(default_factory=dict)
    feeds: dict[tuple[int, str], Feed] = field(default_factory=dict)
    watermarks: dict[str, int] = field(default_factory=dict)
    names: dict[tuple[int, str], NameRow] = field(default_factory=dict)
    alarms: dict[tuple[int, str], datetime] = field(default_factory=dict)
    causes: dict[Place, Tally] = field(default_factory=dict)
    storms: dict[int, Storm] = field(default_factory=dict)
    storm_members: dict[tuple[int, str], Member] = field(default_factory=dict)
    warnings: dict[ClockName, LiveWarning] = field(default_factory=dict)
    escalations: dict[int, Timer] = field(default_factory=dict)
    role_grants: dict[GrantKey, RoleGrant] = field(default_factory=dict)
    approvals: dict[int, Approval] = field(default_factory=dict)
    attempts: dict[int, Attempt] = field(default_factory=dict)
    model_usage: dict[tuple[int, date], ModelUsage] = field(default_factory=dict)
    model_alarms: dict[tuple[int, date], datetime] = field(default_factory=dict)
    model_answers: dict[tuple[int, str], KeptAnswer] = field(default_factory=dict)
    personal_settings: dict[str, PersonalSettings] = field(default_factory=dict)
    homes: dict[str, tuple[datetime, OpenHome]] = field(default_factory=dict)
    answers: dict[int, GivenAnswer] = field(default_factory=dict)
    told_patterns: dict[tuple[int, str, str], Told] = field(default_factory=dict)
    enrichments: dict[int, Enrichment] = field(default_factory=dict)
    enrichment_alarms: dict[tuple[int, Measure], Level] = field(default_factory=dict)
    documents: dict[int, LearnedDocument] = field(default_factory=dict)
    findings: dict[int, FiledFinding] = field(default_factory=dict)
    invoice_checks: dict[tuple[int, str, str], InvoiceCheck] = field(default_factory=dict)
    bill_audits: dict[int, BillAudit] = field(default_factory=dict)
    bill_lines: dict[tuple[int, int, int], BillLine] = field(default_factory=dict)
    bill_columns: dict[tuple[int, str], JsonObject] = field(default_factory=dict)
    invoices: dict[tuple[int, int], Invoice] = field(default_factory=dict)
    adjustments: dict[tuple[int, int], Adjustment] = field(default_factory=dict)
    journal: dict[tuple[int, int], JournalEntry] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)

    def copy(self) -> "MemoryState":
        """The same rows in dictionaries of their own."""
        return replace(
            self, **{part.name: getattr(self, part.name).copy() for part in fields(self)}
        )

    def next_number(self, table: str) -> int:
        """Counts up from 1, one sequence a table."""
        self.numbers[table] += 1
        return self.numbers[table]


def by_order(keys: Sequence[OrderKey], rows: Iterable[OfOrder]) -> dict[OrderKey, list[OfOrder]]:
    """The rows of these orders in the order they come in; every order has a list."""
    found: dict[OrderKey, list[OfOrder]] = {key: [] for key in keys}
    for row in rows:
        key = OrderKey(tenant_id=row.tenant_id, order_id=row.order_id)
        if key in found:
            found[key].append(row)
    return found
