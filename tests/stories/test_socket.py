"""A whole bot in Socket Mode: no address of it is public, and no signing secret is needed."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from demo.workspace.app import WorkspaceConfig, running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.manifest import AppManifest
from tests.stories.harness import TOKEN, Bot, a_bot, ago, an_event, cards, eventually

MARIA, ACME = "U0MARIA", "C0ACME"
APP_TOKEN = "xapp-1-A0E2A-of-the-story"


@pytest.fixture
async def in_slack(tmp_path: Path) -> AsyncIterator[tuple[Bot, WorkspaceClient]]:
    """A connected bot and the workspace that it connected to."""
    manifest = AppManifest.from_file(Path("manifest.yml"))
    config = WorkspaceConfig(
        app_token=APP_TOKEN, bot_token=TOKEN, manifest=manifest, rate_limits=False
    )
    extra = {"SLACK_APP_TOKEN": APP_TOKEN, "SLACK_SIGNING_SECRET": ""}
    async with (
        running_workspace(config) as workspace,
        a_bot(tmp_path, slack_api_url=workspace.api_url, extra=extra) as bot,
    ):
        await bot.start()
        await eventually(lambda: _sockets(workspace))
        yield bot, workspace


async def test_a_person_works_over_the_socket(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """An alert, a press, a mention and a command; a broken connection is opened again."""
    bot, workspace = in_slack
    await bot.post("/events", an_event("SO-1", "order_paid", ago(minutes=125)))
    (card,) = await eventually(lambda: cards(workspace))
    assert (await workspace.click(MARIA, ACME, card["ts"], "e2a_acknowledge")).ok
    await eventually(lambda: _has(bot, "ACKNOWLEDGED"))
    assert (await bot.get("/readyz"))["checks"]["socket"] == "ok"
    await workspace.end_sockets(refuse_tickets=True)
    await eventually(lambda: _degraded(bot))
    await workspace.end_sockets(refuse_tickets=False)
    await eventually(lambda: _sockets(workspace), seconds=30)
    await eventually(lambda: _ready(bot))
    await workspace.mention(MARIA, ACME, "resolve found it", thread_ts=card["ts"])
    await eventually(lambda: _has(bot, "RESOLVED"))
    assert (await workspace.command(MARIA, ACME, "status")).ok
    async with aiohttp.ClientSession() as http, http.post(f"{bot.url}/slack/events") as closed:
        assert closed.status == 404
    assert await bot.stop() == 0
    assert await _sockets(workspace) == 0


async def _sockets(workspace: WorkspaceClient) -> int:
    count: int = (await workspace.state())["app"]["sockets"]
    return count


async def _ready(bot: Bot) -> bool:
    return bool((await bot.get("/readyz"))["status"] == "ready")


async def _degraded(bot: Bot) -> bool:
    told = await bot.get("/readyz")
    lost = told["checks"]["socket"] == "not connected to Slack"
    return lost and bool(told["status"] == "degraded")


async def _has(bot: Bot, status: str) -> bool:
    return bool((await bot.get("/api/exceptions/1"))["status"] == status)
