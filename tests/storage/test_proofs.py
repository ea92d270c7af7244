"""A proof that is killed, repeated or run by several at once leaves the same findings and notes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from jobs.check_invoices import Checking, check_month
from jobs.check_nightly import check_due
from jobs.ports import Storage
from policies.money.findings.filed import FindingState
from policies.money.invoice_values import Invoice
from policies.promises import Promises
from policies.records import Tenant
from storage.engine import open_engines
from storage.memory import MemoryEventLog, MemoryStorage
from storage.transaction import SqlStorage
from tests.jobs.books import AFTER, OCTOBER, OPENING, Books, shipped, tariffs
from tests.storage.conftest import SqlWorld, World

ORDERS, WRONG = 40, 20


class KilledError(Exception):
    """The process died."""


class Dying:
    """A storage whose process dies before or after its n-th commit."""

    def __init__(self, storage: Storage, commits: int, *, after: bool) -> None:
        self._storage, self._left, self._after = storage, commits, after

    def of(self, tenant_ids: object) -> "Dying":
        """The same."""
        del tenant_ids
        return self

    @asynccontextmanager
    async def write(self) -> AsyncIterator[object]:
        """Dies within the transaction, or right behind it."""
        self._left -= 1
        async with self._storage.write() as tx:
            yield tx
            if self._left == 0 and not self._after:
                raise KilledError
        if self._left == 0:
            raise KilledError

    @asynccontextmanager
    async def read(self) -> AsyncIterator[object]:
        """As usual."""
        async with self._storage.read() as tx:
            yield tx


async def billed_wrongly(world: World) -> Books:
    """Orders of October, half of them with a label that is one cent too dear, or far too dear."""
    books = Books(storage=world.storage, log=world.log, tariffs=tariffs(), tenant=world.tenant)
    names = [f"SO-{n:03}" for n in range(ORDERS)]
    await books.hear([event for name in names for event in shipped(name, OPENING)])
    would = (await books.run(dry_run=True)).invoices
    async with world.storage.write() as tx:
        await tx.invoices.one_at_a_time(world.tenant.id)
        await tx.invoices.issue([_wrong(one) for one in would if one.order_id])
    return books


def _wrong(invoice: Invoice) -> Invoice:
    number = int(invoice.subject[3:])
    if number % 2:
        return invoice
    cents = 16 if number % 4 else 900
    lines = tuple(
        replace(line, unit_cents=cents, amount_cents=cents) if line.code == "label" else line
        for line in invoice.lines
    )
    return replace(invoice, lines=lines)


async def undisturbed() -> World:
    """A storage in memory, in which nothing dies."""
    storage = MemoryStorage()
    async with storage.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme"))
    return World(storage=storage, log=MemoryEventLog(storage), tenant=tenant)


async def prove(books: Books, storage: Storage) -> int:
    """One proof of October; how many findings it filed."""
    checking = Checking(storage=storage, tariffs=books.tariffs, promises=Promises(rules=()))
    report = await check_month(books.tenant, OCTOBER, checking=checking, now=AFTER)
    return report.filed


async def left_behind(books: Books) -> list[str]:
    """All findings and notes as they are told, whatever numbers the database gave them."""
    async with books.storage.read() as tx:
        filed = await tx.findings.find([books.tenant.id], states=tuple(FindingState), limit=999)
        notes = await tx.adjustments.find([books.tenant.id], limit=999)
        balances = await tx.journal.balances(books.tenant.id)
    assert sum(balances.values()) == 0
    return [
        *(repr(replace(one, id=0, tenant_id=0)) for one in filed),
        *(repr(replace(one, tenant_id=0)) for one in notes[::-1]),
        repr(sorted(balances.items())),
    ]


async def test_a_proof_that_is_killed_leaves_the_same(sql: SqlWorld) -> None:
    """Killed at every commit, before and after it, and run again: the same findings and notes."""
    books = await billed_wrongly(sql)
    for killed in range(1, 11):
        for after in (False, True):
            dying = Dying(sql.storage, killed, after=after)
            try:
                await prove(books, dying)  # type: ignore[arg-type]
            except KilledError:
                continue
    assert await prove(books, sql.storage) == 0
    whole = await billed_wrongly(await undisturbed())
    await prove(whole, whole.storage)
    assert await left_behind(books) == await left_behind(whole)


async def test_five_proofs_at_once_are_one(sql: SqlWorld) -> None:
    """On two replicas, whoever is first files; the others find everything filed."""
    books = await billed_wrongly(sql)
    other = SqlStorage(open_engines(sql.url, busy_timeout_seconds=20))
    places = [sql.storage, other, sql.storage, other, sql.storage]
    filed = await asyncio.gather(*(prove(books, one) for one in places))
    await other.close()
    assert sum(filed) == WRONG
    assert len(await left_behind(books)) == 2 * WRONG + 1


async def test_the_night_is_proved_once(sql: SqlWorld) -> None:
    """At 02:00 of the client's time zone, by one replica, and not by day."""
    books = await billed_wrongly(sql)
    async with sql.storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="later", timezone="Asia/Tokyo"))
    checking = Checking(storage=sql.storage, tariffs=books.tariffs, promises=Promises(rules=()))
    failures: list[str] = []

    async def night(hour: int) -> list[tuple[str, str]]:
        now = AFTER.replace(hour=hour)
        reports = await check_due(
            checking=checking,
            now=now,
            wall_now=now,
            failed=lambda tenant, why: failures.append(f"{tenant.name}: {why}"),
        )
        return [(one.tenant.name, one.period) for one in reports]

    assert await night(1) == []
    both = await asyncio.gather(night(2), night(2))
    assert sorted(both) == [[], [("acme", OCTOBER), ("acme", "2026-11")]]
    assert await night(3) == []
    assert [name for name, _ in await night(17)] == ["later", "later"]
    assert failures == []
