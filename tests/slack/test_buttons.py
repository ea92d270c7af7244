"""Buttons change state once, say something only where nothing visible tells, and never lie."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.blocks.ids import Field, Form, Verb
from policies.reasons import Status
from tests.slack.conftest import Logs
from tests.slack.values import HISTORY, NOW, SETTLED, record
from tests.slack.world import GUEST, JOE, STRANGER, World


@pytest.mark.parametrize(
    ("verb", "status", "owner"),
    [
        (Verb.ACKNOWLEDGE, Status.ACKNOWLEDGED, "U0MARIA"),
        (Verb.ASSIGN, Status.IN_PROGRESS, "U0MARIA"),
    ],
)
async def test_a_direct_button_acts_once(
    world: World, verb: Verb, status: Status, owner: str
) -> None:
    """One press, one change, one line of the trail, one order to redraw the card; no words."""
    assert (await world.press(verb))[0] == 200
    after = await world.record()
    assert (after.status, after.assignee, after.version) == (status, owner, 4)
    trail = await world.trail()
    assert [(entry.actor, entry.action) for entry in trail] == [
        ("slack:U0MARIA", verb.removeprefix("e2a_"))
    ]
    assert str(trail[0].correlation_id).startswith("e2a-")
    assert {row.message.dedup_key for row in world.storage.state.outbox.values()} >= {
        "alert:1:card"
    }
    assert world.slack.told() == []
    assert world.watcher.actions == [(verb.removeprefix("e2a_"), "done")]


async def test_reopen_brings_it_back(world: World) -> None:
    """A settled exception is opened again from its card."""
    await _store(world, **SETTLED)
    await world.press(Verb.REOPEN, version=4)
    assert (await world.record()).status is Status.OPEN


async def test_the_second_presser_is_told_who_was_faster(world: World) -> None:
    """A stale click changes nothing, says who did what, and offers the way on."""
    await world.press(Verb.ACKNOWLEDGE)
    await world.press(Verb.ACKNOWLEDGE, user={"id": "U0JOE"})
    told = world.slack.of("hook")
    assert len(told) == 1
    assert told[0].said["response_type"] == "ephemeral"
    assert told[0].said["replace_original"] is False
    assert "<@U0MARIA> acknowledged #7" in told[0].words
    assert "nothing was changed" in told[0].words
    assert (await world.record()).assignee == "U0MARIA"
    assert len(await world.trail()) == 1
    assert world.watcher.actions[-1] == ("acknowledge", "stale")


async def test_ten_who_press_at_once_get_one_effect(world: World) -> None:
    """One of them is done in silence; the nine others are each told whose it was."""
    ten = [f"U0TEN{number}" for number in range(10)]
    for who in ten:
        world.directory.people[who] = replace(JOE, id=who, name=who)
    await asyncio.gather(*(world.press(Verb.ACKNOWLEDGE, user={"id": who}) for who in ten))
    owner = (await world.record()).assignee
    assert owner in ten
    assert [entry.actor for entry in await world.trail()] == [f"slack:{owner}"]
    told = world.slack.of("hook")
    assert len(told) == 9
    assert all(f"<@{owner}> acknowledged #7" in one.words for one in told)


async def test_a_press_on_a_day_old_card_is_told_what_happened(world: World) -> None:
    """Yesterday's button changes nothing: who did what since is said."""
    await world.command("resolve 7 late truck", user_id=JOE.id)
    settled = await world.record()
    for verb in (Verb.ACKNOWLEDGE, Verb.ASSIGN):
        await world.press(verb, version=3)
    old = world.slack.of("hook")[1:]
    assert len(old) == 2
    assert all("<@U0JOE> resolved #7" in one.words for one in old)
    assert all("nothing was changed" in one.words for one in old)
    assert await world.record() == settled


async def test_a_stale_press_on_a_settled_one_offers_reopen(world: World) -> None:
    """Where it is settled by now, the notice has the button that still makes sense."""
    await _store(world, **SETTLED)
    async with world.storage.write() as tx:
        await tx.audit.append([replace(HISTORY[1], action="resolve", note="late truck")])
    await world.press(Verb.ACKNOWLEDGE)
    told = world.slack.of("hook")[0]
    assert "“late truck”" in told.words
    assert Verb.REOPEN in told.words
    assert '{\\"id\\":7,\\"v\\":4}' in told.words


