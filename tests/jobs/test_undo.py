"""Taking back what one did last: everything as before, once, by whoever did it, while it holds."""

from dataclasses import replace
from typing import Any

import pytest

from jobs.act_on_exception import ActOutcome, Done, NotPossible, Stale, act_on_exception
from jobs.note_draft import Note, note_draft
from policies.awaiting import awaited
from policies.lifecycle import UNDOABLE, Act
from policies.reasons import Status
from policies.records import ExceptionRecord
from tests.jobs.world import World
from tests.policies.builders import at

ACTS: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "assign": {"assignee": "U0JOE"},
    "resolve": {"reason": "carrier", "note": "late truck"},
    "snooze": {"until": at(900), "awaits": "delivered"},
}


async def do(world: World, verb: str, minute: float = 125, **more: Any) -> ActOutcome:  # noqa: ANN401
    """Maria acts on #1."""
    usual: dict[str, Any] = {"exception_id": 1, "actor": "slack:U0MARIA", "tenant_ids": (1,)}
    act = Act(verb=verb, **{**usual, **more})
    return await act_on_exception(act, storage=world.storage, now=at(minute), wall_now=at(minute))


def state(record: ExceptionRecord) -> ExceptionRecord:
    """A record without what every change changes."""
    return replace(record, version=0, updated_at=None)


def test_every_act_that_can_be_undone_is_tried_here() -> None:
    """The table of this file is the lifecycle's."""
    assert set(ACTS) == UNDOABLE


@pytest.mark.parametrize("verb", ACTS)
async def test_everything_is_as_before(world: World, verb: str) -> None:
    """Status, owner, snooze with what it waits for, and resolution come back; one line tells it."""
    await world.late_order()
    await do(world, "assign", assignee="U0DEV")
    await do(world, "snooze", until=at(700), awaits="label_created")
    if verb == "acknowledge":
        quiet = replace(world.record(), status=Status.OPEN)
        world.storage.state.exceptions[1] = quiet
    before = world.record()
    done = await do(world, verb, 126, **ACTS[verb])
    assert isinstance(done, Done)
    assert state(done.record) != state(before)
    undone = await do(world, "undo", 127, expected_version=done.record.version)
    assert isinstance(undone, Done)
    assert state(world.record()) == state(before)
    assert awaited(world.record()) == "label_created"
    assert world.record().version == done.record.version + 1
    entry = world.trail()[-1]
    assert (entry.actor, entry.action, entry.note) == ("slack:U0MARIA", "undo", verb)
    assert world.outbox()["alert:1:card"].generation > 3


async def test_what_somebody_else_did_meanwhile_stands(world: World) -> None:
    """A later change makes the undo stale; nothing is changed."""
    await world.late_order()
    done = await do(world, "acknowledge")
    assert isinstance(done, Done)
    await do(world, "resolve", actor="slack:U0JOE")
    stale = await do(world, "undo", expected_version=done.record.version)
    assert isinstance(stale, Stale)
    assert stale.last is not None
    assert stale.last.action == "resolve"
    assert world.record().status is Status.RESOLVED


@pytest.mark.parametrize("actor", ["slack:U0JOE", "api:3"])
async def test_only_ones_own_act_can_be_undone(world: World, actor: str) -> None:
    """Nobody takes back what somebody else did."""
    await world.late_order()
    await do(world, "acknowledge")
    refused = await do(world, "undo", actor=actor)
    assert isinstance(refused, NotPossible)
    assert "Only what you did last" in refused.why
    assert world.record().status is Status.ACKNOWLEDGED


async def test_it_is_undone_once(world: World) -> None:
    """There is no undoing of an undo, and nothing to undo on what nobody touched."""
    await world.late_order()
    assert isinstance(await do(world, "undo"), NotPossible)
    await do(world, "acknowledge")
    await do(world, "undo")
    assert isinstance(await do(world, "undo"), NotPossible)
    assert [entry.action for entry in world.trail()].count("undo") == 1


async def test_what_changes_nothing_is_no_hindrance(world: World) -> None:
    """A note that was drafted since is no change: the act before it can be undone."""
    await world.late_order()
    await do(world, "acknowledge")
    note = Note(text="Hello", tone="plain", language="en")
    act = Act(verb="draft", exception_id=1, actor="slack:U0JOE", tenant_ids=(1,))
    await note_draft(note, act, storage=world.storage, now=at(126), wall_now=at(126))
    assert isinstance(await do(world, "undo", 127), Done)
    foreign = replace(act, tenant_ids=(2,))
    kept = world.storage.state.copy()
    assert (
        await note_draft(note, foreign, storage=world.storage, now=at(128), wall_now=at(128))
        is None
    )
    assert world.storage.state == kept
