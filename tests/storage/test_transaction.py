"""Everything in a unit of work happens, or nothing; and the database's troubles have names."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from policies.records import Tenant
from storage.engine import open_engines, parse_url
from storage.errors import (
    DatabaseDownError,
    StorageBusyError,
    StorageError,
    StorageFullError,
    StorageRefusedError,
    StorageUrlError,
)
from storage.memory import MemoryStorage
from storage.transaction import SqlStorage
from tests.postgres import needs_postgres
from tests.storage.builders import T0, a_message, a_record, an_entry, an_item
from tests.storage.conftest import SqlWorld, World


class DeliberateError(Exception):
    """What a job raises."""


async def test_rollback_leaves_nothing(world: World) -> None:
    """What a failing block did is undone in every store, and its error is passed on."""
    tenant_id = world.tenant.id
    with pytest.raises(DeliberateError):
        await _do_everything_and_fail(world)
    async with world.storage.write() as transaction:
        assert await transaction.tenants.all() == [world.tenant]
        assert len(await transaction.exceptions.open([a_record(tenant_id)])) == 1
        assert await transaction.outbox.claim("slack", T0, T0 - T0, 10) == []
        assert await transaction.work.claim("evaluate", T0, T0 - T0, 10) == []
        assert await transaction.audit.find([tenant_id]) == []
        assert await transaction.seen.first_time("key", T0)
        assert await transaction.fires.begin("job", "slot", T0)


async def _do_everything_and_fail(world: World) -> None:
    tenant_id = world.tenant.id
    async with world.storage.write() as transaction:
        await transaction.tenants.add(Tenant(id=0, name="other"))
        await transaction.exceptions.open([a_record(tenant_id)])
        await transaction.outbox.put([a_message(tenant_id, "a")], T0)
        await transaction.work.put([an_item(tenant_id)], T0)
        await transaction.audit.append([an_entry(tenant_id)])
        await transaction.seen.first_time("key", T0)
        await transaction.fires.begin("job", "slot", T0)
        raise DeliberateError


async def test_uncommitted_is_unseen(world: World) -> None:
    """A reader neither waits for a writer nor sees what is not committed."""
    async with world.storage.write() as writing:
        await writing.tenants.add(Tenant(id=0, name="other"))
        async with world.storage.read() as reading:
            assert await reading.tenants.by_name("other") is None
    async with world.storage.read() as reading:
        assert await reading.tenants.by_name("other") is not None


async def test_writers_take_turns(world: World) -> None:
    """Writers at the same time do not overwrite each other."""

    async def count(n: int) -> None:
        async with world.storage.write() as transaction:
            await transaction.fires.begin("job", f"slot-{n}", T0)

    await asyncio.gather(*(count(n) for n in range(20)))
    async with world.storage.write() as transaction:
        begun = [await transaction.fires.begin("job", f"slot-{n}", T0) for n in range(20)]
    assert not any(begun)


async def test_cancelled_work_leaves_nothing(world: World) -> None:
    """A unit of work that is cancelled at any point is undone and stands in nobody's way."""

    async def write(n: int) -> None:
        async with world.storage.write() as transaction:
            await transaction.fires.begin("cancelled", f"slot-{n}", T0)
            await transaction.seen.first_time(f"key-{n}", T0)
            await asyncio.sleep(3600)

    for n in range(12):
        task = asyncio.create_task(write(n))
        for _ in range(n):
            await asyncio.sleep(0.0005)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with world.storage.write() as transaction:
        assert await transaction.fires.last("cancelled") is None
        assert await transaction.seen.first_time("key-11", T0)


async def test_can_write(world: World) -> None:
    """A storage that works says so."""
    assert await world.storage.can_write(T0)
    assert await world.storage.can_write(T0)


async def test_reading_cannot_write(sql: SqlWorld) -> None:
    """A transaction for reading refuses to write."""
    with pytest.raises(StorageError):
        async with sql.storage.read() as transaction:
            await transaction.seen.first_time("key", T0)


async def test_busy_with_another_process(sqlite_url: str) -> None:
    """While another process holds SQLite's lock, writing waits, then says so by name."""
    storage = SqlStorage(open_engines(sqlite_url, busy_timeout_seconds=0.1))
    other = sqlite3.connect(Path(make_url(sqlite_url).database or ""), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageBusyError):
        async with storage.write() as transaction:
            await transaction.seen.first_time("key", T0)
    assert not await storage.can_write(T0)
    async with storage.read() as transaction:
        assert await transaction.tenants.all() == []
    other.execute("ROLLBACK")
    other.close()
    assert await storage.can_write(T0)
    await storage.close()


