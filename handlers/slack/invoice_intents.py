"""What somebody can want of invoices and findings. Must not hold words or rules."""

from dataclasses import dataclass

from handlers.blocks.invoice_ids import GroupTarget
from policies.money.findings.filed import FindingState


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowInvoices:
    """How the invoices stand; of one month where it is named."""

    period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInvoices:
    """Prove them now; None means this month."""

    period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFinding:
    """One finding by its number."""

    finding_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideFinding:
    """Accept a finding, take it as our error, or dispute it."""

    finding_id: int
    state: FindingState
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideGroup:
    """The same for all of a client and cause, as they were shown."""

    target: GroupTarget
    state: FindingState
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAboutFinding:
    """Ask a colleague about a finding."""

    finding_id: int
    whom: str
    question: str


InvoiceIntent = (
    ShowInvoices | CheckInvoices | ShowFinding | DecideFinding | DecideGroup | AskAboutFinding
)
