"""Evaluating an order again: the preview only looks, and pressing twice is harmless."""

from jobs.act_on_exception import NotFound
from jobs.replay_order import preview_replay, replay_exception
from jobs.views import ReplayPreview
from policies.lifecycle import Act
from policies.reasons import Status
from policies.records import DeadLetter
from tests.jobs.world import World
from tests.policies.builders import at, event


async def preview(world: World, minute: float, tenants: tuple[int, ...] = (1,)) -> object:
    """What a replay of #1 would do."""
    return await preview_replay(
        1, tenants, storage=world.storage, promises=world.promises, now=at(minute)
    )


async def replay(world: World, minute: float, tenants: tuple[int, ...] = (1,)) -> object:
    """Replays #1."""
    act = Act(
        verb="replay",
        exception_id=1,
        actor="slack:U0MARIA",
        tenant_ids=tenants,
        correlation_id="c-7",
    )
    return await replay_exception(
        act,
        storage=world.storage,
        promises=world.promises,
        now=at(minute),
        wall_now=at(minute),
    )


def letter(kind: str = "evaluate") -> DeadLetter:
    """A letter about SO-1."""
    return DeadLetter(
        tenant_id=1, kind=kind, subject="SO-1", order_id="SO-1", reason="broke", payload={}
    )


async def test_the_preview_changes_nothing(world: World) -> None:
    """Looking at what a replay would do leaves every row as it is."""
    await world.late_order()
    await world.hear(event("pick_completed", 130), minute=131)
    before = world.storage.state.copy()
    shown = await preview(world, 131)
    assert isinstance(shown, ReplayPreview)
    assert shown.changes == ("#1 PICK_DELAY would be settled (settled_late).",)
    assert world.storage.state == before


async def test_a_replay_does_what_the_preview_said(world: World) -> None:
    """The replay asks for the evaluation that was shown, on the trail with its actor."""
    await world.late_order()
    await world.hear(event("pick_completed", 130), minute=131)
    assert await replay(world, 131) == await preview(world, 131)
    assert (world.trail()[-1].actor, world.trail()[-1].action) == ("slack:U0MARIA", "replay")
    await world.judge(131)
    assert world.record().status is Status.RESOLVED


async def test_replaying_twice_is_harmless(world: World) -> None:
    """A second press finds nothing to change; nothing is opened or settled twice."""
    await world.late_order()
    for minute in (130, 131):
        shown = await replay(world, minute)
        assert isinstance(shown, ReplayPreview)
        assert shown.changes == ()
        await world.judge(minute)
    assert len(world.records()) == len(world.storage.state.alerts) == 1
    assert [entry.action for entry in world.trail()] == ["opened", "replay", "replay"]
    assert world.waiting_work() == []


async def test_a_replay_sets_the_orders_letters_going(world: World) -> None:
    """Dead letters of the order are tried again; one rejected at the door cannot be."""
    await world.late_order()
    async with world.storage.write() as tx:
        await tx.dead_letters.add([letter(), letter("event")], at(125))
    shown = await replay(world, 130)
    assert isinstance(shown, ReplayPreview)
    assert shown.retryable == 1
    assert [found.state for found in world.letters()] == ["replayed", "waiting"]
    assert world.waiting_work() == ["SO-1"]


async def test_a_foreign_exception_is_not_found(world: World) -> None:
    """Neither preview nor replay knows another tenant's exception."""
    await world.late_order()
    before = world.storage.state.copy()
    assert await preview(world, 130, (2,)) == NotFound()
    assert await replay(world, 130, (2,)) == NotFound()
    assert world.storage.state == before
