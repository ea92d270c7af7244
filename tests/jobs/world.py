"""A warehouse in memory for tests of jobs: events in, orders judged, rows to look at.

Must not stand in for a rule or a job: it calls the real ones.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache

from bot.policy_files import load_next_steps
from jobs.evaluate_orders import evaluate_orders
from jobs.keep_time import sweep_deadlines
from jobs.put_on_record import Recorded, Telling
from policies.book.read import SlaBook
from policies.facts import OrderEvent
from policies.next_steps import NextSteps
from policies.promises import Promises, promises_of
from policies.queries import ClockRow
from policies.records import (
    AuditEntry,
    DeadLetter,
    ExceptionRecord,
    OutboxMessage,
    Tenant,
    WorkItem,
)
from policies.retention import FOR_EVER, Keeping
from storage.memory import MemoryEventLog, MemoryStorage, MemoryTransaction
from tests.policies.builders import at, book, event
from tests.storage.builders import received

LEASE = timedelta(seconds=30)
ACME = Tenant(id=1, name="Acme", channel="#acme-ops")
GLOBEX = Tenant(id=2, name="Globex", channel="#globex-ops", timezone="America/New_York")
Meanwhile = Callable[[], Awaitable[object]]


@cache
def packaged() -> SlaBook:
    """The packaged promises, read once."""
    return book()


@cache
def packaged_steps() -> NextSteps:
    """The packaged next steps, read once."""
    return load_next_steps(None)


class InterruptedStorage(MemoryStorage):
    """A storage in which something else happens just before a job writes.

    `interruptions` are taken one a write; each runs before that write begins.
    """

    def __init__(self) -> None:
        super().__init__()
        self.interruptions: list[Meanwhile] = []

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        """As the storage's own, after the next interruption."""
        if self.interruptions:
            await self.interruptions.pop(0)()
        async with super().write() as tx:
            yield tx


@dataclass
class World:
    """Two tenants, the packaged promises and nothing heard yet; minutes count from T0."""

    storage: InterruptedStorage = field(default_factory=InterruptedStorage)
    promises: Promises = field(default_factory=lambda: promises_of(packaged()))
    telling: Telling = field(
        default_factory=lambda: Telling(default_channel="#e2a-alerts", steps=packaged_steps())
    )
    keeping: Keeping = FOR_EVER

    async def hear(self, *events: OrderEvent, minute: float = 0, tenant_id: int = 1) -> None:
        """Takes events in; their orders wait to be judged from `minute` on."""
        log = MemoryEventLog(self.storage, settle=timedelta())
        await log.record([received(tenant_id, heard, at=at(minute)) for heard in events])

    async def claim(self, minute: float) -> list[WorkItem]:
        """The orders to be judged then, leased."""
        async with self.storage.write() as tx:
            return await tx.work.claim("evaluate", at(minute), LEASE, 500)

    async def evaluate(self, items: list[WorkItem], minute: float) -> Recorded:
        """Judges claimed orders as of `minute`."""
        return await evaluate_orders(
            items,
            storage=self.storage,
            promises=self.promises,
            telling=self.telling,
            now=at(minute),
            wall_now=at(minute),
            keeping=self.keeping,
        )

    async def judge(self, minute: float) -> Recorded:
        """Sweeps and judges everything that is due at `minute`."""
        await sweep_deadlines(storage=self.storage, now=at(minute), wall_now=at(minute))
        items = await self.claim(minute)
        if not items:
            return Recorded(opened=(), settled=())
        return await self.evaluate(items, minute)

    async def ask(self, order_id: str, minute: float, tenant_id: int = 1) -> None:
        """Asks for an order to be judged though nothing happened."""
        item = WorkItem(tenant_id=tenant_id, kind="evaluate", subject=order_id)
        async with self.storage.write() as tx:
            await tx.work.put([item], at(minute))

    async def late_order(self, order_id: str = "SO-1", tenant_id: int = 1) -> ExceptionRecord:
        """An order that was paid and then silent: its exception, opened a minute too late."""
        paid = of(order_id, event("order_paid", 0, f"paid-{order_id}"))
        await self.hear(paid, tenant_id=tenant_id)
        await self.judge(0)
        return (await self.judge(121)).opened[0]

    def record(self, number: int = 1) -> ExceptionRecord:
        """The exception of that number."""
        return self.storage.state.exceptions[number]

    def records(self) -> list[ExceptionRecord]:
        """Every exception."""
        return list(self.storage.state.exceptions.values())

    def clocks(self) -> dict[str, ClockRow]:
        """The clocks of all orders by rule."""
        return {row.sla_id: row for row in self.storage.state.clocks.values()}

    def trail(self) -> list[AuditEntry]:
        """Everything in the audit trail, oldest first."""
        return [held.entry for held in self.storage.state.audit.values()]

    def outbox(self) -> dict[str, OutboxMessage]:
        """The outbox by dedup key."""
        return {held.message.dedup_key: held.message for held in self.storage.state.outbox.values()}

    def waiting_work(self) -> list[str]:
        """The orders that are to be judged."""
        held = self.storage.state.work.values()
        return [one.item.subject for one in held if one.state == "waiting"]

    def letters(self) -> list[DeadLetter]:
        """Every dead letter."""
        return list(self.storage.state.dead_letters.values())


def of(order_id: str, heard: OrderEvent) -> OrderEvent:
    """The same event of another order."""
    return replace(heard, order_id=order_id)


async def open_world() -> World:
    """A world with its two tenants."""
    world = World()
    async with world.storage.write() as tx:
        for tenant in (ACME, GLOBEX):
            await tx.tenants.add(tenant)
    return world


async def at_once(*works: Awaitable[object]) -> list[object]:
    """What came of things that were begun together."""
    return list(await asyncio.gather(*works))
