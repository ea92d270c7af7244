"""How soon the bot is back: after a start, a kill, with a backlog, and when Slack was away.

Run it with `python -m bench.recovery`, or with some of start, kill, orders, outbox, postgres.
Must not be used as a test.
"""

import argparse
import asyncio
import itertools
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from bench.plain import bare_server
from bench.recovery_postgres import restarts
from bench.slack_double import slack_double
from bot.policy_files import load_sla_book
from policies.facts import OrderEvent, timeline_of
from policies.promises import promises_of
from policies.records import ReceivedEvent, Tenant
from policies.sla import evaluate
from storage.stats import backlog
from storage.writer import GroupCommitWriter
from tests.faults.steady import STEPS, drained, memory_mb, single, stored_ids
from tests.stories.harness import Bot, a_bot, eventually, free_port, wall

QUIET = {"SLACK_NOTIFICATIONS_ENABLED": "false"}
EVENTS, STARTS, KILLS, ORDERS = 1_000_000, 3, 5, 10_000
TENANTS, EACH = 250, 4
"""A channel each; four orders are too few for a storm, so that each has its own alert."""
_PACE_SECONDS = 1.05
_MILLION = """
INSERT INTO events (tenant_id, source, event_id, event_type, order_id, occurred_at, received_at,
    payload, content_hash, receipt)
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
SELECT 1, 'wms', 'M-' || i, CASE i % 5 WHEN 0 THEN 'order_paid' WHEN 1 THEN 'pick_completed'
    WHEN 2 THEN 'pack_completed' WHEN 3 THEN 'manifested' ELSE 'delivered' END, 'M' || i / 5,
    ? + i, ? + i, '{"client":"acme","wave":"W1"}', randomblob(32), i FROM n
"""


async def starts() -> None:
    """Seconds from nothing to /readyz 200, on an empty database and on a million events."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with bare_server(free_port(), str(folder / "bare.db")) as (bare, bare_mb):
            print(f"a bare aiohttp server is ready after {bare:.2f} s, {bare_mb:.0f} MB")
        async with a_bot(folder, extra=QUIET) as bot:
            await _starts(bot, "an empty database", bare)
            _fill(folder / "e2a.db", EVENTS)
            await _starts(bot, f"{EVENTS:,} events", bare)


async def _starts(bot: Bot, what: str, bare: float) -> None:
    seconds, memory = [], 0.0
    for _ in range(STARTS):
        seconds.append(await bot.start())
        memory = memory_mb(bot)
        await bot.stop()
    median = sorted(seconds)[STARTS // 2]
    print(
        f"start on {what}: {median:.2f} s (of {STARTS}: {min(seconds):.2f} to "
        f"{max(seconds):.2f}), {median / bare:.1f} times the bare server's, {memory:.0f} MB"
    )


def _fill(file: Path, count: int) -> None:
    first = int((wall() - timedelta(days=30)).timestamp()) * 1_000_000
    connection = sqlite3.connect(file)
    connection.execute(_MILLION, (count, first, first))
    connection.commit()
    connection.close()


async def kills() -> None:
    """Killed under load and started again: seconds, and what became of the events."""
    accepted: set[str] = set()
    sent = itertools.count()
    seconds: list[float] = []
    moments = random.Random(7)  # noqa: S311 - the same moments in every run
    with tempfile.TemporaryDirectory() as name:
        async with a_bot(Path(name), extra=QUIET) as bot:
            fresh = await bot.start()
            for _ in range(KILLS):
                senders = [asyncio.create_task(_lane(bot, sent, accepted)) for _ in range(8)]
                await asyncio.sleep(moments.uniform(1, 2))
                await bot.stop(signal.SIGKILL)
                await asyncio.gather(*senders)
                seconds.append(await bot.start())
            behind = await drained(bot)
            stored = await stored_ids(bot)
    lost, doubled = len(accepted - set(stored)), len(stored) - len(set(stored))
    print(
        f"{KILLS} kills under load, {len(accepted):,} accepted: ready again after "
        f"{max(seconds):.2f} s at most, {max(seconds) / fresh:.1f} times a first start; lost "
        f"{lost}, doubled {doubled}, all judged {behind:.1f} s later"
    )


async def _lane(bot: Bot, numbers: "itertools.count[int]", accepted: set[str]) -> None:
    """Sends until the connection breaks."""
    paid = wall() - timedelta(days=1)
    with suppress(aiohttp.ClientError):
        async with aiohttp.ClientSession(headers=bot.authority) as http:
            while True:
                event_id, body = single("K", next(numbers), paid)
                async with http.post(f"{bot.url}/events", data=body) as answer:
                    if answer.ok:
                        accepted.add(event_id)


async def orders() -> None:
    """A start with orders that wait to be judged."""
    with tempfile.TemporaryDirectory() as name:
        async with a_bot(Path(name), extra=QUIET) as bot:
            events = [_event(1, n, wall() - timedelta(days=1)) for n in range(ORDERS * len(STEPS))]
            await _store(bot, events)
            ready = await bot.start()
            behind = await drained(bot, 300)
    began, promises = time.perf_counter(), promises_of(load_sla_book(None)).of("acme")
    for start in range(0, len(events), len(STEPS)):
        own = [received.event for received in events[start : start + len(STEPS)]]
        evaluate(timeline_of(own[0].order_id, own), promises, wall())
    pure = time.perf_counter() - began
    print(
        f"{ORDERS:,} orders waiting: judged {behind:.1f} s after ready ({ready:.1f} s), "
        f"{ORDERS / max(behind, 0.01):,.0f} orders/s; in memory alone {pure:.1f} s"
    )


def _event(tenant_id: int, number: int, paid: datetime, steps: int = len(STEPS)) -> ReceivedEvent:
    """Event of that number; that many of them are an order's."""
    step = number % steps
    return ReceivedEvent(
        tenant_id=tenant_id,
        event=OrderEvent(
            source="wms",
            event_id=f"B-{number}",
            event_type=STEPS[step],
            order_id=f"B{number // steps}",
            occurred_at=paid + timedelta(hours=step),
            payload={"client": "acme", "wave": "W1"},
        ),
        content_hash=number.to_bytes(32, "big"),
        received_at=wall(),
    )


