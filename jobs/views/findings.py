"""What a proof of invoices and its findings are shown as. Must not read or draw."""

from dataclasses import dataclass
from datetime import datetime

from jobs.gather_work import Unbillable
from policies.money.findings.clusters import Cluster
from policies.money.findings.filed import (
    Decided,
    FiledFinding,
    InvoiceCheck,
)
from policies.money.findings.finding import Finding
from policies.money.invoice_values import Adjustment, Invoice, InvoiceLine
from policies.records import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What one proof of a month came to.

    `found` are all differences, `filed` how many of them are new, `notes` the corrections that
    were proposed or issued for them. `unchanged` says that the same was proved before.
    """

    tenant: Tenant
    period: str
    orders: int
    invoices: int
    expected_cents: int
    billed_cents: int
    currency: str
    found: tuple[Finding, ...]
    clusters: tuple[Cluster, ...]
    unbillable: tuple[Unbillable, ...]
    input_hash: str
    filed: int = 0
    notes: tuple[Adjustment, ...] = ()
    unchanged: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFindings:
    """How one client's invoices stand: what is open by cause, what was decided this month."""

    tenant: Tenant
    checks: tuple[InvoiceCheck, ...]
    open: tuple[Cluster, ...]
    decided: tuple[Decided, ...]
    largest: tuple["FindingView", ...]
    month: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding with the note that corrects it, as far as there is one."""

    filed: FiledFinding
    tenant: Tenant
    note: Adjustment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """The open findings of one client and cause: the first few, and up to which number all go."""

    tenant: Tenant
    cluster: Cluster
    shown: tuple[FiledFinding, ...]
    up_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One event behind a finding: what it was, when, and who told it."""

    event_id: str
    kind: str
    at: datetime
    source: str
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """A finding with everything that proves it, one click away."""

    view: FindingView
    proofs: tuple[Proof, ...]
    more: int
    invoice: Invoice | None = None
    line: InvoiceLine | None = None
