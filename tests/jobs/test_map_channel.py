"""Channels come to see clients and stop; what is open is never told nowhere."""

from dataclasses import replace

import pytest

from jobs.deliver_alert import Delivery, deliver_alert
from jobs.keep_time import refresh_storms
from jobs.map_channel import forget_channel, make_default, map_channel, set_default, unmap_channel
from jobs.see_tenants import tenants_of_channel
from policies.reasons import Severity, Status
from policies.routing import Filters
from tests.jobs.channels import FAR, HOME, asked, listed, shown, told, wish
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.storms import Desk, numbered
from tests.jobs.test_see_tenants import FakeDirectory
from tests.jobs.world import ACME, GLOBEX, World
from tests.policies.builders import at

NARROW = Filters(at_least=Severity.CRITICAL)
SITE = Filters(sites=("ATL1",))


async def unmap(world: World, channel_id: str = FAR) -> bool:
    """The channel sees Acme no more."""
    return await unmap_channel(
        wish(channel_id),
        storage=world.storage,
        telling=world.telling,
        now=at(200),
        wall_now=at(200),
    )


async def sees(world: World, channel_id: str) -> list[str]:
    """The clients that a channel sees."""
    seen = await tenants_of_channel(
        channel_id, storage=world.storage, directory=FakeDirectory(), default_channel="#e2a-alerts"
    )
    return [tenant.name for tenant in seen]


async def test_a_channel_is_mapped_once_and_unmapped_once(world: World) -> None:
    """It sees the client in between; both changes are on the client's trail, with who made them."""
    assert await sees(world, FAR) == []
    assert await map_channel(wish(), storage=world.storage, now=at(0))
    assert not await map_channel(wish(), storage=world.storage, now=at(0))
    await map_channel(wish(tenant=GLOBEX), storage=world.storage, now=at(0))
    assert await sees(world, FAR) == ["Acme", "Globex"]
    assert [await unmap(world), await unmap(world)] == [True, False]
    assert await sees(world, FAR) == ["Globex"]
    trail = [(one.tenant_id, one.action, one.actor, one.subject) for one in world.trail()]
    assert trail == [
        (1, "map", "slack:U0MARIA", "channel:C0FAR"),
        (2, "map", "slack:U0MARIA", "channel:C0FAR"),
        (1, "unmap", "slack:U0MARIA", "channel:C0FAR"),
    ]


async def test_what_was_told_only_there_is_told_elsewhere(world: World) -> None:
    """An open exception whose one channel may not see it any more comes to the default channel."""
    await shown(world)
    await asked(world)
    await asked(world, "C0ACME", NARROW, name=HOME)
    await world.late_order()
    assert told(world) == [FAR]
    await unmap(world)
    assert told(world) == [HOME]


async def test_what_stands_elsewhere_is_not_told_again(world: World) -> None:
    """Its card in the unmapped channel is let go, and nothing is posted."""
    await shown(world)
    await asked(world)
    await world.late_order()
    before = set(world.outbox())
    await unmap(world)
    assert told(world) == [HOME]
    assert set(world.outbox()) == before


async def test_what_is_settled_is_told_nowhere_anew(world: World) -> None:
    """Who needs nobody needs no second card."""
    await shown(world)
    await asked(world)
    await asked(world, "C0ACME", NARROW, name=HOME)
    record = await world.late_order()
    world.storage.state.exceptions[1] = replace(record, status=Status.RESOLVED)
    await unmap(world)
    assert told(world) == []


async def test_an_unmapped_channel_gets_nothing_more(world: World) -> None:
    """What still waited to be posted or edited there is let go; what comes later stays away."""
    await shown(world)
    await asked(world)
    await world.late_order()
    waiting = [one for one in world.outbox().values() if one.lane == FAR]
    await unmap(world)
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage,
        promises=world.promises,
        renderer=None,  # type: ignore[arg-type]
        messenger=slack,
    )
    for message in waiting:
        assert await deliver_alert(message, delivery=delivery, now=at(201)) == "gone"
    await world.late_order("SO-2")
    assert told(world, 2) == [HOME]
    assert slack.posts == []


async def test_a_client_leaves_the_storms_of_a_channel(world: World) -> None:
    """Its orders are in the list no more; what was told only there is a storm elsewhere."""
    desk = Desk(world)
    await shown(world)
    await shown(world, tenant=GLOBEX)
    await asked(world, FAR, SITE)
    await asked(world, FAR, SITE, tenant=GLOBEX)
    await asked(world, "C0ACME", NARROW, name=HOME)
    await desk.late(*numbered(1, 5))
    await desk.late("SO-006", tenant_id=2, minute=122)
    assert listed(world) == {FAR: [1, 2, 3, 4, 5, 6]}
    await refresh_storms(storage=world.storage, wall_now=at(190))
    await unmap(world)
    assert listed(world) == {FAR: [6], HOME: [1, 2, 3, 4, 5]}
    assert world.storage.state.storms[1].refresh_at == at(200)


async def test_another_channel_becomes_the_default_one(world: World) -> None:
    """Alerts go there; the one before goes on seeing the client, so that its cards stay alive."""
    await shown(world)
    moved = await make_default(
        wish(), "C0ACME", storage=world.storage, telling=world.telling, now=at(0)
    )
    assert moved
    assert (await sees(world, FAR), await sees(world, "C0ACME")) == (["Acme"], ["Acme"])
    assert set(world.storage.state.showings) == {(1, "C0ACME")}
    await world.late_order()
    assert told(world) == [FAR]
    entry = world.trail()[1]
    assert (entry.action, entry.before, entry.after) == (
        "default_channel",
        {"channel": HOME},
        {"channel": FAR},
    )
    assert not await make_default(
        wish(), FAR, storage=world.storage, telling=world.telling, now=at(0)
    )


@pytest.mark.parametrize(("channel", "known"), [("#new", None), ("C0NEW", "C0NEW")])
async def test_the_command_line_moves_it_too(world: World, channel: str, known: str | None) -> None:
    """By name or by id; a channel that only its name knows is not shown besides."""
    storage, telling = world.storage, world.telling
    assert await set_default(ACME, channel, storage=storage, telling=telling, now=at(0)) is None
    moved = storage.state.tenants[1]
    assert (moved.channel, moved.channel_id) == (channel, known)
    old = await set_default(moved, "#last", storage=storage, telling=telling, now=at(0))
    assert old == known
    assert set(storage.state.showings) == ({(1, known)} if known else set())


async def test_a_channel_is_forgotten_from_the_command_line(world: World) -> None:
    """It sees the client no more; what was told only there is told in the default channel."""
    await world.late_order()
    storage, telling = world.storage, world.telling
    await set_default(ACME, "C0NEW", storage=storage, telling=telling, now=at(200))
    assert told(world) == [HOME]
    await forget_channel(
        storage.state.tenants[1],
        {HOME},
        storage=storage,
        telling=telling,
        now=at(200),
        wall_now=at(200),
    )
    assert told(world) == ["C0NEW"]
