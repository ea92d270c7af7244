"""Timers in every store: looked at when their time has come, kept only as they were read."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from policies.escalation import Phase
from policies.queries import ExceptionFilter
from policies.reasons import Severity, Status
from policies.records import Tenant
from policies.retention import Due
from storage.engine import open_engines
from storage.keeper import SqlKeeper
from storage.transaction import SqlStorage
from tests.jobs.escalations import SHARED, Called
from tests.storage.builders import T0, a_record
from tests.storage.conftest import SqlWorld, World

LATER = T0 + timedelta(minutes=10)


async def opened(world: World, count: int = 3) -> list[tuple[int, int]]:
    """That many exceptions, as timers name them."""
    async with world.storage.write() as tx:
        drafts = [a_record(world.tenant.id, f"SO-{n}") for n in range(count)]
        return [(record.tenant_id, record.id) for record in await tx.exceptions.open(drafts)]


async def test_a_timer_is_looked_at_when_something_happened(world: World) -> None:
    """A touch makes a timer or brings one up, and begins a new climb where it says so."""
    keys = await opened(world)
    async with world.storage.write() as tx:
        await tx.escalations.touch(keys[::-1], T0, afresh=True)
        assert await tx.escalations.due(T0 - timedelta(seconds=1), 9) == []
        found = await tx.escalations.due(T0, 9)
        assert [(one.tenant_id, one.exception_id) for one in found] == keys
        first = found[0]
        assert (first.phase, first.told, first.next_at) == (Phase.REST, 0, T0)
        climbing = replace(
            first,
            phase=Phase.ANSWER,
            ladder="high",
            severity=Severity.HIGH,
            told=1,
            since=T0,
            due_at=LATER,
            next_at=LATER,
        )
        assert await tx.escalations.save([climbing]) == {first.exception_id}
        await tx.escalations.touch(keys[:1], LATER, afresh=False)
        (same,) = await tx.escalations.among([keys[0][1]])
        assert same == replace(climbing, touched_at=LATER, next_at=LATER, version=3)
        await tx.escalations.touch(keys[:1], LATER, afresh=True)
        (anew,) = await tx.escalations.among([keys[0][1]])
        assert (anew.phase, anew.told, anew.version) == (Phase.REST, 1, 4)


async def test_only_what_nobody_touched_meanwhile_is_kept(world: World) -> None:
    """What was read before somebody did something is neither saved nor dropped."""
    keys = await opened(world)
    async with world.storage.write() as tx:
        await tx.escalations.touch(keys, T0, afresh=True)
        seen = await tx.escalations.due(T0, 9)
    async with world.storage.write() as tx:
        await tx.escalations.touch(keys[:1], LATER, afresh=True)
    async with world.storage.write() as tx:
        await tx.escalations.one_at_a_time()
        saved = await tx.escalations.save([replace(one, next_at=None) for one in seen[:2]])
        assert saved == {keys[1][1]}
        await tx.escalations.forget(seen[0])
        await tx.escalations.forget(seen[2])
    async with world.storage.read() as tx:
        left = await tx.escalations.among([number for _, number in keys])
        assert [one.exception_id for one in left] == [keys[0][1], keys[1][1]]
        assert [one.exception_id for one in await tx.escalations.due(LATER, 9)] == [keys[0][1]]


async def test_those_that_wait_longest_come_first(world: World) -> None:
    """A limit takes the oldest; nothing is left out for ever."""
    keys = await opened(world)
    async with world.storage.write() as tx:
        for minute, key in zip((3, 1, 2), keys, strict=True):
            await tx.escalations.touch([key], T0 + timedelta(minutes=minute), afresh=True)
        two = await tx.escalations.due(LATER, 2)
        assert [one.exception_id for one in two] == [keys[1][1], keys[2][1]]


async def test_each_level_is_called_once_in_every_store(world: World) -> None:
    """Shift, then lead, whatever keeps the timers; silence after an answer calls again."""
    called = Called(storage=world.storage, log=world.log, tenant=world.tenant)
    await called.late("SO-1")
    assert len(await called.go(131, 132)) == 1
    assert len(await called.go(151, 152)) == 2
    await called.act("acknowledge", 160)
    assert await called.go(161, 219) == []
    assert len(await called.go(221, 222)) == 1


async def test_two_sweeps_at_once_call_once(sql: SqlWorld) -> None:
    """Two replicas find the same timers due: one call goes out for each, one for a storm."""
    other = SqlStorage(open_engines(sql.url, busy_timeout_seconds=20))
    first = Called(storage=sql.storage, log=sql.log, tenant=sql.tenant, grouping=SHARED)
    second = Called(storage=other, log=sql.log, tenant=sql.tenant, grouping=SHARED)
    await first.late("SO-1", "SO-2", site="DAL2")
    await first.late(*(f"GX-{n}" for n in range(8)))
    calls = await asyncio.gather(
        *(one.sweep(131 + n / 100) for n, one in enumerate((first, second) * 2))
    )
    await first.deliver(132)
    await other.close()
    assert sum(calls) == 3
    assert len(first.told) == 3
    async with sql.storage.read() as tx:
        mine = await tx.exceptions.find(ExceptionFilter(tenant_ids=(sql.tenant.id,)))
        timers = await tx.escalations.among([record.id for record in mine])
    assert {timer.told for timer in timers} == {1}


async def test_a_restart_in_between_forgets_nothing(sql: SqlWorld) -> None:
    """Timers are rows: a new process calls the next level, and not the first one again."""
    before = Called(storage=sql.storage, log=sql.log, tenant=sql.tenant)
    await before.late("SO-1")
    assert len(await before.go(131)) == 1
    again = SqlStorage(open_engines(sql.url, busy_timeout_seconds=20))
    after = Called(storage=again, log=sql.log, tenant=sql.tenant)
    direct, lead = await after.go(132, 151, 152)
    await again.close()
    assert "30 min without an answer" in direct[1]
    assert "30 min without an answer" in lead[1]


async def test_timers_go_with_their_exceptions(sql: SqlWorld) -> None:
    """Retention lets a timer go with what it is about, and keeps the others."""
    closed = {"status": Status.CLOSED, "resolved_at": T0}
    async with sql.storage.write() as tx:
        drafts = [a_record(sql.tenant.id, "SO-1", **closed), a_record(sql.tenant.id, "SO-2")]
        records = await tx.exceptions.open(drafts)
        keys = [(record.tenant_id, record.id) for record in records]
        await tx.escalations.touch(keys, T0, afresh=True)
    due = Due(
        kind="exceptions", shelf="exceptions", tenant_id=sql.tenant.id, before=T0 + timedelta(1)
    )
    went, _ = await SqlKeeper(sql.storage.engines).drop(due, None, None)
    assert went == 1
    async with sql.storage.read() as tx:
        left = await tx.escalations.among([record.id for record in records])
    assert [one.exception_id for one in left] == [records[1].id]


async def test_a_request_touches_its_own_tenants_timers(sql: SqlWorld) -> None:
    """Behind the wall of one tenant somebody's press brings up that tenant's timer alone."""
    async with sql.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        mine = (await tx.exceptions.open([a_record(sql.tenant.id, "SO-1")]))[0]
        theirs = (await tx.exceptions.open([a_record(other.id, "GX-1")]))[0]
        keys = [(one.tenant_id, one.id) for one in (mine, theirs)]
        await tx.escalations.touch(keys, T0, afresh=True)
    async with sql.storage.of([sql.tenant.id]).write() as tx:
        if not sql.storage.engines.on_sqlite:
            seen = await tx.escalations.among([mine.id, theirs.id])
            assert [one.exception_id for one in seen] == [mine.id]
        await tx.escalations.touch(keys[:1], LATER, afresh=True)
    async with sql.storage.read() as tx:
        found = await tx.escalations.among([mine.id, theirs.id])
    assert [one.touched_at for one in found] == [LATER, T0]
