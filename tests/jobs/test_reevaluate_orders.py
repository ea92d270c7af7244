"""Evaluating a span of days again: shown first, then done, twice without harm."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from jobs.reevaluate_orders import Changes, Span, preview_span, put_span_to_work
from policies.promise import Within
from policies.promises import Promises
from policies.reasons import Status
from tests.jobs.world import ACME, World, of, packaged
from tests.policies.builders import at, event

DAY = Span(tenant=ACME, since=at(-60), until=at(60))


def silent(_orders: int) -> None:
    """Nobody listens."""


async def look(
    world: World, minute: float, span: Span = DAY, promises: Promises | None = None
) -> Changes:
    """What would change as of then."""
    return await preview_span(
        span,
        storage=world.storage,
        promises=promises or world.promises,
        now=at(minute),
        told=silent,
    )


async def do(
    world: World, changes: Changes, minute: float, told: Callable[[int], None] = silent
) -> int:
    """Puts the orders to work."""
    return await put_span_to_work(
        DAY,
        changes,
        actor="cli:ann",
        storage=world.storage,
        now=at(minute),
        wall_now=at(minute),
        told=told,
    )


def stricter(minutes: int) -> Promises:
    """The packaged promises with another time to pick."""
    rules = [
        replace(rule, deadline=Within(minutes=minutes)) if rule.sla_id == "pick" else rule
        for rule in packaged().rules
    ]
    return Promises(rules=tuple(rules))


async def paid(world: World, *orders: str, tenant_id: int = 1) -> None:
    """Orders that were paid at the beginning and judged then."""
    events = [of(order, event("order_paid", 0, f"paid-{order}")) for order in orders]
    await world.hear(*events, tenant_id=tenant_id)
    await world.judge(0)


async def test_a_look_changes_nothing(world: World) -> None:
    """It counts per rule what would be opened, with the orders, and no row differs."""
    await paid(world, "SO-1", "SO-2")
    before = world.storage.state.copy()
    changes = await look(world, 70, promises=stricter(60))
    assert (changes.orders, changes.changed) == (2, 2)
    assert dict(changes.counts) == {("pick", "opened"): 2}
    assert [(one.order_id, one.exception_id, one.delay_minutes) for one in changes.examples] == [
        ("SO-1", None, 10.0),
        ("SO-2", None, 10.0),
    ]
    assert world.storage.state == before


async def test_only_orders_of_the_span_and_the_tenant(world: World) -> None:
    """An order counts when one of its events occurred within [since, until)."""
    await paid(world, "SO-1")
    await paid(world, "GX-1", tenant_id=2)
    for since, until, orders in ((0, 1, 1), (-5, 0, 0), (1, 9, 0)):
        span = Span(tenant=ACME, since=at(since), until=at(until))
        assert (await look(world, 10, span)).orders == orders


async def test_what_is_done_is_what_was_shown(world: World) -> None:
    """The orders wait to be judged, one entry is on the trail, and judging does what was said."""
    await paid(world, "SO-1", "SO-2")
    await world.hear(of("SO-2", event("pick_completed", 30)), minute=31)
    await world.judge(31)
    world.promises = stricter(60)
    changes = await look(world, 70)
    assert await do(world, changes, 70) == 2
    assert world.waiting_work() == ["SO-1", "SO-2"]
    (entry,) = world.trail()
    assert (entry.actor, entry.action) == ("cli:ann", "reevaluate")
    assert entry.after == {"orders": 2, "changed": 1, "rules": {"pick": {"opened": 1}}}
    assert entry.subject.startswith("orders:")
    done = await world.judge(70)
    assert [(record.order_id, record.sla_id) for record in done.opened] == [("SO-1", "pick")]


async def test_twice_is_harmless(world: World) -> None:
    """Asked again, nothing would change and nothing is opened a second time."""
    await paid(world, "SO-1")
    world.promises = stricter(60)
    for minute in (70, 71):
        await do(world, await look(world, minute), minute)
        await world.judge(minute)
    assert (await look(world, 72)).changed == 0
    assert len(world.records()) == len(world.storage.state.alerts) == 1


@pytest.mark.parametrize(
    ("minutes", "change"),
    [(240, "settled"), (90, "corrected")],
)
async def test_each_change_has_its_name(world: World, minutes: int, change: str) -> None:
    """An exception whose promise is longer now is settled; one that is shorter is later still."""
    await world.late_order()
    changes = await look(world, 130, promises=stricter(minutes))
    assert dict(changes.counts) == {("pick", change): 1}
    assert changes.examples[0].exception_id == 1


async def test_interrupted_it_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after a page, that page is to be judged; run again, all of them are, once each."""
    monkeypatch.setattr("jobs.reevaluate_orders._PAGE", 2)
    await paid(world, *(f"SO-{n}" for n in range(5)))
    world.promises = stricter(60)
    changes = await look(world, 70)

    def stop(_orders: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await do(world, changes, 70, told=stop)
    assert world.waiting_work() == ["SO-0", "SO-1"]
    assert len(world.trail()) == 1
    assert await do(world, await look(world, 70), 70) == 5
    await world.judge(70)
    assert sorted(record.order_id for record in world.records()) == [f"SO-{n}" for n in range(5)]
    assert {record.status for record in world.records()} == {Status.OPEN}


async def test_others_have_their_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long look gives the loop back between slices."""
    monkeypatch.setattr("jobs.slices._SIZE", 1)
    await paid(world, *(f"SO-{n}" for n in range(5)))
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await look(world, 70)
    task.cancel()
    assert turns >= 5
