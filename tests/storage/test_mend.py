"""After the clock was set back nothing is left where nobody would take it for an hour or a day."""

from datetime import datetime, timedelta

from policies.records import DeadLetter
from tests.storage.builders import LEASE, MINUTE, T0, a_message, an_item
from tests.storage.conftest import SqlWorld, World

EARLIER = T0 - timedelta(days=1)
"""What the clock says after it was set back."""


async def _mend(world: World, now: datetime) -> None:
    async with world.storage.write() as tx:
        await tx.work.mend(now, LEASE, MINUTE)
        await tx.outbox.mend(now, LEASE, MINUTE)


async def _claim(world: World, now: datetime) -> list[str]:
    """What may be taken, work and messages."""
    async with world.storage.write() as tx:
        work = await tx.work.claim("evaluate", now, LEASE, 9)
        sent = await tx.outbox.claim("slack", now, LEASE, 9)
    return sorted([item.subject for item in work] + [message.dedup_key for message in sent])


async def _put(world: World, name: str, now: datetime) -> None:
    async with world.storage.write() as tx:
        await tx.work.put([an_item(world.tenant.id, f"work {name}")], now)
        await tx.outbox.put([a_message(world.tenant.id, f"message {name}", lane=name)], now)


async def test_what_waits_may_be_taken(world: World) -> None:
    """What was put before the clock was set back is there at once."""
    await _put(world, "a", T0)
    assert await _claim(world, EARLIER) == []
    await _mend(world, EARLIER)
    assert await _claim(world, EARLIER) == ["message a", "work a"]


async def test_what_is_in_flight_keeps_one_lease(world: World) -> None:
    """Its holder has the time it was promised, and not a day more."""
    await _put(world, "a", T0)
    assert len(await _claim(world, T0)) == 2
    await _mend(world, EARLIER)
    assert await _claim(world, EARLIER + LEASE * 0.9) == []
    await _mend(world, EARLIER + LEASE * 0.9)
    assert await _claim(world, EARLIER + LEASE) == ["message a", "work a"]


async def test_a_usual_wait_is_left_alone(world: World) -> None:
    """What waits for a minute or less waits on, and what is given up stays so."""
    await _put(world, "a", T0)
    async with world.storage.write() as tx:
        [item] = await tx.work.claim("evaluate", T0, LEASE, 9)
        [message] = await tx.outbox.claim("slack", T0, LEASE, 9)
        assert await tx.work.retry(item, T0 + MINUTE, "later")
        assert await tx.outbox.dead(message, T0 + 9 * MINUTE, "never")
    await _mend(world, T0)
    assert await _claim(world, T0 + MINUTE * 0.9) == []
    assert await _claim(world, T0 + MINUTE) == ["work a"]


async def test_slots_that_come_again_are_fired_again(world: World) -> None:
    """Slots after the present are forgotten, those of the named jobs alone."""
    async with world.storage.write() as tx:
        for job, minute in (("tidy", 0), ("tidy", 9), ("digest:C1", 9)):
            assert await tx.fires.begin(job, f"slot {minute}", T0 + minute * MINUTE)
        await tx.fires.take_back(["tidy"], T0 + 5 * MINUTE)
        assert not await tx.fires.begin("tidy", "slot 0", T0)
        assert await tx.fires.begin("tidy", "slot 9", T0)
        assert not await tx.fires.begin("digest:C1", "slot 9", T0)


async def test_a_letter_is_tried_again_in_spite_of_the_clock(world: World) -> None:
    """A try that seems to be a day ahead is due; one in twenty minutes is not."""
    usual = DeadLetter(
        tenant_id=world.tenant.id,
        kind="evaluate",
        subject="SO-1",
        reason="R",
        payload={},
        state="retrying",
        next_retry_at=T0 + 20 * MINUTE,
    )
    async with world.storage.write() as tx:
        await tx.dead_letters.add([usual], T0)
        assert await tx.dead_letters.due(T0, 9) == []
        assert len(await tx.dead_letters.due(EARLIER, 9)) == 1


async def test_replicas_share_the_servers_time(sql: SqlWorld) -> None:
    """PostgreSQL tells its time, and that goes on; a SQLite file has none but its process's."""
    told = await sql.storage.server_time()
    assert (told is None) == sql.storage.engines.on_sqlite
    again = await sql.storage.server_time()
    assert told is None or again is None or timedelta(0) <= again - told < MINUTE
