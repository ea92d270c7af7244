"""The final state of an order does not depend on how its events arrived (promise P5)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.clock import Clock
from policies.facts import OrderEvent, timeline_of
from policies.reasons import ClockState
from policies.sla import evaluate
from tests.jobs.world import World, open_world, packaged
from tests.policies.builders import at, event

KINDS = (
    "order_paid",
    "pick_completed",
    "pack_completed",
    "manifested",
    "carrier_scan",
    "delivered",
    "order_cancelled",
    "stock_short",
)
END = 12_000
"""Minutes after T0 at which the last judgement is made; more than five business days."""

facts = st.tuples(st.sampled_from(KINDS), st.integers(0, 3_000))
histories = st.lists(facts, min_size=1, max_size=6, unique=True)


@dataclass(frozen=True)
class Arrival:
    """A history's events in the order of their arrival, with copies, and where batches end."""

    events: tuple[OrderEvent, ...]
    sizes: tuple[int, ...]


@st.composite
def arrivals(draw: st.DrawFn) -> Arrival:
    """Any permutation with any copies in any batches."""
    events = [event(kind, minutes) for kind, minutes in draw(histories)]
    copies = draw(st.lists(st.sampled_from(events), max_size=3))
    shuffled = draw(st.permutations([*events, *copies]))
    sizes = draw(st.lists(st.integers(1, 4), min_size=len(shuffled), max_size=len(shuffled)))
    return Arrival(events=tuple(shuffled), sizes=tuple(sizes))


@settings(max_examples=50, deadline=None)
@given(arrivals())
def test_any_arrival_ends_the_same(arrival: Arrival) -> None:
    """Judged between arrivals or not, in any order and with copies: clocks and exceptions agree."""
    world = asyncio.run(_play(arrival))
    true = evaluate(timeline_of("SO-1", arrival.events), packaged().rules, at(END))
    _check_clocks(world, true)
    _check_records(world, {c.rule.sla_id: c for c in true if c.state is ClockState.BREACHED})


def _check_clocks(world: World, true: Sequence[Clock]) -> None:
    """The rows say what the rules say of the whole history."""
    assert {
        row.sla_id: (row.state, row.started_at, row.deadline_at, row.stopped_at, row.check_at)
        for row in world.storage.state.clocks.values()
    } == {
        clock.rule.sla_id: (
            clock.state.value,
            clock.started_at,
            clock.deadline_at,
            clock.stopped_at,
            clock.check_at,
        )
        for clock in true
    }


def _check_records(world: World, breached: Mapping[str, Clock]) -> None:
    """Every breach is on record once, settled if its clock has ended, with the real delay."""
    found = [record for record in world.records() if record.sla_id in breached]
    assert sorted(record.sla_id for record in found) == sorted(breached)
    for record in found:
        clock = breached[record.sla_id]
        assert (record.deadline_at, record.stopped_at) == (clock.deadline_at, clock.stopped_at)
        assert record.active is (clock.stop_event is None and clock.cancel_event is None)
        if clock.stopped_at is not None:
            assert record.delay_minutes == clock.delay_minutes


async def _play(arrival: Arrival) -> World:
    world = await open_world()
    events, minute = list(arrival.events), 0.0
    step = END / (len(events) + 1)
    for size in arrival.sizes:
        batch, events = events[:size], events[size:]
        if not batch:
            break
        await world.hear(*batch, minute=minute)
        await world.judge(minute)
        minute += step
    await world.judge(END)
    return world
