"""Approves or rejects a note; an approved one is issued with it, once, however often it is asked.

Must not decide who may decide: policies/money/notes.py does.
"""

from dataclasses import dataclass
from datetime import datetime

from jobs.correct_invoices import record
from jobs.decide_finding import follow_note
from jobs.ports import Storage
from policies.money.invoice_values import Adjustment
from policies.money.notes import Decided, Decider, NotTheirs, decide


@dataclass(frozen=True, slots=True, kw_only=True)
class NoNote:
    """There is no note of that id."""


NoteOutcome = Adjustment | Decided | NotTheirs | NoNote
"""The note as it was decided now, as it was decided before, why not by them, or nothing."""


async def decide_note(
    tenant_id: int,
    adjustment_id: int,
    decider: Decider,
    *,
    approve: bool,
    words: str | None = None,
    storage: Storage,
    now: datetime,
) -> NoteOutcome:
    """Decides on a note that is proposed; it is on the books and, with `words`, on the trail."""
    async with storage.write() as tx:
        await tx.invoices.one_at_a_time(tenant_id)
        note = await tx.adjustments.get(tenant_id, adjustment_id)
        if note is None:
            return NoNote()
        closed = await tx.invoices.closed(tenant_id)
        outcome = decide(note, decider, now, approve=approve, closed=closed)
        if not isinstance(outcome, Adjustment):
            return outcome
        stored = await tx.adjustments.decide(outcome)
        if stored is None:
            return NoNote()
        await record([stored], tx=tx, words=words)
        await follow_note(stored, tx=tx)
        return stored
