"""A storage of each kind for every test of the contract, empty and with one tenant."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from jobs.ports import EventLog
from policies.records import Tenant
from storage.columns import metadata
from storage.engine import open_engines
from storage.memory import MemoryEventLog, MemoryStorage
from storage.migrate import migrate
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter
from tests.postgres import Database, a_database, libpq, needs_postgres

SQL = ["sqlite", pytest.param("postgres", marks=needs_postgres)]


@dataclass(frozen=True)
class World:
    """A storage, its event log and the tenant that is in it."""

    storage: SqlStorage | MemoryStorage
    log: EventLog
    tenant: Tenant


@dataclass(frozen=True)
class SqlWorld(World):
    """The same over a database."""

    storage: SqlStorage
    log: GroupCommitWriter
    database: Database

    @property
    def url(self) -> str:
        """The address for who serves."""
        return self.database.serving


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    file = tmp_path_factory.mktemp("template") / "e2a.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database]:
    """A PostgreSQL database of this worker's own, with all tables, dropped at the end."""
    with a_database() as database:
        asyncio.run(migrate(database.owner, login=database.login))
        yield database


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Database) -> str:
    """The address of the database for who serves."""
    return postgres.serving


@pytest.fixture(params=SQL)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'bare.db'}"
        return
    with a_database() as database:
        yield database.owner


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A fresh SQLite file with all tables."""
    shutil.copy(migrated_file, tmp_path / "e2a.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'e2a.db'}"


@pytest.fixture(params=SQL)
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database of each kind."""
    return _empty_database(request)


@pytest.fixture(params=["memory", *SQL])
def place(request: pytest.FixtureRequest) -> Database | None:
    """Where a storage of each kind lives; None is memory."""
    return None if request.param == "memory" else _empty_database(request)


@pytest.fixture
async def sql(database: Database) -> AsyncIterator[SqlWorld]:
    """A storage over a database, with a running writer."""
    async with _sql_world(database) as sql_world:
        yield sql_world


@pytest.fixture
async def world(place: Database | None) -> AsyncIterator[World]:
    """A storage of each kind: all of them keep the same contract."""
    if place is not None:
        async with _sql_world(place) as sql_world:
            yield sql_world
        return
    storage = MemoryStorage()
    async with storage.write() as transaction:
        tenant = await transaction.tenants.add(Tenant(id=0, name="acme"))
    yield World(storage=storage, log=MemoryEventLog(storage), tenant=tenant)


@asynccontextmanager
async def _sql_world(database: Database) -> AsyncIterator[SqlWorld]:
    """Patient with locks: on a busy machine others hold them for long."""
    storage = SqlStorage(open_engines(database.serving, busy_timeout_seconds=20))
    log = GroupCommitWriter(storage.engines)
    await log.start()
    async with storage.write() as transaction:
        tenant = await transaction.tenants.add(Tenant(id=0, name="acme"))
    yield SqlWorld(storage=storage, log=log, tenant=tenant, database=database)
    await log.stop()
    await storage.close()


def _empty_database(request: pytest.FixtureRequest) -> Database:
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return Database(administrator=url, owner=url, serving=url)
    database: Database = request.getfixturevalue("postgres")
    _empty(database.administrator)
    return database


def _empty(url: str) -> None:
    """Deletes every row; quicker than TRUNCATE, and triggers are asked to look away."""
    with psycopg.connect(libpq(url)) as connection:
        connection.execute("SET session_replication_role = replica")
        statements = [f'DELETE FROM "{name}"' for name in metadata.tables]  # noqa: S608 - our own names
        connection.execute("; ".join(statements).encode())
