"""Bringing an alert's messages up to date: once each, edited in place, never blindly again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.blocks import renderer
from jobs.act_on_exception import act_on_exception
from jobs.deliver_alert import Delivery, deliver_alert
from jobs.errors import MessageGoneError, SlackRefusedError, SlackRetryError
from jobs.ports.slack import Posted
from policies.lifecycle import Act
from policies.records import OutboxMessage
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World
from tests.policies.builders import at


class Desk:
    """An alert about a late order, and the Slack it is delivered to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.slack = FakeMessenger()

    async def deliver(
        self, part: str = "card", *, minute: float = 122, uncertain: bool = False
    ) -> str:
        """Delivers one part of alert 1."""
        message = self.world.outbox()[f"alert:1:{part}"]
        return await self._send(replace(message, uncertain=uncertain), minute)

    async def _send(self, message: OutboxMessage, minute: float) -> str:
        delivery = Delivery(
            storage=self.world.storage,
            promises=self.world.promises,
            renderer=renderer,
            messenger=self.slack,
        )
        return await deliver_alert(message, delivery=delivery, now=at(minute))

    async def gone(self) -> str:
        """Delivers a part of an alert that does not exist."""
        message = self.world.outbox()["alert:1:card"]
        return await self._send(replace(message, payload={"alert_id": 9, "part": "card"}), 122)


@pytest.fixture
async def desk(world: World) -> Desk:
    """SO-1 is a minute late and nothing was told yet."""
    await world.late_order()
    return Desk(world)


async def acknowledge(world: World) -> None:
    """Maria takes #1."""
    act = Act(verb="acknowledge", exception_id=1, actor="slack:U0MARIA", tenant_ids=(1,))
    await act_on_exception(act, storage=world.storage, now=at(122), wall_now=at(122))


async def test_a_card_is_posted_with_metadata_of_ids_only(desk: Desk) -> None:
    """The first delivery posts to the tenant's channel, marked so that it can be found again."""
    assert await desk.deliver() == "posted"
    metadata = {
        "event_type": "e2a_alert",
        "event_payload": {"alert_id": 1, "exception_ids": [1], "part": "card"},
    }
    assert desk.slack.posts == [("#acme-ops", None, metadata)]


async def test_where_it_landed_is_remembered(desk: Desk) -> None:
    """The message's place is kept, and the tenant's channel id is learnt from it."""
    await desk.deliver()
    alert = desk.world.storage.state.alerts[1]
    assert (alert.channel_id, alert.part("card").ts) == ("C0ACME", "1.0")
    assert alert.refresh_at == at(130)
    assert desk.world.storage.state.tenants[1].channel_id == "C0ACME"


async def test_unchanged_means_no_call(desk: Desk) -> None:
    """Asking again while nothing changed does not speak to Slack."""
    await desk.deliver()
    assert await desk.deliver() == "unchanged"
    assert (len(desk.slack.posts), desk.slack.updates) == (1, [])


async def test_a_change_edits_the_same_message(desk: Desk) -> None:
    """What changed is edited in place and then at rest again."""
    await desk.deliver()
    await acknowledge(desk.world)
    assert await desk.deliver() == "updated"
    assert desk.slack.updates == [("C0ACME", "1.0")]
    assert await desk.deliver() == "unchanged"


async def test_the_thread_waits_for_its_card(desk: Desk) -> None:
    """No part of a thread is posted before the card, which asks for it; then it lands below."""
    assert await desk.deliver("explanation") == "early"
    assert desk.slack.posts == []
    await desk.deliver()
    assert desk.world.outbox()["alert:1:explanation"].generation > 1
    assert await desk.deliver("explanation") == "posted"
    assert [(channel, root) for channel, root, _ in desk.slack.posts] == [
        ("#acme-ops", None),
        ("C0ACME", "1.0"),
    ]


async def test_what_arrived_after_all_is_not_posted_again(desk: Desk) -> None:
    """After an uncertain outcome a message that is found is taken for sent."""
    desk.slack.found = Posted(channel_id="C0ACME", ts="77.0")
    assert await desk.deliver(uncertain=True) == "found"
    assert desk.slack.posts == []
    assert desk.world.storage.state.alerts[1].part("card").ts == "77.0"
    assert await desk.deliver() == "unchanged"


