"""One order in a hundred breaks the judging: the others are done, and it ends as one letter."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.errands import evaluation
from bot.telemetry import Metrics
from bot.workers import Evaluator
from jobs.put_on_record import Telling
from jobs.retry_dead_letters import RETRY_MINUTES, retry_due
from policies.promises import promises_of
from policies.queries import LetterFilter
from policies.records import DeadLetter, OrderKey, WorkItem
from tests.policies.builders import book
from tests.storage.builders import T0, an_event, received
from tests.storage.conftest import World

ORDERS = [f"SO-{number:03}" for number in range(100)]
POISONED = ORDERS[41]
LONG_AFTER = datetime(2050, 1, 1, tzinfo=UTC)
"""Whatever the writer's own clock says, its work is due by then."""


class Line:
    """The real evaluator over a storage, for which one order is poison until it is cured."""

    def __init__(self, world: World) -> None:
        self.world, self.now, self.cured = world, LONG_AFTER, False
        promises, telling = promises_of(book()), Telling(default_channel="#alerts")
        self._evaluate = evaluation(
            world.storage, promises, telling, Metrics(), {}, lambda: T0 + timedelta(minutes=121)
        )
        self.evaluator = Evaluator(world.storage, self._poisoned, lambda: self.now)

    async def _poisoned(self, items: Sequence[WorkItem]) -> None:
        if not self.cured and POISONED in {item.subject for item in items}:
            raise ZeroDivisionError
        await self._evaluate(items)

    async def tries(self) -> None:
        """All tries that an order has in one go."""
        for _ in range(4):
            while await self.evaluator.step():
                pass
            self.now += timedelta(seconds=5)

    async def late(self) -> int:
        """How many orders have their exception."""
        tenant_id = self.world.tenant.id
        keys = [OrderKey(tenant_id=tenant_id, order_id=order) for order in ORDERS]
        async with self.world.storage.read() as tx:
            return sum(map(bool, (await tx.exceptions.of_orders(keys)).values()))

    async def letters(self) -> list[DeadLetter]:
        """Every letter."""
        wanted = LetterFilter(tenant_ids=(self.world.tenant.id,), states=())
        async with self.world.storage.read() as tx:
            return await tx.dead_letters.find(wanted)


@pytest.fixture
async def line(world: World) -> Line:
    """A hundred orders that are late and wait to be judged."""
    events = [an_event(f"paid-{order}", order) for order in ORDERS]
    await world.log.record([received(world.tenant.id, event) for event in events])
    return Line(world)


async def test_one_poisoned_order_in_a_hundred(line: Line) -> None:
    """The other 99 are judged at once; it is a letter with reason and correlation id."""
    began = time.perf_counter()
    await line.evaluator.step()
    assert await line.late() == 99
    assert time.perf_counter() - began < 10
    await line.tries()
    (letter,) = await line.letters()
    assert (letter.kind, letter.order_id, letter.state) == ("evaluate", POISONED, "retrying")
    assert letter.reason.startswith("Evaluation failed 3 times; log line ")
    assert letter.correlation_id == f"c-paid-{POISONED}"


async def test_poison_stays_one_letter_until_it_is_cured(line: Line) -> None:
    """Through all its tries, and new events between them, it is one letter; cured, it is done."""
    await line.tries()
    again = an_event("note-1", POISONED, event_type="note_added")
    await line.world.log.record([received(line.world.tenant.id, again)])
    await line.tries()
    for minutes in RETRY_MINUTES:
        line.now += timedelta(minutes=minutes)
        assert await retry_due(storage=line.world.storage, now=line.now) == 1
        await line.tries()
    (letter,) = await line.letters()
    assert (letter.state, letter.attempts) == ("waiting", 3)
    line.cured = True
    await line.world.log.record(
        [received(line.world.tenant.id, an_event("note-2", POISONED, event_type="note_added"))]
    )
    await line.tries()
    assert await line.late() == 100
    assert len(await line.letters()) == 1
