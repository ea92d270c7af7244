"""Exceptions are told in every channel that asked for them, and storms are each channel's own."""

from dataclasses import replace

import pytest

from jobs.act_on_storm import act_on_storm, split_off
from jobs.route_alerts import Change, newly_heard, routes_of
from jobs.show_storm import thread_of
from policies.lifecycle import Act
from policies.reasons import Severity, Status
from policies.routing import Filters
from policies.storms import Storm, Told
from tests.jobs.channels import FAR, HOME, asked, listed, shown, told
from tests.jobs.storms import SHARED, Desk, numbered
from tests.jobs.world import ACME, GLOBEX, World, of
from tests.policies.builders import at, event

ATL1 = Filters(sites=("ATL1",))
HIGH = Filters(at_least=Severity.HIGH)
ACK = Act(verb="acknowledge", exception_id=0, actor="slack:U0MARIA", tenant_ids=(1, 2))


@pytest.fixture
def desk(world: World) -> Desk:
    """A world in which four of a cause are a storm."""
    return Desk(world)


async def test_each_channel_that_asked_has_its_card(world: World) -> None:
    """The default channel first, then those whose subscription fits; each has a lane of its own."""
    await shown(world)
    await asked(world)
    await world.late_order()
    assert told(world) == [HOME, FAR]
    lanes = {message.lane for message in world.outbox().values()}
    assert lanes == {HOME, FAR}
    assert [entry.action for entry in world.trail()][:2] == ["map", "subscribe"]


async def test_a_channel_that_may_not_see_is_not_told(world: World) -> None:
    """A subscription alone opens no door: the channel has to be mapped to that client."""
    await asked(world)
    await shown(world, tenant=GLOBEX)
    await world.late_order()
    assert told(world) == [HOME]


async def test_the_default_channel_may_narrow_itself(world: World) -> None:
    """It hears what it asked for, and what fits nowhere: nothing is dropped."""
    await shown(world)
    await asked(world, "C0ACME", HIGH, name=HOME)
    await world.late_order()
    assert told(world) == [HOME]
    await asked(world, FAR)
    await world.late_order("SO-2")
    assert told(world, 2) == [FAR]


async def test_nothing_is_told_where_notifications_are_off(world: World) -> None:
    """Whatever was asked for."""
    await shown(world)
    await asked(world)
    world.telling = replace(world.telling, notify=False)
    await world.late_order()
    assert told(world) == []


async def test_a_change_is_told_in_every_channel(world: World) -> None:
    """Cards of one exception are edited wherever they stand."""
    await shown(world)
    await asked(world)
    record = await world.late_order()
    async with world.storage.write() as tx:
        for number, alert in enumerate(await tx.alerts.of_exception(record.id)):
            await tx.alerts.sent(
                alert.id, "card", channel_id=f"C{number}", ts="1.0", digest="before"
            )
        thread = await thread_of(tx, record.id)
    assert thread is not None
    assert thread.channel == HOME
    world.storage.state.outbox.clear()
    await world.hear(of(record.order_id, event("pick_completed", 201)), minute=201)
    await world.judge(202)
    edits = {key for key, one in world.outbox().items() if one.lane.endswith("/edits")}
    assert {"alert:1:card", "alert:2:card"} <= edits


async def test_who_asked_for_worse_hears_when_it_is_worse(world: World) -> None:
    """A record that grew into what a channel asked for is told there then, once."""
    await shown(world)
    await asked(world, FAR, HIGH)
    before = await world.late_order()
    assert told(world) == [HOME]
    after = replace(before, severity=Severity.HIGH)
    change = Change(tenant=ACME, before=before, after=after)
    assert await _heard(world, change) == [FAR]
    assert await _heard(world, replace(change, before=after)) == []
    assert await _heard(world, replace(change, after=replace(after, status=Status.RESOLVED))) == []


