"""Storms are kept alike everywhere: causes are counted one at a time, nobody is in two."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from policies.grouping import Seen, Tally
from policies.reasons import ReasonCode
from policies.storms import Member, Storm, Told
from storage.memory import MemoryStorage
from storage.transaction import SqlStorage
from tests.storage.builders import MINUTE, T0, a_record
from tests.storage.conftest import SqlWorld, World

PLACE, OTHER = ("#ops", '["PICK_DELAY"]'), ("#ops", '["PICK_DELAY",["warehouse","atl1"]]')
STORM = Storm(
    id=0,
    channel="#ops",
    channel_id=None,
    cause=PLACE[1],
    reason_code=ReasonCode.PICK_DELAY,
    shared=(("warehouse", "ATL1"),),
    first_tenant_id=1,
    opened_at=T0,
    last_at=T0,
)


async def a_storm(storage: SqlStorage | MemoryStorage, tenant_id: int, count: int) -> Storm:
    """A storm with as many members, the first of whom had a card before."""
    async with storage.write() as tx:
        records = await tx.exceptions.open([a_record(tenant_id, f"SO-{n}") for n in range(count)])
        storm = (await tx.storms.open([replace(STORM, first_tenant_id=tenant_id)]))[0]
        members = [
            Member(storm_id=storm.id, tenant_id=tenant_id, exception_id=one.id) for one in records
        ]
        first = replace(members[0], told=Told.CARD)
        await tx.storms.join([first, *members[1:]], T0 + MINUTE)
    async with storage.read() as tx:
        found = await tx.storms.get(storm.id)
    assert found is not None
    return found


async def test_a_cause_is_remembered(world: World) -> None:
    """A place that was never seen is empty; what was remembered is found again."""
    seen = Seen(tenant_id=world.tenant.id, exception_id=7, at=T0)
    tally = Tally(recent=(seen,), storm=3, last_at=T0 + MINUTE)
    async with world.storage.write() as tx:
        assert await tx.storms.tallies([], T0) == {}
        fresh = await tx.storms.tallies([PLACE, OTHER], T0)
        assert fresh == {PLACE: Tally(last_at=T0), OTHER: Tally(last_at=T0)}
        await tx.storms.remember({PLACE: tally}, T0)
    async with world.storage.write() as tx:
        later = await tx.storms.tallies([PLACE, OTHER], T0 + MINUTE)
        assert later == {PLACE: tally, OTHER: Tally(last_at=T0)}
        await tx.storms.forget(T0 + MINUTE)
        assert (await tx.storms.tallies([OTHER], T0 + MINUTE))[OTHER].last_at == T0 + MINUTE
        assert (await tx.storms.tallies([PLACE], T0 + MINUTE))[PLACE] == tally


async def test_members_join_once_and_in_order(world: World) -> None:
    """Numbers follow the order of joining; who is in a storm already is left out."""
    storm = await a_storm(world.storage, world.tenant.id, 3)
    assert (storm.members, storm.version, storm.last_at) == (3, 2, T0 + MINUTE)
    assert storm.shared == STORM.shared
    async with world.storage.write() as tx:
        again = await tx.storms.members(storm.id, above=2)
        second = (await tx.storms.open([STORM]))[0]
        await tx.storms.close(storm.id, T0)
        new = (await tx.exceptions.open([a_record(world.tenant.id, "SO-9")]))[0]
        late = Member(storm_id=storm.id, tenant_id=world.tenant.id, exception_id=new.id)
        joined = await tx.storms.join([replace(again[0], storm_id=second.id), late], T0)
        assert [(one.exception_id, one.number) for one in joined] == [(new.id, 4)]
    async with world.storage.read() as tx:
        members = await tx.storms.members(storm.id)
        assert [one.number for one in members] == [1, 2, 3, 4]
        assert [one.told for one in members[:2]] == [Told.CARD, Told.LISTED]
        assert await tx.storms.members(storm.id, above=1, limit=2) == members[1:3]
        assert await tx.storms.memberships(new.id) == [joined[0]]
        assert await tx.storms.memberships(9_999) == []
        assert await tx.storms.members_among([new.id, 9_999]) == {("", new.id)}
        reopened = await tx.storms.get(storm.id)
        assert reopened is not None
        assert reopened.closed_at is None


async def test_how_a_member_is_told_can_change(world: World) -> None:
    """A card that was never posted makes room for the list; one is split off."""
    storm = await a_storm(world.storage, world.tenant.id, 2)
    async with world.storage.write() as tx:
        first, second = await tx.storms.members(storm.id)
        await tx.storms.tell_as(storm.id, first.exception_id, Told.LISTED)
        await tx.storms.tell_as(storm.id, second.exception_id, Told.SPLIT)
        await tx.storms.tell_as(storm.id + 1, second.exception_id, Told.CARD)
        told = [one.told for one in await tx.storms.members(storm.id)]
        assert told == [Told.LISTED, Told.SPLIT]


async def test_what_stands_in_slack_is_known(world: World) -> None:
    """Parts are found by their message; a lost card takes its thread along."""
    storm = await a_storm(world.storage, world.tenant.id, 1)
    async with world.storage.write() as tx:
        for part, ts in (("list:0", "2.0"), ("card", "1.0"), ("card", "1.5")):
            await tx.storms.sent(storm.id, part, channel_id="C1", ts=ts, digest="d")
    async with world.storage.read() as tx:
        found = await tx.storms.by_message("C1", "1.5")
        assert found is not None
        assert (found.id, found.channel_id) == (storm.id, "C1")
        assert [(part.part, part.ts) for part in found.parts] == [
            ("card", "1.5"),
            ("list:0", "2.0"),
        ]
        assert await tx.storms.by_message("C1", "2.0") is None
        assert await tx.storms.by_message("C2", "1.5") is None
    async with world.storage.write() as tx:
        await tx.storms.forget_part(storm.id, "list:0")
        left = await tx.storms.get(storm.id)
        assert left is not None
        assert [part.part for part in left.parts] == ["card"]
        await tx.storms.forget_part(storm.id, "card")
    async with world.storage.read() as tx:
        assert await tx.storms.by_message("C1", "1.5") is None


async def test_the_soonest_refresh_counts(world: World) -> None:
    """Asking again later changes nothing, sooner does; once asked for it is at rest."""
    storm = await a_storm(world.storage, world.tenant.id, 2)
    async with world.storage.write() as tx:
        await tx.storms.refresh([storm.id], T0 + 2 * MINUTE)
        member = (await tx.storms.members(storm.id))[0]
        await tx.storms.refresh_of([member.exception_id, 9_999], T0 + 3 * MINUTE)
        assert await tx.storms.stale(T0 + MINUTE, 9) == []
        assert await tx.storms.refreshing(T0 + MINUTE) == 0
        assert await tx.storms.refreshing(T0 + 2 * MINUTE) == 1
        await tx.storms.refresh_of([member.exception_id], T0)
        assert [one.id for one in await tx.storms.stale(T0 + MINUTE, 9)] == [storm.id]
        await tx.storms.refreshed([storm.id])
        assert await tx.storms.stale(T0 + timedelta(days=1), 9) == []
        assert await tx.storms.refreshing(T0 + timedelta(days=1)) == 0


async def test_one_at_a_time_decides(sql: SqlWorld) -> None:
    """Two replicas that look at one cause at once: the second sees what the first made of it."""
    counted: list[int] = []

    async def look(number: int) -> None:
        async with sql.storage.write() as tx:
            tally = (await tx.storms.tallies([PLACE, OTHER], T0))[PLACE]
            counted.append(len(tally.recent))
            await asyncio.sleep(0.01)
            seen = Seen(tenant_id=sql.tenant.id, exception_id=number, at=T0)
            more = replace(tally, recent=(*tally.recent, seen))
            await tx.storms.remember({PLACE: more}, T0)

    await asyncio.gather(*(look(number) for number in range(6)))
    assert sorted(counted) == [0, 1, 2, 3, 4, 5]
