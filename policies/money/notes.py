"""Corrections of invoices: who lets one go out, what a decision makes of it, what is corrected.

Must not number or store a note, and must not look for what is wrong.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from policies.money.billed_tenant import BilledTenant
from policies.money.invoice_values import (
    SYSTEM,
    Adjustment,
    Approval,
    Invoice,
    NoteStatus,
    OrderWork,
    Wanted,
)
from policies.money.lines import TAX
from policies.money.order_lines import taxes
from policies.money.periods import first_of, open_period
from policies.money.pricing import ChargeLine
from policies.money.tariff import CreditLimits, Tariff

LATE_EVENT, LATER_WORK = "late_event", "later_work"
"""Work that was told after its invoice, and work that was done after it."""
CREDIT = "credit_"
"""How causes begin that are about broken promises; they correct no charge."""
_WORK = "work"
_OF_HASH = 16


class NoteError(ValueError):
    """A correction cannot be made; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decides on a note: `lead` where they may decide on any amount."""

    name: str
    lead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTheirs:
    """They may not decide on that note; `why` is a sentence for them."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """It was decided before; `note` is as it stands."""

    note: Adjustment


def approval_for(amount_cents: int, limits: CreditLimits) -> Approval:
    """By whom a note of that amount is let out, whichever way the money goes."""
    if abs(amount_cents) < limits.automatic_under_cents:
        return Approval.AUTOMATIC
    return Approval.LEAD if abs(amount_cents) > limits.review_over_cents else Approval.SECOND_PERSON


def note_of(
    wanted: Wanted, invoice: Invoice, billed: BilledTenant, closed: Collection[str], now: datetime
) -> Adjustment:
    """The note that a correction becomes: issued at once under the limit, else proposed.

    It counts in the invoice's month, or where that is closed in the first one that is not.

    Raises:
        NoteError: it corrects nothing, or a line that the invoice has not.
    """
    if wanted.amount_cents == 0:
        message = f"{invoice.number}: a correction of 0 corrects nothing; leave it out"
        raise NoteError(message)
    line = next((one for one in invoice.lines if one.number == wanted.line), None)
    if wanted.line is not None and line is None:
        message = (
            f"{invoice.number} has no line {wanted.line}; name one of its {len(invoice.lines)}"
        )
        raise NoteError(message)
    about = line or next(iter(invoice.lines), None)
    day = about.service_date if about and about.service_date else first_of(invoice.period)
    tariff = billed.tariff(day)
    approval = approval_for(wanted.amount_cents, tariff.credit_limits)
    note = Adjustment(
        tenant_id=invoice.tenant_id,
        key=wanted.key,
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        amount_cents=wanted.amount_cents,
        currency=invoice.currency,
        cause=wanted.cause,
        approval=approval,
        period=open_period(invoice.period, closed),
        proposed_by=wanted.proposed_by,
        proposed_at=now,
        order_id=line.order_id if line else invoice.order_id,
        line=wanted.line,
        expected_cents=wanted.expected_cents,
        billed_cents=wanted.billed_cents,
        evidence=wanted.evidence,
        tariff=billed.scope(tariff),
        tariff_version=wanted.tariff_version or tariff.version,
        words=wanted.words,
    )
    return issued(note, SYSTEM, now) if approval is Approval.AUTOMATIC else note


def issued(note: Adjustment, by: str, now: datetime) -> Adjustment:
    """The note as it goes out."""
    return replace(note, status=NoteStatus.ISSUED, decided_by=by, decided_at=now, issued_at=now)


def decide(
    note: Adjustment, decider: Decider, now: datetime, *, approve: bool, closed: Collection[str]
) -> Adjustment | Decided | NotTheirs:
    """What a decision makes of a note: issued or rejected, unless it is not theirs to decide.

    Nobody approves what they proposed themselves. Taking one's own proposal back is rejecting it.
    """
    if note.status is not NoteStatus.PROPOSED:
        return Decided(note=note)
    if approve and note.proposed_by == decider.name:
        return NotTheirs(why="Nobody approves a note that they proposed; ask somebody else.")
    if note.approval is Approval.LEAD and not decider.lead:
        return NotTheirs(why="A note of this amount takes a lead or an admin.")
    if approve:
        return issued(replace(note, period=open_period(note.period, closed)), decider.name, now)
    return replace(note, status=NoteStatus.REJECTED, decided_by=decider.name, decided_at=now)


def correction(
    billed: BilledTenant,
    work: OrderWork,
    charged: Sequence[ChargeLine],
    documents: Sequence[Invoice],
    notes: Sequence[Adjustment],
) -> Wanted | None:
    """What the work of an invoiced order costs more or less than was billed; None for nothing.

    Args:
        billed: the tenant.
        work: what is known of the order now.
        charged: what that costs, without tax.
        documents: its invoice first, then the statement of its month if there is one.
        notes: all notes on these documents; those that correct charges of the order count.
    """
    invoice = documents[0]
    tariff = billed.tariff(work.day)
    corrected = sum(
        note.amount_cents
        for note in notes
        if note.order_id == work.order_id
        and note.status is not NoteStatus.REJECTED
        and not note.cause.startswith(CREDIT)
    )
    change = _more(work.order_id, charged, documents, tariff) - corrected
    if not change:
        return None
    known = {name for line in invoice.lines for name in line.event_ids}
    proof = [name for one in work.done for name in one.event_ids if name not in known]
    before = sum(line.amount_cents for line in invoice.lines) + corrected
    return Wanted(
        key=_key(work, notes),
        invoice_id=invoice.id,
        amount_cents=change,
        cause=LATER_WORK if work.last_at > invoice.issued_at else LATE_EVENT,
        proposed_by=SYSTEM,
        expected_cents=before + change,
        billed_cents=before,
        evidence=tuple(dict.fromkeys(proof)),
        tariff_version=tariff.version,
    )


def charged_for(invoice: Invoice, notes: Sequence[Adjustment]) -> str:
    """How the hash begins of the work that an order's invoice and its corrections charge.

    Args:
        invoice: of the order.
        notes: all on it, in the order of their ids.
    """
    begins = f"{_WORK}:{invoice.subject}:"
    keys = (note.key for note in reversed(notes) if note.key.startswith(begins))
    told = next(keys, None)
    return (told or f"{begins}{invoice.input_hash}").removeprefix(begins)[:_OF_HASH]


def is_news(work: OrderWork, invoice: Invoice, notes: Sequence[Adjustment]) -> bool:
    """Whether something else was done for an order than was charged last."""
    return work.input_hash[:_OF_HASH] != charged_for(invoice, notes)


def by_order(notes: Mapping[int, Sequence[Adjustment]]) -> dict[str, list[Adjustment]]:
    """Notes by the order that they are about, in the order of their ids."""
    found: dict[str, list[Adjustment]] = {}
    for note in sorted((one for some in notes.values() for one in some), key=lambda one: one.id):
        found.setdefault(note.order_id, []).append(note)
    return found


def _key(work: OrderWork, notes: Sequence[Adjustment]) -> str:
    """The same for the same work, unless it was something else in between and is that again.

    A correction that was rejected is not asked for again.
    """
    begins = f"{_WORK}:{work.order_id}:"
    stands = (note for note in notes if note.status is not NoteStatus.REJECTED)
    earlier = sum(note.key.startswith(begins) for note in stands)
    again = f":{earlier}" if earlier else ""
    return f"{begins}{work.input_hash[:_OF_HASH]}{again}"


def _more(
    order_id: str, charged: Sequence[ChargeLine], documents: Sequence[Invoice], tariff: Tariff
) -> int:
    """What an order costs more than its documents ask for, with tax.

    An invoice has its own tax, so both are taxed whole; what a statement asks for is taxed with
    other orders, so there the difference is.
    """
    net = [(line.tax_class, line.amount_cents) for line in charged]
    if len(documents) == 1:
        return _gross(net, tariff) - sum(line.amount_cents for line in documents[0].lines)
    net += [
        (line.tax_class, -line.amount_cents)
        for document in documents
        for line in document.lines
        if line.order_id == order_id and not line.code.startswith(TAX)
    ]
    return _gross(net, tariff)


def _gross(net: Sequence[tuple[str, int]], tariff: Tariff) -> int:
    """Amounts by tax class with the tax on their sums."""
    lines = [
        ChargeLine(code="", quantity=1, unit_cents=cents, tax_class=name) for name, cents in net
    ]
    return sum(line.amount_cents for line in lines) + sum(taxes(lines, tariff).values())
