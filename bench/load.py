"""Ten minutes of events at a steady rate against a real `e2a serve`: latency, memory, backlog.

Run it with `python -m bench.load --seconds 600 --rate 100`; `--rate 0` sends batches as fast as
they are taken; `--postgres` makes a PostgreSQL of its own. Must not be used as a test.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.ingest import BATCH, bodies
from bench.ingest import send as send_all
from bench.plain import bare_server
from tests.faults.cluster import private_cluster
from tests.faults.steady import Rate, Sent, Watched, drained, send, stored_ids, watched
from tests.stories.harness import Bot, a_bot, free_port

QUIET = {"SLACK_NOTIFICATIONS_ENABLED": "false"}
_DRAIN_SECONDS = 600.0
_WARM_SECONDS = 60
"""Memory is compared with what it was after a minute, or after a tenth of a shorter run."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A bot at work, and beside it a bare server over a database of the same kind."""

    bot: Bot
    bare: str
    ready: float


@asynccontextmanager
async def place(*, postgres: bool) -> AsyncIterator[Place]:
    """A bot over a new SQLite file, or over a PostgreSQL of its own that waits for the disk."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        if not postgres:
            with bare_server(port, str(folder / "bare.db")):
                async with a_bot(folder, extra=QUIET) as bot:
                    ready = await bot.start()
                    yield Place(bot=bot, bare=f"http://127.0.0.1:{port}", ready=ready)
            return
        async with private_cluster(fsync=True) as cluster:
            url = await cluster.migrated("bench")
            with bare_server(port, cluster.plain()):
                async with a_bot(folder, extra=QUIET, database=url) as bot:
                    ready = await bot.start()
                    yield Place(bot=bot, bare=f"http://127.0.0.1:{port}", ready=ready)


async def steadily(at: Place, rate: Rate) -> bool:
    """Sends at the rate and prints what was seen; whether nothing failed or was lost.

    The bare server gets a tenth of the rate meanwhile, so that both see the same machine.
    """
    beside = replace(rate, per_second=rate.per_second / 10, connections=2, prefix="bare")
    async with watched(at.bot) as seen:
        sent, bare = await asyncio.gather(
            send(at.bot, rate), send(at.bot, beside, url=f"{at.bare}/events")
        )
        behind = await drained(at.bot, _DRAIN_SECONDS)
    stored = await stored_ids(at.bot)
    lost, doubled = len(sent.accepted - set(stored)), len(stored) - len(set(stored))
    _print_latency("E2A", rate, sent)
    _print_latency("a bare aiohttp server, a commit an event", beside, bare)
    print(f"p99 beside the bare server's: {sent.quantile(0.99) / bare.quantile(0.99):.1f} times")
    _print_watched(seen, min(_WARM_SECONDS, int(rate.seconds / 10)), behind)
    print(f"5xx and broken connections {sent.failed}, lost {lost}, doubled {doubled}")
    return not (sent.failed or lost or doubled)


def _print_latency(who: str, rate: Rate, sent: Sent) -> None:
    p50, p99, longest = (sent.quantile(share) for share in (0.5, 0.99, 1.0))
    print(
        f"{who}: {rate.events:,} events in {sent.seconds:.0f} s over {rate.connections} "
        f"connections, {rate.events / sent.seconds:.1f} events/s, p50 {p50:.1f} ms, "
        f"p99 {p99:.1f} ms, max {longest:.0f} ms"
    )


def _print_watched(seen: Watched, warm: int, behind: float) -> None:
    late = sorted(seen.late_seconds)
    print(
        f"memory {seen.memory_mb[warm]:.0f} MB after {warm} s, {seen.memory_mb[-1]:.0f} MB at the "
        f"end, {max(seen.memory_mb):.0f} MB at most: grown by {seen.grown_since(warm):+.1f} MB"
    )
    print(
        f"oldest order waiting: {late[len(late) // 2]:.2f} s (median), "
        f"{late[int(len(late) * 0.99)]:.2f} s (99 %), {late[-1]:.2f} s at most; "
        f"{max(seen.waiting):,} orders waiting at most; all judged {behind:.1f} s after the last"
    )


async def full_speed(at: Place, seconds: float, connections: int) -> bool:
    """Sends batches as fast as they are taken, then waits until all is judged."""
    began, batches, taken = time.perf_counter(), 0, 0.0
    async with watched(at.bot) as seen:
        while time.perf_counter() - began < seconds:
            waiting = list(bodies(f"F{batches}-", 20, BATCH))
            batches += len(waiting)
            taken += (await send_all(at.bot, waiting, connections))[0]
        behind = await drained(at.bot, _DRAIN_SECONDS)
    whole = time.perf_counter() - began
    events = batches * BATCH
    print(f"batches of {BATCH:,} at full speed: {events:,} events, {events / taken:,.0f} events/s")
    print(f"stored, evaluated, up to date: {events / whole:,.0f} events/s over {whole:.0f} s")
    _print_watched(seen, min(_WARM_SECONDS, int(seconds / 10)), behind)
    return len(await stored_ids(at.bot)) == events


async def measure(given: argparse.Namespace) -> bool:
    """Prints one line a measurement; whether all went well."""
    async with place(postgres=given.postgres) as at:
        print(f"{at.bot.database_url.split(':', maxsplit=1)[0]}; ready after {at.ready:.2f} s")
        if not given.rate:
            return await full_speed(at, given.seconds, given.connections)
        rate = Rate(per_second=given.rate, seconds=given.seconds, connections=given.connections)
        return await steadily(at, rate)


def main() -> int:
    """Reads the options and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--rate", type=float, default=100, help="events a second; 0: full speed")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own")
    return 0 if asyncio.run(measure(parser.parse_args())) else 1


if __name__ == "__main__":
    sys.exit(main())
