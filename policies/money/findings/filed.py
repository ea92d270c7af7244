"""A finding as it is kept, from the night it was found to the decision on it.

Must not decide: people do, or the limits of the tariff.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.money.findings.clusters import Cluster
from policies.money.findings.finding import Finding


class FindingState(StrEnum):
    """How far a finding is."""

    OPEN = "open"
    ACCEPTED = "accepted"
    OUR_ERROR = "our_error"
    DISPUTED = "disputed"
    GONE = "gone"


CORRECTED = (FindingState.ACCEPTED, FindingState.OUR_ERROR)
"""Those that are right, so that the invoice is corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledFinding:
    """A finding with what became of it. `id` is unique in the deployment, and what people type.

    `period` is the month whose invoices were checked. `adjustment_id` is the note that corrects
    it, None where no invoice is there to be corrected. `decided_by` is `e2a` where the tariff's
    limit decided.
    """

    tenant_id: int
    period: str
    finding: Finding
    found_at: datetime
    id: int = 0
    state: FindingState = FindingState.OPEN
    adjustment_id: int | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCheck:
    """One proof of a month's invoices; equal inputs have the same `input_hash`."""

    tenant_id: int
    period: str
    input_hash: str
    checked_at: datetime
    orders: int
    invoices: int
    expected_cents: int
    billed_cents: int
    currency: str
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantCluster:
    """A cluster of one client's findings."""

    tenant_id: int
    cluster: Cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How many findings were decided in one way, and what they come to in one currency.

    `over` are those that were billed too high.
    """

    tenant_id: int
    state: FindingState
    currency: str
    over: bool
    count: int
    difference_cents: int
