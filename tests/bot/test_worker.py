"""The loop of a worker: at once while there is work, when woken, and on after an error."""

import asyncio
from collections.abc import Callable

import structlog.testing

from bot.workers import Worker
from jobs.errors import TemporarilyUnavailableError
from storage.errors import DatabaseDownError, StorageBusyError

_LONG = 3600.0


class Steps:
    """A step that says what the test put there, then that there is nothing to do."""

    def __init__(self, *outcomes: int | Exception) -> None:
        self.outcomes = list(outcomes)
        self.taken = 0

    async def step(self) -> int:
        """The next outcome."""
        self.taken += 1
        outcome = self.outcomes.pop(0) if self.outcomes else 0
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def until(true: Callable[[], bool]) -> None:
    """Returns when it is true; fails after five seconds."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - a worker tells nobody what it does
            await asyncio.sleep(0.001)


async def test_it_goes_on_at_once_while_there_is_work() -> None:
    """As long as a step found work the next follows without waiting to be woken."""
    steps = Steps(3, 2, 1)
    worker = Worker("w", steps.step, idle_seconds=_LONG)
    worker.start()
    await until(lambda: steps.taken == 4)
    await worker.stop()
    assert worker.beats == 4


async def test_it_goes_on_after_an_error() -> None:
    """A step that fails ends nothing: the loop looks again by itself."""
    steps = Steps(ValueError("broken"), OSError("down"), 5)
    worker = Worker("w", steps.step, idle_seconds=0.001)
    worker.start()
    await until(lambda: steps.taken >= 4)
    await worker.stop()
    assert worker.beats >= 4


async def test_a_database_that_is_away_is_a_line_and_no_trace() -> None:
    """What passes by itself is told in one line with its reason, and the loop goes on."""
    away = TemporarilyUnavailableError(1)
    away.__cause__ = StorageBusyError()
    steps = Steps(DatabaseDownError(), away, ValueError("a fault of ours"))
    worker = Worker("w", steps.step, idle_seconds=0.001)
    with structlog.testing.capture_logs() as lines:
        worker.start()
        await until(lambda: steps.taken >= 4)
        await worker.stop()
    assert [line.get("reason") for line in lines] == [
        DatabaseDownError.__doc__,
        StorageBusyError.__doc__,
        None,
    ]
    assert [bool(line.get("exc_info")) for line in lines] == [False, False, True]


async def test_waking_makes_it_look() -> None:
    """A worker at rest looks when woken, also where it was woken for later."""
    steps = Steps()
    worker = Worker("w", steps.step, idle_seconds=_LONG)
    worker.start()
    await until(lambda: steps.taken == 1)
    worker.wake()
    await until(lambda: steps.taken == 2)
    worker.wake(0.01)
    await until(lambda: steps.taken == 3)
    await worker.stop()


async def test_a_sooner_waking_is_not_lost_behind_a_later_one() -> None:
    """Whoever needs it soon is not made to wait for somebody who needs it late."""
    steps = Steps()
    worker = Worker("w", steps.step, idle_seconds=_LONG)
    worker.start()
    await until(lambda: steps.taken == 1)
    worker.wake(_LONG)
    worker.wake(0.01)
    await until(lambda: steps.taken == 2)
    await worker.stop()


async def test_a_waking_during_a_step_is_not_lost() -> None:
    """Work that comes while the worker looks is looked for again."""
    worker: Worker
    taken = 0

    async def step() -> int:
        nonlocal taken
        taken += 1
        if taken == 1:
            worker.wake()
        return 0

    worker = Worker("w", step, idle_seconds=_LONG)
    worker.start()
    await until(lambda: taken == 2)
    await worker.stop()


async def test_one_that_keeps_its_own_time_is_not_woken() -> None:
    """A sweep looks every so often, whatever happens around it."""
    steps = Steps()
    worker = Worker("w", steps.step, idle_seconds=_LONG, wakes=False)
    worker.start()
    await until(lambda: steps.taken == 1)
    worker.wake()
    await asyncio.sleep(0.02)
    assert steps.taken == 1
    await worker.stop()


async def test_stopping_lets_the_step_end() -> None:
    """A step under way is finished before the worker ends."""
    began, ended = asyncio.Event(), False

    async def step() -> int:
        nonlocal ended
        began.set()
        await asyncio.sleep(0.02)
        ended = True
        return 1

    worker = Worker("w", step)
    worker.start()
    await began.wait()
    await worker.stop()
    assert ended


async def test_one_that_was_never_started_can_be_stopped() -> None:
    """Stopping is safe whatever became of the start."""
    await Worker("w", Steps().step).stop()


async def test_the_last_of_a_burst_is_looked_at_in_time() -> None:
    """Who asks for a later look while an earlier one is settled gets their own as well."""
    looked = asyncio.Semaphore(0)

    async def step() -> int:
        looked.release()
        return 0

    worker = Worker("burst", step, idle_seconds=3600)
    worker.start()
    await looked.acquire()
    worker.wake(0.02)
    worker.wake(0.06)
    async with asyncio.timeout(10):
        await looked.acquire()
        await looked.acquire()
    await worker.stop()
