"""The loops that do what is owed: evaluate orders, send what waits in the outbox.

Must not know what a job does: a worker claims, calls one job, and puts the outcome on record.
"""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from jobs.deliver_alert import NotYetError
from jobs.errors import LeaseLostError, PacedError, SlackRefusedError, SlackRetryError
from jobs.ports import Storage
from jobs.retry_dead_letters import bury
from policies.records import DeadLetter, OutboxMessage, WorkItem

LEASE = timedelta(seconds=30)
_BATCH = 500
_TRIES = 3
_LANES = 50
_SLOWEST_RETRY = 15.0

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
        self._stopping = False
        self.beats = 0

    def start(self) -> None:
        """Starts the loop in the running event loop."""
        self._task = asyncio.create_task(self._run(), name=self.name)

    def wake(self, delay: float = 0.0) -> None:
        """Makes the loop look again, `delay` seconds from now at the latest.

        Whoever asks while that is already settled adds nothing: a flood of events is one look.
        """
        if not self._wakes:
            return
        if not delay:
            self._woken.set()
            return
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            if self._timer.when() <= loop.time() + delay:
                return
            self._timer.cancel()
        self._timer = loop.call_later(delay, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._woken.set()

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
            except Exception:
                log.exception("worker_step_failed", worker=self.name)
                done = 0
                await asyncio.sleep(self._idle_seconds)
            self.beats += 1
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
        """Works through one batch; returns its size."""
        async with self._storage.write() as tx:
            items = await tx.work.claim("evaluate", self._now(), LEASE, _BATCH)
        if not items:
            return 0
        try:
            await self._evaluate(items)
        except LeaseLostError:
            log.warning("lease_lost", items=len(items))
        except Exception:  # noqa: BLE001 - whatever one order does, the others go on
            if len(items) == 1:
                await self._failed(items[0])
            else:
                await self._one_by_one(items)
        return len(items)

    async def _one_by_one(self, items: Sequence[WorkItem]) -> None:
        for item in items:
            try:
                await self._evaluate([item])
            except LeaseLostError:
                log.warning("lease_lost", order_id=item.subject)
            except Exception:  # noqa: BLE001 - as above
                await self._failed(item)

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


class Sender:
    """Claims the heads of free lanes and sends them side by side, one in flight a lane.

    Args:
        storage: where messages are claimed.
        deliver: sends one message; says how it went or raises a Slack error.
        wall_now: for leases and retries.
        count_ambiguous: called for a message of which nobody knows whether it arrived.
    """

    def __init__(
        self,
        storage: Storage,
        deliver: Callable[[OutboxMessage], Awaitable[str]],
        wall_now: Callable[[], datetime],
        count_ambiguous: Callable[[], None],
    ) -> None:
        self._storage = storage
        self._deliver = deliver
        self._now = wall_now
        self._count_ambiguous = count_ambiguous
        self._flying: set[asyncio.Task[None]] = set()
        self._broke: Counter[int] = Counter()
        self.wake: Callable[[float], None] = lambda _seconds: None
        """Has `step` called again after so many seconds; the wiring sets it."""

    async def step(self) -> int:
        """Sets everything going that may go now; returns how much that was."""
        async with self._storage.write() as tx:
            messages = await tx.outbox.claim("slack", self._now(), LEASE, _LANES)
        for message in messages:
            task = asyncio.create_task(self._send(message))
            self._flying.add(task)
            task.add_done_callback(self._landed)
        return len(messages)

    async def drain(self) -> None:
        """Waits until nothing is in flight."""
        while self._flying:
            await asyncio.wait(self._flying)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("outbox_failed", exc_info=error)
        self.wake(0.0)

    async def _send(self, message: OutboxMessage) -> None:
        with structlog.contextvars.bound_contextvars(correlation_id=message.correlation_id):
            try:
                outcome = await self._deliver(message)
            except PacedError as error:
                await self._put_back(message, error.after or 0.0, str(error), uncertain=False)
            except SlackRetryError as error:
                await self._again(message, str(error), error.after, uncertain=error.uncertain)
            except NotYetError:
                await self._again(message, "the card is not posted yet", None, uncertain=False)
            except SlackRefusedError as error:
                await self._dead(message, f"Slack refused: {error}")
            except Exception:
                log.exception("delivery_failed", **message.payload)
                await self._broken(message)
            else:
                self._broke.pop(message.id, None)
                log.info("delivered", outcome=outcome, **message.payload)
                if outcome == "ambiguous":
                    self._count_ambiguous()
                async with self._storage.write() as tx:
                    await tx.outbox.done(message, self._now())

    async def _again(
        self, message: OutboxMessage, reason: str, after: float | None, *, uncertain: bool
    ) -> None:
        ceiling = min(_SLOWEST_RETRY, 2.0 ** min(message.attempts, 6) / 2)
        wait = after if after is not None else random.uniform(ceiling / 2, ceiling)  # noqa: S311
        log.warning("delivery_retried", reason=reason, after=round(wait, 2), **message.payload)
        await self._put_back(message, wait, reason, uncertain=uncertain)

    async def _put_back(
        self, message: OutboxMessage, wait: float, reason: str, *, uncertain: bool
    ) -> None:
        """An earlier attempt that may have arrived stays in doubt, whatever this one was."""
        at = self._now() + timedelta(seconds=wait)
        async with self._storage.write() as tx:
            await tx.outbox.retry(message, at, reason, uncertain=uncertain or message.uncertain)
        self.wake(wait)

    async def _broken(self, message: OutboxMessage) -> None:
        """Counts our own errors alone: attempts that only had to wait are none."""
        self._broke[message.id] += 1
        if self._broke[message.id] < _TRIES:
            await self._again(message, "an error of ours", None, uncertain=True)
        else:
            await self._dead(message, f"Delivery failed {self._broke.pop(message.id)} times")

    async def _dead(self, message: OutboxMessage, reason: str) -> None:
        log.error("delivery_dead", reason=reason, lane=message.lane, **message.payload)
        now = self._now()
        async with self._storage.write() as tx:
            if await tx.outbox.dead(message, now, reason):
                letter = DeadLetter(
                    tenant_id=message.tenant_id,
                    kind="slack",
                    subject=message.dedup_key,
                    reason=reason,
                    payload={"lane": message.lane, "message": dict(message.payload)},
                    correlation_id=message.correlation_id,
                )
                await bury(tx, letter, now)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
