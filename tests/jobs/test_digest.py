"""The daily digest: at eight in the morning where the client is, once, and only if asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.blocks import renderer
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.digest import post_due_digests, show_digest
from jobs.errors import SlackRefusedError
from jobs.ports.slack import Posted
from jobs.subscribe import Place, subscribe, unsubscribe
from policies.promises import Promises
from policies.reasons import Status
from policies.routing import DIGEST
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World
from tests.policies.builders import at

KEY = "digest:C0GLOBEX:2026-03-06"


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026; New York puts its clocks forward on the 8th."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


async def subscribed(world: World, channel: str = "C0GLOBEX", tenant: int = 2) -> bool:
    """Somebody in that channel asks for the digest."""
    return await subscribe(
        place(channel), DIGEST, [tenant], {}, storage=world.storage, now=utc(5, 12)
    )


def place(channel: str) -> Place:
    """Globex's channel, in which somebody says something."""
    return Place(channel_id=channel, actor="slack:U0MARIA", channel="#globex-ops")


async def post(world: World, now: datetime) -> int:
    """The job at that time."""
    return await post_due_digests(
        storage=world.storage, now=now, wall_now=now, default_channel="#e2a-alerts"
    )


async def test_without_subscription_nothing_is_posted(world: World) -> None:
    """A digest nobody asked for is never written, at any hour."""
    assert [await post(world, utc(6, hour)) for hour in range(24)] == [0] * 24
    assert world.outbox() == {}


@pytest.mark.parametrize(
    ("now", "posted"),
    [
        pytest.param(utc(6, 12, 59), 0, id="one minute before eight"),
        pytest.param(utc(6, 13), 1, id="eight"),
        pytest.param(utc(6, 13, 59), 1, id="just before nine"),
        pytest.param(utc(6, 14), 0, id="nine: nothing is caught up"),
        pytest.param(utc(9, 12), 1, id="eight in summer time"),
        pytest.param(utc(9, 13), 0, id="nine in summer time"),
    ],
)
async def test_it_is_posted_between_eight_and_nine_local(
    world: World, now: datetime, posted: int
) -> None:
    """New York's morning counts for a client in New York, in winter and in summer."""
    await subscribed(world)
    assert await post(world, now) == posted
    assert len(world.outbox()) == posted


async def test_it_is_posted_once_a_local_day(world: World) -> None:
    """However often the job runs and restarts, a channel gets one digest a day."""
    await subscribed(world)
    assert [await post(world, utc(6, 13, minute)) for minute in range(60)] == [1] + [0] * 59
    assert await post(world, utc(7, 13)) == 1
    assert set(world.outbox()) == {KEY, "digest:C0GLOBEX:2026-03-07"}


async def test_days_that_were_missed_are_not_caught_up(world: World) -> None:
    """A bot that was down over the morning, or over days, posts only today's."""
    await subscribed(world)
    await post(world, utc(3, 13))
    assert await post(world, utc(6, 15)) == 0
    assert await post(world, utc(7, 13)) == 1
    assert set(world.outbox()) == {"digest:C0GLOBEX:2026-03-03", "digest:C0GLOBEX:2026-03-07"}


async def test_subscribing_twice_says_so(world: World) -> None:
    """A second subscription changes nothing and is told; ending it ends it."""
    assert [await subscribed(world), await subscribed(world)] == [True, False]
    there, when = place("C0GLOBEX"), utc(5, 13)
    assert len(await unsubscribe(there, DIGEST, [2], storage=world.storage, now=when)) == 1
    assert await unsubscribe(there, DIGEST, [2], storage=world.storage, now=when) == []
    assert [entry.action for entry in world.trail()] == ["subscribe", "unsubscribe"]
    assert await post(world, utc(6, 13)) == 0


async def test_a_channel_that_may_not_see_gets_no_digest(world: World) -> None:
    """A subscription is left over where the client was unmapped: nothing comes of it."""
    there = Place(channel_id="C0ELSEWHERE", actor="slack:U0MARIA")
    for tenants in ([1], [2]):
        await subscribe(there, DIGEST, tenants, {}, storage=world.storage, now=utc(5, 12))
    assert await post(world, utc(6, 13)) == 0
    async with world.storage.write() as tx:
        await tx.tenants.show_in(2, "C0ELSEWHERE", "slack:U0MARIA", utc(5, 12))
    assert await post(world, utc(6, 13, 1)) == 1
    (message,) = world.outbox().values()
    assert (message.payload["channel"], message.payload["tenant_ids"]) == ("C0ELSEWHERE", [2])


async def test_the_digest_counts_what_came_and_what_went(world: World) -> None:
    """Opened and settled are those of the last 24 hours, whenever the settled ones had opened."""
    record = await world.late_order()
    old = replace(record, id=2, order_id="SO-2", opened_at=at(-9999))
    ended = replace(old, status=Status.RESOLVED, resolved_at=at(100), resolution="done")
    world.storage.state.exceptions[2] = ended
    world.storage.state.exceptions[3] = replace(ended, id=3, resolved_at=at(-9000))
    (view,) = await show_digest([1], storage=world.storage, promises=world.promises, now=at(130))
    assert (view.tenant.name, view.opened, view.settled) == ("Acme", 1, 1)
    assert (view.active_by_severity, view.unowned) == ((("MEDIUM", 1),), 1)
    assert [waiting.id for waiting in view.oldest] == [1]


async def test_a_digest_shows_its_own_clients_only(world: World) -> None:
    """Another client's exceptions are in no figure."""
    await world.late_order()
    (view,) = await show_digest([2], storage=world.storage, promises=world.promises, now=at(130))
    assert (view.tenant.name, view.opened, view.active_by_severity) == ("Globex", 0, ())


@pytest.mark.parametrize(
    ("uncertain", "found", "failure", "outcome", "posts"),
    [
        pytest.param(False, False, False, "posted", 1, id="plainly"),
        pytest.param(True, False, False, "posted", 1, id="looked for, not there"),
        pytest.param(True, True, False, "found", 0, id="looked for, there"),
        pytest.param(True, False, True, "ambiguous", 1, id="nobody can look"),
    ],
)
async def test_a_notice_is_delivered_like_an_alert(
    world: World, *, uncertain: bool, found: bool, failure: bool, outcome: str, posts: int
) -> None:
    """After an uncertain outcome a digest too is looked for before it is posted again."""
    await subscribed(world)
    await post(world, utc(6, 13))
    slack = FakeMessenger(found=Posted(channel_id="C0GLOBEX", ts="1.0") if found else None)
    if failure:
        slack.failures["find"] = [SlackRefusedError("missing_scope")]
    delivery = Delivery(
        storage=world.storage, promises=Promises(rules=()), renderer=renderer, messenger=slack
    )
    message = replace(world.outbox()[KEY], uncertain=uncertain)
    later = utc(6, 13) + timedelta(seconds=1)
    assert await deliver_notice(message, delivery=delivery, now=later) == outcome
    assert [channel for channel, _, _ in slack.posts] == ["C0GLOBEX"] * posts