async def test_what_did_not_arrive_is_posted(desk: Desk) -> None:
    """After an uncertain outcome a message that is not found is posted, once it was looked for."""
    assert await desk.deliver(uncertain=True) == "posted"
    assert (desk.slack.looks, len(desk.slack.posts)) == ([("#acme-ops", None)], 1)


async def test_a_reply_is_looked_for_in_its_thread(desk: Desk) -> None:
    """An uncertain reply is looked for below its card."""
    await desk.deliver()
    await desk.deliver("explanation", uncertain=True)
    assert desk.slack.looks == [("C0ACME", "1.0")]


async def test_an_unreadable_history_is_told_as_ambiguous(desk: Desk) -> None:
    """Where nobody can look, the alert is posted all the same and counted as ambiguous."""
    desk.slack.failures["find"] = [SlackRefusedError("missing_scope")]
    assert await desk.deliver(uncertain=True) == "ambiguous"
    assert len(desk.slack.posts) == 1


async def test_a_look_that_fails_for_now_posts_nothing(desk: Desk) -> None:
    """When Slack does not answer the look, nothing is posted on a guess."""
    desk.slack.failures["find"] = [SlackRetryError("ratelimited", after=5)]
    with pytest.raises(SlackRetryError):
        await desk.deliver(uncertain=True)
    assert desk.slack.posts == []


async def test_a_failed_post_leaves_nothing_recorded(desk: Desk) -> None:
    """What Slack did not take is not taken for sent."""
    desk.slack.failures["post"] = [SlackRetryError("status 500", uncertain=True)]
    before = desk.world.storage.state.copy()
    with pytest.raises(SlackRetryError):
        await desk.deliver()
    assert desk.world.storage.state == before
    assert await desk.deliver() == "posted"


async def test_a_deleted_card_of_an_open_exception_comes_back(desk: Desk) -> None:
    """What is still open does not vanish because somebody deleted its card."""
    await desk.deliver()
    await acknowledge(desk.world)
    desk.slack.failures["update"] = [MessageGoneError("message_not_found")]
    with pytest.raises(SlackRetryError):
        await desk.deliver()
    assert await desk.deliver() == "posted"
    assert len(desk.slack.posts) == 2


async def test_a_deleted_card_of_a_settled_exception_stays_deleted(desk: Desk) -> None:
    """What needs nobody any more is not posted anew."""
    await desk.deliver()
    act = Act(verb="resolve", exception_id=1, actor="slack:U0MARIA", tenant_ids=(1,))
    await act_on_exception(act, storage=desk.world.storage, now=at(130), wall_now=at(130))
    desk.slack.failures["update"] = [MessageGoneError("message_not_found")]
    assert await desk.deliver() == "gone"
    assert len(desk.slack.posts) == 1


async def test_an_alert_that_is_gone_is_not_delivered(desk: Desk) -> None:
    """A message about nothing ends quietly."""
    assert await desk.gone() == "gone"
    assert desk.slack.posts == []


async def test_free_text_of_payloads_is_never_quoted(world: World) -> None:
    """Notes and names in a payload stay out of every message."""
    await world.late_order()
    for row in world.storage.state.events.values():
        object.__setattr__(row.event, "payload", {"note": "SECRET-NOTE", "client": "acme"})
    desk = Desk(world)
    for part in ("card", "explanation"):
        await desk.deliver(part)
    assert not any("SECRET-NOTE" in text for text in desk.slack.texts)


async def test_a_press_is_shown_before_other_edits(desk: Desk) -> None:
    """Edits have a lane beside the channel's posts, and what somebody pressed goes first there."""
    async with desk.world.storage.write() as tx:
        (message,) = await tx.outbox.claim("slack", at(200), timedelta(seconds=30), 1)
    await desk.deliver()
    async with desk.world.storage.write() as tx:
        assert await tx.outbox.done(message, at(200))
    await acknowledge(desk.world)
    card = desk.world.outbox()["alert:1:card"]
    assert (card.lane, card.priority) == ("#acme-ops/edits", 5)
