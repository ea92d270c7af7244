"""New exceptions of one cause are one storm: told once each, whichever replica saw them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.evaluate_orders import evaluate_orders
from jobs.put_on_record import Telling
from jobs.tell import tell_opened
from policies.reasons import Severity
from policies.records import Tenant, WorkItem
from policies.storms import Told
from tests.jobs.storms import SHARED, Desk, numbered
from tests.jobs.world import LEASE, World, of
from tests.policies.builders import at, event


@pytest.fixture
def desk(world: World) -> Desk:
    """Nothing is late yet; more than three of a warehouse are a storm."""
    return Desk(world)


async def test_few_are_told_alone(desk: Desk) -> None:
    """Three late orders of a warehouse have a card each, and no storm."""
    await desk.late(*numbered(1, 3))
    assert set(desk.world.outbox()) == {
        f"alert:{n}:{part}" for n in (1, 2, 3) for part in ("card", "explanation")
    }


async def test_many_at_once_are_one_message(desk: Desk) -> None:
    """Forty-two that open together are one card, and nobody has an alert of their own."""
    await desk.late(*numbered(1, 42))
    assert set(desk.world.outbox()) == {"storm:1:card"}
    assert desk.world.storage.state.alerts == {}
    storm = desk.storm()
    assert (storm.members, storm.channel, storm.first_tenant_id) == (42, "#acme-ops", 1)
    assert dict(storm.shared) == {"warehouse": "ATL1"}


async def test_the_fourth_begins_it(desk: Desk) -> None:
    """Those that were told before are members with their cards; later ones are only listed."""
    for number, order_id in enumerate(numbered(1, 5)):
        await desk.late(order_id, minute=121 + number)
    members = desk.members()
    assert [members[n].told for n in range(1, 6)] == [Told.CARD] * 3 + [Told.LISTED] * 2
    assert [members[n].number for n in range(1, 6)] == [1, 2, 3, 4, 5]
    assert len(desk.world.storage.state.alerts) == 3


async def test_one_of_another_cause_has_its_card(desk: Desk) -> None:
    """A storm in one warehouse does not hide what happens in another."""
    await desk.late(*numbered(1, 9))
    (other,) = await desk.late("SO-900", minute=122, warehouse="DFW")
    assert desk.world.storage.state.alerts[1].exception_ids == (other,)


async def test_what_is_known_late_is_listed_too(desk: Desk) -> None:
    """An exception that opens settled is in the storm like the others."""
    await desk.late(*numbered(1, 5))
    paid = event("order_paid", 0, "paid-old", warehouse="ATL1")
    picked = event("pick_completed", 130, "picked-old", warehouse="ATL1")
    await desk.world.hear(of("SO-700", paid), of("SO-700", picked), minute=131)
    (record,) = (await desk.world.judge(132)).opened
    assert not record.active
    assert desk.members()[record.id].storm_id == 1


async def test_nothing_is_told_where_notifications_are_off(desk: Desk) -> None:
    """Exceptions open all the same; no alert, no storm, no message."""
    desk.world.telling = replace(SHARED, notify=False)
    assert len(await desk.late(*numbered(1, 9))) == 9
    state = desk.world.storage.state
    assert (state.alerts, state.storms, state.causes, desk.world.outbox()) == ({}, {}, {}, {})


async def test_a_lone_critical_goes_first(desk: Desk) -> None:
    """In a busy lane the worst card is posted first, before storms and before the rest."""
    await desk.late(*numbered(1, 9))
    await desk.late("SO-800", minute=122, warehouse="DFW")
    await desk.late("SO-801", minute=122.5, warehouse="PDX")
    world = desk.world
    critical = world.record(11)
    world.storage.state.exceptions[11] = replace(critical, severity=Severity.CRITICAL)
    urgent = await _told_again(world, 11)
    async with world.storage.write() as tx:
        (first,) = await tx.outbox.claim("slack", at(130), LEASE, 1)
    assert first.payload["alert_id"] == urgent
    assert world.outbox()["storm:1:card"].priority < world.outbox()["alert:1:card"].priority


async def _told_again(world: World, number: int) -> int:
    """The alert of an exception, told as if it opened with the severity that it has now."""
    record = world.record(number)
    async with world.storage.write() as tx:
        await tell_opened(tx, [(record, "#acme-ops", None)], at(123), at(123))
        return (await tx.alerts.of_exception(number))[-1].id


async def test_tenants_of_one_channel_share_a_storm(world: World) -> None:
    """A 3PL's channel sees one warehouse, whosever orders are late in it."""
    desk = Desk(world)
    one, two = world.storage.state.tenants[1], world.storage.state.tenants[2]
    world.storage.state.tenants[2] = replace(two, channel=one.channel)
    await desk.late("SO-1", "SO-2")
    await desk.late("GX-1", "GX-2", minute=122, tenant_id=2)
    assert {m.tenant_id for m in world.storage.state.storm_members.values()} == {1, 2}


async def test_the_channels_id_changes_nothing(desk: Desk) -> None:
    """Once Slack told the channel's id, the same channel goes on counting."""
    await desk.late("SO-1", "SO-2", "SO-3")
    tenant: Tenant = desk.world.storage.state.tenants[1]
    desk.world.storage.state.tenants[1] = replace(tenant, channel_id="C0ACME")
    await desk.late("SO-4", minute=122)
    assert desk.storm().members == 4
    assert desk.world.outbox()["storm:1:card"].lane == "C0ACME"


async def test_batches_at_once_begin_one_storm(world: World) -> None:
    """Ten batches that are written at the same time make one storm with everybody in it."""
    desk = Desk(world)
    for order_id in numbered(1, 40):
        paid = event("order_paid", 0, f"paid-{order_id}", warehouse="ATL1")
        await world.hear(of(order_id, paid))
    items = await world.claim(121)
    batches = [items[start : start + 4] for start in range(0, 40, 4)]
    await asyncio.gather(*(_judge(world, batch, SHARED) for batch in batches))
    assert len(world.storage.state.storms) == 1
    told = {alert.exception_ids[0] for alert in world.storage.state.alerts.values()}
    assert set(desk.members()) | told == set(range(1, 41))
    assert desk.storm().members == len(desk.members())


async def _judge(world: World, items: list[WorkItem], telling: Telling) -> None:
    await evaluate_orders(
        items,
        storage=world.storage,
        promises=world.promises,
        telling=telling,
        now=at(121),
        wall_now=at(121),
    )


async def test_many_storms_are_edited_more_slowly(desk: Desk) -> None:
    """Ten seconds between the edits of a storm; three for each that waits where many go on."""
    for number in range(12):
        await desk.late(*(f"{number}-{n}" for n in range(5)), warehouse=f"W{number}")
    for number in range(12):
        await desk.late(f"{number}-9", minute=122, warehouse=f"W{number}")
    waits = [storm.refresh_at for storm in desk.world.storage.state.storms.values()]
    assert waits[:4] == [at(122) + timedelta(seconds=10)] * 4
    assert waits[-1] == at(122) + timedelta(seconds=33)