@pytest.mark.parametrize("who", [GUEST.id, STRANGER.id, "U0NOBODY"])
@pytest.mark.parametrize("verb", [Verb.ACKNOWLEDGE, Verb.ASSIGN])
async def test_who_may_not_is_refused_with_a_reason(world: World, who: str, verb: Verb) -> None:
    """Authority is checked when pressed, and a refusal changes nothing."""
    await world.press(verb, user={"id": who})
    assert (await world.record()).version == 3
    assert len(world.slack.of("hook")) == 1
    assert world.watcher.actions == [(verb.removeprefix("e2a_"), "refused")]


async def test_a_button_cannot_reach_another_client(world: World) -> None:
    """A forged number in Acme's channel finds nothing of Globex."""
    await world.press(Verb.ACKNOWLEDGE, number=8)
    assert (await world.record(8)).version == 3
    assert "no exception #8 here" in world.slack.of("hook")[0].words


async def test_an_odd_button_is_answered(world: World) -> None:
    """A value that is not ours changes nothing and is not met with silence."""
    for verb in (Verb.ACKNOWLEDGE, Verb.RESOLVE, Verb.EXPLAIN):
        action = {"action_id": verb.value, "value": "junk"}
        await world.press(verb, actions=[action])
    assert len(world.slack.of("hook")) == 3
    assert (await world.record()).version == 3


async def test_a_fault_is_told_with_an_id(world: World, logs: Logs) -> None:
    """What fails on our side is logged and told; the person can quote it."""
    world.directory.failure = RuntimeError("database is on fire at /srv/x.py")
    await world.press(Verb.ACKNOWLEDGE)
    told = world.slack.of("hook")[0]
    assert "Nothing was changed" in told.words
    assert "e2a-" in told.words
    assert "fire" not in told.words
    assert world.watcher.actions == [("acknowledge", "error")]
    line = next(line for line in logs if line["event"] == "slack_request_failed")
    assert line["log_level"] == "error"
    assert line["correlation_id"] in told.words


async def test_an_answer_that_does_not_arrive_is_not_called_a_failure(world: World) -> None:
    """When only the telling fails, nobody is told that nothing was changed."""
    world.slack.errors["hook"] = 500
    await world.command("ack 7")
    assert (await world.record()).status is Status.ACKNOWLEDGED
    assert len(world.slack.of("hook")) == 1


async def test_resolve_asks_why_and_resolves(world: World) -> None:
    """Loading view at once, then the form, then the change with reason and note."""
    form = await world.form(Verb.RESOLVE)
    opened = world.slack.of("views.open")[0].said["view"]
    assert opened["callback_id"] == Form.WAIT
    assert form["callback_id"] == Form.RESOLVE
    assert (await world.record()).version == 3
    reason = {"selected_option": {"value": "carrier"}}
    values = {Field.REASON: reason, Field.NOTE: {"value": " late truck "}}
    assert (await world.submit(form, values)) == (200, "")
    after = await world.record()
    assert (after.status, after.resolution, after.resolution_note) == (
        Status.RESOLVED,
        "carrier",
        "late truck",
    )
    (told,) = world.slack.of("chat.postEphemeral")
    assert (told.said["user"], told.said["text"]) == ("U0MARIA", "#7 SO-1042 is resolved")


async def test_a_form_that_was_overtaken_says_so(world: World) -> None:
    """Somebody acted while the form was open: nothing is changed, the person is told."""
    form = await world.form(Verb.RESOLVE)
    await world.press(Verb.ACKNOWLEDGE, user={"id": JOE.id})
    reason = {"selected_option": {"value": "done"}}
    await world.submit(form, {Field.REASON: reason})
    assert (await world.record()).status is Status.ACKNOWLEDGED
    told = world.slack.of("chat.postEphemeral")[0].said
    assert (told["channel"], told["user"]) == ("C0ACME", "U0MARIA")
    assert "<@U0JOE> acknowledged" in told["text"]


@pytest.mark.parametrize("verb", [Verb.RESOLVE, Verb.SNOOZE, Verb.REPLAY])
async def test_a_form_is_refused_to_who_may_not(world: World, verb: Verb) -> None:
    """The form says why instead of asking anything."""
    form = await world.form(verb, user={"id": GUEST.id})
    assert form["callback_id"] == Form.WAIT
    assert "Guests cannot" in json.dumps(form)
    assert "submit" not in form


@pytest.mark.parametrize("verb", [Verb.RESOLVE, Verb.SNOOZE])
async def test_a_form_for_a_settled_one_says_who_settled_it(world: World, verb: Verb) -> None:
    """An old card's button opens no form for what is over."""
    await _store(world, **SETTLED)
    form = await world.form(verb)
    assert "nothing was changed" in json.dumps(form)


