"""The channel hears what got worse and what is open again: once each, and only if it wants to."""

from dataclasses import replace

import pytest

from handlers.blocks import renderer
from jobs.act_on_exception import act_on_exception
from jobs.deliver_alert import Delivery, deliver_alert
from jobs.deliver_broadcast import deliver_broadcast
from policies.cards import SILENT, Broadcast, Cards
from policies.lifecycle import Act
from policies.promises import Promises
from policies.quiet import AWAKE, ChannelQuiet, Quiet, QuietHours
from policies.reasons import Severity
from policies.records import OutboxMessage
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.storms import Desk as StormDesk
from tests.jobs.storms import numbered
from tests.jobs.world import World
from tests.policies.builders import at

LOUD = Cards(broadcast=Broadcast(severity_rises=True, reopens=True))
GROWTH = ((60, Severity.HIGH), (120, Severity.CRITICAL))
HIGH, CRITICAL = "alert:1:rise:HIGH", "alert:1:rise:CRITICAL"


def growing(promises: Promises) -> Promises:
    """The same promises, each of which gets worse with time."""
    return Promises(rules=tuple(replace(rule, growth=GROWTH) for rule in promises.rules))


class Desk:
    """SO-1 is late by a promise that grows, and its card is posted."""

    def __init__(self, world: World) -> None:
        self.world, self.slack, self.cards = world, FakeMessenger(), LOUD
        self.quiet = AWAKE

    async def deliver(self, key: str, minute: float, *, uncertain: bool = False) -> str:
        """Delivers what is in the outbox under that key."""
        return await self.send(replace(self.world.outbox()[key], uncertain=uncertain), minute)

    async def send(self, message: OutboxMessage, minute: float) -> str:
        """Delivers a message."""
        delivery = Delivery(
            storage=self.world.storage,
            promises=self.world.promises,
            renderer=renderer,
            messenger=self.slack,
            cards=self.cards,
            quiet=self.quiet,
        )
        send = deliver_broadcast if "broadcast" in message.payload else deliver_alert
        return await send(message, delivery=delivery, now=at(minute))

    async def act(self, verb: str, minute: float, **more: str) -> None:
        """Maria does something about #1."""
        act = Act(
            verb=verb,
            exception_id=1,
            actor="slack:U0MARIA",
            actor_name="Maria",
            tenant_ids=(1,),
            **more,  # type: ignore[arg-type]
        )
        now = at(minute)
        await act_on_exception(act, storage=self.world.storage, now=now, wall_now=now)


@pytest.fixture
async def desk(world: World) -> Desk:
    """The card is posted two minutes after the deadline."""
    world.promises = growing(world.promises)
    await world.late_order()
    desk = Desk(world)
    assert await desk.deliver("alert:1:card", 122) == "posted"
    return desk


async def test_severity_rises_while_nothing_arrives(desk: Desk) -> None:
    """No event comes: the sweep alone makes it worse, and the channel hears since when."""
    await desk.world.judge(150)
    assert HIGH not in desk.world.outbox()
    await desk.world.judge(181)
    assert desk.world.record().severity is Severity.HIGH
    assert await desk.deliver(HIGH, 185) == "posted"
    assert desk.slack.posts[-1][:2] == ("C0ACME", "1.0")
    (told,) = desk.slack.broadcasts
    assert "HIGH since" in told
    assert "13:00 UTC" in told
    assert "SO-1 of Acme" in told
    assert "1 h 5 min over" in told
    assert "<@" not in told


async def test_once_a_rise_however_often_it_is_tried(desk: Desk) -> None:
    """A second delivery says nothing; judging again asks for nothing; the next rise is told."""
    await desk.world.judge(181)
    message = desk.world.outbox()[HIGH]
    assert [await desk.send(message, 182), await desk.send(message, 183)] == ["posted", "unchanged"]
    await desk.world.ask("SO-1", 190)
    await desk.world.judge(190)
    assert desk.world.outbox()[HIGH].generation == message.generation
    await desk.world.judge(241)
    assert await desk.deliver(CRITICAL, 242) == "posted"
    assert len(desk.slack.broadcasts) == 2


