"""Inserts many rows with few statements, because a statement a row costs more than the row.

Must not know what the rows mean: values come in as the database keeps them.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    any_,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import OrderKey
from storage.engine import in_its_thread

_SIZES = (512, 128, 32, 8, 1)
"""Rows a statement on SQLite: few sizes, so that prepared statements are found again."""
_KEYS_A_STATEMENT = 5_000
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkInsert:
    """An INSERT of some columns of a table, with what to do on a conflict.

    On SQLite a row stands for itself in a long VALUES list: the interpreter's lock is
    given up once a statement and not once a row. On PostgreSQL every column travels
    as one array.
    """

    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    on_conflict: str

    async def run(self, connection: AsyncConnection, rows: Sequence[tuple[Any, ...]]) -> int:
        """Inserts the rows in their order; returns how many were written."""
        if not rows:
            return 0
        if connection.dialect.name == "postgresql":
            return await connection.run_sync(self.on_postgres, rows)
        return await in_its_thread(connection, lambda raw: self.on_sqlite(raw, rows))

    async def returning(
        self, connection: AsyncConnection, rows: Sequence[tuple[Any, ...]]
    ) -> set[int]:
        """The same where `on_conflict` ends in RETURNING a number: those of the rows written."""
        return {number for (number,) in await self.told(connection, rows)}

    async def told(
        self, connection: AsyncConnection, rows: Sequence[tuple[Any, ...]]
    ) -> list[tuple[Any, ...]]:
        """The same where `on_conflict` ends in RETURNING: what it tells, as the driver has it."""
        if not rows:
            return []
        if connection.dialect.name == "postgresql":
            return await connection.run_sync(self.told_by_postgres, rows)
        return await in_its_thread(connection, lambda raw: self.told_by_sqlite(raw, rows))

    def on_sqlite(self, raw: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """The same, within the connection's thread."""
        return sum(
            raw.execute(_for_sqlite(self, len(part)), tuple(chain.from_iterable(part))).rowcount
            for part in _in_sizes(rows)
        )

    def on_postgres(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """The same, where SQLAlchemy runs synchronous code."""
        if not rows:
            return 0
        return connection.exec_driver_sql(_for_postgres(self), _arrays(rows)).rowcount

    def told_by_sqlite(
        self, raw: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]
    ) -> list[tuple[Any, ...]]:
        """What RETURNING tells of the rows written, within the connection's thread."""
        return [
            told
            for part in _in_sizes(rows)
            for told in raw.execute(_for_sqlite(self, len(part)), tuple(chain.from_iterable(part)))
        ]

    def told_by_postgres(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]]
    ) -> list[tuple[Any, ...]]:
        """The same, where SQLAlchemy runs synchronous code."""
        if not rows:
            return []
        return [
            tuple(row) for row in connection.exec_driver_sql(_for_postgres(self), _arrays(rows))
        ]


def bulk_insert(table: Table, columns: Iterable[str], on_conflict: str) -> BulkInsert:
    """Prepares a BulkInsert; `on_conflict` is SQL that both databases understand."""
    names = tuple(columns)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = tuple(str(table.c[name].type.compile(dialect=dialect)) for name in names)
    return BulkInsert(table=table.name, columns=names, types=types, on_conflict=on_conflict)


def replacing(key: Sequence[str], columns: Iterable[str]) -> str:
    """What to do on a conflict when the new row takes the place of the old one."""
    news = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in key)
    return f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {news}"


async def of_orders(
    connection: AsyncConnection,
    statement: Select[Any],
    table: Table,
    keys: Sequence[OrderKey],
    read: Callable[[Any], Item],
) -> dict[OrderKey, list[Item]]:
    """Runs the statement for these orders; every order has a list, in the statement's order."""
    found: dict[OrderKey, list[Item]] = {key: [] for key in keys}
    wanted: dict[int, dict[str, list[Item]]] = {}
    for key, items in found.items():
        wanted.setdefault(key.tenant_id, {})[key.order_id] = items
    for tenant_id, by_order in wanted.items():
        mine = statement.where(table.c.tenant_id == tenant_id)
        for part in chunks(list(by_order)):
            among = among_these(connection, table.c.order_id, part)
            for row in await connection.execute(mine.where(among)):
                by_order[row.order_id].append(read(row))
    return found


def among_these(
    connection: AsyncConnection, column: Column[Any], values: Sequence[Any]
) -> ColumnElement[bool]:
    """Whether a column has one of the values, in the same words however many there are."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    listed = func.json_each(json.dumps(values)).table_valued("value")
    return column.in_(select(listed.c.value))


def chunks(items: Sequence[Item], size: int = _KEYS_A_STATEMENT) -> Iterator[Sequence[Item]]:
    """The items in portions that fit a statement's parameters."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _arrays(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    return tuple(map(list, zip(*rows, strict=True)))


def _in_sizes(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    start = 0
    for size in _SIZES:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


@lru_cache(maxsize=256)
def _for_sqlite(insert: BulkInsert, count: int) -> str:
    row = f"({', '.join('?' * len(insert.columns))})"
    return f"{_head(insert)} VALUES {', '.join([row] * count)} {insert.on_conflict}"


@lru_cache(maxsize=256)
def _for_postgres(insert: BulkInsert) -> str:
    arrays = ", ".join(f"%s::{kind}[]" for kind in insert.types)
    return f"{_head(insert)} SELECT * FROM unnest({arrays}) {insert.on_conflict}"  # noqa: S608


def _head(insert: BulkInsert) -> str:
    names = ", ".join(f'"{name}"' for name in insert.columns)
    return f"INSERT INTO {insert.table} ({names})"
