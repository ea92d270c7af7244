"""Starting the workspace: the command, the seed file, the manifest, a bot that comes later."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from demo.workspace.app import WorkspaceConfig, running_workspace
from demo.workspace.client import WorkspaceClient, WorkspaceError
from demo.workspace.manifest import DEFAULT_MANIFEST, AppManifest, Command
from tests.demo.workspace_bot import SECRET, TOKEN, FakeBot, staged

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
features:
  app_home: {home_tab_enabled: true, messages_tab_enabled: false}
  slash_commands:
    - {command: /e2a, description: Exceptions, usage_hint: help, should_escape: true}
  shortcuts:
    - {name: Explain, type: message, callback_id: explain, description: x}
oauth_config: {scopes: {bot: [chat:write, commands]}}
settings: {event_subscriptions: {bot_events: [app_mention]}}
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_the_command_prints_one_line_of_json(tmp_path: Path) -> None:
    """It says where it listens, uses seed file and manifest, and ends on SIGTERM with 0."""
    manifest, seed = tmp_path / "manifest.yml", tmp_path / "workspace.json"
    manifest.write_text(MANIFEST)
    channels = [{"id": "C0NEW", "name": "new-ops", "members": ["U0MARIA", "U0E2A"]}]
    seed.write_text(json.dumps({"channels": channels}))
    options = ["--port", "0", "--bot-url", f"http://127.0.0.1:{free_port()}/", "--bot-token", TOKEN]
    files = ["--signing-secret", SECRET, "--manifest", str(manifest), "--seed-file", str(seed)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demo.workspace", *options, *files, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    url = json.loads(await process.stdout.readline())["url"]
    async with WorkspaceClient(url) as client:
        state = await client.state()
    process.terminate()
    assert [channel["name"] for channel in state["channels"]] == ["new-ops"]
    assert [command["name"] for command in state["commands"]] == ["/e2a"]
    assert await process.stdout.read() == b""
    assert await process.wait() == 0


async def test_a_bot_may_come_later() -> None:
    """The URL is verified as soon as the bot listens."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/slack/events"
    config = WorkspaceConfig(bot_url=url, signing_secret=SECRET, verify_every_seconds=0.02)
    async with running_workspace(config) as workspace:
        await workspace.wait_for(workspace.deliveries)
        assert (await workspace.totals())["verified"] is None
        bot = FakeBot()
        app = web.Application()
        app.router.add_post("/slack/events", bot.take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()

        async def verified() -> bool:
            return bool((await workspace.totals())["verified"])

        assert await workspace.wait_for(verified)
        failures = [item["failure"] for item in await workspace.deliveries("url_verification")]
        assert failures == ["connection_failed", None]
        await runner.cleanup()


def test_a_manifest_is_read(tmp_path: Path) -> None:
    """Scopes, events, commands and shortcuts come from the file."""
    path = tmp_path / "manifest.yml"
    path.write_text(MANIFEST)
    manifest = AppManifest.from_file(path)
    assert manifest.scopes == {"chat:write", "commands"}
    assert manifest.events == {"app_mention"}
    assert manifest.commands == (
        Command(name="/e2a", description="Exceptions", usage_hint="help", should_escape=True),
    )
    assert manifest.shortcut("explain") is not None
    assert not manifest.messages_tab


async def test_an_escaped_command_names_ids() -> None:
    """With should_escape, handles and channels become ids with their names."""
    commands = (Command(name="/e2a", should_escape=True),)
    async with staged(manifest=replace(DEFAULT_MANIFEST, commands=commands)) as stage:
        await stage.workspace.command("U0MARIA", "C0ACME", "assign 7 @dev in #globex-ops")
        text = stage.bot.of("command")[0]["text"]
    assert text == "assign 7 <@U0DEV|dev> in <#C0GLOBEX|globex-ops>"


async def test_foreign_pages_cannot_act() -> None:
    """The control API takes JSON only, which another site's page cannot send unasked."""
    async with staged() as stage, aiohttp.ClientSession() as session:
        url = f"{stage.workspace.url}/workspace/api/post"
        body = '{"user":"U0MARIA","channel":"C0ACME","text":"x"}'
        answer = await session.post(url, data=body, headers={"Content-Type": "text/plain"})
        assert (answer.status, (await answer.json())["error"]) == (400, "json_expected")


async def test_nobody_writes_where_they_are_not() -> None:
    """Guests, strangers to a channel and a disabled Messages tab are refused."""
    manifest = replace(DEFAULT_MANIFEST, messages_tab=False)
    async with staged(manifest=manifest) as stage:
        with pytest.raises(WorkspaceError, match="not_in_channel"):
            await stage.workspace.post_as("U0GUEST", "C0GLOBEX", "x")
        with pytest.raises(WorkspaceError, match="messages_tab_disabled"):
            await stage.workspace.dm("U0MARIA", "x")


async def test_the_page_keeps_to_this_machine() -> None:
    """The page and its parts come from here and may load nothing from elsewhere."""
    async with staged() as stage, aiohttp.ClientSession() as session:
        for path in ("/", "/page/main.js", "/page/base.css", "/archives/C0ACME/p1700000000000100"):
            async with session.get(f"{stage.workspace.url}{path}") as response:
                assert response.status == 200
                assert "default-src 'self'" in response.headers["Content-Security-Policy"]
                assert "https://" not in await response.text()
