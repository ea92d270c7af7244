"""Sends what waits in the outbox: the heads of free lanes, side by side, one in flight a lane.

Must not know what a message says: it claims, has it delivered, and puts the outcome on record.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.workers import LEASE
from jobs.errors import (
    PacedError,
    SlackRefusedError,
    SlackRetryError,
    TemporarilyUnavailableError,
)
from jobs.ports import Storage
from jobs.retry_dead_letters import bury
from policies.records import DeadLetter, OutboxMessage

_TRIES = 3
_LANES = 50
_SLOWEST_RETRY = 15.0
_MOST_SECONDS = LEASE.total_seconds() - 5
"""A delivery ends before its lease does, or somebody else would begin the same one."""

log = structlog.get_logger(__name__)


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
        self._flying: dict[asyncio.Task[None], int] = {}
        self._broke: Counter[int] = Counter()
        self.wake: Callable[[float], None] = lambda _seconds: None
        """Has `step` called again after so many seconds; the wiring sets it."""

    async def step(self) -> int:
        """Sets everything going that may go now; returns how much that was."""
        async with self._storage.write() as tx:
            messages = await tx.outbox.claim("slack", self._now(), LEASE, _LANES)
        for message in messages:
            earlier = [task for task, number in self._flying.items() if number == message.id]
            task = asyncio.create_task(self._send(message, earlier))
            self._flying[task] = message.id
            task.add_done_callback(self._landed)
        return len(messages)

    async def drain(self, seconds: float) -> int:
        """Waits for what is in flight, ends the rest, and says how many those were.

        What is ended is in doubt: its lease runs out, and the next claim looks before it posts.
        """
        if not self._flying:
            return 0
        _, left = await asyncio.wait(set(self._flying), timeout=seconds)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return len(left)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("outbox_failed", exc_info=error)
        self.wake(0.0)

    async def _send(
        self, message: OutboxMessage, earlier: Sequence[asyncio.Task[None]] = ()
    ) -> None:
        """Sends it, after our own `earlier` attempts: a clock set forward ends leases too soon."""
        if earlier:
            await asyncio.wait(earlier)
        with structlog.contextvars.bound_contextvars(correlation_id=message.correlation_id):
            try:
                async with asyncio.timeout(_MOST_SECONDS):
                    outcome = await self._deliver(message)
            except PacedError as error:
                await self._put_back(message, error.after or 0.0, str(error), uncertain=False)
            except SlackRetryError as error:
                await self._again(message, str(error), error.after, uncertain=error.uncertain)
            except TimeoutError:
                await self._again(message, "too slow", None, uncertain=True)
            except TemporarilyUnavailableError as error:
                await self._again(message, str(error), error.after, uncertain=True)
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
                    order_id=message.payload.get("order_id"),
                    payload={
                        "lane": message.lane,
                        "priority": message.priority,
                        "message": dict(message.payload),
                    },
                    correlation_id=message.correlation_id,
                )
                await bury(tx, letter, now)
