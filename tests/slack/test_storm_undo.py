"""Undo of an act on many: one's own, for thirty seconds, only what nobody touched since."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.ids import Field, Verb
from handlers.blocks.storm_ids import UndoingAll, decode_undo_all, encode_undo_all
from policies.reasons import Status
from tests.slack.fake_slack import Call
from tests.slack.storm_world import FOREIGN, STORM_TS, a_storm, press, stored, trail, words
from tests.slack.values import NOW
from tests.slack.world import GUEST, JOE, World, wall_now

OPEN, TAKEN = Status.OPEN, Status.ACKNOWLEDGED
IN_THREAD = {"thread_ts": STORM_TS}


@pytest.fixture(autouse=True)
async def storm(world: World) -> int:
    """Seven of Acme and one of Globex are in it."""
    return await a_storm(world)


def offered(told: Call) -> str | None:
    """The value of the Undo button in what was told, None where there is none."""
    blocks = told.said["blocks"]
    if isinstance(blocks, str):
        blocks = json.loads(blocks)
    pressed = [one for block in blocks for one in block.get("elements", [])]
    return next((one["value"] for one in pressed if one["action_id"] == Verb.STORM_UNDO), None)


async def undo(world: World, value: str | None, user: str = "U0MARIA") -> str:
    """Presses it; what was told."""
    action = {"action_id": Verb.STORM_UNDO.value, "block_id": "b", "type": "button"}
    action["value"] = str(value)
    await world.press(Verb.STORM_UNDO, actions=[action], user={"id": user, "team_id": "T1"})
    return world.slack.of("hook")[-1].words


async def act(world: World, verb: Verb = Verb.STORM_ACKNOWLEDGE) -> str | None:
    """Maria does it with all; the value of the button that she alone is shown."""
    form = await press(world, verb)
    resolved = {Field.REASON: {"selected_option": {"value": "done"}}}
    await world.submit(form, resolved if verb is Verb.STORM_RESOLVE else {})
    told = world.slack.of("chat.postEphemeral")[-1]
    assert told.said["user"] == "U0MARIA"
    return offered(told)


@pytest.mark.parametrize("verb", [Verb.STORM_ACKNOWLEDGE, Verb.STORM_RESOLVE])
async def test_all_are_brought_back(world: World, verb: Verb) -> None:
    """Everything is as it was, one entry each; who was not changed is not touched."""
    value = await act(world, verb)
    joe = stored(world, 103)
    before = len(trail(world, "undo"))
    told = await undo(world, value)
    assert "exceptions brought back" in told
    mine = [stored(world, n) for n in range(101, 108) if n != 103]
    assert {(one.status, one.assignee, one.resolution) for one in mine} == {(OPEN, None, None)}
    assert stored(world, 103).assignee == joe.assignee == "U0JOE"
    assert stored(world, FOREIGN).status is OPEN
    assert len(trail(world, "undo")) - before == (6 if verb is Verb.STORM_ACKNOWLEDGE else 7)
    assert world.watcher.actions[-1] == ("undo", "done")
    assert world.storage.state.storms[1].refresh_at is not None


async def test_what_changed_since_is_left_and_named(world: World) -> None:
    """Somebody took one meanwhile: it stays theirs, and the answer says which."""
    value = await act(world)
    changed = replace(stored(world, 102), assignee="U0JOE", version=stored(world, 102).version + 1)
    world.storage.state.exceptions[102] = changed
    told = await undo(world, value)
    assert "5 exceptions brought back" in told
    assert "left alone: 1 had changed since (SO-102)" in told
    assert stored(world, 102) == changed


async def test_only_once(world: World) -> None:
    """The second press finds other versions."""
    value = await act(world)
    await undo(world, value)
    told = await undo(world, value)
    assert "0 exceptions brought back" in told
    assert "6 had changed since (SO-101, SO-102, SO-104, SO-105, SO-106 and 1 more)" in told
    assert len(trail(world, "undo")) == 6


@pytest.mark.parametrize("who", [JOE.id, GUEST.id])
async def test_nobody_else_undoes_it(world: World, who: str) -> None:
    """A button that was handed on is worth nothing."""
    value = await act(world)
    told = await undo(world, value, who)
    assert "brought back" not in told or "6 were not changed by you last" in told
    assert stored(world, 101).status is TAKEN


async def test_late_is_late(world: World) -> None:
    """After thirty seconds nothing is changed."""
    value = decode_undo_all(await act(world))
    assert value is not None
    late = replace(value, until=wall_now() - timedelta(seconds=1))
    assert "more than 30 seconds ago" in await undo(world, encode_undo_all(late))
    assert stored(world, 101).status is TAKEN


async def test_a_button_of_ones_own_making_changes_nothing(world: World) -> None:
    """Values that nobody wrote are refused, and those of another storm are not found."""
    for value in ("", "{}", '{"storm":1,"made":7,"until":1}', "[1]", "x" * 3000):
        assert decode_undo_all(value) is None
        assert "older version" in await undo(world, value)
    far = UndoingAll(storm_id=99, versions={1: 2}, until=wall_now() + timedelta(seconds=9))
    assert "for a storm" in await undo(world, encode_undo_all(far))


@given(st.dictionaries(st.integers(1, 5000), st.integers(1, 99999), max_size=300))
def test_a_button_holds_all_or_there_is_none(versions: dict[int, int]) -> None:
    """What does not fit a button is not half in it."""
    undoing = UndoingAll(storm_id=7, versions=versions, until=NOW)
    value = encode_undo_all(undoing)
    assert value is None or decode_undo_all(value) == undoing


async def test_where_others_see_the_answer_there_is_no_button(world: World) -> None:
    """A mention is answered to all, so nothing there is pressed by mistake."""
    await world.mention("ack all", **IN_THREAD)
    assert offered(world.slack.of("chat.postMessage")[-1]) is None


async def test_snooze_all_until_cut_off(world: World) -> None:
    """In words and in the form it means the first cut-off that any of them has before it."""
    form = await press(world, Verb.STORM_SNOOZE)
    assert "Until the first cut-off (" in words(form)
    await world.mention("snooze all until cut-off", **IN_THREAD)
    assert "7 exceptions snoozed" in world.slack.told()[-1].words
    until = {stored(world, n).snoozed_until for n in range(101, 108)}
    assert len(until) == 1
    assert None not in until
    form = await press(world, Verb.STORM_SNOOZE)
    choice = {"selected_option": {"value": "until cut-off"}}
    await world.submit(form, {Field.UNTIL: choice})
    assert {stored(world, n).snoozed_until for n in range(101, 108)} == until
    assert stored(world, FOREIGN).snoozed_until is None


async def test_without_a_cut_off_a_time_is_asked_for(world: World) -> None:
    """Where no promise has one nothing is changed."""
    tenants = world.storage.state.tenants
    tenants[1] = replace(tenants[1], name="Somebody else")
    await world.mention("snooze all until cut-off", **IN_THREAD)
    told = world.slack.told()[-1].words
    assert "has a cut-off" in told or "snoozed" in told
