"""An order that is told of under several names is judged once, as if all had used one name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest

from jobs import backtest_policy
from jobs.act_on_exception import act_on_exception
from jobs.backtest_policy import simulate_policy
from jobs.replay_order import preview_replay
from jobs.show import show_order
from jobs.views import ReplayPreview
from policies.backtesting.report import Report
from policies.facts import OrderEvent
from policies.lifecycle import Act
from policies.queries import Receipt
from policies.records import ExceptionRecord, OrderKey, ReceivedEvent
from storage.memory import MemoryEventLog
from tests.jobs.test_backtest_policy import TEXT
from tests.jobs.world import ACME, World, of, open_world
from tests.policies.builders import at, event
from tests.storage.builders import received

ORDER, NUMBER, PARCEL, OWN = "SO-1", "shopify:5001", "tracking:1Z9", "shiphero:204"
END = 12_000
Told = tuple[OrderEvent, tuple[str, ...]]
CREATED: Told = (of(ORDER, event("order_created", 0)), (NUMBER,))
PAID: Told = (of(ORDER, event("order_paid", 1)), (NUMBER,))
PICKED: Told = (of(ORDER, event("pick_completed", 100)), ())
ALLOCATED: Told = (of(ORDER, event("allocated", 50)), (OWN,))
PACKED: Told = (of(OWN, event("pack_completed", 400)), ())
FULFILLED: Told = (of(NUMBER, event("manifested", 420, tracking_number="1Z9")), (PARCEL,))
SCANNED: Told = (of(PARCEL, event("carrier_scan", 900, tracking_number="1Z9")), ())
DELIVERED: Told = (of(PARCEL, event("delivered", 9_000, tracking_number="1Z9")), ())


async def hear(world: World, told: Sequence[Told], minute: float) -> list[Receipt]:
    """Takes events in with the names that they tell."""
    log = MemoryEventLog(world.storage)
    events: list[ReceivedEvent] = [
        replace(received(1, heard, at=at(minute)), names=names) for heard, names in told
    ]
    return await log.record(events)


async def judge_all(world: World, minute: float) -> None:
    """Judges until nobody is asked for."""
    for _ in range(5):
        await world.judge(minute)
        if not world.waiting_work():
            return
        minute += 0.01
    message = f"{world.waiting_work()} are asked for again and again"
    raise AssertionError(message)


def standing(world: World) -> dict[str, Any]:
    """What counts in the end: the clocks that are not called off, and what truly was late.

    A breach that was disproved in between leaves its trace, under one name as under several.
    """
    return {
        "clocks": sorted(
            (row.order_id, row.sla_id, row.subject, row.state, row.deadline_at, row.stopped_at)
            for row in world.storage.state.clocks.values()
            if row.state != "cancelled"
        ),
        "records": sorted(
            (record.order_id, record.sla_id, record.subject, record.status, record.breached_at)
            for record in world.records()
            if record.resolution not in ("merged", "late_evidence")
        ),
    }


async def played(told: Sequence[Told], *, one_name: bool = False, apart: bool = True) -> World:
    """A world that heard all of it, judged after each, and at the end."""
    world = await open_world()
    for place, one in enumerate(told):
        heard = (of(ORDER, one[0]), ()) if one_name else one
        await hear(world, [heard], 0)
        if apart:
            await judge_all(world, 1_000 + 600 * place)
    await judge_all(world, END)
    return world


STORY = (CREATED, PAID, ALLOCATED, PACKED, FULFILLED, SCANNED)


@pytest.mark.parametrize("first", range(len(STORY)))
async def test_any_arrival_under_any_name_ends_the_same(first: int) -> None:
    """Every permutation, judged in between, ends as if all had called the order by one name."""
    true = standing(await played(STORY, one_name=True, apart=False))
    rest = [one for place, one in enumerate(STORY) if place != first]
    assert true["records"]
    for order in permutations(rest):
        world = await played((STORY[first], *order))
        found = standing(world)
        assert found == true
        assert {record.order_id for record in world.records() if record.active} <= {ORDER}


async def test_what_is_told_again_changes_nothing() -> None:
    """Repetitions are duplicates, and leave clocks, exceptions and work as they were."""
    world = await played(STORY)
    before = standing(world)
    assert await hear(world, STORY, 700) == [Receipt.DUPLICATE] * len(STORY)
    assert world.waiting_work() == []
    await judge_all(world, END + 1)
    assert standing(world) == before


async def test_an_exception_of_a_mere_name_is_merged_and_says_where_to() -> None:
    """Its clocks are called off, its exception is settled and names the order, once."""
    world = await open_world()
    await hear(world, [PACKED], 0)
    await judge_all(world, 3_000)
    (alone,) = world.records()
    assert (alone.order_id, alone.active) == (OWN, True)
    await hear(world, [ALLOCATED, CREATED], 3_000)
    await judge_all(world, 3_001)
    merged = world.record(alone.id)
    assert (merged.active, merged.resolution, merged.resolution_note) == (False, "merged", ORDER)
    (entry,) = [one for one in world.trail() if one.note == "merged"]
    assert (entry.action, entry.after["order_id"]) == ("settled", ORDER)
    states = {row.state for row in world.storage.state.clocks.values() if row.order_id == OWN}
    assert states == {"cancelled"}
    assert [record.order_id for record in world.records() if record.active] == [ORDER]
    version = merged.version
    await hear(world, [PAID], 3_100)
    await judge_all(world, 3_101)
    assert world.record(alone.id).version == version


async def test_what_was_judged_alone_while_the_name_was_learnt_is_judged_again() -> None:
    """A worker that looked before the name was known cannot leave an exception behind."""
    world = await open_world()
    await hear(world, [PACKED], 0)
    items = await world.claim(3_000)

    async def meanwhile() -> None:
        await hear(world, [ALLOCATED], 3_000)
        claimed = await world.claim(3_000.1)
        assert [item.subject for item in claimed] == [ORDER]
        await world.evaluate(claimed, 3_000.1)

    world.storage.interruptions.append(meanwhile)
    await world.evaluate(items, 3_000)
    assert [record.order_id for record in world.records() if record.active]
    await judge_all(world, 3_001)
    assert {record.order_id for record in world.records() if record.active} == {ORDER}


async def test_the_item_of_a_name_asks_for_its_order() -> None:
    """Who has the name's item does not judge the order: somebody may be judging it just now."""
    world = await open_world()
    await hear(world, [ALLOCATED], 0)
    await judge_all(world, 100)
    clocks = dict(world.storage.state.clocks)
    await world.ask(OWN, 200)
    items = await world.claim(200)
    assert [item.subject for item in items] == [OWN]
    await world.evaluate(items, 200)
    assert world.waiting_work() == [ORDER]
    assert world.storage.state.clocks == clocks


