"""The books in memory: invoices, notes, journal, and the orders that were worked on.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from policies.money.invoice_values import (
    Adjustment,
    Invoice,
    InvoiceKind,
    JournalEntry,
    NoteKind,
    NoteStatus,
)
from policies.money.work_kinds import BILLABLE
from policies.records import ReceivedEvent
from storage.billing_numbers import ADJUSTMENT, CREDIT, DEBIT, ENTRY, INVOICE, number_of
from storage.memory.state import MemoryState

_LATE = timedelta(days=1)


class MemoryWorked:
    """Worked orders in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.events

    async def between(self, tenant_id: int, since: datetime, until: datetime) -> list[str]:
        """Orders with work that occurred in [since, until), sorted."""
        work = self._work(tenant_id)
        return sorted({e.event.order_id for e in work if since <= e.event.occurred_at < until})

    async def told_late(self, tenant_id: int, since: datetime, until: datetime) -> list[str]:
        """Orders with work that was told in [since, until), a day or more after it occurred."""
        work = [e for e in self._work(tenant_id) if since <= e.received_at < until]
        late = (e.event for e in work if e.received_at - e.event.occurred_at >= _LATE)
        return sorted({event.order_id for event in late})

    def _work(self, tenant_id: int) -> list[ReceivedEvent]:
        rows = (row for row in self._rows.values() if row.tenant_id == tenant_id)
        return [row for row in rows if row.event.kind in BILLABLE]


