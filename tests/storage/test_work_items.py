"""Durable work is done once, by who holds the lease."""

from policies.records import WorkItem
from tests.storage.builders import LEASE, MINUTE, T0, an_event, an_item, clocks_of
from tests.storage.conftest import World


async def put(world: World, *orders: str, at_minute: int = 0) -> None:
    """Asks for orders."""
    async with world.storage.write() as transaction:
        items = [an_item(world.tenant.id, order) for order in orders]
        await transaction.work.put(items, T0 + at_minute * MINUTE)


async def claim(world: World, *, at_minute: int = 0, limit: int = 10) -> list[WorkItem]:
    """Takes what is available at that minute."""
    async with world.storage.write() as transaction:
        return await transaction.work.claim("evaluate", T0 + at_minute * MINUTE, LEASE, limit)


async def done(world: World, *items: WorkItem, at_minute: int = 0) -> bool:
    """Says that they are done."""
    async with world.storage.write() as transaction:
        return await transaction.work.done(items, T0 + at_minute * MINUTE)


async def test_claimers_never_share(world: World) -> None:
    """Two claims never hold the same item, and attempts are counted at the claim."""
    await put(world, *(f"SO-{n}" for n in range(5)))
    first, second = await claim(world, limit=3), await claim(world, limit=3)
    assert len(first) == 3
    assert len(second) == 2
    assert not {item.id for item in first} & {item.id for item in second}
    assert {item.attempts for item in first + second} == {1}


async def test_claim_takes_only_its_kind(world: World) -> None:
    """A kind of work is taken by who asks for it."""
    await put(world, "SO-1")
    async with world.storage.write() as transaction:
        assert await transaction.work.claim("index", T0, LEASE, 10) == []


async def test_longest_available_first(world: World) -> None:
    """What is available longest is taken first, what is not yet available is not."""
    await put(world, "later", at_minute=2)
    await put(world, "sooner", at_minute=1)
    assert await claim(world) == []
    assert [item.subject for item in await claim(world, at_minute=3, limit=1)] == ["sooner"]


async def test_lost_lease_is_fenced(world: World) -> None:
    """A lease that ran out is taken again, and its first holder can no longer finish."""
    await put(world, "SO-1")
    [first] = await claim(world)
    assert await claim(world) == []
    [second] = await claim(world, at_minute=1)
    assert second.attempts == 2
    assert second.lease != first.lease
    assert not await done(world, first, at_minute=1)
    async with world.storage.write() as transaction:
        assert not await transaction.work.retry(first, T0, "late")
        assert not await transaction.work.dead(first, T0, "late")
    assert await done(world, second, at_minute=1)
    assert await claim(world, at_minute=9) == []


async def test_done_settles_all_or_says_so(world: World) -> None:
    """Many are finished at once; one lost lease among them is told."""
    await put(world, "SO-1", "SO-2")
    items = await claim(world)
    assert await done(world, *items)
    assert not await done(world, *items)
    assert await done(world)


async def test_asked_again_in_flight(world: World) -> None:
    """Asking while it is in flight makes it wait again when it is done, with no attempts."""
    await put(world, "SO-1")
    [item] = await claim(world)
    await put(world, "SO-1")
    assert await claim(world) == []
    assert await done(world, item)
    [again] = await claim(world)
    assert (again.generation, again.attempts) == (2, 1)


async def test_asked_again_waiting(world: World) -> None:
    """Asking for what waits keeps one item and the earlier time."""
    await put(world, "SO-1", at_minute=5)
    await put(world, "SO-1", at_minute=2)
    await put(world, "SO-1", at_minute=7)
    assert await claim(world, at_minute=1) == []
    [item] = await claim(world, at_minute=2)
    assert item.generation == 3


async def test_the_same_twice_in_one_put(world: World) -> None:
    """An order named twice is asked for once."""
    await put(world, "SO-1", "SO-1")
    assert len(await claim(world)) == 1


async def test_retry_comes_back_later(world: World) -> None:
    """A failed item comes back at its time with its attempts."""
    await put(world, "SO-1")
    [item] = await claim(world)
    async with world.storage.write() as transaction:
        assert await transaction.work.retry(item, T0 + 5 * MINUTE, "boom")
    assert await claim(world, at_minute=4) == []
    [again] = await claim(world, at_minute=5)
    assert again.attempts == 2


