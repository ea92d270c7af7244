"""A tenant's books in memory for tests: events in, runs of invoices, notes and journal to look at.

Must not stand in for a rule or a job: it calls the real ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from jobs.correct_invoices import propose_notes
from jobs.gather_work import gather_orders
from jobs.ports import EventLog, Storage
from jobs.run_invoices import RunReport, Window, month_window, run_invoices
from policies.facts import OrderEvent
from policies.money.billed_tenant import BilledTenant
from policies.money.invoice_values import Adjustment, Invoice, OrderWork, Wanted
from policies.money.read_versions import WrittenTariffs, read_tariffs
from policies.money.versions import Tariffs
from policies.records import Tenant
from storage.memory import MemoryEventLog, MemoryStorage
from tests.policies.tariffs import FREE_MONTH
from tests.storage.builders import received

OCTOBER = "2026-10"
OPENING = datetime(2026, 10, 1, 8, tzinfo=UTC)
AFTER = datetime(2026, 11, 4, 2, tzinfo=UTC)
"""When October is over and closed."""
DAY = timedelta(days=1)
ACME = Tenant(id=1, name="acme")


def tariffs(*texts: str) -> Tariffs:
    """Everyone's versions; the packaged one without a monthly minimum unless given."""
    found = [
        WrittenTariffs(file=f"tariff{place}.yaml", text=text)
        for place, text in enumerate(texts or (FREE_MONTH,))
    ]
    return read_tariffs(found)


def told(
    kind: str,
    order_id: str,
    at: datetime,
    *,
    event_id: str = "",
    source: str = "wms",
    **payload: object,
) -> OrderEvent:
    """An event of an order."""
    return OrderEvent(
        source=source,
        event_id=event_id or f"{order_id}/{kind}/{at:%d%H%M%S}",
        event_type=kind,
        order_id=order_id,
        occurred_at=at,
        payload=payload,
    )


def shipped(
    order_id: str, at: datetime = OPENING, *, picks: int = 1, flags: tuple[str, ...] = ()
) -> list[OrderEvent]:
    """An order that was picked, packed, labelled and picked up: 65 cents with one pick."""
    hour = timedelta(hours=1)
    paid: dict[str, list[str]] = {"flags": list(flags)} if flags else {}
    return [
        told("order_paid", order_id, at, source="shop", event_id="", **paid),
        told("pick_completed", order_id, at + hour, items=picks),
        told("pack_completed", order_id, at + 2 * hour),
        told("label_created", order_id, at + 3 * hour),
        told("carrier_picked_up", order_id, at + 4 * hour),
    ]


@dataclass
class Books:
    """One tenant's events and books."""

    storage: Storage = field(default_factory=MemoryStorage)
    log: EventLog | None = None
    tariffs: Tariffs = field(default_factory=tariffs)
    tenant: Tenant = ACME

    async def hear(self, events: Iterable[OrderEvent], at: datetime | None = None) -> None:
        """Takes events in; each as it happens, unless they are told later."""
        log = self.log
        if log is None:
            assert isinstance(self.storage, MemoryStorage)
            log = MemoryEventLog(self.storage)
        rows = [received(self.tenant.id, one, at=at or one.occurred_at) for one in events]
        await log.record(rows)

    async def run(
        self, period: str = OCTOBER, *, now: datetime = AFTER, dry_run: bool = False
    ) -> RunReport:
        """Bills a month."""
        return await self.run_window(month_window(period, self.tenant), now=now, dry_run=dry_run)

    async def night(self, now: datetime, hours: int = 168) -> RunReport:
        """Bills what was done lately, as the night does."""
        window = Window(since=now - timedelta(hours=hours), until=now)
        return await self.run_window(window, now=now)

    async def run_window(
        self, window: Window, *, now: datetime, dry_run: bool = False
    ) -> RunReport:
        """Bills a stretch of time."""
        return await run_invoices(
            self.tenant,
            window,
            storage=self.storage,
            tariffs=self.tariffs,
            now=now,
            dry_run=dry_run,
        )

    async def gathered(self, order_id: str) -> OrderWork:
        """What was done for an order, which is something."""
        async with self.storage.read() as tx:
            found = await gather_orders(tx, self.tenant, [order_id], AFTER)
        return found.works[0]

    async def propose(self, *wanted: Wanted, now: datetime = AFTER) -> list[Adjustment]:
        """Asks for corrections."""
        async with self.storage.write() as tx:
            return await propose_notes(wanted, tx=tx, billed=self.billed, now=now)

    @property
    def billed(self) -> BilledTenant:
        """The tenant with its tariffs."""
        return BilledTenant(
            id=self.tenant.id,
            name=self.tenant.name,
            timezone=self.tenant.timezone,
            tariffs=self.tariffs,
        )

    async def invoices(self) -> list[Invoice]:
        """All that were issued, in the order of their numbers."""
        async with self.storage.read() as tx:
            return (await tx.invoices.find([self.tenant.id], limit=10_000))[::-1]

    async def notes(self) -> list[Adjustment]:
        """All that were proposed, in the order of their ids."""
        async with self.storage.read() as tx:
            return (await tx.adjustments.find([self.tenant.id], limit=10_000))[::-1]

    async def owed(self) -> int:
        """What the tenant owes by the books, which balance."""
        async with self.storage.read() as tx:
            balances = await tx.journal.balances(self.tenant.id)
        assert sum(balances.values()) == 0
        return sum(cents for (_, account), cents in balances.items() if account == "receivable")


async def open_books(*texts: str) -> Books:
    """Books of a tenant that is known and of which nothing was heard."""
    books = Books(tariffs=tariffs(*texts))
    async with books.storage.write() as tx:
        books.tenant = await tx.tenants.add(Tenant(id=0, name="acme"))
    return books
