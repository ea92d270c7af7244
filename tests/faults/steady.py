"""Sends events at a given rate and watches the bot meanwhile: latency, memory, backlog.

Must not judge what it sees: tests and benchmarks do.
"""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from storage.stats import backlog
from tests.stories.harness import Bot, an_event, wall

STEPS = ("order_paid", "pick_completed", "pack_completed", "manifested", "delivered")
"""An order's five events, an hour apart: its clocks start and stop, all in time."""
_TAKEN = (200, 202)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How many events a second, for how long, over how many connections."""

    per_second: float
    seconds: float
    connections: int = 8
    prefix: str = "L"

    @property
    def events(self) -> int:
        """How many that makes."""
        return round(self.per_second * self.seconds)


@dataclass(kw_only=True)
class Sent:
    """What became of the events. A latency counts from when the event was due to be sent."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    broken: int = 0
    seconds: float = 0.0

    @property
    def failed(self) -> int:
        """Answers of 500 and above, and connections that broke."""
        return self.broken + sum(n for status, n in self.statuses.items() if status >= 500)

    def quantile(self, share: float) -> float:
        """That quantile of the latencies, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


@dataclass(kw_only=True)
class Watched:
    """Samples of a second each: the server's memory, and how late its oldest waiting order is."""

    memory_mb: list[float] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    late_seconds: list[float] = field(default_factory=list)

    def grown_since(self, second: int) -> float:
        """How many MB it holds more at the end than in that second (medians of five)."""
        early, late = self.memory_mb[second : second + 5], self.memory_mb[-5:]
        return sorted(late)[len(late) // 2] - sorted(early)[len(early) // 2]


def single(prefix: str, number: int, paid: datetime) -> tuple[str, bytes]:
    """An event's id and body; five that follow each other are one order's."""
    step = number % len(STEPS)
    event_id = f"{prefix}-{number}"
    event = an_event(
        f"{prefix}{number // len(STEPS)}",
        STEPS[step],
        paid + timedelta(hours=step),
        event_id,
        client="acme",
        wave="W1",
    )
    return event_id, json.dumps(event).encode()


async def send(bot: Bot, rate: Rate, url: str | None = None) -> Sent:
    """Posts each event when it is due, whatever became of the others, as far as there are lanes."""
    sent, numbers = Sent(), itertools.count()
    paid = wall() - timedelta(days=1)
    began = time.perf_counter()

    async def lane(http: aiohttp.ClientSession) -> None:
        while (number := next(numbers)) < rate.events:
            due = began + number / rate.per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            event_id, body = single(rate.prefix, number, paid)
            await _post(http, url or f"{bot.url}/events", event_id, body, sent)
            sent.latencies.append(time.perf_counter() - due)

    connector = aiohttp.TCPConnector(limit=rate.connections)
    async with aiohttp.ClientSession(connector=connector, headers=bot.authority) as http:
        await asyncio.gather(*(lane(http) for _ in range(rate.connections)))
    sent.seconds = time.perf_counter() - began
    return sent


async def _post(
    http: aiohttp.ClientSession, url: str, event_id: str, body: bytes, sent: Sent
) -> None:
    try:
        async with http.post(url, data=body) as answer:
            await answer.read()
            sent.statuses[answer.status] += 1
            if answer.status in _TAKEN:
                sent.accepted.add(event_id)
    except aiohttp.ClientError:
        sent.broken += 1


@asynccontextmanager
async def watched(bot: Bot) -> AsyncIterator[Watched]:
    """Looks once a second, from outside."""
    seen = Watched()

    async def watch() -> None:
        storage = bot.storage()
        try:
            while True:
                found = await backlog(storage.engines)
                oldest = found.work_oldest
                seen.memory_mb.append(memory_mb(bot))
                seen.waiting.append(found.work_items)
                seen.late_seconds.append((wall() - oldest).total_seconds() if oldest else 0.0)
                await asyncio.sleep(1)
        finally:
            await storage.close()

    task = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.wait([task])


def memory_mb(bot: Bot) -> float:
    """What the server's process holds in memory."""
    assert bot.process is not None
    for line in Path(f"/proc/{bot.process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def stored_ids(bot: Bot) -> list[str]:
    """The ids of all events in the database, as often as they are there."""
    storage = bot.storage()
    try:
        async with storage.read() as tx:
            found = await tx.connection.exec_driver_sql("SELECT event_id FROM events")
            return [str(row[0]) for row in found]
    finally:
        await storage.close()


async def drained(bot: Bot, seconds: float = 60.0) -> float:
    """Waits until no order waits to be judged; returns the seconds that took."""
    began = time.monotonic()
    storage = bot.storage()
    try:
        while time.monotonic() - began < seconds:
            async with storage.read() as tx:
                if not await tx.work.waiting():
                    return time.monotonic() - began
            await asyncio.sleep(0.05)
    finally:
        await storage.close()
    message = f"orders still wait after {seconds:.0f} s"
    raise AssertionError(message)
