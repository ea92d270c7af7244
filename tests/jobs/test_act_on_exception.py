"""What people do with exceptions: once, on the strength of what they saw, within their tenants."""

from typing import Any

import pytest

from jobs.act_on_exception import (
    ActOutcome,
    Done,
    NotFound,
    NotPossible,
    Stale,
    act_on_exception,
)
from policies.lifecycle import Act
from policies.reasons import Status
from tests.jobs.world import World, at_once
from tests.policies.builders import at


async def do(world: World, verb: str = "acknowledge", **more: Any) -> ActOutcome:  # noqa: ANN401
    """Maria, who sees Acme, acts on #1."""
    usual: dict[str, Any] = {"exception_id": 1, "actor": "slack:U0MARIA", "tenant_ids": (1,)}
    act = Act(verb=verb, **{**usual, **more})
    return await act_on_exception(act, storage=world.storage, now=at(125), wall_now=at(126))


async def test_an_action_is_done_told_and_on_the_trail(world: World) -> None:
    """The record, the trail and the messages change together."""
    await world.late_order()
    done = await do(world, note="calling", correlation_id="c-9")
    assert isinstance(done, Done)
    assert (done.before.status, done.record.status) == (Status.OPEN, Status.ACKNOWLEDGED)
    assert world.record() == done.record
    entry = world.trail()[-1]
    assert (entry.actor, entry.action, entry.note) == ("slack:U0MARIA", "acknowledge", "calling")
    assert (entry.before["status"], entry.after["status"]) == ("OPEN", "ACKNOWLEDGED")
    assert entry.after["assignee"] == "U0MARIA"
    assert entry.correlation_id == "c-9"
    assert world.outbox()["alert:1:card"].generation == 2
    assert "alert:1:history" in world.outbox()


async def test_an_action_on_an_old_sight_does_nothing(world: World) -> None:
    """Who acts on what they saw before somebody else's change is shown that change."""
    await world.late_order()
    seen = world.record().version
    await do(world, actor="slack:U0DEV", expected_version=seen)
    before = world.storage.state.copy()
    stale = await do(world, "resolve", expected_version=seen)
    assert isinstance(stale, Stale)
    assert stale.record.status is Status.ACKNOWLEDGED
    assert stale.last is not None
    assert (stale.last.actor, stale.last.action) == ("slack:U0DEV", "acknowledge")
    assert world.storage.state == before


async def test_what_makes_no_sense_is_said_in_a_sentence(world: World) -> None:
    """An impossible action changes nothing and says why."""
    await world.late_order()
    before = world.storage.state.copy()
    refused = await do(world, "reopen")
    assert isinstance(refused, NotPossible)
    assert refused.why == "#1 is not resolved, so there is nothing to reopen."
    assert world.storage.state == before


@pytest.mark.parametrize("more", [{"tenant_ids": (2,)}, {"tenant_ids": ()}, {"exception_id": 99}])
async def test_foreign_and_unknown_are_the_same(world: World, more: dict[str, Any]) -> None:
    """Another tenant's exception is not found, exactly as one that does not exist."""
    await world.late_order()
    before = world.storage.state.copy()
    assert await do(world, **more) == NotFound()
    assert world.storage.state == before


async def test_ten_at_once_have_one_effect(world: World) -> None:
    """Ten people who press the same button get one change and nine honest answers."""
    await world.late_order()
    seen = world.record().version
    presses = [do(world, actor=f"slack:U{n}", expected_version=seen) for n in range(10)]
    outcomes = [type(outcome) for outcome in await at_once(*presses)]
    assert (outcomes.count(Done), outcomes.count(Stale)) == (1, 9)
    assert [entry.action for entry in world.trail()] == ["opened", "acknowledge"]
    assert world.record().version == seen + 1


async def test_ten_at_once_who_saw_nothing_have_one_effect(world: World) -> None:
    """Typed words carry no version; the second acknowledgement makes no sense any more."""
    await world.late_order()
    presses = [do(world, actor=f"slack:U{n}") for n in range(10)]
    outcomes = [type(outcome) for outcome in await at_once(*presses)]
    assert (outcomes.count(Done), outcomes.count(NotPossible)) == (1, 9)


async def test_a_resolution_keeps_reason_and_note(world: World) -> None:
    """Resolving records why, in the record and in the trail; reopening clears it."""
    await world.late_order()
    await do(world, "resolve", reason="carrier", note="on the truck")
    record = world.record()
    assert (record.resolution, record.resolution_note) == ("carrier", "on the truck")
    assert record.resolved_at == at(125)
    await do(world, "reopen")
    assert (world.record().status, world.record().resolution) == (Status.OPEN, None)
    assert [entry.action for entry in world.trail()] == ["opened", "resolve", "reopen"]


async def test_a_blocked_exception_says_why(world: World) -> None:
    """Blocking keeps the person's words; unblocking clears them and the attempts."""
    await world.late_order()
    await do(world, "block", note="client said wait")
    assert world.record().resolution_block_reason == "client said wait"
    await do(world, "unblock")
    record = world.record()
    assert (record.resolution_blocked, record.resolution_block_reason) == (False, None)
