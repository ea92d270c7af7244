"""Posts deliveries like a patient vendor: in order per order, again and again until answered.

It knows nothing of orders or problems, and must not decide what is sent.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict, dataclass
from itertools import count
from typing import TYPE_CHECKING
from zlib import crc32

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from demo.warehouse.deliveries import Delivery

LANES = 8
LANE_DEPTH = 32
ATTEMPT_SECONDS = 10
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_RETRY_AFTER = 0.1, 5.0, 30.0
FAULT_ATTEMPTS = 4  # for answers that are a bug of the receiver: 500, 502, 504
NO_ANSWER, BUSY = 0, (429, 503)

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the deliveries so far."""

    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    failed_5xx: int = 0

    def to_json(self) -> str:
        """Return the tally as one line."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the receiver said; status 0 is no answer at all."""

    status: int
    text: str = ""
    retry_after: str = ""

    @property
    def is_busy(self) -> bool:
        """Whether to try again for ever: no answer, or one that asks for patience."""
        return self.status in {NO_ANSWER, *BUSY}

    @property
    def is_fault(self) -> bool:
        """Whether the receiver broke."""
        return self.status >= 500 and not self.is_busy  # noqa: PLR2004 - HTTP's server errors

    def pause(self, attempt: int) -> float:
        """Return the seconds to wait before the next attempt, counted from 0."""
        if self.retry_after.isdecimal():
            return min(float(self.retry_after), LONGEST_RETRY_AFTER)
        return min(FIRST_PAUSE * 2.0 ** min(attempt, 10), LONGEST_PAUSE)


class Sender:
    """Posts one delivery at a time per caller and keeps the tally."""

    def __init__(self, session: aiohttp.ClientSession, tally: Tally) -> None:
        """Use `session`, count into `tally`."""
        self._session = session
        self._tally = tally

    async def post(self, delivery: Delivery) -> None:
        """Post until there is a final answer, and count it."""
        for attempt in count():
            answer = await self._attempt(delivery)
            if answer.is_fault:
                log.error("%s: answered %d", delivery.event_id, answer.status)
            again = answer.is_busy or (answer.is_fault and attempt + 1 < FAULT_ATTEMPTS)
            if not again:
                self._count(delivery, answer)
                return
            await asyncio.sleep(answer.pause(attempt))

    async def _attempt(self, delivery: Delivery) -> Answer:
        request = self._session.post(
            delivery.url,
            data=delivery.body,
            headers=delivery.headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=ATTEMPT_SECONDS),
        )
        try:
            async with request as response:
                return Answer(
                    status=response.status,
                    text=await response.text(),
                    retry_after=response.headers.get("Retry-After", ""),
                )
        except (aiohttp.ClientError, TimeoutError):
            return Answer(status=NO_ANSWER)

    def _count(self, delivery: Delivery, answer: Answer) -> None:
        tally = self._tally
        tally.sent += 1
        if answer.is_fault:
            tally.failed_5xx += 1
        elif answer.status not in {200, 202}:
            tally.rejected += 1
            log.warning("%s: %d %r", delivery.event_id, answer.status, answer.text[:200])
        elif '"duplicate"' in answer.text:
            tally.duplicates += 1
        else:
            tally.accepted += 1


class Lanes:
    """A few queues side by side; one order always takes the same, so its news stay in order."""

    def __init__(
        self, group: asyncio.TaskGroup, post: Callable[[Delivery], Awaitable[None]]
    ) -> None:
        """Start the lanes' workers in `group`."""
        self._queues: list[asyncio.Queue[Delivery]] = [
            asyncio.Queue(LANE_DEPTH) for _ in range(LANES)
        ]
        self._workers = [group.create_task(_work(queue, post)) for queue in self._queues]

    async def put(self, delivery: Delivery) -> None:
        """Queue a delivery; waits while its lane is full."""
        await self._queues[crc32(delivery.order_id.encode()) % LANES].put(delivery)

    async def drain(self) -> None:
        """Wait until everything queued has its answer."""
        await asyncio.gather(*(queue.join() for queue in self._queues))

    def close(self) -> None:
        """Stop the workers, whatever is still queued."""
        for worker in self._workers:
            worker.cancel()


async def _work(
    queue: asyncio.Queue[Delivery], post: Callable[[Delivery], Awaitable[None]]
) -> None:
    while True:
        await post(await queue.get())
        queue.task_done()
