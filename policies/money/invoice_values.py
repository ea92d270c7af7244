"""What is billed, as frozen values: work with its proof, invoices, notes on them, the journal.

Must not price, number or store anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from policies.money.lines import STANDARD
from policies.money.usage import Usage

EVERYONE = "everyone"
"""Whose tariff it is that a client has not for itself."""
SYSTEM = "e2a"
"""Who proposes what a run or a check found."""


class InvoiceKind(StrEnum):
    """One order, or what a month adds to the invoices of its orders."""

    ORDER = "order"
    MONTH = "month"


class NoteKind(StrEnum):
    """What corrects an invoice: money back, or money that was not asked for."""

    CREDIT = "credit"
    DEBIT = "debit"


class NoteStatus(StrEnum):
    """How far a note is; only an issued one has a number and moves money.

    Who approves a note issues it with that, so that none is stored as merely approved.
    """

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    ISSUED = "issued"


class Approval(StrEnum):
    """Who lets a note go out, by its amount and the limits of the tariff."""

    AUTOMATIC = "automatic"
    SECOND_PERSON = "second_person"
    LEAD = "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One kind of work on an order: how much of it, and the ids of the events that prove it.

    `operation` is one of usage.OPERATIONS or usage.COUNTS, or `parcels`.
    """

    operation: str
    count: int
    event_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where one event went: into an operation, or nowhere, and then because of something.

    Exactly one of `operation` and `because` is filled.
    """

    event_id: str
    source: str
    operation: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWork:
    """What was done for one order by its events, and when that counts as done.

    `day` is the day of service in the client's time zone; `ready_at` is when nothing more is to be
    expected (it left, was cancelled, came back), None while it is under way; `last_at` is the last
    work. `input_hash` changes exactly with what was done.
    """

    order_id: str
    day: date
    usage: Usage
    done: tuple[Done, ...]
    accounts: tuple[Account, ...]
    input_hash: str
    last_at: datetime
    ready_at: datetime | None = None

    @property
    def period(self) -> str:
        """The month of the service, as 2026-10."""
        return f"{self.day:%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line; `amount_cents` is `quantity` times `unit_cents`, as in ChargeLine.

    `order_id` and `service_date` are empty for what belongs to the month as a whole. `event_ids`
    prove the work; a minimum, multiplier, discount or tax has none of its own. `tariff` is
    EVERYONE or the client whose own tariff it is.
    """

    number: int
    order_id: str
    code: str
    quantity: int
    unit_cents: int
    amount_cents: int
    tariff: str
    tariff_version: str
    currency: str
    service_date: date | None = None
    event_ids: tuple[str, ...] = ()
    unit: str = ""
    measured: Decimal | None = None
    tax_class: str = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice; `id` counts from 1 for each client, `number` is how people call it.

    Before it is issued `id` is 0 and `number` empty. `subject` is the order, or the month of a
    statement. There is one for each (client, kind, subject). `period` is the month in which it
    counts, that of the service unless that month was closed already.
    """

    tenant_id: int
    kind: InvoiceKind
    subject: str
    period: str
    input_hash: str
    issued_at: datetime
    currency: str
    lines: tuple[InvoiceLine, ...]
    id: int = 0
    number: str = ""

    @property
    def total_cents(self) -> int:
        """What is asked for: the sum of the lines."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def order_id(self) -> str:
        """The order, empty for a statement."""
        return self.subject if self.kind is InvoiceKind.ORDER else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A correction of an invoice: a credit note or a debit note, from proposal to issue.

    `id` counts from 1 for each client (0 before it is stored), `number` is there once it is
    issued. `amount_cents` is signed: below 0 for a credit. `key` says what it corrects, so that
    the same is proposed once, whatever became of it. `line` is the number of the invoice's line,
    None for the whole. `period` is the month in which it counts.
    """

    tenant_id: int
    key: str
    invoice_id: int
    invoice_number: str
    amount_cents: int
    currency: str
    cause: str
    approval: Approval
    period: str
    proposed_by: str
    proposed_at: datetime
    order_id: str = ""
    line: int | None = None
    expected_cents: int | None = None
    billed_cents: int | None = None
    evidence: tuple[str, ...] = ()
    tariff: str = EVERYONE
    tariff_version: str = ""
    words: str = ""
    status: NoteStatus = NoteStatus.PROPOSED
    id: int = 0
    number: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    issued_at: datetime | None = None

    @property
    def kind(self) -> NoteKind:
        """Which way the money goes."""
        return NoteKind.CREDIT if self.amount_cents < 0 else NoteKind.DEBIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A correction that somebody asks for, before limits and periods are known.

    `amount_cents` is what is to change: expected less billed. The currency is the invoice's.
    """

    key: str
    invoice_id: int
    amount_cents: int
    cause: str
    proposed_by: str
    line: int | None = None
    expected_cents: int | None = None
    billed_cents: int | None = None
    evidence: tuple[str, ...] = ()
    tariff_version: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One document in the books: what each account got, in minor units; they sum to 0.

    More than 0 is a debit, less a credit. `id` counts from 1 for each client.
    """

    tenant_id: int
    document: str
    period: str
    at: datetime
    currency: str
    postings: Mapping[str, int] = field(default_factory=dict)
    id: int = 0
