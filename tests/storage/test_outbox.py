"""What is to be told is told in turn, lane by lane, and at least once."""

from policies.records import OutboxMessage
from tests.storage.builders import LEASE, MINUTE, T0, a_message
from tests.storage.conftest import World


async def put(world: World, *messages: OutboxMessage, at_minute: int = 0) -> None:
    """Hands in messages."""
    async with world.storage.write() as transaction:
        await transaction.outbox.put(messages, T0 + at_minute * MINUTE)


async def claim(world: World, *, at_minute: float = 0, limit: int = 10) -> list[OutboxMessage]:
    """Takes what may be sent at that minute."""
    async with world.storage.write() as transaction:
        return await transaction.outbox.claim("slack", T0 + at_minute * MINUTE, LEASE, limit)


async def done(world: World, message: OutboxMessage, *, at_minute: int = 0) -> bool:
    """Says that it was sent."""
    async with world.storage.write() as transaction:
        return await transaction.outbox.done(message, T0 + at_minute * MINUTE)


async def test_one_in_flight_a_lane(world: World) -> None:
    """Every free lane gives its head, and a lane with something in flight gives nothing."""
    tenant_id = world.tenant.id
    await put(
        world,
        a_message(tenant_id, "a1", lane="A"),
        a_message(tenant_id, "a2", lane="A"),
        a_message(tenant_id, "b1", lane="B"),
    )
    heads = await claim(world)
    assert [message.dedup_key for message in heads] == ["a1", "b1"]
    assert await claim(world) == []
    assert await done(world, heads[0])
    assert [message.dedup_key for message in await claim(world)] == ["a2"]


async def test_limit(world: World) -> None:
    """No more are taken than asked for, the most urgent first."""
    tenant_id = world.tenant.id
    await put(
        world,
        a_message(tenant_id, "a", lane="A"),
        a_message(tenant_id, "b", lane="B", priority=1),
    )
    assert [message.dedup_key for message in await claim(world, limit=1)] == ["b"]


async def test_priority_then_age(world: World) -> None:
    """In a lane the least priority number goes first, then the oldest."""
    tenant_id = world.tenant.id
    await put(world, a_message(tenant_id, "old"), a_message(tenant_id, "old too"))
    await put(world, a_message(tenant_id, "new"), at_minute=1)
    await put(world, a_message(tenant_id, "urgent", priority=1), at_minute=2)
    sent = []
    for _ in range(4):
        [message] = await claim(world, at_minute=3)
        sent.append(message.dedup_key)
        assert await done(world, message, at_minute=3)
    assert sent == ["urgent", "old", "old too", "new"]


async def test_back_off_blocks_only_its_lane(world: World) -> None:
    """A head that waits for its back-off holds up its lane and no other."""
    tenant_id = world.tenant.id
    await put(
        world,
        a_message(tenant_id, "a1", lane="A"),
        a_message(tenant_id, "a2", lane="A"),
        a_message(tenant_id, "b1", lane="B"),
        a_message(tenant_id, "b2", lane="B"),
    )
    first_a, first_b = await claim(world)
    async with world.storage.write() as transaction:
        assert await transaction.outbox.retry(
            first_a, T0 + 5 * MINUTE, "rate_limited", uncertain=False
        )
        assert await transaction.outbox.done(first_b, T0)
    assert [message.dedup_key for message in await claim(world, at_minute=4)] == ["b2"]
    again = {m.dedup_key: m for m in await claim(world, at_minute=5)}
    assert again["a1"].attempts == 2
    assert not again["a1"].uncertain


async def test_lost_lease_comes_back_uncertain(world: World) -> None:
    """A lease that ran out is taken again as uncertain, and the first holder is fenced off."""
    await put(world, a_message(world.tenant.id, "a"), a_message(world.tenant.id, "urgent"))
    [first] = await claim(world)
    assert (first.attempts, first.uncertain) == (1, False)
    [second] = await claim(world, at_minute=1)
    assert (second.dedup_key, second.attempts, second.uncertain) == ("a", 2, True)
    assert not await done(world, first)
    async with world.storage.write() as transaction:
        assert not await transaction.outbox.retry(first, T0, "x", uncertain=True)
        assert not await transaction.outbox.dead(first, T0, "x")
    assert await done(world, second)


async def test_uncertain_stays_until_sent(world: World) -> None:
    """Once an attempt may have reached the other side, every further attempt knows."""
    await put(world, a_message(world.tenant.id, "a"))
    [message] = await claim(world)
    async with world.storage.write() as transaction:
        await transaction.outbox.retry(message, T0, "timeout", uncertain=True)
    [message] = await claim(world)
    assert message.uncertain
    async with world.storage.write() as transaction:
        await transaction.outbox.retry(message, T0, "refused", uncertain=False)
    [message] = await claim(world)
    assert message.uncertain


async def test_merged_while_waiting(world: World) -> None:
    """Asking again while it waits merges: one message, grown, otherwise as it was."""
    tenant_id = world.tenant.id
    await put(world, a_message(tenant_id, "a", payload={"n": 1}))
    await put(world, a_message(tenant_id, "a", payload={"n": 2}, priority=1), at_minute=1)
    [message] = await claim(world, at_minute=2)
    assert (message.generation, message.payload, message.priority) == (2, {"n": 1}, 100)
    assert message.created_at == T0


async def test_merged_in_flight(world: World) -> None:
    """Asking again while it is in flight has it sent once more."""
    await put(world, a_message(world.tenant.id, "a"))
    [message] = await claim(world)
    await put(world, a_message(world.tenant.id, "a"))
    assert await done(world, message)
    [again] = await claim(world)
    assert (again.generation, again.attempts) == (2, 1)
    assert await done(world, again)
    assert await claim(world) == []


async def test_sent_and_dead_revive(world: World) -> None:
    """What was sent or given up waits again with no attempts when it is asked for again."""
    tenant_id = world.tenant.id
    await put(world, a_message(tenant_id, "sent", lane="A"), a_message(tenant_id, "dead", lane="B"))
    sent, dead = await claim(world)
    assert await done(world, sent)
    async with world.storage.write() as transaction:
        assert await transaction.outbox.dead(dead, T0, "gone")
    assert await claim(world, at_minute=60) == []
    await put(
        world,
        a_message(tenant_id, "sent", lane="A", payload={"n": 2}),
        a_message(tenant_id, "dead", lane="B"),
        at_minute=61,
    )
    again = await claim(world, at_minute=61)
    assert [(m.attempts, m.uncertain, m.generation) for m in again] == [(1, False, 2)] * 2
    assert again[0].payload == {"n": 2}
    assert again[0].created_at == T0 + 61 * MINUTE


async def test_dead_frees_the_lane(world: World) -> None:
    """A message that is given up no longer holds up its lane."""
    await put(world, a_message(world.tenant.id, "poison"), a_message(world.tenant.id, "next"))
    [message] = await claim(world)
    async with world.storage.write() as transaction:
        await transaction.outbox.dead(message, T0, "channel_not_found")
    assert [m.dedup_key for m in await claim(world)] == ["next"]


async def test_equal_ones_in_one_put(world: World) -> None:
    """Of equal messages handed in together the first counts, once."""
    tenant_id = world.tenant.id
    await put(world, a_message(tenant_id, "a", payload={"n": 1}), a_message(tenant_id, "a"))
    [message] = await claim(world)
    assert (message.payload, message.generation) == ({"n": 1}, 1)
