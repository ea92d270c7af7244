"""Acting on a storm: what was shown and no more, one entry each, never another client's."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.blocks.ids import Field, Verb
from policies.awaiting import awaited
from policies.reasons import Status
from policies.storms import Told
from tests.slack.storm_world import (
    FOREIGN,
    STORM_TS,
    a_storm,
    press,
    statuses,
    stored,
    trail,
    words,
)
from tests.slack.values import NOW
from tests.slack.world import World

IN_THREAD = {"thread_ts": STORM_TS}
OPEN, TAKEN, DONE = Status.OPEN, Status.ACKNOWLEDGED, Status.RESOLVED


@pytest.fixture(autouse=True)
async def storm(world: World) -> int:
    """Seven of Acme and one of Globex are in it."""
    return await a_storm(world)


async def test_show_all_lists_who_may_be_seen(world: World) -> None:
    """Every order of the channel's clients is listed; another client's is not."""
    form = await press(world, Verb.STORM_LIST)
    assert all(f"SO-{number}" in words(form) for number in range(101, 108))
    assert f"SO-{FOREIGN}" not in words(form)


async def test_turning_and_choosing_draws_the_list_anew(world: World) -> None:
    """A press within the list changes the same view, for who is still allowed to see it."""
    form = await press(world, Verb.STORM_LIST)
    for action in (
        {"action_id": "e2a_storm_page_1", "type": "button", "value": "1"},
        {"action_id": Verb.STORM_CLIENT.value, "selected_option": {"value": "2"}},
        {"action_id": Verb.STORM_CLIENT.value, "selected_option": {"value": "all"}},
    ):
        view = {**form, "id": "V1", "type": "modal"}
        await world.interact({"type": "block_actions", "actions": [action], "view": view})
    shown = [call.said["view"] for call in world.slack.of("views.update")]
    assert len(shown) == 4
    assert "SO-101" not in words(shown[2])
    assert "SO-101" in words(shown[3])
    assert all(f"SO-{FOREIGN}" not in words(one) for one in shown)


async def test_acknowledge_all_does_what_was_shown(world: World) -> None:
    """Six are acknowledged, the seventh was before; one entry each, one refresh of the card."""
    form = await press(world, Verb.STORM_ACKNOWLEDGE)
    assert "Acknowledge 6 of 7?" in words(form)
    assert "1 acknowledged" in words(form)
    await world.submit(form, {})
    changed = {n for n, status in statuses(world).items() if status is TAKEN}
    assert changed == set(range(101, 108))
    assert stored(world, 103).assignee == "U0JOE"
    assert len(trail(world, "acknowledge")) == 6
    assert stored(world, FOREIGN).status is OPEN
    assert world.storage.state.storms[1].refresh_at is not None
    assert world.storage.state.outbox == {}
    assert "6 exceptions acknowledged" in world.slack.told()[-1].words


async def test_what_changed_after_the_preview_is_left(world: World) -> None:
    """A member with another version than was shown is not touched, and that is said."""
    form = await press(world, Verb.STORM_RESOLVE)
    state = world.storage.state
    state.exceptions[102] = replace(stored(world, 102), version=2, assignee="U0JOE")
    choice = {"selected_option": {"value": "carrier"}}
    await world.submit(form, {Field.REASON: choice, Field.NOTE: {"value": "late truck"}})
    assert stored(world, 102).status is OPEN
    assert stored(world, 101).status is DONE
    assert (stored(world, 101).resolution, stored(world, 101).resolution_note) == (
        "carrier",
        "late truck",
    )
    assert "6 exceptions resolved · 1 had changed meanwhile" in world.slack.told()[-1].words


async def test_who_joined_after_the_preview_is_left(world: World) -> None:
    """Only those that were shown change."""
    form = await press(world, Verb.STORM_ACKNOWLEDGE)
    member = world.storage.state.storm_members[101, ""]
    late = replace(stored(world, 101), id=120, order_id="SO-120")
    world.storage.state.exceptions[120] = late
    async with world.storage.write() as tx:
        await tx.storms.join([replace(member, exception_id=120)], NOW)
    await world.submit(form, {})
    assert stored(world, 120).status is OPEN


async def test_submitting_twice_is_harmless(world: World) -> None:
    """The second submission finds other versions and changes nothing."""
    form = await press(world, Verb.STORM_ACKNOWLEDGE)
    await world.submit(form, {})
    before = world.storage.state.exceptions.copy()
    await world.submit(form, {})
    assert world.storage.state.exceptions == before
    assert len(trail(world, "acknowledge")) == 6


async def test_snooze_all_needs_a_time(world: World) -> None:
    """Without a time to come the form stays open; with one everybody active is quiet."""
    form = await press(world, Verb.STORM_SNOOZE)
    assert "Snooze 7" in words(form)
    custom = {"selected_option": {"value": "custom"}}
    _, answer = await world.submit(form, {Field.UNTIL: custom})
    assert "Choose a day and time" in answer
    await world.submit(form, {Field.UNTIL: {"selected_option": {"value": "2h"}}})
    assert all(stored(world, n).snoozed_until is not None for n in range(101, 108))
    assert stored(world, FOREIGN).snoozed_until is None


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({Field.MEMBER: {"selected_option": {"value": "104"}}}, 104),
        ({Field.ORDER: {"value": "so-105"}}, 105),
        ({Field.ORDER: {"value": "#106"}}, 106),
    ],
    ids=["chosen", "order typed", "number typed"],
)
async def test_one_is_split_off(world: World, values: dict[Any, Any], number: int) -> None:
    """It gets an alert of its own, which its storm no longer covers, and the trail says by whom."""
    form = await press(world, Verb.STORM_SPLIT)
    await world.submit(form, values)
    assert world.storage.state.storm_members[number, ""].told is Told.SPLIT
    alert = list(world.storage.state.alerts.values())[-1]
    assert (alert.exception_ids, alert.channel) == ((number,), "C0ACME")
    keys = {held.message.dedup_key for held in world.storage.state.outbox.values()}
    assert f"alert:{alert.id}:card" in keys
    (entry,) = trail(world, "split")
    assert (entry.actor, entry.subject) == ("slack:U0MARIA", f"exception:{number}")
    await world.submit(form, values)
    assert len(trail(world, "split")) == 1
    assert "has a card of its own already" in world.slack.told()[-1].words


@pytest.mark.parametrize("typed", [str(FOREIGN), f"SO-{FOREIGN}", "7", "SO-1"])
async def test_only_a_visible_member_can_be_split_off(world: World, typed: str) -> None:
    """Another client's member and a stranger to the storm look the same: not there."""
    form = await press(world, Verb.STORM_SPLIT)
    await world.submit(form, {Field.ORDER: {"value": typed}})
    assert "Nobody in this storm is called" in world.slack.told()[-1].words
    assert trail(world, "split") == []