async def test_snooze_until_a_choice(world: World) -> None:
    """Tomorrow 08:00 is tomorrow 08:00 where the person lives."""
    form = await world.form(Verb.SNOOZE)
    choice = {"selected_option": {"value": "until tomorrow 08:00"}}
    assert (await world.submit(form, {Field.UNTIL: choice})) == (200, "")
    tomorrow = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
    assert (await world.record()).snoozed_until == tomorrow


async def test_snooze_until_a_day_and_time(world: World) -> None:
    """A time of one's own must be there and to come; the form stays open until it is."""
    form = await world.form(Verb.SNOOZE)
    custom: dict[str, Any] = {Field.UNTIL: {"selected_option": {"value": "custom"}}}
    past = {"selected_date_time": int((NOW - timedelta(hours=1)).timestamp())}
    for values in (custom, {**custom, Field.CUSTOM: past}):
        said = json.loads((await world.submit(form, values))[1])
        assert said["response_action"] == "errors"
        assert list(said["errors"]) == [Field.CUSTOM]
    until = NOW + timedelta(hours=5)
    values = {**custom, Field.CUSTOM: {"selected_date_time": int(until.timestamp())}}
    assert (await world.submit(form, values)) == (200, "")
    assert (await world.record()).snoozed_until == until


async def test_replay_shows_the_difference_first(world: World) -> None:
    """The preview changes nothing; submitting asks for the evaluation once."""
    form = await world.form(Verb.REPLAY)
    assert form["callback_id"] == Form.REPLAY
    assert "Nothing would change" in json.dumps(form)
    assert await world.trail() == []
    await world.submit(form, {})
    assert [entry.action for entry in await world.trail()] == ["replay"]
    assert "nothing changed" in world.slack.of("chat.postEphemeral")[0].said["text"]


async def test_an_expired_trigger_is_told_plainly(world: World) -> None:
    """Slack gave three seconds and they were over: press again, nothing was changed."""
    world.slack.errors["views.open"] = "expired_trigger_id"
    await world.press(Verb.RESOLVE)
    assert "press again" in world.slack.of("hook")[0].words


async def test_a_fault_behind_an_open_form_is_told_in_it(world: World) -> None:
    """A loading view never stays for ever."""
    world.directory.failure = RuntimeError("down")
    form = await world.form(Verb.RESOLVE)
    assert "Something went wrong" in json.dumps(form)


async def test_show_and_explain_only_read(world: World) -> None:
    """Looking at an exception opens a view or answers the asker alone."""
    form = await world.form(Verb.SHOW)
    assert form["callback_id"] == Form.SHOW
    await world.press(Verb.EXPLAIN)
    assert "SO-1042" in world.slack.of("hook")[0].words
    assert await world.trail() == []


async def test_buttons_on_home_act_and_redraw_it(world: World) -> None:
    """Home has no channel: the person's own channels decide what they may see."""
    at_home: dict[str, Any] = {
        "container": {"type": "view", "view_id": "V1"},
        "channel": None,
        "message": None,
        "response_url": None,
        "view": {"type": "home", "id": "V1"},
    }
    await world.press(Verb.ASSIGN, **at_home)
    assert (await world.record()).assignee == "U0MARIA"
    assert len(world.slack.of("views.publish")) == 1
    await world.press(Verb.ASSIGN, number=8, **at_home)
    assert (await world.record(8)).version == 3
    told = world.slack.of("chat.postMessage")[0].said
    assert told["channel"] == "U0MARIA"


async def test_the_message_shortcut_shows_the_card_of_the_thread(world: World) -> None:
    """On any message of an alert's thread, the asker gets the buttons."""
    message = {"ts": "1772556999.1", "thread_ts": "1772556060.000100"}
    payload = {
        "type": "message_action",
        "callback_id": "e2a_exception_actions",
        "channel": {"id": "C0ACME"},
        "message": message,
        "response_url": world.hook,
    }
    await world.interact(payload)
    assert Verb.ACKNOWLEDGE in world.slack.of("hook")[0].words
    await world.interact({**payload, "message": {"ts": "1.1"}})
    assert "not the thread of an alert" in world.slack.of("hook")[1].words


async def _store(world: World, **changes: Any) -> None:  # noqa: ANN401
    async with world.storage.write() as tx:
        tx.state.exceptions[7] = record(**changes)
