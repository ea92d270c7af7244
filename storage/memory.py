"""The whole storage in memory, with transactions that really roll back.

Must not be used where data must survive the process: it is for tests and dry runs.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from policies.queries import Receipt
from policies.records import ReceivedEvent, WorkItem
from storage.memory_clocks import MemoryClocks
from storage.memory_desk import (
    MemoryAudit,
    MemoryDeadLetters,
    MemoryFires,
    MemoryHooks,
    MemoryKeys,
    MemorySeen,
    MemoryTenants,
)
from storage.memory_events import MemoryEvents
from storage.memory_orders import MemoryAlerts, MemoryExceptions
from storage.memory_policy import MemoryAlarms, MemoryFeeds, MemoryPolicyVersions
from storage.memory_state import MemoryState
from storage.memory_subscriptions import MemorySubscriptions
from storage.memory_work import MemoryOutbox, MemoryWorkItems


class MemoryTransaction:
    """The stores over one copy of the rows."""

    def __init__(self, state: MemoryState) -> None:
        self.state = state
        self.events = MemoryEvents(state)
        self.clocks = MemoryClocks(state)
        self.exceptions = MemoryExceptions(state)
        self.alerts = MemoryAlerts(state)
        self.outbox = MemoryOutbox(state)
        self.work = MemoryWorkItems(state)
        self.dead_letters = MemoryDeadLetters(state)
        self.audit = MemoryAudit(state)
        self.tenants = MemoryTenants(state)
        self.fires = MemoryFires(state)
        self.seen = MemorySeen(state)
        self.subscriptions = MemorySubscriptions(state)
        self.policies = MemoryPolicyVersions(state)
        self.feeds = MemoryFeeds(state)
        self.alarms = MemoryAlarms(state)
        self.keys = MemoryKeys(state)
        self.hooks = MemoryHooks(state)


class MemoryStorage:
    """Where transactions in memory come from. `state` holds what was committed."""

    def __init__(self) -> None:
        self.state = MemoryState()
        self._writing = asyncio.Lock()

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
            new: dict[tuple[int, str], ReceivedEvent] = {}
            for received, receipt in zip(events, receipts, strict=True):
                if receipt is Receipt.ACCEPTED:
                    new.setdefault((received.tenant_id, received.event.order_id), received)
            for received in new.values():
                due = received.received_at + self._settle
                await transaction.work.put([_evaluation(received)], due)
        return receipts


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
