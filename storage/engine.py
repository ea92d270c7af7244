"""Opens the database: one writer and several readers on SQLite, one pool on PostgreSQL.

Must not know any table.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util import await_only

from storage import postgres
from storage.errors import StorageUrlError, named
from storage.row_security import enter

SQLITE, POSTGRES = "sqlite+aiosqlite", "postgresql+psycopg"
_READERS = 4
Result = TypeVar("Result")
_WAIT_FOR_CONNECTION_SECONDS = 15
_INTO_WAL, _PAUSE_SECONDS = "PRAGMA journal_mode=WAL", 0.02
_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32000",
    "PRAGMA temp_store=MEMORY",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Where to write and where to read; the same pool on PostgreSQL.

    `as_owner` leaves transactions the role of the login, which the schema's steps need.
    """

    url: URL
    writing: AsyncEngine
    reading: AsyncEngine
    as_owner: bool = False

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is a file of ours."""
        return self.url.drivername == SQLITE

    @asynccontextmanager
    async def write(self, tenants: Collection[int] | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end of the block and rolls back when it raises.

        On SQLite one at a time: a second one inside the block would wait for the first. On
        PostgreSQL it reaches the rows of these tenants only; of all of them when None.
        """
        try:
            async with self.writing.begin() as connection:
                await self._enter(connection, tenants)
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise named(error) from error

    @asynccontextmanager
    async def read(self, tenants: Collection[int] | None = None) -> AsyncIterator[AsyncConnection]:
        """A consistent view that waits for nobody and cannot write; of whom, as in `write`."""
        try:
            async with self.reading.connect() as connection:
                await self._enter(connection, tenants)
                yield connection
        except SQLAlchemyError as error:
            raise named(error) from error

    async def _enter(self, connection: AsyncConnection, tenants: Collection[int] | None) -> None:
        if not (self.on_sqlite or self.as_owner):
            await enter(connection, tenants)

    def connections(self) -> dict[str, int]:
        """How many connections are open, by `in_use` and `idle`."""
        pools = {id(one.pool): one.pool for one in (self.writing, self.reading)}.values()
        counted = [pool for pool in pools if isinstance(pool, QueuePool)]
        return {
            "in_use": sum(pool.checkedout() for pool in counted),
            "idle": sum(pool.checkedin() for pool in counted),
        }

    async def close(self) -> None:
        """Closes every connection."""
        await self.reading.dispose()
        await self.writing.dispose()


def open_engines(
    url: str,
    *,
    pool_size: int = 10,
    max_overflow: int = 10,
    busy_timeout_seconds: float = 5.0,
    silence_seconds: float | None = None,
    as_owner: bool = False,
) -> Engines:
    """Prepares the engines; connects when first used.

    Args:
        url: DATABASE_URL. The folder of a SQLite file is created.
        pool_size: Connections kept open on PostgreSQL.
        max_overflow: Further connections while there is a rush, on PostgreSQL.
        busy_timeout_seconds: How long to wait for somebody else's lock.
        silence_seconds: How long PostgreSQL may take to answer, and a transaction there may rest;
            for ever when None, as who reads a whole table out needs it.
        as_owner: For the steps of the schema, which act as the login itself.

    Raises:
        StorageUrlError: The address is of another kind of database.
    """
    parsed = parse_url(url)
    if parsed.drivername == SQLITE:
        return _open_sqlite(parsed, busy_timeout_seconds)
    engines = _open_postgres(
        parsed, (pool_size, max_overflow), busy_timeout_seconds, silence_seconds
    )
    return replace(engines, as_owner=as_owner)


async def in_its_thread(
    connection: AsyncConnection, work: Callable[[sqlite3.Connection], Result]
) -> Result:
    """Runs `work` over the SQLite connection, changing threads once and not per statement."""
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, aiosqlite.Connection):
        raise TypeError
    run: Callable[..., Awaitable[Result]] = driver._execute  # noqa: SLF001 - it has no public name
    return await run(lambda: work(driver._conn))  # noqa: SLF001 - nor has this


def parse_url(url: str) -> URL:
    """The address, checked; the short forms sqlite:// and postgresql:// are understood."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageUrlError from error
    full = {"sqlite": SQLITE, "postgresql": POSTGRES, "postgres": POSTGRES}
    parsed = parsed.set(drivername=full.get(parsed.drivername, parsed.drivername))
    if parsed.drivername not in (SQLITE, POSTGRES):
        raise StorageUrlError
    if parsed.drivername == SQLITE and parsed.database in (None, "", ":memory:"):
        raise StorageUrlError
    return parsed


def _open_sqlite(url: URL, busy_timeout_seconds: float) -> Engines:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    waiting: dict[str, Any] = {"timeout": busy_timeout_seconds, "isolation_level": None}
    common: dict[str, Any] = {
        "connect_args": waiting,
        "pool_timeout": _WAIT_FOR_CONNECTION_SECONDS,
    }
    writing = create_async_engine(url, pool_size=1, max_overflow=0, **common)
    reading = create_async_engine(url, pool_size=_READERS, max_overflow=_READERS, **common)
    _prepare(writing, "BEGIN IMMEDIATE", _PRAGMAS, busy_timeout_seconds)
    _prepare(reading, "BEGIN", (*_PRAGMAS, "PRAGMA query_only=ON"), busy_timeout_seconds)
    return Engines(url=url, writing=writing, reading=reading)


def _prepare(
    engine: AsyncEngine, begin: str, pragmas: tuple[str, ...], busy_seconds: float
) -> None:
    """SQLite's driver would begin late and take the write lock later still: we begin ourselves."""

    def on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - a driver's
        cursor = connection.cursor()
        _into_wal(cursor, busy_seconds)
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def on_begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        await_only(driver.execute(begin))

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)


def _into_wal(cursor: Any, patience_seconds: float) -> None:  # noqa: ANN401 - a driver's
    """SQLite waits for a lock, but not here: the second of two first starts would fail at once."""
    for _ in range(int(patience_seconds / _PAUSE_SECONDS)):
        try:
            cursor.execute(_INTO_WAL)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            await_only(asyncio.sleep(_PAUSE_SECONDS))
        else:
            return
    cursor.execute(_INTO_WAL)


def _open_postgres(
    url: URL, connections: tuple[int, int], busy_seconds: float, silence_seconds: float | None
) -> Engines:
    writing = create_async_engine(
        postgres.address(url, busy_seconds, silence_seconds),
        connect_args=postgres.arguments(url, silence_seconds),
        pool_size=connections[0],
        max_overflow=connections[1],
        pool_timeout=_WAIT_FOR_CONNECTION_SECONDS,
        pool_pre_ping=True,
    )
    reading = writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(url=url, writing=writing, reading=reading)
