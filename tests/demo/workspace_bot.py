"""A tiny bot for the workspace's tests: it checks signatures and answers what a test tells it to.

It must not use Bolt, so that the workspace is judged by Slack's rules alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.app import WorkspaceConfig, running_workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from demo.workspace.client import WorkspaceClient

SLOW_SECONDS = 3.0
"""Longer than any acknowledgement window in these tests."""
SECRET = "test-signing-secret"
TOKEN = "xoxb-test"


@dataclass(kw_only=True)
class FakeBot:
    """Remembers what arrived; `answers` maps a kind to the next answers, else 200 and empty."""

    received: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, list[web.Response]] = field(default_factory=dict)
    slow_kinds: set[str] = field(default_factory=set)
    headers: list[dict[str, str]] = field(default_factory=list)
    badly_signed: int = 0
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        """Check the signature, remember the body, answer."""
        raw = await request.read()
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        base = b"v0:" + stamp.encode() + b":" + raw
        expected = "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
        if expected != request.headers.get("X-Slack-Signature"):
            self.badly_signed += 1
            return web.Response(status=401)
        body = _body(request.content_type, raw)
        if body.get("type") == "url_verification":
            return web.json_response({"challenge": body["challenge"]})
        self.received.append(body)
        self.headers.append(dict(request.headers))
        kind = _kind(body)
        if kind in self.slow_kinds:
            await asyncio.sleep(SLOW_SECONDS)
        waiting = self.answers.get(kind)
        return waiting.pop(0) if waiting else web.Response()

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return what arrived of one kind: an event's, an interaction's, or `command`."""
        return [body for body in self.received if _kind(body) == kind]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A running workspace, the fake bot behind it, and the bot's Web API client."""

    workspace: WorkspaceClient
    bot: FakeBot
    slack: AsyncWebClient


@contextlib.asynccontextmanager
async def staged(**choices: Any) -> AsyncIterator[Stage]:  # noqa: ANN401  (the config checks them)
    """Run a workspace and a fake bot; `choices` are fields of WorkspaceConfig."""
    bot = FakeBot()
    app = web.Application()
    app.router.add_post("/slack/events", bot.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    defaults = {"bot_url": bot.url, "signing_secret": SECRET, "bot_token": TOKEN, "post_burst": 50}
    config = WorkspaceConfig(**{**defaults, **choices})
    try:
        async with running_workspace(config) as workspace:
            slack = AsyncWebClient(token=TOKEN, base_url=workspace.api_url)
            yield Stage(workspace=workspace, bot=bot, slack=slack)
    finally:
        await runner.cleanup()


def button(action_id: str, value: str = "1") -> dict[str, Any]:
    """Return a button."""
    text = {"type": "plain_text", "text": action_id}
    return {"type": "button", "text": text, "action_id": action_id, "value": value}


def section(text: str) -> dict[str, Any]:
    """Return a section with text."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def modal(*blocks: dict[str, Any], title: str = "Resolve", **fields: object) -> dict[str, Any]:
    """Return a modal with a submit button."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": list(blocks),
        **fields,
    }


def text_input(block_id: str) -> dict[str, Any]:
    """Return an input block for a line of text."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": block_id},
        "element": {"type": "plain_text_input", "action_id": "text"},
    }


def _body(content_type: str, raw: bytes) -> dict[str, Any]:
    if content_type == "application/json":
        body: dict[str, Any] = json.loads(raw)
        return body
    form = {name: values[0] for name, values in parse_qs(raw.decode(), True).items()}
    interaction: dict[str, Any] = json.loads(form["payload"]) if "payload" in form else form
    return interaction


def _kind(body: dict[str, Any]) -> str:
    if "command" in body:
        return "command"
    return str(body["event"]["type"] if "event" in body else body["type"])