async def test_a_name_in_the_batch_of_its_order_asks_for_nothing() -> None:
    """The order is judged with what its names told, so that once is enough."""
    world = await open_world()
    await hear(world, [CREATED, PAID], 0)
    items = await world.claim(1)
    assert sorted(item.subject for item in items) == [ORDER, NUMBER]
    await world.evaluate(items, 1)
    assert world.waiting_work() == []
    assert {row.order_id for row in world.storage.state.clocks.values()} == {ORDER}


async def test_a_history_told_under_two_names_counts_once() -> None:
    """A tracker that learns the order's number tells every scan again; each is one scan."""
    scan = of(PARCEL, event("carrier_scan", 900, "x1", tracking_number="1Z9", carrier_status="AF"))
    named = (replace(of(ORDER, scan), event_id="a2"), (PARCEL,))
    for told in ([(scan, ()), named], [named, (scan, ())]):
        world = await open_world()
        await hear(world, told, 900)
        (view,) = await show_order(
            ORDER, [1], storage=world.storage, promises=world.promises, now=at(1_000)
        )
        assert [one.event_id for one in view.events] == ["a2"]


async def test_an_order_is_shown_by_any_of_its_numbers() -> None:
    """What people have at hand is a tracking number or the shop's: both find the order."""
    world = await open_world()
    await hear(world, STORY, 0)
    for typed in (ORDER, "#so-1", "5001", "1z9", "1Z 9", NUMBER, PARCEL, "204"):
        (view,) = await show_order(
            typed, [1, 2], storage=world.storage, promises=world.promises, now=at(1_000)
        )
        assert (view.order_id, view.names) == (ORDER, (OWN, NUMBER, PARCEL))
        assert len(view.events) == len(STORY)
        assert {clock.order_id for clock in view.clocks} == {ORDER}


