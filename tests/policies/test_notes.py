"""Notes that correct invoices: who lets one go out, and what deciding makes of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from policies.money.books import UnsoundError, difference, entry_of_note
from policies.money.invoice_values import (
    Adjustment,
    Approval,
    Invoice,
    InvoiceKind,
    JournalEntry,
    NoteKind,
    NoteStatus,
    Wanted,
)
from policies.money.notes import Decided, Decider, NoteError, NotTheirs, decide, note_of
from policies.money.versions import only
from tests.policies.test_invoicing import billed, invoice_of
from tests.policies.test_tariff import TARIFF

NOW = datetime(2026, 4, 3, 2, tzinfo=UTC)
ACME = billed(only(TARIFF))
INVOICE = replace(invoice_of((2, 30, 60, "USD")), id=7, number="INV-000007")


def wanted(cents: int, **changes: object) -> Wanted:
    """A correction of the invoice."""
    one = Wanted(key="k", invoice_id=7, amount_cents=cents, cause="rate", proposed_by="slack:U1")
    return replace(one, **changes)  # type: ignore[arg-type]


def note(cents: int, *closed: str, invoice: Invoice = INVOICE) -> Adjustment:
    """The note that it becomes."""
    return note_of(wanted(cents), invoice, ACME, closed, NOW)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("cents", "approval", "status"),
    [
        (1, Approval.AUTOMATIC, NoteStatus.ISSUED),
        (499, Approval.AUTOMATIC, NoteStatus.ISSUED),
        (500, Approval.SECOND_PERSON, NoteStatus.PROPOSED),
        (2000, Approval.SECOND_PERSON, NoteStatus.PROPOSED),
        (2001, Approval.LEAD, NoteStatus.PROPOSED),
    ],
)
def test_the_amount_says_who_lets_it_out(
    cents: int, approval: Approval, status: NoteStatus, sign: int
) -> None:
    """Under 5.00 it goes out by itself, over 20.00 it takes a lead, whichever way it goes."""
    found = note(sign * cents)
    assert (found.approval, found.status) == (approval, status)
    assert found.kind is (NoteKind.DEBIT if sign > 0 else NoteKind.CREDIT)
    assert found.decided_by == ("e2a" if status is NoteStatus.ISSUED else "")


def test_nobody_approves_their_own() -> None:
    """Whoever proposed it may take it back, and somebody else may let it out."""
    mine, other = Decider(name="slack:U1", lead=True), Decider(name="slack:U2")
    refused = decide(note(600), mine, NOW, approve=True, closed=())
    assert isinstance(refused, NotTheirs)
    assert "Nobody approves a note that they proposed" in refused.why
    taken_back = decide(note(600), mine, NOW, approve=False, closed=())
    assert isinstance(taken_back, Adjustment)
    assert taken_back.status is NoteStatus.REJECTED
    approved = decide(note(600), other, NOW, approve=True, closed=())
    assert isinstance(approved, Adjustment)
    assert (approved.status, approved.decided_by) == (NoteStatus.ISSUED, "slack:U2")
    assert decide(approved, other, NOW, approve=False, closed=()) == Decided(note=approved)


def test_a_large_note_takes_a_lead() -> None:
    """A second person is not enough for more than the tariff's review limit."""
    refused = decide(note(-2001), Decider(name="slack:U2"), NOW, approve=True, closed=())
    assert isinstance(refused, NotTheirs)
    assert "takes a lead" in refused.why


def test_a_note_counts_in_an_open_month() -> None:
    """In the invoice's month, else in the first one after it that has no statement yet."""
    assert note(600).period == "2026-03"
    late = note(600, "2026-03", "2026-04")
    assert late.period == "2026-05"
    approved = decide(note(600), Decider(name="x"), NOW, approve=True, closed=("2026-03",))
    assert isinstance(approved, Adjustment)
    assert approved.period == "2026-04"


def test_what_corrects_nothing_is_refused() -> None:
    """A correction of 0, or of a line that is not there, is told with its remedy."""
    with pytest.raises(NoteError, match="leave it out"):
        note_of(wanted(0), INVOICE, ACME, (), NOW)
    with pytest.raises(NoteError, match="INV-000007 has no line 9; name one of its 1"):
        note_of(wanted(5, line=9), INVOICE, ACME, (), NOW)
    assert note_of(wanted(5, line=1), INVOICE, ACME, (), NOW).order_id == "SO-1"


def test_a_statement_without_lines_can_be_corrected() -> None:
    """A note on a month as a whole is judged by the tariff of the month's first day."""
    closing = replace(INVOICE, kind=InvoiceKind.MONTH, subject="2026-03", lines=())
    found = note(-9929, invoice=closing)
    assert (found.order_id, found.tariff_version, found.approval) == ("", "1", Approval.LEAD)


def test_only_issued_notes_move_money() -> None:
    """A proposal has no journal entry; entries that do not sum to 0 are told by currency."""
    with pytest.raises(UnsoundError, match="proposed, so it moves no money"):
        entry_of_note(note(600))
    entry = entry_of_note(note(5))
    assert difference([entry]) == {}
    off = JournalEntry(
        tenant_id=1, document="x", period="2026-03", at=NOW, currency="JPY", postings={"tax": 7}
    )
    assert difference([entry, off]) == {"JPY": 7}
