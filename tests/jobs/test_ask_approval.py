"""A wish that needs somebody's approval is asked once, posted once, and done once."""

from handlers.blocks import renderer
from jobs.act_on_exception import Done
from jobs.ask_approval import Decided, Declined, ask_approval, decide_approval
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from policies.lifecycle import Act
from policies.reasons import Status
from policies.records import OutboxMessage
from policies.roles import Approval
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World
from tests.policies.builders import at


async def _asked(world: World) -> Approval:
    record = await world.late_order()
    act = Act(
        verb="snooze",
        exception_id=record.id,
        actor="slack:U1",
        actor_name="Joe",
        tenant_ids=(1,),
        until=at(900),
        expected_version=record.version,
    )
    number = await ask_approval(
        act,
        record,
        channel="C0ACME",
        may=("<@U2>",),
        storage=world.storage,
        now=at(500),
        wall_now=at(500),
    )
    return world.storage.state.approvals[number]


def _request(world: World) -> OutboxMessage:
    return world.outbox()["approval:1"]


async def _decide(world: World, approval: Approval, *, approved: bool) -> object:
    return await decide_approval(
        approval,
        approved=approved,
        actor="slack:U2",
        storage=world.storage,
        now=at(510),
        wall_now=at(510),
    )


async def test_the_wish_is_posted_with_its_buttons(world: World) -> None:
    """The request stands in the client's channel and names who may decide."""
    await _asked(world)
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=slack
    )
    assert await deliver_notice(_request(world), delivery=delivery, now=at(501)) == "posted"
    assert "asks to snooze #1" in slack.texts[-1]


async def test_an_approved_wish_is_done_as_it_was_wanted(world: World) -> None:
    """Until when is kept to the instant; a second decision changes nothing."""
    approval = await _asked(world)
    outcome = await _decide(world, approval, approved=True)
    assert isinstance(outcome, Done)
    assert outcome.record.snoozed_until == at(900)
    assert isinstance(await _decide(world, approval, approved=False), Decided)
    assert world.record().snoozed_until == at(900)


async def test_a_declined_wish_changes_nothing_and_is_not_posted_any_more(world: World) -> None:
    """Who delivers the request after the decision finds nothing to post."""
    approval = await _asked(world)
    request = _request(world)
    assert isinstance(await _decide(world, approval, approved=False), Declined)
    assert (world.record().status, world.record().snoozed_until) == (Status.OPEN, None)
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=slack
    )
    assert await deliver_notice(request, delivery=delivery, now=at(520)) == "gone"
    assert slack.posts == []
