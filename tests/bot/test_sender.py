"""Sending what waits: lanes apart, in order, retried with sense, never blindly twice."""

from datetime import timedelta

import pytest

from bot.sender import Sender
from bot.workers import LEASE
from jobs.errors import (
    PacedError,
    SlackRefusedError,
    SlackRetryError,
    TemporarilyUnavailableError,
)
from jobs.retry_dead_letters import retry_due
from policies.records import OutboxMessage, Tenant
from storage.memory import MemoryStorage
from storage.tables_work import DEAD, SENT, WAITING
from tests.storage.builders import T0, a_message

Trouble = Exception | str


class Bench:
    """A sender over memory; `troubles` are what deliveries of a key bring, one a delivery."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()
        self.now = T0
        self.troubles: dict[str, list[Trouble]] = {}
        self.sent: list[str] = []
        self.doubted: list[str] = []
        self.ambiguous = 0
        self.sender = Sender(self.storage, self._deliver, lambda: self.now, self._count)

    async def put(self, *keys: str, priority: int = 100) -> None:
        """Messages `lane/name` to be sent."""
        messages = [a_message(1, key, lane=key.split("/")[0], priority=priority) for key in keys]
        async with self.storage.write() as tx:
            await tx.outbox.put(messages, self.now)

    async def step(self, seconds: float = 0) -> int:
        """A step so many seconds later, with everything in flight landed."""
        self.now += timedelta(seconds=seconds)
        began = await self.sender.step()
        await self.sender.drain(5)
        return began

    async def run(self, steps: int = 20) -> None:
        """Steps until nothing more goes now."""
        for _ in range(steps):
            if not await self.step():
                return

    def states(self) -> dict[str, str]:
        """The state of each message."""
        held = self.storage.state.outbox.values()
        return {one.message.dedup_key: one.state for one in held}

    async def _deliver(self, message: OutboxMessage) -> str:
        key = message.dedup_key
        if message.uncertain:
            self.doubted.append(key)
        waiting = self.troubles.get(key)
        trouble = waiting.pop(0) if waiting else "posted"
        if isinstance(trouble, Exception):
            raise trouble
        self.sent.append(key)
        return trouble

    def _count(self) -> None:
        self.ambiguous += 1


@pytest.fixture
async def bench() -> Bench:
    """Nothing is to be sent yet."""
    bench = Bench()
    async with bench.storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="acme"))
    return bench


async def test_lanes_go_side_by_side_and_each_in_its_order(bench: Bench) -> None:
    """A step takes the head of every lane; within a lane the order is kept."""
    await bench.put("a/1", "a/2", "b/1", "a/3")
    assert [await bench.step() for _ in range(4)] == [2, 1, 1, 0]
    assert [key for key in bench.sent if key.startswith("a/")] == ["a/1", "a/2", "a/3"]
    assert set(bench.states().values()) == {SENT}


async def test_urgent_messages_of_a_lane_go_first(bench: Bench) -> None:
    """Least priority number first: a lane that is behind tells what is late before why."""
    await bench.put("a/why", priority=20)
    await bench.put("a/what", priority=10)
    await bench.run()
    assert bench.sent == ["a/what", "a/why"]


async def test_a_429_in_one_channel_delays_no_other(bench: Bench) -> None:
    """A lane waits as long as Slack asked, to the second, while the others go on."""
    bench.troubles = {"a/1": [SlackRetryError("ratelimited", after=60)]}
    await bench.put("a/1", "a/2", "b/1", "b/2")
    await bench.run()
    assert bench.sent == ["b/1", "b/2"]
    assert await bench.step(59.9) == 0
    await bench.step(0.1)
    await bench.run()
    assert bench.sent == ["b/1", "b/2", "a/1", "a/2"]


async def test_a_failure_without_date_is_tried_again_soon(bench: Bench) -> None:
    """Without a Retry-After the wait is drawn, and never longer than a quarter of a minute."""
    bench.troubles = {"a/1": [SlackRetryError("status 500") for _ in range(12)]}
    await bench.put("a/1")
    assert [await bench.step(second) for second in (0, 0.1)] == [1, 0]
    for _ in range(12):
        await bench.step(15)
    assert bench.sent == ["a/1"]


async def test_an_uncertain_outcome_is_looked_for_before_it_is_posted_again(bench: Bench) -> None:
    """Whoever delivers the next time is told that the message may stand there already."""
    bench.troubles = {"a/1": [SlackRetryError("lost", after=0, uncertain=True)]}
    await bench.put("a/1")
    await bench.step()
    assert bench.doubted == []
    await bench.step()
    assert (bench.doubted, bench.sent) == (["a/1"], ["a/1"])


async def test_a_doubt_stays_through_certain_failures(bench: Bench) -> None:
    """A 429 or a wait after an uncertain attempt does not make that attempt certain."""
    bench.troubles = {
        "a/1": [
            SlackRetryError("lost", after=0, uncertain=True),
            SlackRetryError("ratelimited", after=0),
            PacedError(0.0),
        ]
    }
    await bench.put("a/1")
    for _ in range(4):
        await bench.step()
    assert bench.doubted == ["a/1"] * 3


async def test_a_process_that_died_in_flight_leaves_a_doubt(bench: Bench) -> None:
    """A message whose lease ran out may have arrived."""
    await bench.put("a/1")
    async with bench.storage.write() as tx:
        await tx.outbox.claim("slack", bench.now, LEASE, 10)
    assert await bench.step(LEASE.total_seconds() - 1) == 0
    await bench.step(2)
    assert bench.doubted == ["a/1"]


async def test_what_stays_ambiguous_is_counted(bench: Bench) -> None:
    """A send of which nobody knows whether it stands there twice is done, and counted."""
    bench.troubles = {"a/1": ["ambiguous"]}
    await bench.put("a/1", "a/2")
    await bench.run()
    assert (bench.ambiguous, set(bench.states().values())) == (1, {SENT})


async def test_a_refusal_is_a_dead_letter_and_the_lane_goes_on(bench: Bench) -> None:
    """What Slack will never take is not tried again; it is kept with the reason."""
    bench.troubles = {"a/1": [SlackRefusedError("is_archived")]}
    await bench.put("a/1", "a/2")
    await bench.run()
    assert (bench.sent, bench.states()["a/1"]) == (["a/2"], DEAD)
    (letter,) = bench.storage.state.dead_letters.values()
    assert (letter.kind, letter.subject) == ("slack", "a/1")
    assert letter.reason == "Slack refused: is_archived"
    assert letter.payload == {"lane": "a", "priority": 100, "message": {"key": "a/1"}}


async def test_a_dead_message_can_be_sent_after_all(bench: Bench) -> None:
    """Once the cause is gone the letter's next try sends it in its lane."""
    bench.troubles = {"a/1": [SlackRefusedError("not_in_channel")]}
    await bench.put("a/1")
    await bench.step()
    bench.now += timedelta(minutes=5)
    assert await retry_due(storage=bench.storage, now=bench.now) == 1
    await bench.step()
    assert (bench.sent, bench.states()) == (["a/1"], {"a/1": SENT})


