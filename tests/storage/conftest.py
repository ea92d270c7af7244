"""A storage of each kind for every test of the contract, empty and with one tenant."""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from jobs.ports import EventLog
from policies.records import Tenant
from storage.columns import metadata
from storage.engine import open_engines
from storage.memory import MemoryEventLog, MemoryStorage
from storage.migrate import migrate
from storage.transaction import SqlStorage
from storage.writer import GroupCommitWriter

POSTGRES_URL = os.environ.get("E2A_TEST_POSTGRES_URL")
needs_postgres = pytest.mark.skipif(
    not POSTGRES_URL, reason="E2A_TEST_POSTGRES_URL names no PostgreSQL server"
)
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
    url: str


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    file = tmp_path_factory.mktemp("template") / "e2a.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL database of this worker's own, with all tables, dropped at the end."""
    name = f"e2a_test_{uuid.uuid4().hex[:12]}"
    server = make_url(POSTGRES_URL or "")
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    url = server.set(drivername="postgresql+psycopg", database=name)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The address of the database, after the migration."""
    asyncio.run(migrate(postgres_url))
    return postgres_url


@pytest.fixture(params=SQL)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'bare.db'}"
        return
    server, name = make_url(POSTGRES_URL or ""), f"e2a_test_{uuid.uuid4().hex[:12]}"
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A fresh SQLite file with all tables."""
    shutil.copy(migrated_file, tmp_path / "e2a.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'e2a.db'}"


@pytest.fixture(params=SQL)
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    return _empty_database(request)


@pytest.fixture(params=["memory", *SQL])
def place(request: pytest.FixtureRequest) -> str | None:
    """Where a storage of each kind lives; None is memory."""
    return None if request.param == "memory" else _empty_database(request)


@pytest.fixture
async def sql(database_url: str) -> AsyncIterator[SqlWorld]:
    """A storage over a database, with a running writer, that does not wait long for locks."""
    async with _sql_world(database_url, busy_timeout_seconds=0.3) as sql_world:
        yield sql_world


@pytest.fixture
async def world(place: str | None) -> AsyncIterator[World]:
    """A storage of each kind: all of them keep the same contract."""
    if place is not None:
        async with _sql_world(place, busy_timeout_seconds=5) as sql_world:
            yield sql_world
        return
    storage = MemoryStorage()
    async with storage.write() as transaction:
        tenant = await transaction.tenants.add(Tenant(id=0, name="acme"))
    yield World(storage=storage, log=MemoryEventLog(storage), tenant=tenant)


@asynccontextmanager
async def _sql_world(url: str, *, busy_timeout_seconds: float) -> AsyncIterator[SqlWorld]:
    storage = SqlStorage(open_engines(url, busy_timeout_seconds=busy_timeout_seconds))
    log = GroupCommitWriter(storage.engines)
    await log.start()
    async with storage.write() as transaction:
        tenant = await transaction.tenants.add(Tenant(id=0, name="acme"))
    yield SqlWorld(storage=storage, log=log, tenant=tenant, url=url)
    await log.stop()
    await storage.close()


def _empty_database(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        found: str = request.getfixturevalue("sqlite_url")
        return found
    url: str = request.getfixturevalue("migrated_postgres")
    _empty(url)
    return url


def _empty(url: str) -> None:
    """Deletes every row; quicker than TRUNCATE, and triggers are asked to look away."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute("SET session_replication_role = replica")
        statements = [f'DELETE FROM "{name}"' for name in metadata.tables]  # noqa: S608 - our own names
        connection.execute("; ".join(statements).encode())
