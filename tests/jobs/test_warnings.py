"""A warning is one message a clock: posted where wanted, edited seldom, ended in a line."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.blocks import renderer
from jobs.deliver_alert import Delivery, deliver_alert
from jobs.deliver_notice import deliver_notice
from jobs.errors import MessageGoneError, SlackRetryError
from jobs.keep_time import refresh_warnings
from jobs.ports.slack import Posted
from jobs.tell_warnings import warning_message
from policies.promises import Promises
from policies.quiet import AWAKE, ChannelQuiet, Quiet, QuietHours
from policies.records import OutboxMessage
from policies.warnings import LiveWarning
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.storms import SHARED
from tests.jobs.world import World, of
from tests.policies.builders import at, event

PAID = event("order_paid", 0, order_value_cents=12840, warehouse="ATL1")
KEY = "risk:1:SO-1:pick:"


def warnings(world: World) -> list[OutboxMessage]:
    """The warnings in the outbox."""
    return [one for one in world.outbox().values() if one.payload.get("notice") == "risk"]


class Desk:
    """A world whose rules warn, and the Slack that it tells."""

    def __init__(self, world: World) -> None:
        self.world, self.slack = world, FakeMessenger()
        self.quiet = AWAKE
        world.promises = Promises(
            rules=tuple(replace(rule, post_warning=True) for rule in world.promises.rules)
        )

    async def at_risk(self) -> None:
        """An order past 75 % of its two hours."""
        await self.world.hear(PAID)
        await self.world.judge(0)
        await self.world.judge(91)

    async def deliver(self, minute: float, **changes: Any) -> str:  # noqa: ANN401
        """Delivers the warning about SO-1's picking as it is asked for."""
        return await self.send(replace(self.world.outbox()[KEY], **changes), minute)

    async def send(self, message: OutboxMessage, minute: float) -> str:
        """Delivers a message."""
        delivery = Delivery(
            storage=self.world.storage,
            promises=self.world.promises,
            renderer=renderer,
            messenger=self.slack,
            quiet=self.quiet,
        )
        send = deliver_notice if "notice" in message.payload else deliver_alert
        return await send(message, delivery=delivery, now=at(minute))

    async def sweep(self, minute: float) -> int:
        """What the sweep does with warnings at that minute."""
        now = at(minute)
        return await refresh_warnings(storage=self.world.storage, now=now, wall_now=now)

    async def hears(self, kind: str, minute: float) -> None:
        """Something happens to the order and it is judged."""
        await self.world.hear(event(kind, minute), minute=minute)
        await self.world.judge(minute)

    def row(self) -> LiveWarning:
        """The warning as kept."""
        return self.world.storage.state.warnings[1, "SO-1", "pick", ""]


@pytest.fixture
async def desk(world: World) -> Desk:
    """The warning is posted with 29 minutes left."""
    desk = Desk(world)
    await desk.at_risk()
    assert await desk.deliver(91) == "posted"
    return desk


async def test_the_packaged_rules_post_nothing(world: World) -> None:
    """At risk is shown where people look, and posted nowhere, unless a rule wants it."""
    await world.hear(PAID)
    await world.judge(0)
    await world.judge(91)
    assert world.clocks()["pick"].check_at == at(120)
    assert (world.outbox(), world.storage.state.warnings) == ({}, {})


async def test_a_rule_may_want_it_posted(world: World) -> None:
    """With `post: true` the channel is warned once, with what a person needs at a glance."""
    desk = Desk(world)
    await desk.at_risk()
    await world.ask("SO-1", 95)
    await world.judge(95)
    (warning,) = warnings(world)
    assert (warning.generation, warning.lane) == (1, "#acme-ops")
    assert await desk.send(warning, 100) == "posted"
    assert desk.slack.texts == ["*At risk · SO-1 · Acme* · 20 min left, then MEDIUM"]
    said = str(desk.slack.drawn[0].blocks)
    assert all(part in said for part in ("In-house promise", "Due ", "order 128.40 USD"))
    assert "Nobody owns it yet" in said
    assert "*Next* pick by" in said
    assert "Show order" in said


async def test_too_late_is_not_posted(world: World) -> None:
    """A warning that could not be sent before the deadline is left out."""
    desk = Desk(world)
    await desk.at_risk()
    assert await desk.deliver(121) == "gone"
    assert desk.slack.texts == []
    assert desk.row().ended_at == at(121)


async def test_it_is_edited_when_a_tenth_is_left_and_not_between(desk: Desk) -> None:
    """Asked for every minute, it is edited once: at 108 of 120 minutes."""
    assert desk.row().refresh_at == at(108)
    outcomes = []
    for minute in range(92, 120):
        await desk.sweep(minute)
        outcomes.append(await desk.deliver(minute))
    assert [n + 92 for n, outcome in enumerate(outcomes) if outcome == "updated"] == [108]
    assert desk.slack.updates == [("C0ACME", "1.0")]
    assert "12 min left" in desk.slack.texts[-1]
    assert desk.row().refresh_at is None


async def test_the_sweep_finds_what_is_due(desk: Desk) -> None:
    """A warning is asked for when its next part is gone, once."""
    assert [await desk.sweep(minute) for minute in (107, 108, 109)] == [0, 1, 0]
    assert warning_message(desk.row()).lane == "C0ACME/edits"
    assert desk.world.outbox()[KEY].generation == 2


