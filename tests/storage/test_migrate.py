"""The steps build exactly the tables that the code knows, and take them away again."""

import asyncio
import sqlite3
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import UniqueConstraint, inspect, text

from storage import (
    migrations,
    tables,
    tables_authority,
    tables_orders,
    tables_people,
    tables_policy,
    tables_storms,
    tables_warnings,
    tables_work,
)
from storage.columns import metadata
from storage.engine import open_engines
from storage.migrate import migrate, newest, pending
from tests.storage.builders import differences

GLOBAL_TABLES = {
    "causes",
    "storms",
    "storm_parts",
    "tenants",
    "fires",
    "homes",
    "installations",
    "personal_settings",
    "rates",
    "role_grants",
    "seen",
    "policy_versions",
    "watermarks",
}


async def test_up_equal_down_and_up(bare_url: str) -> None:
    """Migrated tables equal the code's tables; going down leaves nothing; up works again."""
    engines = open_engines(bare_url, as_owner=True)
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


def test_the_newest_step_is_named() -> None:
    """The step that this version wants is the last of the steps."""
    steps = Path(migrations.__file__).parent
    config = Config()
    config.set_main_option("script_location", str(steps))
    assert ScriptDirectory.from_config(config).get_heads() == [newest()]


async def test_a_first_start_waits_for_another(tmp_path: Path) -> None:
    """Whoever opens a new SQLite file while another process writes its first page waits for it."""
    engines = open_engines(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}", busy_timeout_seconds=30)
    other = sqlite3.connect(tmp_path / "new.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    asyncio.get_running_loop().call_later(0.1, other.commit)
    async with engines.write() as connection:
        assert (await connection.scalar(text("PRAGMA journal_mode"))) == "wal"
    await engines.close()
    other.close()


def test_every_table_names_its_tenant() -> None:
    """The tenant is in every table and in every unique and foreign key but a few global ones."""
    known = {
        tables_authority.approvals,
        tables.events,
        tables_orders.clocks,
        tables_people.homes,
        tables_policy.feeds,
        tables_storms.storm_members,
        tables_warnings.warnings,
        tables_work.outbox,
    }
    assert known <= set(metadata.sorted_tables)
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
    assert keys == {
        ("tenants", "name"),
        ("api_keys", "prefix"),
        ("policy_versions", "adopted_at", "digest", "scope"),
        ("role_grants", "principal", "role", "scope_id"),
    }
