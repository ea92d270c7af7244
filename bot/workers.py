"""The loops that do what is owed: evaluate orders, send what waits in the outbox.

Must not know what a job does: a worker claims, calls one job, and puts the outcome on record.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from jobs.errors import LeaseLostError, StaleRecordError, TemporarilyUnavailableError
from jobs.ports import Storage
from jobs.retry_dead_letters import bury
from policies.records import DeadLetter, WorkItem
from storage.errors import DatabaseDownError, StorageBusyError, StorageError, StorageFullError

LEASE = timedelta(seconds=30)
_BATCH, _LANES = 500, 2
_TRIES = 3
_NOT_ITS_FAULT = (LeaseLostError, TemporarilyUnavailableError, StaleRecordError)
"""Why an order was not judged though nothing is wrong with it."""
_PASSING = (DatabaseDownError, StorageBusyError, StorageFullError)
"""What passes by itself and is no fault of a step: told in a line."""

log = structlog.get_logger(__name__)


class Worker:
    """A loop that runs `step` until stopped: at once while there is work, else when woken."""

    def __init__(
        self,
        name: str,
        step: Callable[[], Awaitable[int]],
        *,
        idle_seconds: float = 1.0,
        wakes: bool = True,
    ) -> None:
        self.name = name
        self._step = step
        self._idle_seconds = idle_seconds
        self._wakes = wakes
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._latest = 0.0
        self._stopping = False
        self.beats = 0
        self.last_beat: float | None = None
        """When a step last ended, in seconds of the event loop; None before the first."""

    def start(self) -> None:
        """Starts the loop in the running event loop."""
        self._task = asyncio.create_task(self._run(), name=self.name)

    def wake(self, delay: float = 0.0) -> None:
        """Makes the loop look again, `delay` seconds from now at the latest.

        A flood of events is one look each `delay`, and one more after the last of them.
        """
        if not self._wakes:
            return
        if not delay:
            self._woken.set()
            return
        loop = asyncio.get_running_loop()
        when = loop.time() + delay
        self._latest = max(self._latest, when)
        if self._timer is None or when < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(when, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._woken.set()
        loop = asyncio.get_running_loop()
        if self._latest > loop.time():
            self._timer = loop.call_at(self._latest, self._ring)

    async def stop(self) -> None:
        """Lets the present step end, then ends the loop."""
        self._stopping = True
        self._woken.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                done = await self._step()
            except (*_PASSING, TemporarilyUnavailableError) as error:
                log.warning("database_unavailable", worker=self.name, reason=_words(error))
                done = 0
                self._woken.clear()
            except Exception:
                log.exception("worker_step_failed", worker=self.name)
                done = 0
                self._woken.clear()  # a failing step is not hurried
            self.beats += 1
            self.last_beat = asyncio.get_running_loop().time()
            if done == 0 and not self._stopping:
                await _wait(self._woken, self._idle_seconds)


class Evaluator:
    """Claims orders to be judged and has them judged, in batches; a bad one harms no other.

    Args:
        storage: where work is claimed.
        evaluate: judges the orders of a batch and finishes its items.
        wall_now: for leases and retries.
    """

    def __init__(
        self,
        storage: Storage,
        evaluate: Callable[[Sequence[WorkItem]], Awaitable[None]],
        wall_now: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._evaluate = evaluate
        self._now = wall_now

    async def step(self) -> int:
        """Works through what waits, some batches side by side; returns how many orders it were.

        While one batch is written the next one is judged.
        """
        async with self._storage.write() as tx:
            items = await tx.work.claim("evaluate", self._now(), LEASE, _BATCH * _LANES)
        batches = [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
        await asyncio.gather(*map(self._judge, batches))
        return len(items)

    async def _judge(self, items: Sequence[WorkItem]) -> None:
        try:
            await self._evaluate(items)
        except LeaseLostError:
            log.warning("lease_lost", items=len(items))
        except (TemporarilyUnavailableError, StaleRecordError) as error:
            log.warning("evaluation_put_off", items=len(items), reason=str(error))
        except Exception:  # noqa: BLE001 - whatever one order does, the others go on
            if len(items) == 1:
                await self._failed(items[0])
            else:
                await self._in_halves(items)

    async def _in_halves(self, items: Sequence[WorkItem]) -> None:
        """Finds one bad order among n in some log n goes; whatever is well is done on the way."""
        middle = len(items) // 2
        for half in (items[:middle], items[middle:]):
            try:
                await self._evaluate(half)
            except Exception as error:  # noqa: BLE001 - as above
                if len(half) > 1:
                    await self._in_halves(half)
                elif isinstance(error, _NOT_ITS_FAULT):
                    log.warning("evaluation_put_off", order_id=half[0].subject, reason=str(error))
                else:
                    await self._failed(half[0])

    async def _failed(self, item: WorkItem) -> None:
        error = uuid.uuid4().hex[:8]
        log.exception(  # noqa: LOG004 - called while the error is handled
            "evaluation_failed", order_id=item.subject, error_id=error
        )
        now = self._now()
        async with self._storage.write() as tx:
            if item.attempts < _TRIES:
                await tx.work.retry(item, now + timedelta(seconds=item.attempts), error)
                return
            if await tx.work.dead(item, now, error):
                letter = DeadLetter(
                    tenant_id=item.tenant_id,
                    kind="evaluate",
                    subject=item.subject,
                    order_id=item.subject,
                    reason=f"Evaluation failed {item.attempts} times; log line {error}",
                    payload={},
                    correlation_id=item.correlation_id,
                )
                await bury(tx, letter, now)


def _words(error: Exception) -> str:
    """What the storage said."""
    return str(error.__cause__ if isinstance(error.__cause__, StorageError) else error)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
