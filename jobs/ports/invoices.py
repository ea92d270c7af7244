"""What the jobs ask of the books: invoices, notes that correct them, the journal, worked orders.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from policies.money.invoice_values import Adjustment, Invoice, InvoiceKind, JournalEntry


class Worked(Protocol):
    """Which orders something was done for, read along an index of billable events."""

    async def between(self, tenant_id: int, since: datetime, until: datetime) -> list[str]:
        """Orders with work that occurred in [since, until), sorted."""
        ...

    async def told_late(self, tenant_id: int, since: datetime, until: datetime) -> list[str]:
        """Orders with work that was told in [since, until), a day or more after it occurred."""
        ...


class Invoices(Protocol):
    """Invoices. Never altered, never taken away."""

    async def one_at_a_time(self, tenant_id: int) -> None:
        """Lets nobody else write this client's books until the transaction ends; waits for it."""
        ...

    async def issue(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        """Stores them in their order with the next numbers; needs `one_at_a_time`."""
        ...

    async def get(self, tenant_id: int, invoice_id: int) -> Invoice | None: ...

    async def of_subjects(
        self, tenant_id: int, kind: InvoiceKind, subjects: Sequence[str]
    ) -> Mapping[str, Invoice]:
        """Those of these orders (or months), by subject, with their lines."""
        ...

    async def of_period(
        self, tenant_id: int, period: str, *, after_id: int = 0, limit: int = 500
    ) -> list[Invoice]:
        """A month's invoices with their lines, by id, those after `after_id`."""
        ...

    async def find(
        self,
        tenant_ids: Sequence[int],
        *,
        period: str | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> list[Invoice]:
        """With their lines, newest first by id."""
        ...

    async def closed(self, tenant_id: int) -> list[str]:
        """The months that have a statement, earliest first."""
        ...


class Adjustments(Protocol):
    """Notes that correct invoices. Their status goes forward and nothing else changes."""

    async def propose(self, notes: Sequence[Adjustment]) -> list[Adjustment]:
        """Stores those whose key is new, with the next ids; returns these. Needs `one_at_a_time`.

        A note that comes as issued gets its number too.
        """
        ...

    async def get(self, tenant_id: int, adjustment_id: int) -> Adjustment | None: ...

    async def known(self, tenant_id: int, keys: Sequence[str]) -> frozenset[str]:
        """Which of these keys were proposed before, whatever became of them."""
        ...

    async def of_invoices(
        self, tenant_id: int, invoice_ids: Sequence[int]
    ) -> Mapping[int, list[Adjustment]]:
        """All notes on these invoices, by invoice, in the order of their ids."""
        ...

    async def of_period(self, tenant_id: int, period: str) -> list[Adjustment]:
        """All notes that count in a month, by id."""
        ...

    async def find(
        self,
        tenant_ids: Sequence[int],
        *,
        status: Sequence[str] = (),
        before_id: int | None = None,
        limit: int = 50,
    ) -> list[Adjustment]:
        """Newest first by id; no status means any."""
        ...

    async def decide(self, note: Adjustment) -> Adjustment | None:
        """Stores status and decision of a note that is still proposed; else None.

        An issued one gets its number, which is in the answer. Needs `one_at_a_time`.
        """
        ...


class Journal(Protocol):
    """The books by double entry. Never altered, never taken away."""

    async def post(self, entries: Sequence[JournalEntry]) -> None:
        """Adds them in their order; needs `one_at_a_time`."""
        ...

    async def balances(self, tenant_id: int) -> Mapping[tuple[str, str], int]:
        """What each account holds, by currency and account; all of a currency sum to 0."""
        ...

    async def entries(
        self, tenant_id: int, *, after_id: int = 0, limit: int = 500
    ) -> list[JournalEntry]:
        """By id, those after `after_id`."""
        ...
