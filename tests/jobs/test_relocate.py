"""What Slack refuses to have in one channel is told in another, and the leads hear of it once."""

from dataclasses import replace

import pytest

from bot.refuge import relocating
from handlers.blocks import renderer
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.errors import SlackRefusedError
from jobs.relocate import Refusal, relocate
from jobs.subscribe import try_out
from policies.reasons import Severity
from policies.records import OutboxMessage
from policies.roles import EVERYONE, Role, RoleGrant, user
from policies.routing import Filters
from tests.jobs.channels import FAR, HOME, asked, listed, place, shown, told
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.storms import Desk, numbered
from tests.jobs.world import ACME, GLOBEX, World
from tests.policies.builders import at

NARROW = Filters(at_least=Severity.CRITICAL)
NOTE = f"unreached:{HOME}:{FAR}"


async def refused(world: World, message: OutboxMessage, why: str = "not_in_channel") -> bool:
    """Slack refused it for that reason."""
    refusal = Refusal(message=message, why=why, now=at(200), wall_now=at(200))
    return await relocate(refusal, storage=world.storage, telling=world.telling)


def card(world: World, channel: str = FAR) -> OutboxMessage:
    """The card that waits for a channel."""
    return next(
        one for key, one in world.outbox().items() if one.lane == channel and key.endswith(":card")
    )


async def lead(world: World) -> None:
    """Joe is lead of Acme; everybody else is nothing that matters here."""
    async with world.storage.write() as tx:
        for principal in (user("U0JOE"), EVERYONE):
            grant = RoleGrant(principal=principal, role=Role.LEAD, tenant_id=1)
            await tx.roles.give(grant, at(0))


@pytest.mark.parametrize("why", ["not_in_channel", "channel_not_found", "is_archived"])
async def test_what_has_no_other_card_comes_to_the_default_channel(world: World, why: str) -> None:
    """The exception is told there, and the leads learn what to do about the channel."""
    await lead(world)
    await shown(world)
    await asked(world)
    await asked(world, "C0ACME", NARROW, name=HOME)
    await world.late_order()
    assert told(world) == [FAR]
    assert await refused(world, card(world), why)
    assert told(world) == [HOME]
    note = world.outbox()[NOTE]
    assert (note.lane, note.payload["why"], note.payload["leads"]) == (HOME, why, ["user:U0JOE"])


async def test_what_is_told_already_is_not_told_twice(world: World) -> None:
    """The default channel has its card; only the note is new, and it comes once."""
    await shown(world)
    await asked(world)
    await world.late_order()
    assert await refused(world, card(world))
    assert told(world) == [HOME]
    world.storage.state.outbox.clear()
    await world.late_order("SO-2")
    assert told(world, 2) == [HOME, FAR]
    assert await refused(world, card(world))
    assert told(world, 2) == [HOME]
    assert NOTE not in world.outbox()


async def test_two_channels_of_a_client_have_no_other_way(world: World) -> None:
    """What the default channel refuses, or what Slack refuses for another reason, stays dead."""
    await shown(world)
    await asked(world)
    await world.late_order()
    assert not await refused(world, card(world, HOME))
    assert not await refused(world, card(world), "invalid_blocks")
    assert told(world) == [HOME, FAR]


async def test_a_storm_moves_as_a_storm(world: World) -> None:
    """Nobody is flooded: those that were listed there are listed in the default channel."""
    desk = Desk(world)
    await shown(world)
    await asked(world, FAR, Filters(sites=("ATL1",)))
    await asked(world, "C0ACME", NARROW, name=HOME)
    await desk.late(*numbered(1, 5))
    assert listed(world) == {FAR: [1, 2, 3, 4, 5]}
    assert await refused(world, world.outbox()["storm:1:card"])
    assert listed(world) == {HOME: [1, 2, 3, 4, 5]}
    assert 1 not in world.storage.state.storms
    await desk.late("SO-006", minute=123)
    assert told(world, 6) == [FAR]


async def test_a_storm_of_a_default_channel_stays_for_its_client(world: World) -> None:
    """Globex is told at home; Acme, whose channel it is, has no other, so it is a dead letter."""
    desk = Desk(world)
    await shown(world, "C0ACME", GLOBEX)
    await asked(world, "C0ACME", name=HOME, tenant=GLOBEX)
    await asked(world, "C0GLOBEX", NARROW, name="#globex-ops", tenant=GLOBEX)
    await desk.late(*numbered(1, 4))
    await desk.late("SO-005", tenant_id=2, minute=122)
    assert listed(world) == {HOME: [1, 2, 3, 4, 5]}
    assert not await refused(world, world.outbox()["storm:1:card"])
    assert told(world, 5) == ["#globex-ops"]


async def test_the_sender_learns_that_it_found_refuge(world: World) -> None:
    """Delivered to nobody, it is done with; what has no other way is refused as before."""
    await shown(world)
    await asked(world)
    await world.late_order()

    async def deliver(_message: OutboxMessage) -> str:
        reason = "is_archived"
        raise SlackRefusedError(reason)

    clocks = (lambda: at(200), lambda: at(200))
    send = relocating(deliver, world.storage, world.telling, clocks)
    assert await send(card(world)) == "relocated"
    with pytest.raises(SlackRefusedError):
        await send(card(world, HOME))


async def test_a_test_says_what_would_come(world: World) -> None:
    """One harmless line in the channel, through the outbox; where it cannot, the leads hear."""
    await shown(world)
    await asked(world, FAR, Filters(sites=("ATL1",), at_least=Severity.HIGH))
    there = replace(place(), correlation_id="e2a-1")
    await try_out(there, [1], storage=world.storage, wall_now=at(0))
    (message,) = world.outbox().values()
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=slack
    )
    assert await deliver_notice(message, delivery=delivery, now=at(1)) == "posted"
    assert slack.posts[0][0] == FAR
    assert slack.texts == ["This is a test of E2A: nothing happened, and there is nothing to do."]
    said = str(slack.drawn[0].blocks)
    assert "Alerts of Acme from ATL1, HIGH and up" in said
    assert "default channel" not in said
    assert await refused(world, message)
    assert await deliver_notice(world.outbox()[NOTE], delivery=delivery, now=at(1)) == "posted"
    assert slack.texts[1].startswith(f"<#{FAR}> cannot be told of Acme: E2A is not a member.")
    assert ACME.name in str(slack.drawn[1].blocks)
