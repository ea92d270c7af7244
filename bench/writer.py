"""How fast events are acknowledged durably, against a plain sqlite3 writer in the same run.

Run it with `python -m bench.writer`. Must not be used as a test: it needs a quiet machine.
"""

import asyncio
import hashlib
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from policies.facts import OrderEvent
from policies.records import ReceivedEvent, Tenant
from storage.engine import open_engines
from storage.migrate import migrate
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter

EVENTS, PRODUCERS, GROUP, ROUNDS = 40_000, 128, 100, 3
AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_ROW = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_TABLE = """CREATE TABLE events (tenant_id INTEGER, source TEXT, event_id TEXT, event_type TEXT,
order_id TEXT, occurred_at INTEGER, received_at INTEGER, payload TEXT, correlation_id TEXT,
content_hash BLOB, UNIQUE (tenant_id, source, event_id))"""


def made_events(tenant_id: int, prefix: str) -> list[ReceivedEvent]:
    """Events of orders with five events each."""
    return [
        ReceivedEvent(
            tenant_id=tenant_id,
            event=OrderEvent(
                source="wms",
                event_id=f"{prefix}-{n}",
                event_type="pick_completed",
                order_id=f"SO-{n // 5}",
                occurred_at=AT,
                payload={"client": "acme", "warehouse": "W1", "n": n},
            ),
            content_hash=hashlib.sha256(f"{prefix}-{n}".encode()).digest(),
            received_at=AT,
        )
        for n in range(EVENTS)
    ]


def plain_rate(folder: Path, events: Sequence[ReceivedEvent], group: int = GROUP) -> float:
    """Rows a second of one sqlite3 connection in groups of that size, FULL sync."""
    connection = sqlite3.connect(folder / f"plain-{group}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(_TABLE)
    begun = time.perf_counter()
    for start in range(0, len(events), group):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_ROW, [_row(event) for event in events[start : start + group]])
        connection.execute("COMMIT")
    elapsed = time.perf_counter() - begun
    connection.close()
    return len(events) / elapsed


async def writer_rate(
    log: GroupCommitWriter, events: Sequence[ReceivedEvent], producers: int, batch: int
) -> tuple[float, float]:
    """Acknowledged events a second, and the 99th percentile of a request in milliseconds."""
    starts = iter(range(0, len(events), batch))
    taken: list[float] = []

    async def produce() -> None:
        for start in starts:
            asked = time.perf_counter()
            await log.record(events[start : start + batch])
            taken.append(time.perf_counter() - asked)

    begun = time.perf_counter()
    await asyncio.gather(*(produce() for _ in range(producers)))
    elapsed = time.perf_counter() - begun
    return len(events) / elapsed, sorted(taken)[int(len(taken) * 0.99)] * 1000


async def one_round(url: str | None) -> dict[str, float]:
    """All measurements once, on fresh files (or on the database of `url`)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = url or f"sqlite+aiosqlite:///{folder / 'e2a.db'}"
        await migrate(address)
        storage = SqlStorage(open_engines(address))
        log = GroupCommitWriter(storage.engines, max_pending=100_000)
        await log.start()
        mark = str(time.monotonic_ns())
        async with storage.write() as transaction:
            tenant = await transaction.tenants.add(Tenant(id=0, name=mark))
        plain = plain_rate(folder, made_events(tenant.id, "plain"))
        single, single_p99 = await writer_rate(log, made_events(tenant.id, mark), PRODUCERS, 1)
        batched, _ = await writer_rate(log, made_events(tenant.id, mark + "b"), 8, GROUP)
        await log.stop()
        await storage.close()
    return {
        "plain_sqlite3_per_s": round(plain),
        "writer_per_s": round(single),
        "writer_p99_ms": round(single_p99, 1),
        "writer_batches_per_s": round(batched),
        "ratio": round(single / plain, 2),
        "ratio_batches": round(batched / plain, 2),
    }


def main() -> None:
    """Prints one line of JSON a round; an argument names another DATABASE_URL."""
    url = sys.argv[1] if len(sys.argv) > 1 else None
    for _ in range(ROUNDS):
        print(json.dumps(asyncio.run(one_round(url))))


def _row(received: ReceivedEvent) -> tuple[object, ...]:
    event = received.event
    payload = json.dumps(event.payload)
    return (
        received.tenant_id,
        event.source,
        event.event_id,
        event.event_type,
        event.order_id,
        0,
        0,
        payload,
        event.correlation_id,
        received.content_hash,
    )


if __name__ == "__main__":
    main()