async def test_who_knows_of_it_is_not_told_again(world: World) -> None:
    """Falling and rising again opens no second card."""
    await shown(world)
    await asked(world, FAR, HIGH)
    before = await world.late_order()
    await asked(world, "C0TOO", HIGH)
    await shown(world, "C0TOO")
    after = replace(before, severity=Severity.CRITICAL)
    async with world.storage.write() as tx:
        known = await tx.alerts.of_exception(before.id)
        await tx.alerts.open([replace(known[0], channel=FAR)])
    assert await _heard(world, Change(tenant=ACME, before=before, after=after)) == ["C0TOO"]


async def test_each_channel_counts_its_own_storm(desk: Desk) -> None:
    """Five late orders of one warehouse are a storm in both channels that hear of them."""
    world = desk.world
    await shown(world)
    await asked(world, FAR, ATL1)
    await desk.late(*numbered(1, 5))
    assert listed(world) == {HOME: [1, 2, 3, 4, 5], FAR: [1, 2, 3, 4, 5]}
    assert world.storage.state.alerts == {}
    await desk.late("SO-900", warehouse="DFW", minute=122)
    assert told(world, 6) == [HOME]


async def test_a_storm_in_one_channel_is_single_cards_in_another(desk: Desk) -> None:
    """What is too few in one place for a storm is told alone there."""
    world = desk.world
    await shown(world)
    await asked(world, FAR, Filters(carriers=("UPS",)))
    await desk.late(*numbered(1, 5))
    assert listed(world) == {HOME: [1, 2, 3, 4, 5]}
    await asked(world, FAR, ATL1)
    await desk.late("SO-006", minute=123)
    assert listed(world)[HOME][-1] == 6
    assert told(world, 6) == [FAR]


async def test_an_act_on_one_storm_shows_in_the_other(desk: Desk) -> None:
    """Both lists are drawn anew, and a card of a member elsewhere is edited."""
    world = desk.world
    await shown(world)
    await asked(world, FAR, ATL1)
    await desk.late(*numbered(1, 5))
    done = await act_on_storm(ACK, 2, None, storage=world.storage, now=at(130), wall_now=at(130))
    assert done is not None
    assert (done.storm.channel, done.done) == (FAR, 5)
    asked_for = {one.id: one.refresh_at for one in world.storage.state.storms.values()}
    assert asked_for == {1: at(130), 2: at(130)}


async def test_splitting_off_is_for_that_channel(desk: Desk) -> None:
    """Who has a card of their own here is still listed there."""
    world = desk.world
    await shown(world)
    await asked(world, FAR, ATL1)
    await desk.late(*numbered(1, 5))
    act = replace(ACK, verb="split")
    split = await split_off(act, 2, "SO-003", storage=world.storage, now=at(130), wall_now=at(130))
    assert split is not None
    assert told(world, 3) == [FAR]
    members = world.storage.state.storm_members
    assert (members[3, HOME].told, members[3, FAR].told) == (Told.LISTED, Told.SPLIT)


async def test_a_shared_default_channel_counts_all_its_clients(desk: Desk) -> None:
    """Globex's orders, which Acme's channel asked for, make one storm with Acme's own."""
    world = desk.world
    await shown(world, "C0ACME", GLOBEX)
    await asked(world, "C0ACME", name=HOME, tenant=GLOBEX)
    await desk.late(*numbered(1, 2))
    await desk.late(*numbered(3, 4), tenant_id=2, minute=122)
    assert listed(world) == {HOME: [1, 2, 3, 4]}
    assert sorted(_storm(world).shared) == [("warehouse", "ATL1")]
    assert world.telling == SHARED


def _storm(world: World) -> Storm:
    (storm,) = world.storage.state.storms.values()
    return storm


async def _heard(world: World, change: Change) -> list[str]:
    async with world.storage.write() as tx:
        routes = await routes_of(tx, [1], "#e2a-alerts")
        fresh = await newly_heard(tx, [change], routes)
    return [one.channel for one in fresh]
