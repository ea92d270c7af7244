"""The global shortcut: the words of /e2a from anywhere, answered in the form itself."""

from typing import Any

import pytest

from handlers.blocks import ask_form
from handlers.blocks.ids import Field, Form, Shortcut
from jobs.ports.slack import Message
from policies.reasons import Status
from tests.slack.world import World


async def open_form(world: World, user: str = "U0MARIA") -> dict[str, Any]:
    """Somebody uses the shortcut; the form as it was opened."""
    used = {"type": "shortcut", "callback_id": Shortcut.ASK.value, "action_ts": "1.1"}
    assert (await world.interact({**used, "user": {"id": user}}))[0] == 200
    shown: dict[str, Any] = world.slack.of("views.open")[-1].said["view"]
    return shown


async def ask(world: World, words: str, user: str = "U0MARIA") -> str:
    """Somebody asks; what stands in the form afterwards."""
    form = await open_form(world, user)
    filled = {Field.WORDS: {"value": words}}
    status, said = await world.submit(form, filled, user={"id": user})
    assert (status, '"response_action": "update"' in said) == (200, True)
    return world.slack.of("views.update")[-1].words


async def test_the_shortcut_opens_one_input(world: World) -> None:
    """One line to type into, and nothing is posted anywhere."""
    form = await open_form(world)
    assert form["callback_id"] == Form.ASK
    assert [block["type"] for block in form["blocks"]] == ["input", "context"]
    assert [call.method for call in world.slack.told()] == ["views.open"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("exceptions", "1 exception: not settled"),
        ("exception 7", "SO-1042"),
        ("#7", "SO-1042"),
        ("help", "After `/e2a`, after a mention"),
        ("order GX-1", "no order GX-1 here"),
        ("akc 7", "Did you mean `ack`?"),
        ("what about #7?", "SO-1042"),
        ("ack", "Say it like this: ack 7"),
    ],
)
async def test_the_answer_is_shown_in_the_form(world: World, words: str, told: str) -> None:
    """Same words, same answers; what was asked can be changed and sent again."""
    shown = await ask(world, words)
    assert told in shown
    assert f'"initial_value": "{words}"' in shown
    assert {call.method for call in world.slack.told()} == {"views.open", "views.update"}


async def test_it_acts_with_the_same_check_and_trail(world: World) -> None:
    """Maria acknowledges; a guest is refused, and somebody without a channel sees nothing."""
    assert "Guests cannot" in await ask(world, "ack 7", "U0GUEST")
    assert "none of the channels" in await ask(world, "ack 7", "U0JOE")
    assert "no exception #8 here" in await ask(world, "ack 8")
    assert (await world.record()).version == 3
    assert "acknowledged" in await ask(world, "ack 7 on it")
    assert (await world.record()).status is Status.ACKNOWLEDGED
    assert [entry.note for entry in await world.trail()] == ["on it"]


async def test_buttons_that_need_a_card_are_left_out(world: World) -> None:
    """A press in the form could not show what it did; the card can."""
    shown = await ask(world, "exception 7")
    assert "e2a_resolve" not in shown
    assert "Its buttons are on its card." in shown


async def test_a_form_that_was_closed_meanwhile_is_no_fault(world: World) -> None:
    """What was to be done is done; nobody is told of a fault."""
    world.slack.errors["views.update"] = "not_found"
    form = await open_form(world)
    await world.submit(form, {Field.WORDS: {"value": "ack 7"}})
    assert (await world.record()).status is Status.ACKNOWLEDGED
    assert world.slack.of("chat.postMessage") == []


async def test_a_fault_is_told_in_the_form(world: World) -> None:
    """The asker reads an id to quote where they wait for the answer."""
    world.directory.failure = RuntimeError("down")
    assert "quote e2a-" in await ask(world, "status")


def test_an_answer_keeps_the_buttons_that_answer_themselves() -> None:
    """Asking for approval works in the form, opening another form does not."""
    kept = ask_form.answered("x", _message("e2a_ask_approval", "e2a_snooze"))["blocks"][-1]
    assert [one["action_id"] for one in kept["elements"]] == ["e2a_ask_approval"]


def _message(*actions: str) -> Message:
    elements = [{"type": "button", "action_id": name} for name in actions]
    return Message(text="x", blocks=({"type": "actions", "elements": elements},))
