"""The whole storage in memory, with transactions that really roll back.

Must not be used where data must survive the process: it is for tests and dry runs.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import chain

from policies.queries import Receipt
from policies.records import ReceivedEvent, WorkItem
from storage.instants import instant, micros
from storage.memory.answers import MemoryAnswers
from storage.memory.authority import MemoryApprovals, MemoryRoleGrants
from storage.memory.bills import MemoryBillAudits
from storage.memory.clocks import MemoryClocks
from storage.memory.comparisons import MemoryComparisons
from storage.memory.desk import (
    MemoryAudit,
    MemoryFires,
    MemoryHooks,
    MemoryKeys,
    MemorySeen,
    MemoryTenants,
)
from storage.memory.documents import MemoryDocuments
from storage.memory.enrichments import MemoryEnrichments
from storage.memory.escalations import MemoryEscalations
from storage.memory.events import MemoryEvents
from storage.memory.figures import MemoryFigures
from storage.memory.findings import MemoryFindings
from storage.memory.held import MemoryHeld
from storage.memory.installations import MemoryInstallations
from storage.memory.invoices import (
    MemoryAdjustments,
    MemoryInvoices,
    MemoryJournal,
    MemoryWorked,
)
from storage.memory.letters import MemoryDeadLetters
from storage.memory.models import MemoryModelAnswers, MemoryModelUsage
from storage.memory.names import MemoryOrderNames
from storage.memory.notable import MemoryNotable
from storage.memory.orders import MemoryAlerts, MemoryExceptions
from storage.memory.patterns import MemoryPatterns
from storage.memory.people import MemoryPeople
from storage.memory.policy import MemoryAlarms, MemoryFeeds, MemoryPolicyVersions
from storage.memory.resolution import MemoryAttempts
from storage.memory.state import MemoryState
from storage.memory.storms import MemoryStorms
from storage.memory.subscriptions import MemorySubscriptions
from storage.memory.warnings import MemoryWarnings
from storage.memory.work import MemoryOutbox, MemoryWorkItems
from storage.writer_names import NameRow


class MemoryTransaction:
    """The stores over one copy of the rows."""

    def __init__(self, state: MemoryState) -> None:
        self.state = state
        self.events = MemoryEvents(state)
        self.names = MemoryOrderNames(state)
        self.clocks = MemoryClocks(state)
        self.exceptions = MemoryExceptions(state)
        self.alerts = MemoryAlerts(state)
        self.outbox = MemoryOutbox(state)
        self.work = MemoryWorkItems(state)
        self.dead_letters = MemoryDeadLetters(state)
        self.documents = MemoryDocuments(state)
        self.audit = MemoryAudit(state)
        self.tenants = MemoryTenants(state)
        self.fires = MemoryFires(state)
        self.seen = MemorySeen(state)
        self.subscriptions = MemorySubscriptions(state)
        self.policies = MemoryPolicyVersions(state)
        self.feeds = MemoryFeeds(state)
        self.alarms = MemoryAlarms(state)
        self.comparisons = MemoryComparisons(state)
        self.figures = MemoryFigures(state)
        self.storms = MemoryStorms(state)
        self.held = MemoryHeld(state)
        self.warnings = MemoryWarnings(state)
        self.escalations = MemoryEscalations(state)
        self.roles = MemoryRoleGrants(state)
        self.approvals = MemoryApprovals(state)
        self.attempts = MemoryAttempts(state)
        self.model_usage = MemoryModelUsage(state)
        self.model_answers = MemoryModelAnswers(state)
        self.people = MemoryPeople(state)
        self.patterns = MemoryPatterns(state)
        self.worked = MemoryWorked(state)
        self.invoices = MemoryInvoices(state)
        self.adjustments = MemoryAdjustments(state)
        self.journal = MemoryJournal(state)
        self.answers = MemoryAnswers(state)
        self.notable = MemoryNotable(state)
        self.enrichments = MemoryEnrichments(state)
        self.bills = MemoryBillAudits(state)
        self.findings = MemoryFindings(state)
        self.keys = MemoryKeys(state)
        self.installations = MemoryInstallations(state)
        self.hooks = MemoryHooks(state)


class MemoryStorage:
    """Where transactions in memory come from. `state` holds what was committed."""

    def __init__(self) -> None:
        self.state = MemoryState()
        self._writing = asyncio.Lock()

    def of(self, tenant_ids: Collection[int]) -> "MemoryStorage":
        """The same: only PostgreSQL has a wall of its own."""
        del tenant_ids
        return self

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        """Commits at the end of the block, forgets everything when it raises."""
        async with self._writing:
            copied = self.state.copy()
            yield MemoryTransaction(copied)
            self.state = copied

    @asynccontextmanager
    async def read(self) -> AsyncIterator[MemoryTransaction]:
        """The rows as they are now; nothing that is done to them is kept."""
        yield MemoryTransaction(self.state.copy())

    async def can_write(self, now: datetime, timeout_seconds: float = 2.0) -> bool:
        """Memory always can."""
        del now, timeout_seconds
        return True

    async def close(self) -> None:
        """There is nothing to close."""


class MemoryEventLog:
    """The event log over a MemoryStorage; commits with every call."""

    def __init__(
        self, storage: MemoryStorage, *, settle: timedelta = timedelta(milliseconds=250)
    ) -> None:
        self._storage, self._settle = storage, settle

    async def record(self, events: Sequence[ReceivedEvent]) -> list[Receipt]:
        """Stores new events and asks for their orders' evaluation, one receipt each."""
        async with self._storage.write() as transaction:
            receipts = [_receipt(transaction.state, received) for received in events]
            told = list(zip(events, receipts, strict=True))
            asked: dict[tuple[int, str], WorkItem] = {}
            for item in chain(
                (_evaluation(one) for one, receipt in told if receipt is Receipt.ACCEPTED),
                _learn(transaction, [one for one, r in told if r is not Receipt.CONFLICT]),
            ):
                asked.setdefault((item.tenant_id, item.subject), item)
            for item in asked.values():
                if item.created_at is not None:
                    await transaction.work.put([item], item.created_at + self._settle)
        return receipts


def _learn(transaction: MemoryTransaction, told: Sequence[ReceivedEvent]) -> Iterator[WorkItem]:
    """The orders whose name is new, and that name: both are to be evaluated."""
    rows = [
        NameRow(one.tenant_id, name, one.event.order_id, micros(one.received_at))
        for one in told
        for name in one.names
    ]
    for tenant_id, name, order_id, at in transaction.names.learn(rows):
        for subject in (order_id, name):
            yield WorkItem(
                tenant_id=tenant_id, kind="evaluate", subject=subject, created_at=instant(at)
            )


def _receipt(state: MemoryState, received: ReceivedEvent) -> Receipt:
    key = (received.tenant_id, received.event.source, received.event.event_id)
    stored = state.events.get(key)
    if stored is None:
        state.events[key] = received
        return Receipt.ACCEPTED
    same = stored.content_hash == received.content_hash
    return Receipt.DUPLICATE if same else Receipt.CONFLICT


def _evaluation(received: ReceivedEvent) -> WorkItem:
    return WorkItem(
        tenant_id=received.tenant_id,
        kind="evaluate",
        subject=received.event.order_id,
        correlation_id=received.event.correlation_id,
        created_at=received.received_at,
    )