async def test_split_needs_a_choice(world: World) -> None:
    """An empty form stays open."""
    form = await press(world, Verb.STORM_SPLIT)
    _, answer = await world.submit(form, {})
    assert "Choose an order" in answer


@pytest.mark.parametrize("verb", [Verb.STORM_LIST, Verb.STORM_RESOLVE, Verb.STORM_SPLIT])
@pytest.mark.parametrize("user", ["U0GUEST", "U0STRANGER"])
async def test_guests_and_strangers_see_nothing(world: World, verb: Verb, user: str) -> None:
    """Who may not is told so in the form, and sees no order."""
    form = await press(world, verb, user={"id": user, "team_id": "T1"})
    assert "SO-10" not in words(form)
    assert "submit" not in form


async def test_a_storm_of_others_does_not_exist_here(world: World) -> None:
    """A button value that names another channel's storm shows nothing and changes nothing."""
    state = world.storage.state
    members = {n: replace(one, tenant_id=2) for n, one in state.storm_members.items()}
    world.storage.state.storm_members = members
    for verb in (Verb.STORM_LIST, Verb.STORM_ACKNOWLEDGE, Verb.STORM_SPLIT):
        form = await press(world, verb)
        assert "nobody in it whom you could see" in words(form)
    form = await press(world, Verb.STORM_LIST, storm_id=99)
    assert "SO-10" not in words(form)


async def test_words_for_all_in_the_thread(world: World) -> None:
    """`resolve all why` in the storm's thread resolves what is open there."""
    await world.mention("resolve all picked up by the late truck", **IN_THREAD)
    assert "7 exceptions resolved" in world.slack.told()[-1].words
    assert stored(world, 101).resolution == "picked up by the late truck"
    assert stored(world, FOREIGN).status is OPEN
    await world.mention("ack all", **IN_THREAD)
    assert "0 exceptions acknowledged" in world.slack.told()[-1].words


async def test_snooze_all_by_words(world: World) -> None:
    """`snooze all 2h` works; without a time it asks for one."""
    await world.mention("snooze all", **IN_THREAD)
    assert "Say until when" in world.slack.told()[-1].words
    await world.mention("snooze all 2h", **IN_THREAD)
    assert stored(world, 107).snoozed_until is not None
    await world.mention("snooze all until carrier scan", **IN_THREAD)
    assert awaited(stored(world, 107)) == "carrier_scan"
    await world.mention("snooze all until 2031-01-01", **IN_THREAD)
    assert "At most 30 days" in world.slack.told()[-1].words


async def test_split_by_words(world: World) -> None:
    """`split SO-104` in the thread gives it a card."""
    await world.mention("split SO-104", **IN_THREAD)
    assert "#104 SO-104 is split off" in world.slack.told()[-1].words


@pytest.mark.parametrize("said", ["ack all", "split 104"])
async def test_all_of_what(world: World, said: str) -> None:
    """Outside a storm's thread there is no `all`."""
    await world.mention(said)
    assert "in the thread of one" in world.slack.told()[-1].words
    assert statuses(world)[101] is OPEN


async def test_without_a_number_it_asks_which_one(world: World) -> None:
    """A verb alone in a storm's thread asks which one is meant."""
    await world.mention("ack", **IN_THREAD)
    told = world.slack.told()[-1].words
    assert "This thread is about 7 orders. Say which one: ack" in told
    assert trail(world, "acknowledge") == []


async def test_a_listed_exception_leads_to_its_storm(world: World) -> None:
    """`exception 104` shows it as its card would, with a link to the storm."""
    await world.command("exception 104")
    told = world.slack.told()[-1].words
    assert "SO-104" in told
    assert f"archives/C0ACME/p{STORM_TS.replace('.', '')}|storm 1>" in told