async def test_an_uncertain_reply_is_looked_for(desk: Desk) -> None:
    """After a lost answer the thread is looked through before anything is said again."""
    await desk.world.judge(181)
    assert await desk.deliver(HIGH, 182, uncertain=True) == "posted"
    assert desk.slack.looks == [("C0ACME", "1.0")]


async def test_only_the_latest_is_told(desk: Desk) -> None:
    """What waited until it was worse still, or over, is left out."""
    await desk.world.judge(181)
    await desk.world.judge(241)
    assert await desk.deliver(HIGH, 242) == "covered"
    await desk.act("resolve", 243)
    assert await desk.deliver(CRITICAL, 244) == "gone"
    assert desk.slack.broadcasts == []


async def test_a_card_that_is_not_posted_says_it_itself(world: World) -> None:
    """Before the card stands in the channel there is nothing to tell besides it."""
    world.promises = growing(world.promises)
    await world.late_order()
    await world.judge(181)
    assert world.record().severity is Severity.HIGH
    assert HIGH not in world.outbox()


@pytest.mark.parametrize(
    "cards",
    [
        SILENT,
        replace(LOUD, channels={"#acme-ops": Broadcast()}),
        replace(LOUD, channels={"C0ACME": Broadcast(reopens=True)}),
    ],
)
async def test_a_channel_may_want_silence(desk: Desk, cards: Cards) -> None:
    """Where the channel does not want it, by its name or its id, nothing is said."""
    desk.cards = cards
    await desk.world.judge(181)
    assert await desk.deliver(HIGH, 182) == "unwanted"
    assert desk.slack.broadcasts == []


async def test_quiet_hours_are_quiet(desk: Desk) -> None:
    """What quiet hours would hold back is not told besides the card; the worst is."""
    desk.quiet = QuietHours(windows=(ChannelQuiet(window=Quiet(begins=0, ends=1439)),))
    await desk.world.judge(181)
    assert await desk.deliver(HIGH, 182) == "quiet"
    await desk.world.judge(241)
    assert await desk.deliver(CRITICAL, 242) == "posted"


async def test_a_reopening_is_told_with_who_and_why(desk: Desk) -> None:
    """Each reopening is told once, with the name of who did it and without calling them."""
    await desk.act("resolve", 130)
    await desk.act("reopen", 131, note="label was <!channel> wrong")
    assert await desk.deliver("alert:1:reopened:3", 132) == "posted"
    (told,) = desk.slack.broadcasts
    assert told.startswith("*Open again*: SO-1 of Acme, by Maria: “label was &lt;!")
    await desk.act("resolve", 133)
    await desk.act("reopen", 134)
    assert await desk.deliver("alert:1:reopened:5", 135) == "posted"
    assert desk.slack.broadcasts[1].endswith("by Maria")


async def test_a_storm_is_told_once(world: World) -> None:
    """Forty that get worse together are one reply in the storm's thread, and none of their own."""
    world.promises = growing(world.promises)
    storm, desk = StormDesk(world), Desk(world)
    await storm.late("SO-1")
    await desk.deliver("alert:1:card", 121)
    storm.slack = desk.slack
    await storm.late(*numbered(100, 140), minute=122)
    await storm.deliver("storm:1:card")
    await world.judge(182)
    assert await storm.refresh(183) == 1
    assert await storm.deliver("storm:1:card", minute=183) == "updated"
    assert await desk.deliver("storm:1:rise:HIGH", 184) == "posted"
    assert await desk.deliver("storm:1:rise:HIGH", 184) == "unchanged"
    assert await desk.deliver(HIGH, 184) == "covered"
    await storm.refresh(190)
    await storm.deliver("storm:1:card", minute=190)
    (told,) = desk.slack.broadcasts
    assert "42 orders of 1 client" in told
    assert world.outbox()["storm:1:rise:HIGH"].generation == 1