async def test_the_replay_of_a_merged_exception_changes_nothing() -> None:
    """Its order is judged elsewhere; while it is not merged yet the preview says that it will."""
    world = await open_world()
    await hear(world, [PACKED], 0)
    await judge_all(world, 3_000)
    await hear(world, [ALLOCATED], 3_000)
    (alone,) = world.records()
    assert await preview(world, alone, at(3_001)) == (
        f"#{alone.id} {alone.reason_code} would be settled (merged).",
    )
    await judge_all(world, 3_001)
    assert await preview(world, alone, at(3_002)) == ()


async def preview(world: World, record: ExceptionRecord, now: datetime) -> tuple[str, ...]:
    """What a replay of that exception would change."""
    shown = await preview_replay(
        record.id, [1], storage=world.storage, promises=world.promises, now=now
    )
    assert isinstance(shown, ReplayPreview)
    return shown.changes


async def test_what_a_person_reopened_is_not_merged_again() -> None:
    """Whoever reopens a merged exception keeps it, as with every other ending."""
    world = await open_world()
    await hear(world, [PACKED], 0)
    await judge_all(world, 3_000)
    await hear(world, [ALLOCATED], 3_000)
    await judge_all(world, 3_001)
    number = min(record.id for record in world.records())
    act = Act(verb="reopen", exception_id=number, actor="slack:U1", tenant_ids=(1,))
    await act_on_exception(act, storage=world.storage, now=at(3_002), wall_now=at(3_002))
    await hear(world, [CREATED], 3_003)
    await judge_all(world, 3_004)
    assert (world.record(number).order_id, world.record(number).active) == (OWN, True)


async def test_clocks_of_a_name_are_not_counted_twice() -> None:
    """Counts of how a promise stands know one order, not one for each of its names."""
    world = await open_world()
    await hear(world, [PACKED], 0)
    await judge_all(world, 401)
    await hear(world, [ALLOCATED], 402)
    await judge_all(world, 403)
    rows = [row for row in world.storage.state.clocks.values() if row.state != "cancelled"]
    assert {row.order_id for row in rows} == {ORDER}
    async with world.storage.read() as tx:
        [(sla_id, _)] = {(row.sla_id, row.state) for row in rows}
        peers = await tx.clocks.peers(1, sla_id)
        own = OrderKey(tenant_id=1, order_id=OWN)
        assert {row.check_at for row in (await tx.clocks.of_orders([own]))[own]} == {None}
    assert peers.running == 1


@pytest.mark.parametrize("page", [1, 2, 200])
@pytest.mark.parametrize("since", [0, 410])
async def test_a_back_test_judges_each_order_once(
    page: int, since: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its names and the pages, and also where only names have an event in the span."""
    monkeypatch.setattr(backtest_policy, "_PAGE", page)
    world = await open_world()
    await hear(world, [*STORY, (of("SO-2", event("order_paid", 500, "p2")), ())], 0)
    found = await simulate_policy(
        TEXT, ACME, storage=world.storage, promises=world.promises, since=at(since), now=at(END)
    )
    assert isinstance(found, Report)
    assert found.orders == 2