async def test_parked_until_asked(world: World) -> None:
    """A parked item is not taken until somebody asks again, and then begins anew."""
    await put(world, "SO-1")
    [item] = await claim(world)
    async with world.storage.write() as transaction:
        assert await transaction.work.dead(item, T0, "poison")
    assert await claim(world, at_minute=60) == []
    await put(world, "SO-1", at_minute=90)
    assert await claim(world, at_minute=89) == []
    [again] = await claim(world, at_minute=90)
    assert again.attempts == 1


async def test_due_orders(world: World) -> None:
    """The sweep asks for orders with a clock whose time has come, and for no other."""
    tenant_id = world.tenant.id
    paid = {"SO-1": T0, "SO-2": T0 + MINUTE, "SO-3": T0 + 600 * MINUTE}
    clocks = [
        (tenant_id, clock)
        for order_id, at in paid.items()
        for clock in clocks_of(an_event(order_id, order_id, at=at), now=at)
    ]
    async with world.storage.write() as transaction:
        await transaction.clocks.save(clocks, T0)
        assert await transaction.work.put_due_orders(T0 + 89 * MINUTE, T0, 100) == 0
        assert await transaction.work.put_due_orders(T0 + 90 * MINUTE, T0, 100) == 1
        assert await transaction.work.put_due_orders(T0 + 99 * MINUTE, T0, 100) == 1
    assert sorted(item.subject for item in await claim(world)) == ["SO-1", "SO-2"]


async def test_due_orders_leave_others_alone(world: World) -> None:
    """The sweep leaves what is in flight or parked alone, and brings forward what was to wait."""
    tenant_id = world.tenant.id
    orders = ["later", "flying", "parked"]
    clocks = [
        (tenant_id, clock)
        for order_id in orders
        for clock in clocks_of(an_event(order_id, order_id), now=T0)
    ]
    await put(world, "parked", "flying")
    items = {item.subject: item for item in await claim(world)}
    await put(world, "later", at_minute=3)
    async with world.storage.write() as transaction:
        await transaction.work.dead(items["parked"], T0, "poison")
        await transaction.clocks.save(clocks, T0)
        assert await transaction.work.put_due_orders(T0 + 500 * MINUTE, T0, 100) == 1
    assert [item.subject for item in await claim(world)] == ["later"]
    assert await done(world, items["flying"])
    assert await claim(world, at_minute=0) == []


async def test_due_orders_in_portions(world: World) -> None:
    """A sweep takes at most as many as it may, longest due first."""
    tenant_id = world.tenant.id
    clocks = [
        (tenant_id, clock)
        for n in range(5)
        for clock in clocks_of(
            an_event(f"e-{n}", f"SO-{n}", at=T0 + n * MINUTE), now=T0 + n * MINUTE
        )
    ]
    async with world.storage.write() as transaction:
        await transaction.clocks.save(clocks, T0)
        assert await transaction.work.put_due_orders(T0 + 500 * MINUTE, T0, 2) == 2
        assert await transaction.work.put_due_orders(T0 + 500 * MINUTE, T0, 100) == 3


async def test_a_backlog_is_not_gone_through_again(world: World) -> None:
    """While some times the limit is asked for no more is; what was given up stands in no way."""
    mine, due = world.tenant.id, T0 + 500 * MINUTE
    names = [f"SO-{n}" for n in range(8)]
    every = [clocks_of(an_event(f"e-{name}", name), now=T0)[0] for name in names]
    async with world.storage.write() as transaction:
        await transaction.clocks.save([(mine, clock) for clock in every], T0)
        ask = transaction.work.put_due_orders
        assert [await ask(due, T0, 2) for _ in range(4)] == [2, 2, 2, 0]
        taken = await transaction.work.claim("evaluate", T0, LEASE, 10)
        assert await ask(due, T0, 2) == 0
        assert await transaction.work.dead(taken[0], T0, "poison")
        assert [await ask(due, T0, 2) for _ in range(2)] == [1, 0]
