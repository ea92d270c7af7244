"""Undo in Slack: offered where only the asker sees it, for thirty seconds, once."""

import json
from datetime import timedelta
from typing import Any

import pytest

from handlers.blocks.ids import Field, Target, Verb
from handlers.blocks.undo import TIME, Undoing, decode_undo, encode_undo
from policies.reasons import Status
from tests.slack.fake_slack import Call
from tests.slack.world import GUEST, JOE, World, wall_now


def offered(told: Call) -> str | None:
    """The value of the Undo button in what was told, None where there is none."""
    blocks = told.said["blocks"]
    if isinstance(blocks, str):
        blocks = json.loads(blocks)
    pressed = [one for block in blocks for one in block.get("elements", [])]
    found = [one["value"] for one in pressed if one.get("action_id") == Verb.UNDO.value]
    return found[0] if found else None


async def undo(world: World, value: str | None, **more: Any) -> str:  # noqa: ANN401
    """Presses it; what was told."""
    before = len(world.slack.of("hook"))
    action = {"action_id": Verb.UNDO.value, "block_id": "b", "type": "button", "value": value}
    await world.press(Verb.UNDO, actions=[action], **more)
    told = world.slack.of("hook")[before:]
    assert len(told) == 1
    return told[0].words


@pytest.mark.parametrize("words", ["ack 7", "assign 7 me", "resolve 7 done", "snooze 7 2h"])
async def test_a_command_can_be_undone(world: World, words: str) -> None:
    """The private answer has the button; pressing it brings everything back."""
    await world.command(words)
    value = offered(world.slack.of("hook")[0])
    told = await undo(world, value)
    assert "Undone. #7 SO-1042 is open" in told
    record = await world.record()
    assert (record.status, record.assignee, record.snoozed_until) == (Status.OPEN, None, None)
    assert (record.version, record.resolution) == (5, None)
    assert [entry.action for entry in await world.trail()][-1] == "undo"
    assert world.watcher.actions[-1] == ("undo", "done")


async def test_a_form_that_ends_something_can_be_undone(world: World) -> None:
    """Who resolved by the form is told in one line, with the button, and nobody else is."""
    form = await world.form(Verb.RESOLVE)
    await world.submit(form, {Field.REASON: {"selected_option": {"value": "done"}}})
    (told,) = world.slack.of("chat.postEphemeral")
    assert told.said["user"] == "U0MARIA"
    await undo(world, offered(told))
    assert (await world.record()).status is Status.OPEN


async def test_where_others_see_the_answer_there_is_no_button(world: World) -> None:
    """A mention is answered to all, so nothing there is pressed by mistake."""
    await world.mention("ack 7")
    (told,) = world.slack.of("chat.postMessage")
    assert offered(told) is None


async def test_what_was_not_done_has_no_button(world: World) -> None:
    """A refusal, a stale press or another verb offers nothing to undo."""
    await world.command("ack 7")
    await world.command("ack 7")
    await world.command("block 7 why")
    assert [offered(one) is None for one in world.slack.of("hook")] == [False, True, True]


async def test_late_is_late(world: World) -> None:
    """After thirty seconds the button says so and changes nothing."""
    await world.command("ack 7")
    late = Undoing(target=Target(id=7, version=4), until=wall_now() - timedelta(seconds=1))
    assert "more than 30 seconds ago" in await undo(world, encode_undo(late))
    assert (await world.record()).status is Status.ACKNOWLEDGED
    assert timedelta(seconds=30) == TIME


async def test_a_change_meanwhile_is_told(world: World) -> None:
    """Somebody acted after it: nothing is changed, and who it was is said."""
    await world.command("ack 7")
    value = offered(world.slack.of("hook")[0])
    await world.command("assign 7 me", user_id=JOE.id)
    assert "<@U0JOE> took it" in await undo(world, value)
    assert (await world.record()).assignee == JOE.id


@pytest.mark.parametrize("who", [JOE.id, GUEST.id])
async def test_nobody_else_undoes_it(world: World, who: str) -> None:
    """A button that was handed on is worth nothing."""
    await world.command("ack 7")
    value = offered(world.slack.of("hook")[0])
    await undo(world, value, user={"id": who})
    assert (await world.record()).status is Status.ACKNOWLEDGED


@pytest.mark.parametrize("value", ["junk", '{"id":7,"v":4}', '{"id":7,"v":4,"until":"x"}', None])
async def test_an_odd_button_is_answered(world: World, value: str | None) -> None:
    """What we did not write undoes nothing and is not met with silence."""
    await world.command("ack 7")
    assert "older version" in await undo(world, value)
    assert (await world.record()).status is Status.ACKNOWLEDGED


def test_the_value_comes_back() -> None:
    """The button carries number, version and time, to the second."""
    undoing = Undoing(target=Target(id=7, version=3), until=wall_now().replace(microsecond=0))
    assert decode_undo(encode_undo(undoing)) == undoing
