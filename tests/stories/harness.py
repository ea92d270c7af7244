"""Runs a whole bot as its operator would: `e2a serve` in a process of its own.

Must not reach into that process: what is known of it comes over HTTP or from the database.
"""

import asyncio
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from demo.workspace.client import WorkspaceClient
from policies.records import Tenant
from storage.engine import open_engines
from storage.migrate import migrate
from storage.transaction import SqlStorage

TOKEN, SECRET = "xoxb-story-5f0c", "story-signing-5f0c"
READY_SECONDS = 60.0


def wall() -> datetime:
    """The time on the wall; a story has no other."""
    return datetime.now(UTC)  # noqa: TID251 - the story plays in real time


@dataclass(kw_only=True)
class Bot:
    """A bot on its own database file, to be started, killed and started again."""

    folder: Path
    port: int
    key: str = ""
    slack_api_url: str = "http://127.0.0.1:9/api/"
    database: str = ""
    """Another database than a SQLite file in the folder."""
    extra: dict[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = ("-m", "bot")
    """What Python runs, where it is not the bot as it is."""
    process: Process | None = None

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """Its database."""
        return self.database or f"sqlite+aiosqlite:///{self.folder}/e2a.db"

    @property
    def environment(self) -> dict[str, str]:
        """What an operator would have put into `.env`."""
        return {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": self.slack_api_url,
            "LOG_LEVEL": "WARNING",
            "QDRANT_PATH": f"{self.folder}/index",
            "EMBEDDING_MODEL": "none",  # loading one costs more than most stories
            **self.extra,
        }

    async def start(self) -> float:
        """Starts it; returns the seconds until it was ready."""
        began = time.monotonic()
        log = (self.folder / "bot.log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, *self.program, "serve"), env=self.environment, stderr=log, stdout=log
        )
        log.close()
        async with aiohttp.ClientSession() as http:
            while time.monotonic() - began < READY_SECONDS:
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with http.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return time.monotonic() - began
                if self.process.returncode is not None:
                    break
                await asyncio.sleep(0.02)
        raise AssertionError((self.folder / "bot.log").read_text(encoding="utf-8")[-4000:])

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends it by a signal; returns its exit code."""
        if self.process is None or self.process.returncode is not None:
            return 0
        self.process.send_signal(number)
        return await self.process.wait()

    def storage(self) -> SqlStorage:
        """The stores over its database, to look from outside."""
        return SqlStorage(open_engines(self.database_url))

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """An answer of its API."""
        async with (
            aiohttp.ClientSession() as http,
            http.get(self.url + path, headers=self.authority) as answer,
        ):
            return await answer.json()

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        """Status and answer of a POST."""
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.url + path, json=body, headers=self.authority) as answer,
        ):
            return answer.status, await answer.json()

    @property
    def authority(self) -> dict[str, str]:
        """The header that carries its key."""
        return {"Authorization": f"Bearer {self.key}"}


def one_by_one(folder: Path) -> dict[str, str]:
    """The setting under which every exception has an alert of its own, however many there are."""
    policies = folder / "policies"
    policies.mkdir(exist_ok=True)
    text = 'version: "1"\ngrouping: {window: 30 min, causes: []}\n'
    (policies / "alerting.yaml").write_text(text, encoding="utf-8")
    return {"POLICIES_DIR": str(policies)}


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def a_bot(folder: Path, *, port: int | None = None, **given: Any) -> AsyncIterator[Bot]:  # noqa: ANN401 - fields of Bot
    """A bot with the tenant acme in #acme-ops and a key for everything; not started.

    Another `database` than a SQLite file has to be migrated already. A `key` is given where
    another replica has made the tenant before.
    """
    bot = Bot(folder=folder, port=port or free_port(), **given)
    if not bot.database:
        await migrate(bot.database_url)
    if not bot.key:
        bot.key = await _first_key(bot)
    try:
        yield bot
    finally:
        await bot.stop(signal.SIGKILL)


async def _first_key(bot: Bot) -> str:
    storage = bot.storage()
    async with storage.write() as tx:
        tenant = await tx.tenants.add(Tenant(id=0, name="acme", channel="#acme-ops"))
        scopes = frozenset({"ingest", "read", "admin"})
        key, _ = await tx.keys.create(tenant.id, scopes, wall())
    await storage.close()
    return key


def an_event(
    order_id: str, kind: str, occurred_at: datetime, event_id: str | None = None, **payload: object
) -> dict[str, object]:
    """A canonical event."""
    return {
        "event_id": event_id or f"{order_id}-{kind}",
        "source": "wms",
        "event_type": kind,
        "order_id": order_id,
        "occurred_at": occurred_at.isoformat(),
        "payload": payload,
    }


def ago(**span: float) -> datetime:
    """That long ago."""
    return wall() - timedelta(**span)


async def eventually(check: Any, seconds: float = 30.0) -> Any:  # noqa: ANN401 - what the check finds
    """The first true answer of an async check."""
    deadline = time.monotonic() + seconds
    while True:
        found = await check()
        if found or time.monotonic() > deadline:
            assert found, "it did not come about in time"
            return found
        await asyncio.sleep(0.05)


async def cards(workspace: WorkspaceClient, channel: str = "acme-ops") -> list[dict[str, Any]]:
    """The alerts in a channel, oldest first."""
    return [
        message
        for message in await workspace.messages(channel)
        if (message.get("metadata") or {}).get("event_payload", {}).get("part") == "card"
    ]
