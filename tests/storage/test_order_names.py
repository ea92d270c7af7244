"""What else orders are called: learnt once with the events that tell it, and followed."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from policies.queries import Receipt
from policies.records import OrderKey, ReceivedEvent, Tenant
from storage.errors import StorageRefusedError
from storage.writer import GroupCommitWriter
from tests.storage.builders import LEASE, T0, an_event, received
from tests.storage.conftest import SqlWorld, World


def telling(
    world: World, event_id: str, order_id: str, *names: str, tenant_id: int = 0
) -> ReceivedEvent:
    """An event of an order that calls it other names as well."""
    plain = received(tenant_id or world.tenant.id, an_event(event_id, order_id))
    return replace(plain, names=names)


def key(world: World, order_id: str) -> OrderKey:
    """An order of the world's tenant."""
    return OrderKey(tenant_id=world.tenant.id, order_id=order_id)


async def meant(world: World, *order_ids: str) -> list[str]:
    """Which orders these ids mean."""
    keys = [key(world, order_id) for order_id in order_ids]
    async with world.storage.read() as tx:
        found = await tx.names.orders_of(keys)
    assert {one.tenant_id for one in found.values()} == {world.tenant.id}
    return [found[one].order_id for one in keys]


async def told_of(world: World, order_id: str) -> list[str]:
    """The ids of the events of an order, under any of its names."""
    async with world.storage.read() as tx:
        found = await tx.events.of_orders([key(world, order_id)])
    return sorted(event.event_id for event in found[key(world, order_id)])


async def asked_for(world: World) -> list[str]:
    """The orders that wait to be evaluated, which are then done."""
    async with world.storage.write() as tx:
        items = await tx.work.claim("evaluate", T0 + LEASE, LEASE, 100)
        assert await tx.work.done(items, T0 + LEASE)
    return sorted(item.subject for item in items)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
async def test_names_are_followed_by_any_number_of_steps(
    world: World, order: Sequence[int]
) -> None:
    """A parcel of a fulfillment of an order is the order's, in whatever order that was told."""
    told = [
        telling(world, "parcel", "tracking:1Z9"),
        telling(world, "label", "shopify:5001", "tracking:1Z9"),
        telling(world, "created", "SO-7", "shopify:5001"),
        telling(world, "other", "SO-8", "shopify:5002"),
    ]
    for place in order:
        assert await world.log.record([told[place]]) == [Receipt.ACCEPTED]
    assert await meant(world, "tracking:1Z9", "shopify:5001", "SO-7") == ["SO-7"] * 3
    assert await meant(world, "tracking:1Z8", "shopify:5002") == ["tracking:1Z8", "SO-8"]
    assert await told_of(world, "SO-7") == ["created", "label", "parcel"]
    assert await told_of(world, "SO-8") == ["other"]
    async with world.storage.read() as tx:
        names = await tx.names.names_of([key(world, one) for one in ("SO-7", "SO-8", "SO-9")])
    assert names == {
        key(world, "SO-7"): ["shopify:5001", "tracking:1Z9"],
        key(world, "SO-8"): ["shopify:5002"],
    }


async def test_who_learns_a_name_asks_for_both(world: World) -> None:
    """The order and its name are evaluated, because the name may be judged alone just now."""
    await world.log.record([telling(world, "parcel", "tracking:1Z9")])
    assert await asked_for(world) == ["tracking:1Z9"]
    await world.log.record([telling(world, "label", "SO-7", "tracking:1Z9")])
    assert await asked_for(world) == ["SO-7", "tracking:1Z9"]
    await world.log.record([telling(world, "scan", "SO-7", "tracking:1Z9")])
    assert await asked_for(world) == ["SO-7"]


async def test_a_duplicate_may_tell_a_name_and_a_conflict_may_not(world: World) -> None:
    """What was stored before its names were understood tells them when it is sent again."""
    await world.log.record([telling(world, "label", "SO-7")])
    await asked_for(world)
    other = replace(telling(world, "label", "SO-7", "tracking:1Z8"), content_hash=b"other")
    assert await world.log.record([other]) == [Receipt.CONFLICT]
    assert await asked_for(world) == []
    again = telling(world, "label", "SO-7", "tracking:1Z9")
    assert await world.log.record([again]) == [Receipt.DUPLICATE]
    assert await asked_for(world) == ["SO-7", "tracking:1Z9"]
    assert await meant(world, "tracking:1Z8", "tracking:1Z9") == ["tracking:1Z8", "SO-7"]


