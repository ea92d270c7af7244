"""How long the sweep looks over a million running clocks, and what 100,000 due ones take.

Run it with `python -m bench.sweep`; an argument names another DATABASE_URL (an empty database).
Must not be used as a test: it needs a quiet machine and some minutes.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bot.clock import wall_now
from bot.errands import evaluation
from bot.interpreter import tune_interpreter
from bot.policy_files import load_sla_book
from bot.seams import WakingStorage
from bot.telemetry import Metrics, set_up_logs
from bot.workers import Evaluator, Worker
from jobs.keep_time import sweep_deadlines
from jobs.put_on_record import Telling
from policies.facts import OrderEvent, timeline_of
from policies.promises import Promises, promises_of
from policies.records import ReceivedEvent, Tenant
from policies.sla import evaluate
from storage.bulk import bulk_insert
from storage.clock_rows import COLUMNS, row_of_clock, stored
from storage.engine import open_engines
from storage.migrate import migrate
from storage.tables_orders import clocks
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter

RUNNING, DUE, LOOKS, CHUNK = 1_000_000, 100_000, 50, 20_000
PAID = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
AT_RISK, LATE = PAID + timedelta(minutes=91), PAID + timedelta(minutes=121)
"""Picking is due after 120 minutes: first all orders run, then all of them are late at once."""
_LIMIT = 5000
_TICK_SECONDS = 1.0


class Process:
    """The workers of the bot that have to do with time, on one database."""

    def __init__(self, storage: SqlStorage, promises: Promises) -> None:
        self.now, self.found = AT_RISK, 0
        self._stored = WakingStorage(storage, lambda _name: self.evaluator.wake())
        telling = Telling(default_channel="#ops")
        judge = evaluation(self._stored, promises, telling, Metrics(), {}, lambda: self.now)
        self.evaluator = Worker("evaluate", Evaluator(self._stored, judge, wall_now).step)
        self.sweeper = Worker("sweep", self._sweep, idle_seconds=_TICK_SECONDS, wakes=False)

    async def look(self) -> int:
        """Sweeps once; returns how many orders were due."""
        wall = wall_now()
        return await sweep_deadlines(
            storage=self._stored, now=self.now, wall_now=wall, limit=_LIMIT
        )

    async def _sweep(self) -> int:
        self.found = await self.look()
        return 0

    async def drained(self, storage: SqlStorage) -> None:
        """Waits until nothing more is due and nothing waits to be judged."""
        idle = False
        while not idle:
            await asyncio.sleep(0.2)  # whoever asks more often slows down what is measured
            async with storage.read() as tx:
                idle = not self.found and not await tx.work.waiting()


@asynccontextmanager
async def loop_lag() -> AsyncIterator[list[float]]:
    """Watches by how many milliseconds the event loop is late meanwhile."""
    late: list[float] = []

    async def watch() -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append((time.perf_counter() - asked - 0.005) * 1000)

    task = asyncio.create_task(watch())
    try:
        yield late
    finally:
        task.cancel()


def paid_orders(tenant_id: int, count: int) -> Iterator[ReceivedEvent]:
    """Orders that were paid and of which nothing was heard since."""
    for number in range(count):
        yield ReceivedEvent(
            tenant_id=tenant_id,
            event=_paid(f"D-{number}"),
            content_hash=sha256(str(number).encode()).digest(),
            received_at=PAID,
        )


def _paid(order_id: str) -> OrderEvent:
    return OrderEvent(
        source="wms",
        event_id=f"paid-{order_id}",
        event_type="order_paid",
        order_id=order_id,
        occurred_at=PAID,
        payload={"client": "acme", "wave": "W1"},
    )


async def add_running(storage: SqlStorage, tenant: Tenant, promises: Promises, count: int) -> None:
    """Writes rows of running clocks, each due on another minute of a day long after."""
    (clock,) = evaluate(timeline_of("R", [_paid("R")]), promises.of(tenant.name), PAID)
    row = stored(row_of_clock(tenant.id, clock))
    order, check = COLUMNS.index("order_id"), COLUMNS.index("check_at")
    later = int((PAID + timedelta(days=10)).timestamp()) * 1_000_000
    insert = bulk_insert(clocks, COLUMNS, "ON CONFLICT DO NOTHING")
    for start in range(0, count, CHUNK):
        rows = []
        for number in range(start, min(start + CHUNK, count)):
            values = list(row)
            values[order], values[check] = f"R-{number}", later + number % 1440 * 60_000_000
            rows.append(tuple(values))
        async with storage.engines.write() as connection:
            await insert.run(connection, rows)


async def add_due(storage: SqlStorage, process: Process, tenant: Tenant, count: int) -> None:
    """Has orders paid and judged, so that each has a clock that runs."""
    log = GroupCommitWriter(storage.engines, settle=timedelta(), max_pending=count)
    await log.start()
    events = list(paid_orders(tenant.id, count))
    for start in range(0, count, CHUNK):
        await log.record(events[start : start + CHUNK])
    await log.stop()
    process.evaluator.start()
    await process.drained(storage)


async def none_due(process: Process) -> tuple[float, float]:
    """The median and the longest of some looks, in milliseconds."""
    taken = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        if await process.look():
            message = "a clock was due"
            raise RuntimeError(message)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[LOOKS // 2], max(taken)


async def all_due(
    storage: SqlStorage, process: Process, tenant: Tenant, count: int
) -> tuple[float, list[float]]:
    """Seconds from the moment of being due to the last exception, and how late the loop was."""
    process.now, process.found = LATE, count
    began = time.perf_counter()
    async with loop_lag() as late:
        process.sweeper.start()
        await process.drained(storage)
        seconds = time.perf_counter() - began
    async with storage.read() as tx:
        breached = (await tx.clocks.peers(tenant.id, "pick")).breached
    if breached != count:
        message = f"{breached} of {count} breaches were found"
        raise RuntimeError(message)
    return seconds, late


async def measure(url: str, running: int, due: int) -> None:
    """Prints one line a measurement."""
    await migrate(url)
    storage = SqlStorage(open_engines(url))
    promises = promises_of(load_sla_book(None))
    async with storage.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name=f"bench-{time.monotonic_ns()}"))
    process = Process(storage, promises)
    tune_interpreter()
    print(storage.engines.url.drivername)
    began = time.perf_counter()
    await add_running(storage, tenant, promises, running)
    await add_due(storage, process, tenant, due)
    print(f"{running:,} running and {due:,} more made in {time.perf_counter() - began:.0f} s")
    median, longest = await none_due(process)
    print(f"sweep, none due: {median:6.1f} ms, longest {longest:6.1f} ms")
    seconds, late = await all_due(storage, process, tenant, due)
    late.sort()
    print(
        f"{due:,} due: {seconds:6.1f} s to the last exception, loop late by "
        f"{late[int(len(late) * 0.99)]:.0f} ms (99 %), {late[-1]:.0f} ms at most"
    )
    for worker in (process.sweeper, process.evaluator):
        await worker.stop()
    await storage.close()


def main() -> int:
    """Reads the options and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", help="an empty database; a SQLite file if left out")
    parser.add_argument("--running", type=int, default=RUNNING)
    parser.add_argument("--due", type=int, default=DUE)
    given = parser.parse_args()
    set_up_logs("WARNING", "console")
    with tempfile.TemporaryDirectory() as name:
        url = given.url or f"sqlite+aiosqlite:///{Path(name) / 'e2a.db'}"
        asyncio.run(measure(url, given.running, given.due))
    return 0


if __name__ == "__main__":
    sys.exit(main())
