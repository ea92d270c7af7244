"""What is done by itself, in Slack: shown, approved by who may, taken back, and kept apart."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.blocks import renderer
from handlers.blocks.ids import Verb
from handlers.slack.grammar import parse
from handlers.slack.intents import Ask, Incomplete
from handlers.slack.resolution_intents import ShowResolution, UndoResolution
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.resolve_exceptions import resolve_exceptions
from jobs.resolving import Resolving
from policies.attempts import AttemptState
from policies.resolution import ResolutionBook
from policies.roles import Role, RoleGrant
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.resolutions import Calls, resolving_of, rules
from tests.slack.clock_values import TENANT
from tests.slack.values import NOW
from tests.slack.world import World, wall_now

ASKS = "[{do: hold_order, approve: lead, limit: {per_order: 1}, proved_by: [order_held]}]"


async def ready(world: World, approve: str = "lead") -> tuple[ResolutionBook, Resolving, Calls]:
    """A policy for #7, known to the app and to the job; its receiver."""
    code = (await world.record()).reason_code.value
    book = rules(f"{{{code}: {ASKS.replace('lead', approve)}}}", TENANT.name)
    object.__setattr__(world.services, "resolution", book)
    calls = Calls()
    return book, resolving_of(world.storage, world.services.promises, book, calls), calls


async def run(resolving: Resolving, minute: int = 0) -> None:
    """One run of the job."""
    now = NOW + timedelta(minutes=minute)
    await resolve_exceptions(resolving, now=now, wall_now=wall_now)


async def give(world: World, principal: str, role: Role) -> None:
    """Gives somebody a role."""
    grant = RoleGrant(principal=principal, role=role, granted_by="slack:U9")
    await world.services.authority.give(grant, trail=[1], now=NOW)


async def decide(world: World, verb: Verb, who: str = "U0MARIA") -> None:
    """Somebody presses a button of the first request."""
    value = json.dumps({"approval": 1})
    action = {"action_id": verb.value, "block_id": "b", "type": "button", "value": value}
    await world.press(verb, actions=[action], user={"id": who})


def states(world: World) -> list[AttemptState]:
    """How the attempts stand."""
    return [one.state for one in world.storage.state.attempts.values()]


async def test_a_lead_approves_and_then_it_runs(world: World) -> None:
    """Asked once in the channel, in words; an operator cannot approve it, a lead can."""
    _, resolving, calls = await ready(world)
    await run(resolving)
    assert (states(world), calls.told) == ([AttemptState.ASKED], [])
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage,
        promises=world.services.promises,
        renderer=renderer,
        messenger=slack,
    )
    held = world.storage.state.outbox.values()
    request = next(row.message for row in held if row.message.dedup_key == "approval:1")
    await deliver_notice(request, delivery=delivery, now=NOW)
    assert "*The resolution policy* asks to run hold_order for #7" in slack.texts[-1]
    await decide(world, Verb.APPROVE)
    assert states(world) == [AttemptState.ASKED]
    await give(world, "user:U0MARIA", Role.LEAD)
    await decide(world, Verb.APPROVE)
    assert "it runs within a minute" in world.slack.of("hook")[-1].words
    await run(resolving, 1)
    assert (states(world), len(calls.told)) == ([AttemptState.WAITING], 1)
    (attempt,) = world.storage.state.attempts.values()
    assert attempt.approved_by == "slack:U0MARIA"
    actions = [entry.action for entry in await world.trail()]
    assert actions == ["ask_approval", "approve", "attempt"]


async def test_what_was_declined_is_not_asked_again(world: World) -> None:
    """No is an answer for good."""
    _, resolving, calls = await ready(world, "operator")
    await run(resolving)
    await decide(world, Verb.DECLINE)
    for minute in (1, 2):
        await run(resolving, minute)
    assert (states(world), calls.told) == ([AttemptState.DECLINED], [])


