"""The group-commit writer answers after the commit, and tells a failure to whom it concerns."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from policies.queries import Receipt
from policies.records import OrderKey, Tenant
from storage.engine import open_engines
from storage.errors import (
    StorageBusyError,
    StorageRefusedError,
    TooManyPendingError,
    WriterStoppedError,
)
from storage.tables import events
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter
from tests.storage.builders import an_event, received
from tests.storage.conftest import SqlWorld


async def stored(storage: SqlStorage) -> int:
    """How many events are in the database."""
    async with storage.read() as transaction:
        found = await transaction.connection.execute(select(func.count()).select_from(events))
        return found.scalar_one()


async def test_answers_after_the_commit(sqlite_url: str) -> None:
    """Nobody is answered while the commit is out; then all of the group are, at once."""
    engines = open_engines(sqlite_url, busy_timeout_seconds=5)
    storage, woken = SqlStorage(engines), asyncio.Event()
    log = GroupCommitWriter(engines, on_commit=woken.set)
    await log.start()
    async with storage.write() as transaction:
        tenant_id = (await transaction.tenants.add(_acme())).id
        requests = [
            asyncio.create_task(log.record([received(tenant_id, an_event(f"e-{n}"))]))
            for n in range(10)
        ]
        await asyncio.sleep(0.05)
        assert not any(request.done() for request in requests)
        assert not woken.is_set()
    assert await asyncio.gather(*requests) == [[Receipt.ACCEPTED]] * 10
    assert woken.is_set()
    assert await stored(storage) == 10
    await log.stop()
    await storage.close()


async def test_a_failed_commit_stores_nothing(sqlite_url: str) -> None:
    """While another process writes, everybody is told so and nothing is stored; then it goes on."""
    engines = open_engines(sqlite_url, busy_timeout_seconds=0.05)
    storage, log = SqlStorage(engines), GroupCommitWriter(engines)
    async with storage.write() as transaction:
        tenant_id = (await transaction.tenants.add(_acme())).id
    await log.start()
    other = sqlite3.connect(Path(make_url(sqlite_url).database or ""), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(
        *(log.record([received(tenant_id, an_event(f"e-{n}"))]) for n in range(5)),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [StorageBusyError] * 5
    other.execute("ROLLBACK")
    other.close()
    assert await stored(storage) == 0
    assert await log.record([received(tenant_id, an_event("e-0"))]) == [Receipt.ACCEPTED]
    await log.stop()
    await storage.close()


async def test_one_bad_request_harms_no_other(sql: SqlWorld) -> None:
    """A request that the database refuses fails alone; the others of its group are stored."""
    good = [received(sql.tenant.id, an_event(f"e-{n}")) for n in range(4)]
    unknown_tenant = received(10**6, an_event("bad"))
    unstorable = received(sql.tenant.id, an_event("bad \ud800"))
    requests = [[good[0]], [good[1], unknown_tenant], [good[2]], [unstorable], [good[3]]]
    results = await asyncio.gather(
        *(sql.log.record(request) for request in requests), return_exceptions=True
    )
    accepted = [Receipt.ACCEPTED]
    assert [results[n] for n in (0, 2, 4)] == [accepted] * 3
    assert [type(results[n]) for n in (1, 3)] == [StorageRefusedError] * 2
    assert await stored(sql.storage) == 3


async def test_too_many_pending(sqlite_url: str) -> None:
    """When too many rows wait, further ones are refused at once, and again welcome later."""
    engines = open_engines(sqlite_url)
    storage, log = SqlStorage(engines), GroupCommitWriter(engines, max_pending=3, max_group=2)
    await log.start()
    async with storage.write() as transaction:
        tenant_id = (await transaction.tenants.add(_acme())).id
        in_flight = asyncio.create_task(log.record([received(tenant_id, an_event("first"))]))
        await asyncio.sleep(0.02)
        assert log.pending == 0
        waiting = [
            asyncio.create_task(log.record([received(tenant_id, an_event(f"e-{n}"))]))
            for n in range(3)
        ]
        await asyncio.sleep(0.02)
        assert log.pending == 3
        late = received(tenant_id, an_event("late"))
        with pytest.raises(TooManyPendingError):
            await log.record([late])
    assert await asyncio.gather(in_flight, *waiting) == [[Receipt.ACCEPTED]] * 4
    assert log.pending == 0
    assert await log.record([late]) == [Receipt.ACCEPTED]
    await log.stop()
    await storage.close()


async def test_patience_has_an_end(sqlite_url: str) -> None:
    """While another holds the lock a request is told so in time, and is stored all the same."""
    engines = open_engines(sqlite_url)
    storage, log = SqlStorage(engines), GroupCommitWriter(engines, patience=0.1)
    await log.start()
    async with storage.write() as transaction:
        tenant = await transaction.tenants.add(_acme())
    event = received(tenant.id, an_event())
    async with storage.write():
        with pytest.raises(StorageBusyError):
            await log.record([event])
    await log.stop()
    log = GroupCommitWriter(engines)
    await log.start()
    assert await log.record([event]) == [Receipt.DUPLICATE]
    await log.stop()
    await storage.close()


async def test_stopping_drains(sql: SqlWorld) -> None:
    """Stopping writes what waits, refuses what comes, and can be undone by a start."""
    requests = [
        asyncio.create_task(sql.log.record([received(sql.tenant.id, an_event(f"e-{n}"))]))
        for n in range(50)
    ]
    await asyncio.sleep(0)
    await sql.log.stop()
    assert [await request for request in requests] == [[Receipt.ACCEPTED]] * 50
    with pytest.raises(WriterStoppedError):
        await sql.log.record([received(sql.tenant.id, an_event("late"))])
    await sql.log.start()
    assert await sql.log.record([received(sql.tenant.id, an_event("e-0"))]) == [Receipt.DUPLICATE]


async def test_a_caller_who_left(sql: SqlWorld) -> None:
    """A request whose caller has gone is stored all the same, and the writer goes on."""
    gone = asyncio.create_task(sql.log.record([received(sql.tenant.id, an_event("gone"))]))
    await asyncio.sleep(0)
    gone.cancel()
    assert await sql.log.record([received(sql.tenant.id, an_event("here"))]) == [Receipt.ACCEPTED]
    key = OrderKey(tenant_id=sql.tenant.id, order_id="SO-1")
    async with sql.storage.read() as transaction:
        found = (await transaction.events.of_orders([key]))[key]
    assert sorted(event.event_id for event in found) == ["gone", "here"]


async def test_two_writers(sql: SqlWorld) -> None:
    """Two processes that are handed the same events accept each of them once."""
    engines = open_engines(sql.url)
    other = GroupCommitWriter(engines)
    await other.start()
    batch = [received(sql.tenant.id, an_event(f"e-{n}", f"SO-{n % 5}")) for n in range(60)]
    first, second = await asyncio.gather(
        asyncio.gather(*(sql.log.record(batch[n : n + 20]) for n in (0, 20, 40))),
        asyncio.gather(*(other.record(batch[n : n + 20]) for n in (40, 20, 0))),
    )
    flat = [receipt for part in (*first, *second) for receipt in part]
    assert sorted(flat) == [Receipt.ACCEPTED] * 60 + [Receipt.DUPLICATE] * 60
    await other.stop()
    await engines.close()


def _acme() -> Tenant:
    return Tenant(id=0, name="acme")
