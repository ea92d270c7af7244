"""What is shown of audited bills, as values. Must not draw or look anything up."""

from dataclasses import dataclass
from datetime import date

from policies.money.audit.record import BillAudit
from policies.money.audit.totals import CauseSum, Totals
from policies.records import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class BillView:
    """An audit with its client and its figures."""

    audit: BillAudit
    tenant: Tenant
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsView:
    """What may be claimed until the next last day: sums by currency, and what they are for."""

    bill: BillView
    today: date
    last_day: date
    sums: tuple[tuple[str, int], ...]
    causes: tuple[CauseSum, ...]