async def test_a_slow_probe_is_not_doubled(sqlite_url: str) -> None:
    """A probe that hangs answers no in time, and the next one waits for the same."""
    storage = SqlStorage(open_engines(sqlite_url))
    async with storage.write():
        assert not await storage.can_write(T0, timeout_seconds=0.02)
        assert not await storage.can_write(T0, timeout_seconds=0.02)
    assert await storage.can_write(T0)
    await storage.close()


async def test_a_full_disk(sqlite_url: str) -> None:
    """A full disk has a name, loses only the write at hand, and is got over without a restart."""
    storage = SqlStorage(open_engines(sqlite_url))
    async with storage.write() as transaction:
        tenant = await transaction.tenants.add(Tenant(id=0, name="acme"))
        await transaction.connection.execute(text("PRAGMA max_page_count = 1"))
    large = a_message(tenant.id, "large", payload={"text": "x" * 500_000})
    with pytest.raises(StorageFullError):
        async with storage.write() as transaction:
            await transaction.outbox.put([large], T0)
    async with storage.write() as transaction:
        await transaction.connection.execute(text("PRAGMA max_page_count = 1000000"))
        assert await transaction.outbox.claim("slack", T0, T0 - T0, 10) == []
    assert await storage.can_write(T0)
    await storage.close()


async def test_refused_values(sql: SqlWorld) -> None:
    """What a constraint forbids is refused by name, with nothing of the statement in it."""
    with pytest.raises(StorageRefusedError) as refusal:
        async with sql.storage.write() as transaction:
            await transaction.exceptions.open([a_record(10**6)])
    assert str(refusal.value) == "The database refused a value or a statement."


async def test_a_database_that_is_not_there() -> None:
    """A server that cannot be reached is a DatabaseDownError, and the probe says no."""
    storage = SqlStorage(open_engines("postgresql://nobody@127.0.0.1:1/none"))
    with pytest.raises(DatabaseDownError):
        async with storage.read() as transaction:
            await transaction.tenants.all()
    assert not await storage.can_write(T0)
    await storage.close()


@needs_postgres
async def test_a_lost_connection(migrated_postgres: str) -> None:
    """A connection that is cut is a DatabaseDownError, and the next unit of work goes on."""
    storage = SqlStorage(open_engines(migrated_postgres))
    cut = text("""SELECT pg_terminate_backend(pg_backend_pid())
        FROM (SELECT set_config('role', 'none', true) OFFSET 0) AS as_ourselves""")
    with pytest.raises(DatabaseDownError):
        async with storage.write() as transaction:
            await transaction.connection.execute(cut)
    async with storage.read() as transaction:
        await transaction.tenants.all()
    await storage.close()


@needs_postgres
async def test_claims_on_postgres_do_not_wait(migrated_postgres: str) -> None:
    """A claim passes over items that another claim is taking at the moment."""
    storage = SqlStorage(open_engines(migrated_postgres, busy_timeout_seconds=1))
    async with storage.write() as transaction:
        tenant = await transaction.tenants.add(Tenant(id=0, name="skip locked"))
        await transaction.work.put([an_item(tenant.id, f"SO-{n}") for n in range(4)], T0)
    async with storage.write() as first, storage.write() as second:
        mine = await first.work.claim("evaluate", T0, T0 - T0, 3)
        theirs = await second.work.claim("evaluate", T0, T0 - T0, 3)
    assert sorted(len(items) for items in (mine, theirs)) == [1, 3]
    assert not {item.id for item in mine} & {item.id for item in theirs}
    await storage.close()


@pytest.mark.parametrize(
    "url", ["", "mysql://x/y", "sqlite+aiosqlite:///:memory:", "sqlite://", "not a url"]
)
def test_other_databases_are_refused(url: str) -> None:
    """Only files of SQLite and PostgreSQL are understood."""
    with pytest.raises(StorageUrlError):
        open_engines(url)


@pytest.mark.parametrize(
    ("url", "driver"),
    [("sqlite:///x.db", "sqlite+aiosqlite"), ("postgresql://h/d", "postgresql+psycopg")],
)
def test_short_urls(url: str, driver: str) -> None:
    """The short forms mean our drivers."""
    assert parse_url(url).drivername == driver


async def test_the_folder_is_made(tmp_path: Path) -> None:
    """The folder of a SQLite file is created."""
    engines = open_engines(f"sqlite:///{tmp_path / 'a' / 'b' / 'e2a.db'}")
    async with engines.write() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar_one() == 2
        assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1
    await engines.close()
    assert (tmp_path / "a" / "b" / "e2a.db").exists()


async def test_memory_is_empty_at_first() -> None:
    """Two storages in memory share nothing."""
    first, second = MemoryStorage(), MemoryStorage()
    async with first.write() as transaction:
        await transaction.tenants.add(Tenant(id=0, name="acme"))
    async with second.read() as transaction:
        assert await transaction.tenants.all() == []
    await first.close()
