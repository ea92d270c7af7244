"""What the event writer does inside its transaction: insert first, then see what was new.

Must not open or commit a transaction.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.queries import Receipt
from policies.records import ReceivedEvent
from storage.bulk import BulkInsert, bulk_insert
from storage.columns import to_json
from storage.engine import in_its_thread
from storage.instants import micros
from storage.tables import events
from storage.tables_work import WAITING
from storage.work_items import ASK, Asked
from storage.writer_names import LED_IN_POSTGRES, LED_IN_SQLITE, NameDatabase, NameRow, learn


class PreparedRow(NamedTuple):
    """An event as the table keeps it, but for its receipt; last what it calls its order besides."""

    tenant_id: int
    source: str
    event_id: str
    event_type: str
    order_id: str
    occurred_at: int
    received_at: int
    payload: str
    correlation_id: str | None
    content_hash: bytes
    names: tuple[str, ...]


class _Wanted(NamedTuple):
    """An order that is to be evaluated."""

    tenant_id: int
    order_id: str
    correlation_id: str | None
    received_at: int


_COLUMNS = (*PreparedRow._fields[:-1], "receipt")
_INSERT = bulk_insert(events, _COLUMNS, "ON CONFLICT (tenant_id, source, event_id) DO NOTHING")
_RECEIPT_BITS = 62
_HELD_IN_SQLITE = """SELECT event_id, receipt, content_hash FROM events
WHERE tenant_id = ? AND source = ? AND event_id IN (SELECT value FROM json_each(?))"""
_HELD_IN_POSTGRES = """SELECT event_id, receipt, content_hash FROM events
WHERE tenant_id = %s AND source = %s AND event_id = ANY(%s)"""
Key = tuple[int, str, str]
Held = tuple[str, int, bytes]


def prepare(received: ReceivedEvent) -> PreparedRow:
    """The event as it is stored; payload and times are turned once, by who hands it in."""
    event = received.event
    return PreparedRow(
        received.tenant_id,
        event.source,
        event.event_id,
        event.event_type,
        event.order_id,
        micros(event.occurred_at),
        micros(received.received_at),
        to_json(event.payload),
        event.correlation_id,
        received.content_hash,
        received.names,
    )


async def store(
    connection: AsyncConnection,
    rows: Sequence[PreparedRow],
    settle: timedelta,
    now: int | None = None,
) -> list[Receipt]:
    """Inserts the rows and asks for the evaluation of the orders that have something new.

    Of rows with the same key the first one counts. A name that is learnt is asked for as the
    order is, because somebody may be judging it as an order of its own just now.
    """
    if connection.dialect.name == "postgresql":
        return await connection.run_sync(lambda sync: _store(_Postgres(sync), rows, settle, now))
    return await in_its_thread(connection, lambda raw: _store(_Sqlite(raw), rows, settle, now))


class _Database(NameDatabase, Protocol):
    """The statements that storing needs."""

    def insert(self, into: BulkInsert, rows: Sequence[tuple[Any, ...]]) -> int: ...

    def held(self, tenant_id: int, source: str, event_ids: list[str]) -> Iterable[Held]: ...


class _Sqlite:
    """Within the connection's thread."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def insert(self, into: BulkInsert, rows: Sequence[tuple[Any, ...]]) -> int:
        return into.on_sqlite(self._raw, rows)

    def held(self, tenant_id: int, source: str, event_ids: list[str]) -> Iterable[Held]:
        return self._raw.execute(_HELD_IN_SQLITE, (tenant_id, source, json.dumps(event_ids)))

    def told(self, into: BulkInsert, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return into.told_by_sqlite(self._raw, rows)

    def led(self, tenant_id: int, names: Sequence[str]) -> Mapping[str, str]:
        return dict(self._raw.execute(LED_IN_SQLITE, (tenant_id, json.dumps(names))))


class _Postgres:
    """Where SQLAlchemy runs synchronous code."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, into: BulkInsert, rows: Sequence[tuple[Any, ...]]) -> int:
        return into.on_postgres(self._connection, rows)

    def held(self, tenant_id: int, source: str, event_ids: list[str]) -> Iterable[Held]:
        found = self._connection.exec_driver_sql(_HELD_IN_POSTGRES, (tenant_id, source, event_ids))
        return [(row[0], row[1], row[2]) for row in found]

    def told(self, into: BulkInsert, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return into.told_by_postgres(self._connection, rows)

    def led(self, tenant_id: int, names: Sequence[str]) -> Mapping[str, str]:
        found = self._connection.exec_driver_sql(LED_IN_POSTGRES, (tenant_id, list(names)))
        return {row[0]: row[1] for row in found}


def _store(
    database: _Database, rows: Sequence[PreparedRow], settle: timedelta, now: int | None
) -> list[Receipt]:
    """In the order of the keys, so that two writers cannot lock each other out."""
    base = secrets.randbits(_RECEIPT_BITS)
    numbered = ((*row[:-1], base + position) for position, row in enumerate(rows))
    written = database.insert(_INSERT, sorted(numbered, key=itemgetter(0, 1, 2)))
    if written == len(rows):
        receipts = [Receipt.ACCEPTED] * len(rows)
    else:
        stored = _stored(database, rows)
        receipts = [_receipt(row, base + n, stored) for n, row in enumerate(rows)]
    wanted: list[_Wanted | PreparedRow] = [
        row for row, receipt in zip(rows, receipts, strict=True) if receipt is Receipt.ACCEPTED
    ]
    if any(row.names for row in rows):
        told = zip(rows, receipts, strict=True)
        wanted += _learn(
            database, [row for row, receipt in told if receipt is not Receipt.CONFLICT]
        )
    database.insert(ASK, _evaluations(wanted, round(settle.total_seconds() * 1_000_000), now))
    return receipts


def _learn(database: _Database, rows: Iterable[PreparedRow]) -> Iterator[_Wanted]:
    """The orders that are to be evaluated because a name of theirs is new; those names too."""
    told = (
        NameRow(row.tenant_id, name, row.order_id, row.received_at)
        for row in rows
        for name in row.names
    )
    for tenant_id, name, order_id, at in learn(database, told):
        yield _Wanted(tenant_id, order_id, None, at)
        yield _Wanted(tenant_id, name, None, at)


def _receipt(row: PreparedRow, mine: int, stored: dict[Key, tuple[int, bytes]]) -> Receipt:
    receipt, content_hash = stored[row.tenant_id, row.source, row.event_id]
    if receipt == mine:
        return Receipt.ACCEPTED
    return Receipt.DUPLICATE if content_hash == row.content_hash else Receipt.CONFLICT


def _stored(database: _Database, rows: Iterable[PreparedRow]) -> dict[Key, tuple[int, bytes]]:
    """Receipt and content hash of what the table holds under the rows' keys."""
    wanted: dict[tuple[int, str], list[str]] = {}
    for row in rows:
        wanted.setdefault((row.tenant_id, row.source), []).append(row.event_id)
    return {
        (tenant_id, source, event_id): (receipt, content_hash)
        for (tenant_id, source), event_ids in wanted.items()
        for event_id, receipt, content_hash in database.held(tenant_id, source, event_ids)
    }


def _evaluations(
    rows: Iterable[_Wanted | PreparedRow], settle: int, now: int | None
) -> list[tuple[Any, ...]]:
    """One item an order, available when its first new event has settled."""
    asked: dict[tuple[int, str], Asked] = {}
    for row in rows:
        key = (row.tenant_id, row.order_id)
        asked_at = row.received_at if now is None else now
        if key not in asked or asked_at < asked[key][-1]:
            asked[key] = (
                row.tenant_id,
                "evaluate",
                row.order_id,
                row.correlation_id,
                WAITING,
                1,
                0,
                asked_at + settle,
                asked_at,
            )
    return [asked[key] for key in sorted(asked)]