async def test_a_database_that_is_away_costs_no_try(bench: Bench) -> None:
    """Trouble of the database puts a message back as often as it takes, never as its failure."""
    bench.troubles = {"a/1": [TemporarilyUnavailableError(1.0)] * 5}
    await bench.put("a/1")
    for _ in range(5):
        await bench.step(15)
    assert bench.states() == {"a/1": WAITING}
    await bench.step(15)
    assert bench.sent == ["a/1"]


async def test_an_error_of_ours_is_given_up_after_three(bench: Bench) -> None:
    """A message that breaks the delivery is tried three times, with doubt, then kept as letter."""
    bench.troubles = {"a/1": [ZeroDivisionError()] * 3}
    await bench.put("a/1", "a/2")
    for _ in range(5):
        await bench.step(15)
    assert (bench.sent, bench.doubted) == (["a/2"], ["a/1", "a/1"])
    (letter,) = bench.storage.state.dead_letters.values()
    assert letter.reason == "Delivery failed 3 times"


async def test_waiting_is_no_failure(bench: Bench) -> None:
    """A message that had to wait its turn often is not given up at the first error of ours."""
    bench.troubles = {"a/1": [*(PacedError(0.0) for _ in range(9)), ZeroDivisionError()]}
    await bench.put("a/1")
    for _ in range(12):
        await bench.step(15)
    assert (bench.sent, bench.storage.state.dead_letters) == (["a/1"], {})


async def test_what_is_asked_for_while_it_is_sent_is_sent_again(bench: Bench) -> None:
    """A change that comes during the delivery is not lost."""
    await bench.put("a/1")
    await bench.sender.step()
    await bench.put("a/1")
    await bench.sender.drain(5)
    assert bench.states() == {"a/1": WAITING}
    await bench.run()
    assert bench.sent == ["a/1", "a/1"]
