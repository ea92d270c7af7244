"""Several workspaces install E2A by OAuth, and take it out again."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from demo.workspace.app import WorkspaceConfig, running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.manifest import AppManifest
from handlers.slack.install import COOKIE
from policies.installations import Installation
from policies.records import Tenant
from tests.stories.harness import SECRET, Bot, a_bot, ago, an_event, cards, eventually

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
MARIA, ACME = "U0MARIA", "C0ACME"
CLIENT = {"SLACK_CLIENT_ID": "1.0-e2a", "SLACK_CLIENT_SECRET": "client-5f0c-of-the-story"}


APP_TOKEN = "xapp-1-A0E2A-of-the-story"


def _slack(port: int, **more: Any) -> WorkspaceConfig:  # noqa: ANN401 - fields of the config
    """A Slack in which the app can be installed; its tokens last long enough for a story."""
    return WorkspaceConfig(
        bot_url=f"http://127.0.0.1:{port}/slack/events",
        signing_secret=SECRET,
        bot_token="xoxb-nobody-has-this",
        client_id=CLIENT["SLACK_CLIENT_ID"],
        client_secret=CLIENT["SLACK_CLIENT_SECRET"],
        token_seconds=43_200,
        manifest=AppManifest.from_file(Path("manifest.yml")),
        rate_limits=False,
        **more,
    )


@pytest.fixture
async def workspace(port: int) -> AsyncIterator[WorkspaceClient]:
    """A Slack that calls the bot."""
    async with running_workspace(_slack(port)) as client:
        yield client


@pytest.fixture
async def in_slack(
    tmp_path: Path, port: int, workspace: WorkspaceClient
) -> AsyncIterator[tuple[Bot, WorkspaceClient]]:
    """A bot that has no token of its own."""
    extra = {**CLIENT, "SLACK_BOT_TOKEN": ""}
    async with a_bot(tmp_path, port=port, slack_api_url=workspace.api_url, extra=extra) as made:
        await made.start()
        yield made, workspace


async def install(bot: Bot, team: str = "") -> tuple[int, str]:
    """What somebody sees who goes through all of it in a browser; `team` is chosen at Slack."""
    async with aiohttp.ClientSession() as browser:
        async with browser.get(f"{bot.url}/slack/install", allow_redirects=False) as begun:
            assert begun.status == 302
            at_slack = URL(begun.headers["Location"])
            cookie = begun.cookies[COOKIE]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        if team:
            at_slack = at_slack.update_query(team=team)
        async with browser.get(at_slack, allow_redirects=False) as approved:
            back = approved.headers["Location"]
        held = {"Cookie": f"{COOKIE}={cookie.value}"}
        async with browser.get(back, headers=held) as shown:
            return shown.status, await shown.text()


async def known(bot: Bot) -> dict[str, Installation]:
    """What is on record, by workspace."""
    storage = bot.storage()
    async with storage.read() as tx:
        found = {one.workspace_id: one for one in await tx.installations.all()}
    await storage.close()
    return found


async def letters(bot: Bot) -> list[str]:
    """Why messages were given up."""
    told = await bot.get("/api/dead-letters")
    return [letter["reason"] for letter in told["items"]]


async def test_install_and_be_answered(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """Install, redirect: a command, a press and an alert work with the token that it brought."""
    bot, workspace = in_slack
    assert (await workspace.command(MARIA, ACME, "status")).ok
    status, page = await install(bot)
    assert status == 200
    assert "E2A is now in Northwind Fulfillment" in page
    assert (await workspace.command(MARIA, ACME, "exceptions")).ok

    async def answered() -> bool:
        return "acme" in str(await workspace.ephemerals(MARIA)).lower()

    await eventually(answered)
    await bot.post("/events", an_event("SO-1", "order_paid", ago(minutes=125)))
    (card,) = await eventually(lambda: cards(workspace))
    assert (await workspace.click(MARIA, ACME, card["ts"], "e2a_acknowledge")).ok
    await eventually(lambda: _acknowledged(bot))
    one = (await known(bot))["T0E2A"]
    assert (one.installed_by, one.live, one.name) == (MARIA, True, "Northwind Fulfillment")
    log = (bot.folder / "bot.log").read_text(encoding="utf-8")
    assert one.bot_token not in log
    assert str(one.refresh_token) not in log


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_install_and_be_heard_over_a_socket(tmp_path: Path, port: int) -> None:
    """OAuth brings the tokens, the socket what people say: neither bot token nor signing secret."""
    none = {"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": ""}
    extra = {**CLIENT, **none, "SLACK_APP_TOKEN": APP_TOKEN}
    async with (
        running_workspace(_slack(port, app_token=APP_TOKEN)) as workspace,
        a_bot(tmp_path, port=port, slack_api_url=workspace.api_url, extra=extra) as bot,
    ):
        await bot.start()
        assert (await install(bot))[0] == 200

        async def connected() -> int:
            count: int = (await workspace.state())["app"]["sockets"]
            return count

        await eventually(connected)
        assert (await workspace.command(MARIA, ACME, "exceptions")).ok

        async def answered() -> bool:
            return "acme" in str(await workspace.ephemerals(MARIA)).lower()

        await eventually(answered)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_alerts_wait_for_the_first_installation(
    in_slack: tuple[Bot, WorkspaceClient],
) -> None:
    """What is to be told before anybody installed E2A is told afterwards."""
    bot, workspace = in_slack
    await bot.post("/events", an_event("SO-1", "order_paid", ago(minutes=125)))
    await eventually(lambda: _open(bot))
    assert await letters(bot) == []
    await install(bot)
    await eventually(lambda: cards(workspace), seconds=25)


async def test_one_workspace_goes_and_the_other_stays(
    in_slack: tuple[Bot, WorkspaceClient],
) -> None:
    """Messages for the one that left end with a reason, without a storm; the other hears on."""
    bot, workspace = in_slack
    await install(bot)
    await install(bot, "T0OTHER")
    key = await _tenant(bot, "globex", "C0GLOBEX", "T0OTHER")
    await _event(bot, key, "SO-G1")
    await eventually(lambda: cards(workspace, "globex-ops"))
    await workspace.uninstall("T0OTHER")
    await eventually(lambda: _gone(bot, "T0OTHER"))
    before = len(await workspace.calls("chat.postMessage"))

    await _event(bot, key, "SO-G2")
    await bot.post("/events", an_event("SO-1", "order_paid", ago(minutes=125)))
    await eventually(lambda: cards(workspace))
    reasons = await eventually(lambda: _letters_of(bot, key))
    assert all("E2A was taken out of Workspace T0OTHER" in reason for reason in reasons)
    assert all("/slack/install" in reason for reason in reasons)
    calls = (await workspace.calls("chat.postMessage"))[before:]
    assert [call["answer"].get("error") for call in calls if call["answer"].get("error")] == []
    assert [call["arguments"]["channel"] for call in calls if "GLOBEX" in str(call)] == []
    assert (await known(bot))["T0E2A"].live


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_a_removal_that_nobody_told_of(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """A token that Slack knows no longer says as much as the event would have."""
    bot, workspace = in_slack
    await install(bot)
    await workspace.set_fault("error", "chat.postMessage", error="account_inactive", calls=50)
    await bot.post("/events", an_event("SO-1", "order_paid", ago(minutes=125)))
    await eventually(lambda: letters(bot))
    assert all("(account_inactive)" in reason for reason in await letters(bot))
    assert not (await known(bot))["T0E2A"].live
    assert len(await workspace.calls("chat.postMessage")) == 1
    await workspace.clear_faults()
    assert (await install(bot))[0] == 200
    assert (await known(bot))["T0E2A"].live


async def _acknowledged(bot: Bot) -> bool:
    return bool((await bot.get("/api/exceptions/1"))["status"] == "ACKNOWLEDGED")


async def _open(bot: Bot) -> list[Any]:
    found: list[Any] = (await bot.get("/api/exceptions"))["items"]
    return found


async def _gone(bot: Bot, team: str) -> bool:
    return not (await known(bot))[team].live


async def _tenant(bot: Bot, name: str, channel: str, team: str) -> str:
    """A further client in another workspace; its key."""
    storage = bot.storage()
    async with storage.write() as tx:
        made = await tx.tenants.add(
            Tenant(id=0, name=name, channel=channel, channel_id=channel, workspace_id=team)
        )
        key, _ = await tx.keys.create(made.id, {"ingest", "read"}, ago())
    await storage.close()
    return key


async def _event(bot: Bot, key: str, order_id: str) -> None:
    body = an_event(order_id, "order_paid", ago(minutes=125))
    authority = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{bot.url}/events", json=body, headers=authority) as answer,
    ):
        assert answer.status == 202


async def _letters_of(bot: Bot, key: str) -> list[str]:
    authority = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{bot.url}/api/dead-letters", headers=authority) as answer,
    ):
        return [letter["reason"] for letter in (await answer.json())["items"]]