async def test_it_is_shown_what_may_run_and_what_was_tried(world: World) -> None:
    """`resolution 7` and `resolution`: rules, attempts, rates from outcomes; no other client's."""
    _, resolving, _ = await ready(world, "no")
    await world.command("resolution 7")
    assert "*hold order* · 1 an order" in world.slack.of("hook")[-1].words
    assert "nothing yet" in world.slack.of("hook")[-1].words
    await run(resolving)
    await run(resolving, 61)
    await world.command("resolution 7")
    said = world.slack.of("hook")[-1].words
    assert "1 of 2 attempts used" in said
    assert "hold order · failed · after 1 h 1 min · answered 202 · taken" in said
    await world.command("resolution")
    assert "hold order: 0 of 1 helped (0 %)" in world.slack.of("hook")[-1].words
    await world.command("resolution 8")
    assert "hold order" not in world.slack.of("hook")[-1].words


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
async def test_what_was_done_can_be_taken_back_by_who_may(world: World, role: Role) -> None:
    """The inverse action runs with a key of its own and counts as no attempt."""
    _, resolving, calls = await ready(world, "no")
    await run(resolving)
    await run(resolving, 61)
    await give(world, "user:U0MARIA", role)
    await world.command("resolution undo 7")
    await run(resolving, 62)
    if role is Role.VIEWER:
        assert len(calls.told) == 1
        return
    assert [name for name, _, _ in calls.told] == ["hold_order", "release_order"]
    assert states(world)[-1] is AttemptState.SUCCEEDED
    assert (await world.record()).resolution_attempts == 1
    await world.command("resolution undo 7")
    assert "can be taken back" in world.slack.of("hook")[-1].words


async def test_a_message_is_one_line_that_calls_nobody(world: World) -> None:
    """Text of a policy with facts in it: what looks like a mention is not one."""
    code = (await world.record()).reason_code.value
    text = f'{{{code}: [{{do: message, text: "{{order_id}} <!channel> is late"}}]}}'
    resolving = resolving_of(world.storage, world.services.promises, rules(text, TENANT.name))
    await run(resolving)
    held = world.storage.state.outbox.values()
    notice = next(row.message for row in held if row.message.dedup_key == "resolution:1")
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage,
        promises=world.services.promises,
        renderer=renderer,
        messenger=slack,
    )
    assert await deliver_notice(notice, delivery=delivery, now=NOW) == "posted"
    assert "&lt;!channel&gt; is late" in slack.texts[-1]
    assert notice.payload["channel"] == TENANT.channel_id


async def test_nothing_is_posted_where_nothing_is_to_be_posted(world: World) -> None:
    """With notifications off a wish waits without a message."""
    _, resolving, _ = await ready(world)
    await run(replace(resolving, notify=False))
    keys = {row.message.dedup_key for row in world.storage.state.outbox.values()}
    assert (states(world), "approval:1" in keys) == ([AttemptState.ASKED], False)


@pytest.mark.parametrize(
    ("text", "thread", "meant"),
    [
        pytest.param("resolution", False, ShowResolution(), id="as a whole"),
        pytest.param("resolution", True, ShowResolution(here=True), id="of the thread"),
        pytest.param("resolution #7", False, ShowResolution(exception_id=7), id="of one"),
        pytest.param("resolution undo 7", False, UndoResolution(exception_id=7), id="undo"),
        pytest.param("resolution undo", True, UndoResolution(exception_id=None), id="undo here"),
    ],
)
def test_words_have_one_meaning(text: str, thread: object, meant: object) -> None:
    """Typed alone, with a number, in a thread."""
    assert parse(text, talk=False, thread=bool(thread)) == meant


def test_words_that_say_too_little_are_asked() -> None:
    """`resolution undo` outside of a thread, or of something that is no number."""
    for text in ("resolution undo", "resolution of everything"):
        assert isinstance(parse(text, talk=False), Incomplete)
    assert isinstance(parse("resolution of the dispute?", talk=True), Ask)