async def _store(bot: Bot, events: list[ReceivedEvent]) -> None:
    storage = bot.storage()
    log = GroupCommitWriter(storage.engines, max_pending=len(events))
    await log.start()
    await log.record(events)
    await log.stop()
    await storage.close()


async def outbox() -> None:
    """A start with alerts that wait for a Slack that takes one post a second and channel."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        async with a_bot(Path(name), slack_api_url=f"http://127.0.0.1:{port}/api/") as bot:
            await _store(bot, await _breaches(bot))
            await bot.start()
            alerts = TENANTS * EACH
            await eventually(lambda: _opened(bot, alerts), 120)
            await bot.stop(signal.SIGKILL)
            async with slack_double(port) as slack:
                ready, began = await bot.start(), time.monotonic()
                await eventually(lambda: _sent(bot), 300)
                seconds = time.monotonic() - began
    posts = sum(slack.taken.values())
    floor = max(slack.taken.values()) * _PACE_SECONDS
    print(
        f"{alerts:,} alerts waiting in {len(slack.taken)} channels: {posts:,} posts in "
        f"{seconds:.1f} s after ready ({ready:.1f} s), {seconds / floor:.1f} times the "
        f"{floor:.1f} s that Slack's pace alone takes; {slack.refused} refused by it"
    )


async def _breaches(bot: Bot) -> list[ReceivedEvent]:
    """Orders of many tenants, each late by some minutes."""
    storage = bot.storage()
    async with storage.write() as tx:
        made = [
            await tx.tenants.add(Tenant(id=0, name=f"t{n}", channel=f"#t{n}"))
            for n in range(TENANTS)
        ]
    await storage.close()
    paid = wall() - timedelta(minutes=130)
    return [_event(tenant.id, n, paid, 1) for tenant in made for n in range(EACH)]


async def _opened(bot: Bot, count: int) -> bool:
    storage = bot.storage()
    async with storage.read() as tx:
        found = await tx.connection.exec_driver_sql("SELECT count(*) FROM exceptions")
        opened = int(found.scalar_one())
    await storage.close()
    return opened >= count


async def _sent(bot: Bot) -> bool:
    storage = bot.storage()
    waiting = (await backlog(storage.engines)).outbox
    await storage.close()
    return not waiting


PARTS: dict[str, Callable[[], Awaitable[None]]] = {
    "start": starts,
    "kill": kills,
    "orders": orders,
    "outbox": outbox,
    "postgres": restarts,
}


async def _all(parts: list[str]) -> None:
    for part in parts:
        await PARTS[part]()


def main() -> int:
    """Reads which parts are wanted and measures them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all if left out")
    asyncio.run(_all(parser.parse_args().parts or list(PARTS)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
