"""Puts corrections of invoices on the books: small ones go out, larger ones wait for somebody.

Must not look for what is wrong: a run or a check says what is to change.
"""

from collections.abc import Sequence
from datetime import datetime

from jobs.ports import Transaction
from policies.money.billed_tenant import BilledTenant
from policies.money.books import entry_of_note
from policies.money.invoice_values import Adjustment, Invoice, NoteStatus, Wanted
from policies.money.notes import NoteError, note_of
from policies.records import AuditEntry

ADJUSTMENT = "adjustment"
"""How subjects of the trail begin that are about notes."""


async def propose_notes(
    wanted: Sequence[Wanted], *, tx: Transaction, billed: BilledTenant, now: datetime
) -> list[Adjustment]:
    """Stores a note for each correction that was not proposed before; returns the new ones.

    What is under the tariff's limit is issued at once, with its number and its journal entry.
    The same `key` is proposed once, whatever became of it, so that asking again adds nothing.

    Raises:
        NoteError: an invoice or a line is not there, or nothing is to change.
    """
    if not wanted:
        return []
    await tx.invoices.one_at_a_time(billed.id)
    known = await tx.adjustments.known(billed.id, [one.key for one in wanted])
    closed = await tx.invoices.closed(billed.id)
    notes = [
        note_of(one, await _invoice(tx, billed, one), billed, closed, now)
        for one in wanted
        if one.key not in known
    ]
    stored = await tx.adjustments.propose(notes)
    await record(stored, tx=tx)
    return stored


async def record(notes: Sequence[Adjustment], *, tx: Transaction, words: str | None = None) -> None:
    """Posts those that were issued, and puts all of them on the trail with what was said."""
    await tx.journal.post([entry_of_note(one) for one in notes if one.issued_at])
    await tx.audit.append([trail_of(note, words) for note in notes])


def trail_of(note: Adjustment, words: str | None = None) -> AuditEntry:
    """What the trail says of a note as it stands."""
    decided = note.decided_at is not None and note.decided_by != note.proposed_by
    return AuditEntry(
        tenant_id=note.tenant_id,
        at=note.decided_at or note.proposed_at,
        actor=note.decided_by if decided else note.proposed_by,
        action=_ACTIONS[note.status],
        subject=f"{ADJUSTMENT}:{note.id}",
        after={
            "status": note.status.value,
            "number": note.number,
            "invoice": note.invoice_number,
            "amount_cents": note.amount_cents,
            "currency": note.currency,
            "cause": note.cause,
        },
        note=words,
    )


_ACTIONS = {
    NoteStatus.PROPOSED: "propose",
    NoteStatus.APPROVED: "approve",
    NoteStatus.ISSUED: "issue",
    NoteStatus.REJECTED: "reject",
}


async def _invoice(tx: Transaction, billed: BilledTenant, wanted: Wanted) -> Invoice:
    found = await tx.invoices.get(billed.id, wanted.invoice_id)
    if found is None:
        message = f"invoice {wanted.invoice_id} of {billed.name} is not there"
        raise NoteError(message)
    return found