async def test_made_it(desk: Desk) -> None:
    """What was done in time becomes one grey line, and is at rest."""
    await desk.hears("pick_completed", 103)
    assert await desk.deliver(104) == "updated"
    assert desk.slack.texts[-1] == "*Made it · SO-1 · Acme* · 17 min before"
    assert len(desk.slack.drawn[-1].blocks) == 1
    assert (desk.row().ended_at, desk.row().refresh_at) == (at(104), None)
    assert await desk.deliver(105) == "unchanged"


async def test_broken_leads_to_the_card(desk: Desk) -> None:
    """A broken promise waits for its card to be posted and then leads to it, in one edit."""
    await desk.world.judge(121)
    assert await desk.deliver(121) == "early"
    assert desk.slack.updates == []
    await desk.send(desk.world.outbox()["alert:1:card"], 121)
    assert await desk.sweep(121.5) == 0
    assert await desk.sweep(122) == 1
    assert await desk.deliver(122) == "updated"
    assert desk.slack.texts[-1] == (
        "*Broken · SO-1 · Acme* · <https://slack.com/archives/C0ACME/p20|see its card>"
    )
    assert [await desk.deliver(123), await desk.sweep(200)] == ["unchanged", 0]


async def test_broken_leads_to_the_storm(world: World) -> None:
    """Who is told in a storm's list has that storm for a card."""
    desk = Desk(world)
    await desk.at_risk()
    await desk.deliver(91)
    world.telling = SHARED
    for number in range(2, 9):
        paid = event("order_paid", 0, f"paid-{number}", warehouse="ATL1")
        await world.hear(of(f"SO-{number}", paid))
    await world.judge(121)
    async with world.storage.write() as tx:
        await tx.storms.sent(1, "card", channel_id="C0ACME", ts="99.5", digest="d")
    assert await desk.deliver(122) == "updated"
    assert "/C0ACME/p995|see its card" in desk.slack.texts[-1]


async def test_a_rule_that_is_not_enforced_opens_nothing(world: World) -> None:
    """Where no card will come the line says so at once."""
    desk = Desk(world)
    later = tuple(replace(rule, enforce_from=at(9999)) for rule in world.promises.rules)
    world.promises = Promises(rules=later)
    await desk.at_risk()
    await desk.deliver(91)
    await world.judge(121)
    assert await desk.deliver(121) == "updated"
    assert desk.slack.texts[-1] == "*Broken · SO-1 · Acme* · nothing was opened about it"


async def test_quiet_hours_hold_it_back(world: World) -> None:
    """In quiet hours it is not posted; when they end it is, if there is still something to save."""
    desk = Desk(world)
    night = Quiet(begins=11 * 60, ends=11 * 60 + 40)
    desk.quiet = QuietHours(windows=(ChannelQuiet(window=night),))
    await desk.at_risk()
    assert await desk.deliver(91) == "quiet"
    assert desk.row().refresh_at == at(100)
    assert [await desk.sweep(99), await desk.sweep(100)] == [0, 1]
    assert await desk.deliver(100) == "posted"
    assert "20 min left" in desk.slack.texts[-1]


async def test_called_off(desk: Desk) -> None:
    """A cancelled order needs no warning any more."""
    await desk.hears("order_cancelled", 100)
    assert await desk.deliver(101) == "updated"
    assert desk.slack.texts[-1] == "*Called off · SO-1 · Acme*"


async def test_a_rule_that_is_gone_calls_it_off(desk: Desk) -> None:
    """A promise that was taken out of the policy is no longer warned of."""
    kept = tuple(rule for rule in desk.world.promises.rules if rule.sla_id != "pick")
    desk.world.promises = Promises(rules=kept)
    await desk.world.ask("SO-1", 95)
    await desk.world.judge(95)
    assert await desk.deliver(96) == "updated"
    assert desk.slack.texts[-1].startswith("*Called off")


async def test_an_uncertain_post_is_looked_for(world: World) -> None:
    """After a lost answer the channel is looked through; what is there is taken over."""
    desk = Desk(world)
    await desk.at_risk()
    desk.slack.failures = {"post": [SlackRetryError("lost", uncertain=True)]}
    with pytest.raises(SlackRetryError):
        await desk.deliver(91)
    desk.slack.found = Posted(channel_id="C0ACME", ts="77.0")
    assert await desk.deliver(92, uncertain=True) == "found"
    assert (desk.slack.posts, desk.row().ts) == ([], "77.0")


async def test_what_may_have_arrived_does_not_stay(world: World) -> None:
    """A first attempt may have arrived; when all is over it is looked for and put right."""
    desk = Desk(world)
    await desk.at_risk()
    await desk.hears("pick_completed", 103)
    assert await desk.deliver(104, uncertain=True) == "gone"
    world.storage.state.warnings.clear()
    desk.slack.found = Posted(channel_id="C0ACME", ts="77.0")
    assert await desk.deliver(104, uncertain=True) == "updated"
    assert (desk.slack.posts, desk.slack.updates) == ([], [("C0ACME", "77.0")])
    assert desk.slack.texts == ["*Made it · SO-1 · Acme* · 17 min before"]


async def test_a_deleted_one_is_not_posted_again(desk: Desk) -> None:
    """Somebody deleted it and does not want it."""
    desk.slack.failures = {"update": [MessageGoneError("message_not_found")]}
    await desk.sweep(108)
    assert await desk.deliver(108) == "gone"
    assert len(desk.slack.posts) == 1


async def test_one_of_an_older_version_is_still_told(world: World) -> None:
    """What was asked for before warnings were kept is posted and kept from now on."""
    desk = Desk(world)
    await desk.at_risk()
    world.storage.state.warnings.clear()
    assert await desk.deliver(95) == "posted"
    assert desk.row().ts == "1.0"
