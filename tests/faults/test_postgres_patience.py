"""How long we and PostgreSQL wait for each other, and what replicas do that fire and sleep."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy import make_url, text

from bot.policy_files import policy_texts
from bot.scheduler import Scheduler
from bot.telemetry import Metrics
from jobs.adopt_policies import adopt_policies
from jobs.schedule import ScheduledJob
from policies.records import Tenant
from storage.engine import open_engines
from storage.errors import DatabaseDownError, StorageUrlError
from storage.memory import MemoryStorage
from storage.transaction import SqlStorage
from tests.faults.proxy import a_proxy
from tests.faults.replicas import database
from tests.postgres import Database, needs_postgres
from tests.storage.builders import LEASE, T0, a_message

__all__ = ["database"]
pytestmark = needs_postgres
JOB = ScheduledJob(name="tidy", seconds=30, words="tidies up")


@pytest.fixture
async def replicas(database: Database) -> AsyncIterator[list[SqlStorage]]:
    """Three storages with pools of their own; the first one's transactions may not rest."""
    async with AsyncExitStack() as stack:
        opened = [
            SqlStorage(open_engines(database.serving, pool_size=2, silence_seconds=silence))
            for silence in (0.5, None, None)
        ]
        for storage in opened:
            stack.push_async_callback(storage.close)
        yield opened


async def test_an_answer_that_never_comes_is_given_up(database: Database) -> None:
    """A swallowed statement fails as a lost connection; once nothing is swallowed all is well."""
    url = make_url(database.serving)
    async with a_proxy(url.port or 5432) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port)
        address = through.render_as_string(hide_password=False)
        storage = SqlStorage(open_engines(address, pool_size=1, silence_seconds=0.5))
        async with storage.read() as tx:
            assert await tx.tenants.all() == []
        proxy.back.swallows = True
        began = time.monotonic()
        with pytest.raises(DatabaseDownError):
            async with storage.read() as tx:
                await tx.tenants.all()
        assert time.monotonic() - began < 8
        proxy.back.swallows = False
        async with storage.read() as tx:
            assert await tx.tenants.all() == []
        await storage.close()


async def test_who_sleeps_in_a_transaction_holds_nobody_up(replicas: list[SqlStorage]) -> None:
    """A replica paused while it claims loses its locks; what it claimed is another's, once."""
    sleeper, other, _ = replicas
    async with other.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme"))
        await tx.outbox.put([a_message(tenant.id, "one")], T0)

    async def sleep_while_claiming() -> None:
        async with sleeper.write() as tx:
            assert len(await tx.outbox.claim("slack", T0, LEASE, 10)) == 1
            began = time.monotonic()
            async with other.write() as theirs:
                [claimed] = await theirs.outbox.claim("slack", T0, LEASE, 10)
            assert time.monotonic() - began < 4
            assert (claimed.attempts, claimed.uncertain) == (1, False)
            await tx.outbox.claim("slack", T0, LEASE, 10)  # awake again, too late

    with pytest.raises(DatabaseDownError):
        await sleep_while_claiming()
    async with sleeper.write() as tx:
        assert await tx.outbox.claim("slack", T0, LEASE, 10) == []


async def test_a_lease_of_a_sleeper_changes_nothing(replicas: list[SqlStorage]) -> None:
    """After its lease another one has the message; what the sleeper then says is not heard."""
    sleeper, other, _ = replicas
    async with other.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme"))
        await tx.outbox.put([a_message(tenant.id, "one")], T0)
    async with sleeper.write() as tx:
        [stale] = await tx.outbox.claim("slack", T0, LEASE, 10)
    later = T0 + LEASE
    async with other.write() as tx:
        [fresh] = await tx.outbox.claim("slack", later, LEASE, 10)
    assert fresh.uncertain
    async with sleeper.write() as tx:
        assert not await tx.outbox.done(stale, later)
        assert not await tx.outbox.retry(stale, later, "again", uncertain=True)
        assert not await tx.outbox.dead(stale, later, "given up")
    async with other.write() as tx:
        assert await tx.outbox.done(fresh, later)
        assert await tx.outbox.waiting() == 0


async def test_three_schedulers_fire_five_slots_five_times(replicas: list[SqlStorage]) -> None:
    """Three replicas, five slots, five fires; within a slot time changes nothing."""
    runs, now, metrics = [], T0, Metrics()

    async def tidy() -> None:
        runs.append(now)
        await asyncio.sleep(0)

    several = [Scheduler([JOB], {JOB.name: tidy}, one, lambda: now, metrics) for one in replicas]
    for slot in range(5):
        for seconds in (0, 29):
            now = T0 + timedelta(seconds=30 * slot + seconds)
            await asyncio.gather(*(one.fire(JOB) for one in several))
    assert [(moment - T0).total_seconds() // 30 for moment in runs] == [0, 1, 2, 3, 4]


async def test_a_fire_of_a_dead_replica_is_not_the_last(replicas: list[SqlStorage]) -> None:
    """Who dies within a job leaves its slot begun; the next slot runs elsewhere."""
    dead, alive, _ = replicas
    slot = int(T0.timestamp()) // JOB.seconds
    async with dead.write() as tx:
        assert await tx.fires.begin(JOB.name, str(slot), T0)
    runs, now = [], T0

    async def tidy() -> None:
        runs.append(now)

    one = Scheduler([JOB], {JOB.name: tidy}, alive, lambda: now, Metrics())
    assert not await one.fire(JOB)
    now = T0 + timedelta(seconds=JOB.seconds)
    assert await one.fire(JOB)
    async with alive.read() as tx:
        assert (await tx.fires.last(JOB.name) or ("",))[0] == str(slot + 1)


async def test_replicas_that_start_together_adopt_a_policy_once(
    replicas: list[SqlStorage],
) -> None:
    """While one adopts, the other waits and finds it done: one version of each text on record."""
    texts, (_, first, second) = policy_texts(None), replicas
    found = await adopt_policies(texts, storage=MemoryStorage(), now=T0)
    async with first.write() as tx:
        await tx.policies.one_at_a_time()
        later = T0 + timedelta(milliseconds=1)
        waits = asyncio.create_task(adopt_policies(texts, storage=second, now=later))
        await asyncio.wait([waits], timeout=0.5)
        for version in found.adopted:
            await tx.policies.adopt(version)
    assert (await waits).adopted == ()
    async with first.read() as tx:
        assert len(await tx.policies.all()) == len(texts) > 0


async def test_addresses_may_choose_otherwise(database: Database) -> None:
    """The address's own time-outs count before ours, and poolers get no prepared statements."""
    given = "options=-c%20lock_timeout%3D1234&connect_timeout=2&prepare_threshold=none"
    engines = open_engines(f"{database.serving}?{given}", silence_seconds=9)
    async with engines.read() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        assert driver.prepare_threshold is None
        assert (await connection.execute(text("SHOW lock_timeout"))).scalar_one() == "1234ms"
    await engines.close()
    with pytest.raises(StorageUrlError):
        open_engines(f"{database.serving}?prepare_threshold=many")
