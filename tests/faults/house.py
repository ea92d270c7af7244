"""A whole bot within the test's process, on a SQLite file, spoken to over HTTP.

Must not be used where the process itself is to die: tests/stories/harness.py starts real ones.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.process import prepare_database, running
from bot.server import create_app
from bot.settings import Settings
from bot.wiring import Bot, wire
from policies.records import Tenant
from tests.stories.harness import SECRET, TOKEN, wall


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, and after how long."""

    status: int
    body: Any
    headers: dict[str, str]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class House:
    """The bot at work; `acme` is its client and the key's."""

    bot: Bot
    url: str
    key: str
    http: aiohttp.ClientSession

    @property
    def authority(self) -> dict[str, str]:
        """The header that carries the key."""
        return {"Authorization": f"Bearer {self.key}"}

    async def ask(self, method: str, path: str, **given: Any) -> Answer:  # noqa: ANN401 - aiohttp's own
        """One request with the key."""
        began = time.monotonic()
        async with self.http.request(method, path, headers=self.authority, **given) as answer:
            body = await answer.json()
            seconds = time.monotonic() - began
            return Answer(
                status=answer.status, body=body, headers=dict(answer.headers), seconds=seconds
            )

    async def judged(self) -> bool:
        """Whether no order waits to be judged."""
        async with self.bot.storage.read() as tx:
            return await tx.work.waiting() == 0

    async def quiet(self) -> bool:
        """Whether nothing waits, neither orders nor messages."""
        async with self.bot.storage.read() as tx:
            return await tx.work.waiting() == 0 and await tx.outbox.waiting() == 0

    async def stored(self) -> list[str]:
        """The ids of all events in the database."""
        async with self.bot.storage.read() as tx:
            found = await tx.connection.exec_driver_sql("SELECT event_id FROM events")
            return [row[0] for row in found]


@asynccontextmanager
async def a_house(folder: Path, **given: Any) -> AsyncIterator[House]:  # noqa: ANN401 - settings
    """A bot at work with the client acme in #acme-ops; `given` are settings."""
    settings = Settings.model_construct(
        **{
            "database_url": f"sqlite+aiosqlite:///{folder}/e2a.db",
            "slack_bot_token": SecretStr(TOKEN),
            "slack_signing_secret": SecretStr(SECRET),
            "slack_api_url": "http://127.0.0.1:9/api/",
            "slack_notifications_enabled": False,
            "qdrant_path": str(folder / "index"),
            "embedding_model": "none",  # loading one costs more than most tests
            **given,
        }
    )
    await prepare_database(settings)
    bot = await wire(settings)
    async with bot.storage.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme", channel="#acme-ops"))
        scopes = frozenset({"ingest", "read", "admin"})
        key, _ = await tx.keys.create(tenant.id, scopes, wall())
    async with (
        running(bot, create_app(bot), "127.0.0.1", 0) as url,
        aiohttp.ClientSession(url) as http,
    ):
        yield House(bot=bot, url=url, key=key, http=http)
