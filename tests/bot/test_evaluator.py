"""Claiming orders to be judged: a bad one is retried alone, parked with one letter, harms none."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.workers import LEASE, Evaluator
from jobs.errors import LeaseLostError
from policies.records import Tenant, WorkItem
from storage.memory import MemoryStorage
from tests.storage.builders import T0, an_item


class Bench:
    """An evaluator over memory whose job fails for the orders in `poison`."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()
        self.now = T0
        self.poison: set[str] = set()
        self.lost: set[str] = set()
        self.judged: list[list[str]] = []
        self.evaluator = Evaluator(self.storage, self._evaluate, lambda: self.now)

    async def ask(self, *orders: str) -> None:
        """These orders are to be judged."""
        async with self.storage.write() as tx:
            await tx.work.put([an_item(1, order) for order in orders], self.now)

    async def step(self, seconds: float = 0) -> int:
        """A step so many seconds later."""
        self.now += timedelta(seconds=seconds)
        return await self.evaluator.step()

    def work(self) -> dict[str, str]:
        """The state of each order's work."""
        return {held.item.subject: held.state for held in self.storage.state.work.values()}

    async def _evaluate(self, items: Sequence[WorkItem]) -> None:
        orders = {item.subject for item in items}
        if orders & self.lost:
            raise LeaseLostError
        if orders & self.poison:
            raise ZeroDivisionError
        self.judged.append(sorted(orders))
        async with self.storage.write() as tx:
            assert await tx.work.done(items, self.now)


@pytest.fixture
async def bench() -> Bench:
    """Nothing is to be judged yet."""
    bench = Bench()
    async with bench.storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="acme"))
    return bench


async def test_what_waits_is_judged_in_one_batch(bench: Bench) -> None:
    """All orders that wait are judged together, and a step without work says so."""
    await bench.ask("A", "B", "C")
    assert [await bench.step(), await bench.step()] == [3, 0]
    assert (bench.judged, bench.work()) == ([["A", "B", "C"]], {})


async def test_a_backlog_is_judged_side_by_side(bench: Bench) -> None:
    """Of a backlog some batches are judged in one step, and trouble in one harms no other."""
    orders = [f"{n:04}" for n in range(1100)]
    await bench.ask(*orders)
    bench.lost = {"0700"}
    assert [await bench.step(), await bench.step(), await bench.step()] == [1000, 100, 0]
    assert [len(judged) for judged in bench.judged] == [500, 100]


async def test_a_poison_order_harms_no_other(bench: Bench) -> None:
    """The others of its batch are judged in the same step, and only it is tried again."""
    bench.poison = {"B"}
    await bench.ask("A", "B", "C")
    assert await bench.step() == 3
    assert (bench.judged, bench.work()) == ([["A"], ["C"]], {"B": "waiting"})
    assert await bench.step() == 0


async def test_a_poison_order_is_parked_with_one_letter(bench: Bench) -> None:
    """After three tries it is parked, with one dead letter that names it and the log line."""
    bench.poison = {"B"}
    await bench.ask("B")
    assert [await bench.step(second) for second in (0, 1, 2, 60, 600)] == [1, 1, 1, 0, 0]
    assert bench.work() == {"B": "dead"}
    (letter,) = bench.storage.state.dead_letters.values()
    assert (letter.kind, letter.subject, letter.order_id) == ("evaluate", "B", "B")
    assert (letter.state, letter.attempts) == ("retrying", 0)
    assert letter.reason.startswith("Evaluation failed 3 times; log line ")
    assert "ZeroDivision" not in letter.reason


async def test_a_parked_order_is_judged_when_something_new_comes(bench: Bench) -> None:
    """A new event, a replay or a retry takes it out of the park with fresh tries."""
    bench.poison = {"B"}
    await bench.ask("B")
    for second in (0, 1, 2):
        await bench.step(second)
    bench.poison = set()
    await bench.ask("B")
    assert await bench.step() == 1
    assert (bench.judged, bench.work()) == ([["B"]], {})


async def test_a_trouble_that_passes_leaves_no_letter(bench: Bench) -> None:
    """An order that fails once and then succeeds is simply done."""
    bench.poison = {"B"}
    await bench.ask("B")
    await bench.step()
    bench.poison = set()
    await bench.step(1)
    assert (bench.judged, bench.work()) == ([["B"]], {})
    assert bench.storage.state.dead_letters == {}


async def test_a_lost_lease_is_left_to_whoever_took_it(bench: Bench) -> None:
    """Work that another replica took over is neither retried nor buried by us."""
    bench.lost = {"B"}
    await bench.ask("B")
    assert await bench.step() == 1
    assert (bench.work(), bench.storage.state.dead_letters) == ({"B": "in_flight"}, {})
    bench.lost = set()
    assert await bench.step(LEASE.total_seconds() - 1) == 0
    assert await bench.step(2) == 1
    assert bench.work() == {}


async def test_a_lost_lease_among_failures_stops_nobody(bench: Bench) -> None:
    """One poisoned and one lost order in a batch leave the third one done."""
    bench.poison, bench.lost = {"A"}, {"B"}
    await bench.ask("A", "B", "C")
    await bench.step()
    bench.lost = set()
    await bench.step(LEASE.total_seconds() + 1)
    assert bench.judged == [["B", "C"]]
    assert bench.work() == {"A": "waiting"}


async def test_one_bad_order_among_many_is_found_in_few_goes(bench: Bench) -> None:
    """A batch that fails is judged in ever smaller halves, so that the others hardly wait."""
    orders = [f"{n:03}" for n in range(500)]
    bench.poison = {"123"}
    await bench.ask(*orders)
    await bench.step()
    assert len(bench.judged) <= 10
    assert sorted(order for batch in bench.judged for order in batch) == [
        order for order in orders if order != "123"
    ]
