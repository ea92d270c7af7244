"""A snooze until an event, from the words to the waking: by its event, by its time, by worse."""

from dataclasses import replace

import pytest

from jobs.act_on_exception import Done, act_on_exception
from jobs.keep_time import wake_snoozed
from policies.awaiting import awaited
from policies.lifecycle import AWAITED, Act
from policies.reasons import Severity
from tests.jobs.world import World, of
from tests.policies.builders import at, event


@pytest.fixture
async def quiet(world: World) -> World:
    """SO-1 is late and quiet from minute 130 until its label is made, at the latest until 160."""
    await world.late_order()
    act = Act(
        verb="snooze",
        exception_id=1,
        actor="slack:U0MARIA",
        tenant_ids=(1,),
        until=at(160),
        awaits="label_created",
    )
    done = await act_on_exception(act, storage=world.storage, now=at(130), wall_now=at(130))
    assert isinstance(done, Done)
    return world


async def test_the_wait_is_on_the_trail(quiet: World) -> None:
    """The trail says what is waited for besides the time."""
    entry = quiet.trail()[-1]
    assert (entry.before["awaits"], entry.after["awaits"]) == (None, "label_created")
    assert entry.after["snoozed_until"] == at(160).isoformat()


async def test_the_event_wakes_it_on_the_card_and_in_the_trail(quiet: World) -> None:
    """The event is recorded, its order judged, and the exception is awake; once."""
    told = quiet.outbox()["alert:1:card"].generation
    await quiet.hear(of("SO-1", event("label_created", 135, "l-1")), minute=135)
    await quiet.judge(136)
    record = quiet.record()
    assert (record.snoozed_until, awaited(record)) == (None, None)
    entry = quiet.trail()[-1]
    assert (entry.actor, entry.action, entry.note) == ("policy:pick", "wake", "label_created")
    assert quiet.outbox()["alert:1:card"].generation > told
    await quiet.ask("SO-1", 137)
    await quiet.judge(137)
    assert [entry.action for entry in quiet.trail()].count("wake") == 1


async def test_another_event_leaves_it_quiet(quiet: World) -> None:
    """Only what was waited for ends the snooze."""
    await quiet.hear(of("SO-1", event("order_edited", 135, "e-1")), minute=135)
    await quiet.judge(136)
    assert awaited(quiet.record()) == "label_created"


async def test_the_latest_time_wakes_it_without_the_event(quiet: World) -> None:
    """What never comes keeps nobody quiet for ever."""
    await wake_snoozed(storage=quiet.storage, now=at(160), wall_now=at(160))
    record = quiet.record()
    assert record.snoozed_until is None
    assert AWAITED not in record.facts


async def test_it_wakes_when_its_severity_rises(quiet: World) -> None:
    """What got worse is no longer what was made quiet; the trail says so."""
    quiet.storage.state.exceptions[1] = replace(quiet.record(), severity=Severity.LOW)
    await quiet.ask("SO-1", 131)
    await quiet.judge(131)
    assert (quiet.record().severity, quiet.record().snoozed_until) == (Severity.MEDIUM, None)
    assert (quiet.trail()[-1].action, quiet.trail()[-1].note) == ("wake", "worse")
