"""A wired bot as a process: started in order, served, and stopped so that nothing is lost."""

import gc
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from yarl import URL

from bot.process import NotMigratedError, prepare_database, running, take_over
from bot.server import create_app
from bot.settings import Settings
from bot.wiring import Bot, wire
from bot.workers import LEASE
from policies.errors import PolicyError
from policies.records import Tenant
from storage.engine import open_engines
from storage.errors import DatabaseDownError
from storage.export import export_rows
from storage.transaction import SqlStorage
from tests.bot.conftest import TOKEN, Slack
from tests.cli.files import event
from tests.storage.builders import T0, a_message, an_item


def settings(folder: Path, api_url: str = "http://127.0.0.1:9/api/") -> Settings:
    """Settings for a bot on a database in that folder."""
    return Settings.model_construct(
        database_url=f"sqlite+aiosqlite:///{folder}/e2a.db",
        slack_bot_token=SecretStr(TOKEN),
        slack_signing_secret=SecretStr("a-signing-secret-of-tests"),
        slack_api_url=api_url,
    )


@asynccontextmanager
async def served(given: Settings) -> AsyncIterator[tuple[Bot, str]]:
    """The bot at work, and its address."""
    bot = await wire(given)
    async with running(bot, create_app(bot), "127.0.0.1", 0) as url:
        yield bot, url


@pytest.fixture
def folder(migrated: Path, tmp_path: Path) -> Path:
    """A folder with an empty database."""
    shutil.copy(migrated, tmp_path / "e2a.db")
    return tmp_path


async def test_a_fresh_sqlite_file_is_made_ready(tmp_path: Path) -> None:
    """On SQLite nobody has to migrate: the file is made and brought up to date, repeatedly."""
    for _ in range(2):
        await prepare_database(settings(tmp_path / "new"))
    storage = SqlStorage(open_engines(settings(tmp_path / "new").database_url))
    assert await storage.can_write(T0)
    await storage.close()


async def test_a_postgres_is_not_migrated_behind_anybodys_back() -> None:
    """A PostgreSQL that cannot be looked at is an error, never a silent migration."""
    url = "postgresql+psycopg://me@127.0.0.1:1/ware"
    with pytest.raises((DatabaseDownError, NotMigratedError)):
        await prepare_database(Settings.model_construct(database_url=url))


async def test_a_bot_is_ready_once_it_serves(folder: Path, slack: Slack) -> None:
    """Health, metrics and the API description answer as soon as the address is known."""
    async with (
        served(settings(folder, slack.workspace.api_url)) as (_, url),
        aiohttp.ClientSession(url) as http,
    ):
        for path in ("/livez", "/readyz", "/metrics", "/openapi.json"):
            async with http.get(path) as answer:
                assert answer.status == 200, path


async def test_a_faulty_policy_stops_the_start_before_anything_is_open(tmp_path: Path) -> None:
    """Nothing is left open, and nothing but the fault is told, where a policy cannot be read."""
    (tmp_path / "sla.yaml").write_text("version: '1'\n", encoding="utf-8")
    given = settings(tmp_path).model_copy(update={"policies_dir": tmp_path})
    with pytest.raises(PolicyError, match="slas: `slas` is missing"):
        await wire(given)
    gc.collect()


async def test_a_port_in_use_is_an_error_and_all_is_closed(folder: Path, slack: Slack) -> None:
    """A second bot on a taken port says so and leaves the first one serving."""
    given = settings(folder, slack.workspace.api_url)
    async with served(given) as (_, url), aiohttp.ClientSession(url) as http:
        second = await wire(given)
        with pytest.raises(OSError, match="address already in use"):
            async with running(second, create_app(second), "127.0.0.1", URL(url).port or 0):
                pass
        async with http.get("/readyz") as answer:
            assert answer.status == 200


async def test_what_was_accepted_is_there_after_the_stop(folder: Path, slack: Slack) -> None:
    """An event that was answered 202 is in the database when the process has ended."""
    given = settings(folder, slack.workspace.api_url)
    async with served(given) as (bot, url), aiohttp.ClientSession(url) as http:
        async with bot.storage.write() as tx:
            owner = await tx.tenants.add(Tenant(id=0, name="acme"))
            key, _ = await tx.keys.create(owner.id, {"ingest"}, T0)
        bearer = {"Authorization": f"Bearer {key}"}
        async with http.post("/events", json=event(), headers=bearer) as answer:
            assert answer.status == 202
    storage = SqlStorage(open_engines(given.database_url))
    found = [row["event_id"] async for row in export_rows(storage.engines, "events")]
    assert found == ["evt-1"]
    await storage.close()


async def test_the_work_of_a_process_that_died_is_taken_over(stored: SqlStorage) -> None:
    """After a crash its leases are free at once; a message in flight is then in doubt."""
    async with stored.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="acme"))
        await tx.work.put([an_item(1)], T0)
        await tx.outbox.put([a_message(1, "key")], T0)
        await tx.work.claim("evaluate", T0, LEASE, 9)
        await tx.outbox.claim("slack", T0, LEASE, 9)
    await take_over(stored)
    async with stored.write() as tx:
        (item,) = await tx.work.claim("evaluate", T0, LEASE, 9)
        (message,) = await tx.outbox.claim("slack", T0, LEASE, 9)
    assert (item.subject, message.uncertain) == ("SO-1", True)