class MemoryInvoices:
    """Invoices in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state, self._rows = state, state.invoices

    async def one_at_a_time(self, tenant_id: int) -> None:
        """Memory has one writer anyway."""

    async def issue(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        """Stores them in their order with the next numbers."""
        issued = []
        for one in sorted(invoices, key=lambda one: one.tenant_id):
            place = _next(self._state, one.tenant_id, INVOICE)
            same = await self.of_subjects(one.tenant_id, one.kind, [one.subject])
            if same:
                raise ValueError(one.subject)
            issued.append(replace(one, id=place, number=number_of(INVOICE, place)))
            self._rows[one.tenant_id, place] = issued[-1]
        return issued

    async def get(self, tenant_id: int, invoice_id: int) -> Invoice | None:
        """The invoice of that id."""
        return self._rows.get((tenant_id, invoice_id))

    async def of_subjects(
        self, tenant_id: int, kind: InvoiceKind, subjects: Sequence[str]
    ) -> Mapping[str, Invoice]:
        """Those of these orders (or months), by subject, with their lines."""
        wanted = set(subjects)
        mine = (one for one in self._of([tenant_id]) if one.kind is kind)
        return {one.subject: one for one in mine if one.subject in wanted}

    async def of_period(
        self, tenant_id: int, period: str, *, after_id: int = 0, limit: int = 500
    ) -> list[Invoice]:
        """A month's invoices with their lines, by id, those after `after_id`."""
        mine = (one for one in self._of([tenant_id]) if one.period == period)
        return [one for one in mine if one.id > after_id][:limit]

    async def find(
        self,
        tenant_ids: Sequence[int],
        *,
        period: str | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> list[Invoice]:
        """With their lines, newest first by id."""
        found = [
            one
            for one in self._of(tenant_ids)
            if period in (None, one.period) and (before_id is None or one.id < before_id)
        ]
        return sorted(found, key=lambda one: (-one.id, one.tenant_id))[:limit]

    async def closed(self, tenant_id: int) -> list[str]:
        """The months that have a statement, earliest first."""
        mine = self._of([tenant_id])
        return sorted(one.subject for one in mine if one.kind is InvoiceKind.MONTH)

    def _of(self, tenant_ids: Sequence[int]) -> list[Invoice]:
        return [one for key, one in sorted(self._rows.items()) if key[0] in tenant_ids]


class MemoryAdjustments:
    """Notes in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state, self._rows = state, state.adjustments

    async def propose(self, notes: Sequence[Adjustment]) -> list[Adjustment]:
        """Stores those whose key is new, with the next ids; an issued one gets its number too."""
        stored = []
        for note in sorted(notes, key=lambda one: one.tenant_id):
            if await self.known(note.tenant_id, [note.key]):
                continue
            place = _next(self._state, note.tenant_id, ADJUSTMENT)
            stored.append(self._numbered(replace(note, id=place)))
            self._rows[note.tenant_id, place] = stored[-1]
        return stored

    async def get(self, tenant_id: int, adjustment_id: int) -> Adjustment | None:
        """The note of that id."""
        return self._rows.get((tenant_id, adjustment_id))

    async def known(self, tenant_id: int, keys: Sequence[str]) -> frozenset[str]:
        """Which of these keys were proposed before, whatever became of them."""
        return frozenset(keys) & {one.key for one in self._of([tenant_id])}

    async def of_invoices(
        self, tenant_id: int, invoice_ids: Sequence[int]
    ) -> Mapping[int, list[Adjustment]]:
        """All notes on these invoices, by invoice, in the order of their ids."""
        found: dict[int, list[Adjustment]] = {}
        for note in self._of([tenant_id]):
            if note.invoice_id in invoice_ids:
                found.setdefault(note.invoice_id, []).append(note)
        return found

    async def of_period(self, tenant_id: int, period: str) -> list[Adjustment]:
        """All notes that count in a month, by id."""
        return [one for one in self._of([tenant_id]) if one.period == period]

    async def find(
        self,
        tenant_ids: Sequence[int],
        *,
        status: Sequence[str] = (),
        before_id: int | None = None,
        limit: int = 50,
    ) -> list[Adjustment]:
        """Newest first by id; no status means any."""
        found = [
            one
            for one in self._of(tenant_ids)
            if (not status or one.status in status) and (before_id is None or one.id < before_id)
        ]
        return sorted(found, key=lambda one: (-one.id, one.tenant_id))[:limit]

    async def decide(self, note: Adjustment) -> Adjustment | None:
        """Stores the decision on a note that is still proposed; else None."""
        known = self._rows.get((note.tenant_id, note.id))
        if known is None or known.status is not NoteStatus.PROPOSED:
            return None
        decided = self._numbered(note)
        self._rows[note.tenant_id, note.id] = decided
        return decided

    def _numbered(self, note: Adjustment) -> Adjustment:
        if note.status is not NoteStatus.ISSUED:
            return note
        series = CREDIT if note.kind is NoteKind.CREDIT else DEBIT
        place = _next(self._state, note.tenant_id, series)
        return replace(note, number=number_of(series, place))

    def _of(self, tenant_ids: Sequence[int]) -> list[Adjustment]:
        return [one for key, one in sorted(self._rows.items()) if key[0] in tenant_ids]


class MemoryJournal:
    """The books in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state, self._rows = state, state.journal

    async def post(self, entries: Sequence[JournalEntry]) -> None:
        """Adds them in their order; one that moves nothing is left out."""
        for one in sorted(entries, key=lambda one: one.tenant_id):
            if one.postings:
                place = _next(self._state, one.tenant_id, ENTRY)
                self._rows[one.tenant_id, place] = replace(one, id=place)

    async def balances(self, tenant_id: int) -> Mapping[tuple[str, str], int]:
        """What each account holds, by currency and account."""
        sums: Counter[tuple[str, str]] = Counter()
        for one in await self.entries(tenant_id, limit=len(self._rows)):
            for account, cents in one.postings.items():
                sums[one.currency, account] += cents
        return dict(sorted(sums.items()))

    async def entries(
        self, tenant_id: int, *, after_id: int = 0, limit: int = 500
    ) -> list[JournalEntry]:
        """By id, those after `after_id`."""
        mine = [one for key, one in sorted(self._rows.items()) if key[0] == tenant_id]
        return [one for one in mine if one.id > after_id][:limit]


def _next(state: MemoryState, tenant_id: int, series: str) -> int:
    return state.next_number(f"{tenant_id}/{series}")
