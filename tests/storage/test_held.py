"""What quiet hours hold back is kept alike everywhere: of a channel one storm, and counted."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from jobs.evaluate_orders import evaluate_orders
from jobs.hold_back import end_quiet_hours
from jobs.put_on_record import Telling
from policies.promises import promises_of
from policies.quiet import ChannelQuiet, Quiet, QuietHours
from policies.reasons import Status
from policies.storms import OVERNIGHT, Member, Told
from storage.engine import open_engines
from storage.transaction import SqlStorage
from tests.jobs.world import packaged
from tests.storage.builders import LEASE, MINUTE, T0, a_record, an_event, received
from tests.storage.conftest import SqlWorld, World
from tests.storage.test_storms import STORM

NIGHT = replace(STORM, cause=OVERNIGHT, shared=())
LATE = T0 + timedelta(hours=3)
ALWAYS = QuietHours(windows=(ChannelQuiet(window=Quiet(begins=0, ends=1440)),))


async def test_one_storm_of_a_channel_is_held(world: World) -> None:
    """It is found by its channel while it is held, and keeps until when; another one is not."""
    async with world.storage.write() as tx:
        night, storm = await tx.storms.open([NIGHT, STORM])
        assert await tx.held.storms() == []
        await tx.held.hold(night.id, T0 + MINUTE)
        assert await tx.held.of_channel("#ops", OVERNIGHT) == night.id
    async with world.storage.write() as tx:
        found = await tx.storms.get(night.id)
        assert found is not None
        assert (found.held_until, found.overnight) == (T0 + MINUTE, True)
        assert await tx.held.storms() == [night.id]
        assert await tx.held.of_channel("#ops", f"{OVERNIGHT} T2") is None
        assert await tx.held.of_channel("#other", OVERNIGHT) is None
        await tx.held.hold(night.id, None)
        assert await tx.held.of_channel("#ops", OVERNIGHT) is None
        other = await tx.storms.get(storm.id)
        assert other is not None
        assert (other.held_until, other.overnight) == (None, False)


async def test_what_is_held_is_counted(world: World) -> None:
    """Open ones that are told nowhere count; settled, split off and other tenants' do not."""
    tenant = world.tenant.id
    async with world.storage.write() as tx:
        records = await tx.exceptions.open([a_record(tenant, f"SO-{n}") for n in range(4)])
        (night,) = await tx.storms.open([replace(NIGHT, first_tenant_id=tenant)])
        members = [
            Member(storm_id=night.id, tenant_id=tenant, exception_id=one.id, channel="#ops")
            for one in records
        ]
        await tx.storms.join(members, T0)
        assert await tx.held.count([tenant]) == 0
        await tx.held.hold(night.id, T0 + MINUTE)
        assert await tx.held.count([tenant]) == 4
        await tx.storms.tell_as(night.id, records[0].id, Told.SPLIT)
        over = replace(records[1], status=Status.RESOLVED, resolved_at=T0)
        assert await tx.exceptions.save(over, was=records[1].version)
    async with world.storage.read() as tx:
        assert await tx.held.count([tenant]) == 2
        assert await tx.held.count([tenant + 1]) == 0
        assert await tx.held.count([]) == 0
    async with world.storage.of([tenant]).read() as tx:
        assert await tx.held.count([tenant]) == 2


def another(sql: SqlWorld) -> SqlStorage:
    """A second replica's storage; a SQLite file has one process, which shares its writer."""
    return sql.storage if sql.storage.engines.on_sqlite else SqlStorage(open_engines(sql.url))


async def test_two_replicas_hold_and_end_one_night(sql: SqlWorld) -> None:
    """Twenty orders that two replicas judge at once are one message, posted once."""
    told = [an_event(f"e-{n}", f"SO-{n:03}", at=T0) for n in range(20)]
    await sql.log.record([received(sql.tenant.id, one) for one in told])
    async with sql.storage.write() as tx:
        items = await tx.work.claim("evaluate", LATE, LEASE, 500)
    replicas = (sql.storage, another(sql))
    telling = Telling(default_channel="#ops", quiet=ALWAYS)
    promises = promises_of(packaged())
    await asyncio.gather(
        *(
            evaluate_orders(
                items[start : start + 5],
                storage=replicas[start // 5 % 2],
                promises=promises,
                telling=telling,
                now=LATE,
                wall_now=LATE,
            )
            for start in range(0, 20, 5)
        )
    )
    ended = await asyncio.gather(
        *(
            end_quiet_hours(
                storage=one,
                quiet=QuietHours(),
                now=LATE + timedelta(days=9),
                wall_now=LATE,
            )
            for one in replicas
        )
    )
    async with sql.storage.read() as tx:
        (night,) = await tx.storms.after(0, 9)
        waiting = await tx.held.storms()
    await replicas[1].close()
    assert (night.members, night.held_until, waiting) == (20, None, [])
    assert sorted(ended) == [0, 1]