async def test_the_first_order_keeps_a_name(world: World) -> None:
    """A name that is told of two orders stays with the first, and the other is logged."""
    first = telling(world, "a", "SO-7", "tracking:1Z9")
    second = telling(world, "b", "SO-8", "tracking:1Z9", "tracking:1Z8")
    with capture_logs() as logs:
        await world.log.record([first, second])
        await world.log.record([telling(world, "c", "SO-9", "tracking:1Z9")])
        await world.log.record([telling(world, "d", "SO-7", "tracking:1Z9")])
    assert await meant(world, "tracking:1Z9", "tracking:1Z8") == ["SO-7", "SO-8"]
    kept = [(log["name"], log["order_id"], log["told_of"]) for log in logs]
    assert kept == [("tracking:1Z9", "SO-7", "SO-8"), ("tracking:1Z9", "SO-7", "SO-9")]
    assert {(log["event"], log["log_level"]) for log in logs} == {("order_name_kept", "warning")}


async def test_an_order_by_another_name_is_no_other_order(world: World) -> None:
    """A parcel told of an order and of that order's number is told of one order: no word of it."""
    with capture_logs() as logs:
        for one in (
            telling(world, "a", "SO-7", "shopify:5001"),
            telling(world, "b", "shopify:5001", "tracking:1Z9"),
            telling(world, "c", "SO-7", "tracking:1Z9"),
        ):
            await world.log.record([one])
    assert logs == []


async def test_names_that_lead_to_each_other_are_one_order(world: World) -> None:
    """A circle ends at the first of its names, whatever is asked for."""
    circle = ["shiphero:1", "shipstation:1", "shopify:1"]
    for place, name in enumerate(circle):
        await world.log.record([telling(world, name, name, circle[place - 1])])
    assert await meant(world, *circle) == ["shiphero:1"] * 3
    assert await told_of(world, "shiphero:1") == circle


async def test_names_stay_with_their_tenant(world: World) -> None:
    """The same number leads each tenant to its own order."""
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
    mine = telling(world, "a", "SO-7", "shopify:5001")
    theirs = telling(world, "a", "XX-1", "shopify:5001", tenant_id=other.id)
    parcel = telling(world, "b", "shopify:5001", tenant_id=other.id)
    await world.log.record([mine, theirs, parcel])
    assert await told_of(world, "SO-7") == ["a"]
    asked = OrderKey(tenant_id=other.id, order_id="shopify:5001")
    async with world.storage.read() as tx:
        assert (await tx.names.orders_of([asked]))[asked].order_id == "XX-1"


async def test_many_names_at_once(world: World) -> None:
    """As many as a group tells are learnt together, each once."""
    events = [
        telling(world, f"e-{n}", f"SO-{n // 2}", f"shopify:{n // 2}", f"tracking:{n}")
        for n in range(1200)
    ]
    await asyncio.gather(*(world.log.record(events[n : n + 100]) for n in range(0, 1200, 100)))
    assert await meant(world, "shopify:0", "shopify:599", "tracking:1199") == [
        "SO-0",
        "SO-599",
        "SO-599",
    ]
    async with world.storage.read() as tx:
        keys = [key(world, f"SO-{n}") for n in range(600)]
        names = await tx.names.names_of(keys)
        found = await tx.events.of_orders(keys)
    assert sum(map(len, names.values())) == 600 + 1200
    assert {len(events) for events in found.values()} == {2}


async def test_nothing_is_learnt_where_nothing_is_stored(sql: SqlWorld) -> None:
    """Names are learnt in the transaction of the events: both, or none."""
    bad = received(sql.tenant.id, an_event("bad", "SO-\ud800"))
    with pytest.raises(StorageRefusedError):
        await sql.log.record([telling(sql, "good", "SO-7", "shopify:5001"), bad])
    assert await meant(sql, "shopify:5001") == ["shopify:5001"]


async def test_two_writers_learn_without_waiting_for_each_other(sql: SqlWorld) -> None:
    """Writers that tell the same names in other orders agree and never lock each other out."""
    second = GroupCommitWriter(sql.storage.engines)
    await second.start()
    there = [telling(sql, f"a-{n}", f"SO-{n}", f"shopify:{n}") for n in range(200)]
    back = [telling(sql, f"b-{n}", f"XX-{n}", f"shopify:{n}") for n in reversed(range(200))]
    await asyncio.gather(
        *(sql.log.record(there[n : n + 20]) for n in range(0, 200, 20)),
        *(second.record(back[n : n + 20]) for n in range(0, 200, 20)),
    )
    await second.stop()
    owners = await meant(sql, *(f"shopify:{n}" for n in range(200)))
    assert all(owner in (f"SO-{n}", f"XX-{n}") for n, owner in enumerate(owners))
