"""An accepted event is kept once, and its order is asked for."""

import asyncio

import pytest

from policies.queries import Receipt
from policies.records import OrderKey, Tenant
from tests.storage.builders import LEASE, T0, an_event, received
from tests.storage.conftest import World


async def stored_ids(world: World, order_id: str = "SO-1") -> list[str]:
    """The ids of an order's stored events, sorted."""
    key = OrderKey(tenant_id=world.tenant.id, order_id=order_id)
    async with world.storage.read() as transaction:
        return sorted(event.event_id for event in (await transaction.events.of_orders([key]))[key])


async def test_sixteen_at_once_are_one(world: World) -> None:
    """Of identical events at the same time one is accepted and the others are duplicates."""
    event = received(world.tenant.id, an_event())
    receipts = await asyncio.gather(*(world.log.record([event]) for _ in range(16)))
    flat = [receipt for part in receipts for receipt in part]
    assert sorted(flat) == [Receipt.ACCEPTED] + [Receipt.DUPLICATE] * 15
    assert await stored_ids(world) == ["e-1"]


async def test_other_content_is_a_conflict(world: World) -> None:
    """The same id with other content is a conflict, and the first content stays."""
    await world.log.record([received(world.tenant.id, an_event(payload={"n": 1}))])
    changed = received(world.tenant.id, an_event(payload={"n": 2}))
    assert await world.log.record([changed]) == [Receipt.CONFLICT]
    key = OrderKey(tenant_id=world.tenant.id, order_id="SO-1")
    async with world.storage.read() as transaction:
        [event] = (await transaction.events.of_orders([key]))[key]
    assert event == an_event(payload={"n": 1})


async def test_ids_belong_to_their_source_and_tenant(world: World) -> None:
    """The same id from another source or for another tenant is another event."""
    async with world.storage.write() as transaction:
        other = await transaction.tenants.add(Tenant(id=0, name="other"))
    events = [
        received(world.tenant.id, an_event()),
        received(world.tenant.id, an_event(source="carrier")),
        received(other.id, an_event()),
    ]
    assert await world.log.record(events) == [Receipt.ACCEPTED] * 3
    assert await stored_ids(world) == ["e-1", "e-1"]


async def test_duplicates_within_a_batch(world: World) -> None:
    """Within a batch the first of an id counts, in the order handed in."""
    tenant_id = world.tenant.id
    batch = [
        received(tenant_id, an_event("b")),
        received(tenant_id, an_event("a")),
        received(tenant_id, an_event("b")),
        received(tenant_id, an_event("a", payload={"other": True})),
        received(tenant_id, an_event("c")),
    ]
    assert await world.log.record(batch) == [
        Receipt.ACCEPTED,
        Receipt.ACCEPTED,
        Receipt.DUPLICATE,
        Receipt.CONFLICT,
        Receipt.ACCEPTED,
    ]
    assert await stored_ids(world) == ["a", "b", "c"]


async def test_nothing_recorded_is_nothing_answered(world: World) -> None:
    """An empty batch has no receipts."""
    assert await world.log.record([]) == []


async def test_a_large_batch(world: World) -> None:
    """A batch of any size is stored as a whole, and only what is new asks for work."""
    batch = [received(world.tenant.id, an_event(f"e-{n}", f"SO-{n % 7}")) for n in range(1500)]
    assert await world.log.record(batch[:700]) == [Receipt.ACCEPTED] * 700
    receipts = await world.log.record(batch)
    assert receipts == [Receipt.DUPLICATE] * 700 + [Receipt.ACCEPTED] * 800
    async with world.storage.write() as transaction:
        items = await transaction.work.claim("evaluate", T0 + LEASE, LEASE, 100)
    assert sorted(item.subject for item in items) == [f"SO-{n}" for n in range(7)]
    assert {item.generation for item in items} == {2}


@pytest.mark.parametrize(
    "payload",
    [{}, {"text": "é\x00\ud800", "deep": [{"a": None}], "n": 1.5, "big": 2**70}],
    ids=["empty", "odd"],
)
async def test_payload_comes_back(world: World, payload: dict[str, object]) -> None:
    """A payload is given back as it came, NUL and lone surrogates included."""
    await world.log.record([received(world.tenant.id, an_event(payload=payload))])
    key = OrderKey(tenant_id=world.tenant.id, order_id="SO-1")
    async with world.storage.read() as transaction:
        [event] = (await transaction.events.of_orders([key]))[key]
    assert event.payload == payload


async def test_only_new_events_ask_for_work(world: World) -> None:
    """New events ask once for each of their orders, after the settling time; duplicates do not."""
    first = received(world.tenant.id, an_event("a"))
    await world.log.record([first, received(world.tenant.id, an_event("b"))])
    async with world.storage.write() as transaction:
        assert await transaction.work.claim("evaluate", T0, LEASE, 10) == []
        [item] = await transaction.work.claim("evaluate", T0 + LEASE, LEASE, 10)
        assert (item.subject, item.generation, item.created_at) == ("SO-1", 1, T0)
        assert item.correlation_id == "c-a"
        assert await transaction.work.done([item], T0)
    assert await world.log.record([first]) == [Receipt.DUPLICATE]
    async with world.storage.write() as transaction:
        assert await transaction.work.claim("evaluate", T0 + LEASE, LEASE, 10) == []


async def test_unknown_orders_have_no_events(world: World) -> None:
    """Every order asked for has a list, an unknown one an empty list."""
    keys = [OrderKey(tenant_id=world.tenant.id, order_id=f"SO-{n}") for n in range(3)]
    async with world.storage.read() as transaction:
        assert await transaction.events.of_orders(keys) == {key: [] for key in keys}
