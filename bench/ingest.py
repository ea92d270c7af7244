"""How many events a second the whole bot takes in over HTTP, beside what plain sqlite3 can do.

Run it with `python -m bench.ingest`; a quiet machine gives the figures of docs/figures.md.
Must not be used as a test.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import aiohttp

from bench.writer import made_events, plain_rate
from tests.stories.harness import Bot, a_bot, ago, an_event

SINGLES, BATCHES, BATCH = 4_000, 60, 1_000
STEPS = ("order_paid", "pick_completed", "pack_completed", "manifested", "delivered")
"""An order's five events, an hour apart: its clocks start and stop, all in time."""


def bodies(prefix: str, count: int, batch: int) -> Iterator[bytes]:
    """Bodies of single events or batches; orders have five events each."""
    paid = ago(days=1)
    times = [paid + timedelta(hours=step) for step in range(len(STEPS))]
    for start in range(0, count * batch, batch):
        events = [
            an_event(
                f"{prefix}{n // 5}",
                STEPS[n % 5],
                times[n % 5],
                f"{prefix}-{n}",
                client="acme",
                wave="W1",
            )
            for n in range(start, start + batch)
        ]
        yield json.dumps(events[0] if batch == 1 else {"events": events}).encode()


async def send(bot: Bot, waiting: list[bytes], connections: int) -> tuple[float, list[float]]:
    """Posts all bodies; returns the seconds it took and each request's."""
    spans: list[float] = []
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, headers=bot.authority) as http:

        async def lane() -> None:
            while waiting:
                body = waiting.pop()
                began = time.perf_counter()
                async with http.post(f"{bot.url}/events", data=body) as answer:
                    if answer.status not in (200, 202):
                        raise RuntimeError(await answer.text())
                spans.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(lane() for _ in range(connections)))
        return time.perf_counter() - began, spans


async def measure(singles: int, batches: int) -> None:
    """Prints one line a measurement."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events = made_events(1, "plain")
        grouped, alone = plain_rate(folder, events), plain_rate(folder, events[:2000], 1)
        print(f"plain sqlite3, FULL, groups of 100: {grouped:9,.0f} events/s")
        print(f"plain sqlite3, FULL, one by one:    {alone:9,.0f} events/s")
        async with a_bot(folder, extra={"SLACK_NOTIFICATIONS_ENABLED": "false"}) as bot:
            print(f"ready after {await bot.start():.2f} s")
            for connections in (1, 16, 64):
                waiting = list(bodies(f"S{connections}-", singles, 1))
                seconds, spans = await send(bot, waiting, connections)
                rate, p99 = singles / seconds, sorted(spans)[int(len(spans) * 0.99)] * 1000
                print(
                    f"single, {connections:2} connections: {rate:8,.0f} events/s, "
                    f"p99 {p99:6.1f} ms, {rate / alone:6.1%} of plain single"
                )
            await drain(bot)
            began = time.perf_counter()
            for connections in (1, 4):
                waiting = list(bodies(f"B{connections}-", batches, BATCH))
                seconds, _ = await send(bot, waiting, connections)
                rate = batches * BATCH / seconds
                print(
                    f"batches of 1,000, {connections} connections: {rate:8,.0f} events/s, "
                    f"{rate / grouped:6.1%} of plain groups"
                )
            behind = await drain(bot)
            rate = 2 * batches * BATCH / (time.perf_counter() - began)
            print(f"stored, evaluated, up to date: {rate:8,.0f} events/s, {behind:.1f} s behind")
    print(f"client memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


async def drain(bot: Bot) -> float:
    """Seconds until no order waits for its evaluation."""
    began = time.perf_counter()
    storage = bot.storage()
    try:
        while True:
            async with storage.read() as tx:
                if not await tx.work.waiting():
                    return time.perf_counter() - began
            await asyncio.sleep(0.1)
    finally:
        await storage.close()


def main() -> int:
    """Reads the options and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--singles", type=int, default=SINGLES)
    parser.add_argument("--batches", type=int, default=BATCHES)
    given = parser.parse_args()
    asyncio.run(measure(given.singles, given.batches))
    return 0


if __name__ == "__main__":
    sys.exit(main())
