"""A local workspace with the bot's Slack client, and a database in a folder of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog.testing
from slack_sdk.web.async_client import AsyncWebClient

from bot.rates import OwnPace
from bot.slack import SlackMessenger
from bot.telemetry import Metrics
from demo.workspace.app import WorkspaceConfig, running_workspace
from demo.workspace.client import WorkspaceClient
from policies.records import Tenant
from storage.engine import open_engines
from storage.migrate import migrate
from storage.transaction import SqlStorage
from tests.bot.knowing import Knowing, knowing
from tests.rag.library import memory_folder

TOKEN = "xoxb-local-workspace"
_PATIENCE = 10.0
"""Seconds that a call may take; a test of a Slack that hangs brings less."""


@dataclass(frozen=True, kw_only=True)
class Slack:
    """A workspace, the bot's client of it, and the messenger over that client."""

    workspace: WorkspaceClient
    client: AsyncWebClient
    metrics: Metrics
    messenger: SlackMessenger

    def calls(self, method: str, status: str) -> float:
        """How many calls of that method ended so, by the metrics."""
        value = self.metrics.registry.get_sample_value(
            "e2a_slack_calls_total", {"method": method, "status": status}
        )
        return value or 0.0


@asynccontextmanager
async def opened_slack(
    token: str = TOKEN,
    patience: float = _PATIENCE,
    **choices: Any,  # noqa: ANN401 - fields of WorkspaceConfig
) -> AsyncIterator[Slack]:
    """A workspace without limits; `choices` are fields of its config."""
    config = WorkspaceConfig(**{"rate_limits": False, **choices})
    async with (
        running_workspace(config) as workspace,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=patience)) as session,
    ):
        client = AsyncWebClient(
            token=token, base_url=workspace.api_url, session=session, retry_handlers=[]
        )
        metrics = Metrics()
        pace = OwnPace(asyncio.get_running_loop().time, 0.0)
        messenger = SlackMessenger(client, metrics, pace)
        yield Slack(workspace=workspace, client=client, metrics=metrics, messenger=messenger)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A workspace with the usual people and channels."""
    async with opened_slack() as opened:
        yield opened


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    file = tmp_path_factory.mktemp("bot") / "e2a.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture
async def stored(migrated: Path, tmp_path: Path) -> AsyncIterator[SqlStorage]:
    """An empty database with all tables."""
    shutil.copy(migrated, tmp_path / "e2a.db")
    storage = SqlStorage(open_engines(f"sqlite+aiosqlite:///{tmp_path}/e2a.db"))
    yield storage
    await storage.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Log lines are kept aside: drawing traces costs more than the tests."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where an index may lie."""
    with memory_folder() as made:
        yield made


@pytest.fixture
async def known(stored: SqlStorage, folder: Path, tmp_path: Path) -> AsyncIterator[Knowing]:
    """Two clients, a policies folder with a runbook, and nothing indexed yet."""
    (tmp_path / "policies" / "runbooks").mkdir(parents=True)
    (tmp_path / "policies" / "runbooks" / "dock.md").write_text("# Dock\n\nRing the dock bell.\n")
    async with stored.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="acme"))
        await tx.tenants.add(Tenant(id=0, name="globex"))
    async with knowing(stored, folder, tmp_path / "policies") as made:
        yield made
