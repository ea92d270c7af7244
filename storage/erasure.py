"""Reads what is stored in texts about orders and people, and writes it back without a person.

Must not decide what is about a person: it moves texts. The trail is read and never written over.
"""

import asyncio
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, Select, Table, Update, and_, literal, select, text, update

from policies.personal import Document
from policies.records import AuditEntry, OrderKey, OutboxMessage
from storage.bulk import among_these, chunks
from storage.order_names import SqlOrderNames
from storage.tables import audit, events
from storage.tables_answers import answers
from storage.tables_models import model_answers
from storage.tables_orders import exceptions
from storage.tables_resolution import resolution_attempts
from storage.tables_work import dead_letters, outbox, work_items
from storage.transaction import SqlStorage

_PAGE, _ORDERS, _PORTION = 500, 200, 200
_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    """Which columns of a table hold texts from outside, and which one names the order."""

    table: Table
    columns: tuple[str, ...]
    order: Column[Any] | None = None


_OF_EXCEPTIONS = ("facts", "explanation", "resolution", "resolution_note")
_PLACES: Mapping[str, _Texts] = {
    "events": _Texts(table=events, columns=("payload",), order=events.c.order_id),
    "exceptions": _Texts(
        table=exceptions,
        columns=(*_OF_EXCEPTIONS, "resolution_block_reason"),
        order=exceptions.c.order_id,
    ),
    "dead_letters": _Texts(
        table=dead_letters,
        columns=("payload", "subject", "reason"),
        order=dead_letters.c.order_id,
    ),
    "work_items": _Texts(table=work_items, columns=("error",), order=work_items.c.subject),
    "outbox": _Texts(table=outbox, columns=("payload", "error")),
    "model_answers": _Texts(
        table=model_answers, columns=("answer",), order=model_answers.c.order_id
    ),
    "resolution_attempts": _Texts(
        table=resolution_attempts,
        columns=("request", "response"),
        order=resolution_attempts.c.order_id,
    ),
    "answers": _Texts(table=answers, columns=("question", "text", "note")),
    "audit": _Texts(table=audit, columns=("before", "after", "note", "actor")),
}


class SqlPeople:
    """What the database holds about people."""

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage
        self._engines = storage.engines

    async def page(self, table: str, tenant_id: int, after: int) -> list[Document]:
        """The tenant's next rows behind that number; none when there are no more."""
        place = _PLACES[table]
        number = place.table.c.id
        mine = _selected(place).where(place.table.c.tenant_id == tenant_id, number > after)
        return await self._read(table, mine.order_by(number).limit(_PAGE))

    async def of_orders(
        self, table: str, tenant_id: int, order_ids: Collection[str]
    ) -> list[Document]:
        """All rows about these orders."""
        place = _PLACES[table]
        found: list[Document] = []
        for part in chunks(sorted(order_ids), _ORDERS):
            async with self._engines.read() as connection:
                among = among_these(connection, place.order, part)  # type: ignore[arg-type]
                mine = _selected(place).where(place.table.c.tenant_id == tenant_id, among)
                found += [_document(table, row) for row in await connection.execute(mine)]
        return found

    async def family(self, tenant_id: int, order_ids: Collection[str]) -> set[str]:
        """These orders under every name that they have."""
        asked = [OrderKey(tenant_id=tenant_id, order_id=one) for one in sorted(order_ids)]
        async with self._engines.read() as connection:
            names = SqlOrderNames(connection)
            meant = set((await names.orders_of(asked)).values())
            called = await names.names_of(sorted(meant, key=lambda key: key.order_id))
        whole = {key.order_id for key in meant}.union(*called.values())
        return whole | set(order_ids)

    async def rewrite(
        self,
        tenant_id: int,
        documents: Sequence[Document],
        entry: AuditEntry | None,
        messages: Sequence[OutboxMessage],
        now: datetime,
    ) -> None:
        """Writes the rows, a portion a transaction; with the first go the entry and the messages.

        An exception that somebody changed meanwhile is left for the next look.
        """
        for start in range(0, max(len(documents), 1), _PORTION):
            async with self._storage.write() as tx:
                if self._engines.on_sqlite:
                    await tx.connection.execute(_OVERWRITE)
                for document in documents[start : start + _PORTION]:
                    await tx.connection.execute(_written(tenant_id, document))
                if start == 0 and entry is not None:
                    await tx.audit.append([entry])
                if start == 0:
                    await tx.outbox.put(messages, now)

    async def sweep_up(self) -> bool:
        """Empties a SQLite file's log, where what was written over still lies.

        Returns False where somebody reads at the moment; the next checkpoint does it then.
        """
        file = self._engines.url.database if self._engines.on_sqlite else None
        return file is None or await asyncio.to_thread(_emptied, file)

    async def _read(self, table: str, statement: Select[Any]) -> list[Document]:
        async with self._engines.read() as connection:
            return [_document(table, row) for row in await connection.execute(statement)]


_OVERWRITE = text("PRAGMA secure_delete=ON")
"""What is freed in the file is overwritten with zeros; some builds of SQLite do so anyway."""


def _emptied(file: str) -> bool:
    with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as connection:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy


def _selected(place: _Texts) -> Select[Any]:
    table = place.table
    order = literal(None) if place.order is None else place.order
    kind = table.c.kind if table is dead_letters else literal("")
    version = table.c.version if table is exceptions else literal(None)
    about = (order.label("about"), kind.label("of_kind"), version.label("was"))
    return select(table.c.id, *about, *(table.c[name] for name in place.columns))


def _document(table: str, row: Row[Any]) -> Document:
    return Document(
        table=table,
        id=row.id,
        order_id=row.about,
        kind=row.of_kind,
        version=row.was,
        texts={name: getattr(row, name) for name in _PLACES[table].columns},
    )


def _written(tenant_id: int, document: Document) -> Update:
    table = _PLACES[document.table].table
    mine = and_(table.c.id == document.id, table.c.tenant_id == tenant_id)
    values = dict(document.texts)
    if document.version is not None:
        mine = and_(mine, table.c.version == document.version)
        values["version"] = document.version + 1
    return update(table).where(mine).values(values)
