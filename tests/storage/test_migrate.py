"""The steps build exactly the tables that the code knows, and take them away again."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, UniqueConstraint, inspect, make_url

from storage import tables, tables_orders, tables_work
from storage.columns import metadata
from storage.engine import open_engines
from storage.migrate import migrate, newest, pending
from tests.storage.conftest import POSTGRES_URL, SQL

GLOBAL_TABLES = {"tenants", "fires", "seen"}


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


def differences(connection: Connection) -> list[object]:
    """What alembic would have to do to make the database like the code."""
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_up_equal_down_and_up(bare_url: str) -> None:
    """Migrated tables equal the code's tables; going down leaves nothing; up works again."""
    engines = open_engines(bare_url)
    assert await pending(bare_url)
    assert await migrate(bare_url) == newest()
    assert not await pending(bare_url)
    async with engines.read() as connection:
        assert await connection.run_sync(differences) == []
    assert await migrate(bare_url, "base") == ""
    async with engines.read() as connection:
        left = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert list(left) == ["alembic_version"]
    assert await migrate(bare_url) == newest()
    await engines.close()


async def test_again_and_at_once(bare_url: str) -> None:
    """Migrating twice, or from two processes at once, is as good as once."""
    results = await asyncio.gather(migrate(bare_url), migrate(bare_url))
    assert list(results) == [newest(), newest()]
    assert await migrate(bare_url) == newest()


async def test_from_zero_is_quick(tmp_path: Path) -> None:
    """A new SQLite database costs less than a second of work."""
    begun = time.process_time()
    await migrate(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    assert time.process_time() - begun < 1


def test_every_table_names_its_tenant() -> None:
    """The tenant is in every table and in every unique and foreign key but a few global ones."""
    assert {tables.events, tables_orders.clocks, tables_work.outbox} <= set(metadata.sorted_tables)
    for table in metadata.sorted_tables:
        if table.name in GLOBAL_TABLES:
            continue
        assert "tenant_id" in table.c, table.name
        for key in table.foreign_key_constraints:
            assert "tenant_id" in {column.name for column in key.columns}, (table.name, key.name)
    keys = {
        (table.name, *sorted(column.name for column in key.columns))
        for table in metadata.sorted_tables
        for key in table.constraints
        if isinstance(key, UniqueConstraint) and "tenant_id" not in key.columns
    }
    assert keys == {("tenants", "name"), ("api_keys", "prefix")}
