"""Socket Mode: the same app behind a WebSocket that it opened itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.app import running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.config import WorkspaceConfig
from handlers.slack.app import create_bolt_app, own_workspace
from handlers.slack.socket import SocketListener
from handlers.slack.tasks import Background
from policies.reasons import Status
from tests.slack.test_in_workspace import ACME, MANIFEST, MARIA, post_card
from tests.slack.world import World, open_world

APP_TOKEN = "xapp-1-A0E2A-of-the-tests"
_LOOK = 0.1


@dataclass
class Wired:
    """A bot that listens to a workspace; nothing of it can be reached from outside."""

    workspace: WorkspaceClient
    world: World
    client: AsyncWebClient
    listener: SocketListener
    background: Background
    ts: str = ""
    """Acme's card of #7."""

    async def sockets(self) -> int:
        """How many connections the workspace holds."""
        count: int = (await self.workspace.state())["app"]["sockets"]
        return count

    async def connected(self) -> None:
        """Once there is one."""
        await self.workspace.wait_for(self.sockets)

    async def said(self, words: str) -> Any:  # noqa: ANN401 - a list of messages
        """What Maria alone was told, once it has these words."""

        async def told() -> object:
            shown = await self.workspace.ephemerals(MARIA)
            return [note for note in shown if words in str(note)]

        return await self.workspace.wait_for(told)


@asynccontextmanager
async def wired(
    world: World, *, token: str = APP_TOKEN, look: float = _LOOK
) -> AsyncIterator[Wired]:
    """A bot with that token, which looks after its connection so often."""
    config = WorkspaceConfig(app_token=APP_TOKEN, manifest=MANIFEST, rate_limits=False)
    background = Background()
    async with ClientSession() as session, running_workspace(config) as workspace:
        client = AsyncWebClient(token=config.bot_token, base_url=workspace.api_url, session=session)
        listener = SocketListener(
            app=_app(world, client, background),
            app_token=token,
            client=client,
            services=world.services,
            look_seconds=look,
        )
        async with listener.listening():
            ts = await post_card(world, client)
            yield Wired(workspace, world, client, listener, background, ts)
        await background.drain()


def _app(world: World, client: AsyncWebClient, background: Background) -> AsyncApp:
    return create_bolt_app(
        world.services,
        client=client,
        signing_secret="",
        authorize=own_workspace(client),
        background=background,
    )


@pytest.fixture
async def bot() -> AsyncIterator[Wired]:
    """A connected bot."""
    async with open_world() as world, wired(world) as made:
        await made.connected()
        yield made


async def test_every_way_to_ask_is_answered(bot: Wired) -> None:
    """A mention, a command, a press and a form arrive as envelopes and are acknowledged."""
    await bot.workspace.mention(MARIA, ACME, "ack", thread_ts=bot.ts)
    await bot.workspace.wait_for(lambda: _is(bot, Status.ACKNOWLEDGED))
    assert (await bot.workspace.command(MARIA, ACME, text="exceptions")).ok
    await bot.said("SO-1042")
    assert (await bot.workspace.click(MARIA, ACME, bot.ts, "e2a_resolve")).ok
    form = await bot.workspace.wait_for(lambda: _form(bot))
    assert (await bot.workspace.submit_view(MARIA, form["id"], {"note": "ok"})).ok
    await bot.workspace.wait_for(lambda: _is(bot, Status.RESOLVED))
    deliveries = await bot.workspace.deliveries()
    assert {one["kind"] for one in deliveries} >= {"event", "command", "block_actions"}
    assert [one["failure"] for one in deliveries if one["failure"]] == []
    assert all(one["ms"] < 3000 for one in deliveries)
    assert bot.world.watcher.acknowledgements


async def test_a_connection_that_slack_replaces(bot: Wired) -> None:
    """Slack announces the end of a connection: another one is there, and nothing is missed."""
    await bot.workspace.end_sockets(announced=True)
    await bot.workspace.wait_for(lambda: _opened(bot, 2))
    await bot.connected()
    assert (await bot.workspace.command(MARIA, ACME, text="exceptions")).ok
    await bot.said("SO-1042")


async def test_a_connection_that_breaks(bot: Wired) -> None:
    """A connection that ends without a word is opened again, with an address of its own."""
    await bot.workspace.end_sockets()
    await bot.workspace.wait_for(lambda: _opened(bot, 2))
    await bot.connected()
    assert (await bot.workspace.command(MARIA, ACME, text="exceptions")).ok
    await bot.said("SO-1042")


async def test_an_address_that_ran_out_is_not_tried_for_ever(
    bot: Wired, caplog: pytest.LogCaptureFixture
) -> None:
    """Addresses are good once: one that opens nothing is followed by another; no log has it."""
    await bot.workspace.end_sockets(refuse_tickets=True)
    await bot.workspace.wait_for(lambda: _opened(bot, 4))
    assert await bot.sockets() == 0
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "Failed to connect" in told
    assert "Traceback" not in caplog.text
    assert all(str(call["answer"]["url"]) not in told for call in await _opening(bot))
    await bot.workspace.end_sockets(refuse_tickets=False)
    await bot.connected()


async def test_an_event_that_comes_twice_has_one_effect(bot: Wired) -> None:
    """An acknowledgement that got lost brings the same event again; it is answered once."""
    await bot.workspace.mention(MARIA, ACME, "status")
    await bot.workspace.wait_for(lambda: _posts(bot, 2))
    body = (await bot.workspace.deliveries("event"))[0]["body"]
    await bot.listener.client.enqueue_message(_envelope("again", body))
    await bot.listener.client.enqueue_message(_envelope("other", {**body, "event_id": "Ev-other"}))
    await bot.workspace.wait_for(lambda: _posts(bot, 3))
    await bot.background.drain()
    assert len(await bot.workspace.calls("chat.postMessage")) == 3


async def test_an_envelope_that_nobody_understands(bot: Wired) -> None:
    """It is acknowledged, because it would be no better the second time, and does nothing."""
    for body in ('{"type": "event_callback"}', '{"actions": 7, "type": "block_actions"}', "{}"):
        envelope = f'{{"type": "events_api", "envelope_id": "odd", "payload": {body}}}'
        await bot.listener.client.enqueue_message(envelope)
    assert (await bot.workspace.command(MARIA, ACME, text="exceptions")).ok
    await bot.said("SO-1042")


async def test_stopping_finishes_what_came_in() -> None:
    """What was heard before the end is answered, and afterwards nothing is connected."""
    async with open_world() as world:
        async with wired(world) as bot:
            await bot.connected()
            assert (await bot.workspace.command(MARIA, ACME, text="exceptions")).ok
        assert bot.background.under_way == 0
        assert bot.listener.client.closed
        names = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]
        assert not any("SocketModeClient" in name for name in names)


async def test_a_wrong_token_connects_nothing() -> None:
    """Slack refuses it; the bot keeps trying and can be stopped."""
    async with open_world() as world, wired(world, token="xapp-not-ours", look=0.05) as bot:
        await bot.workspace.wait_for(lambda: _refused(bot, 2))
        assert await bot.sockets() == 0


async def _is(bot: Wired, status: Status) -> bool:
    return (await bot.world.record()).status is status


async def _form(bot: Wired) -> dict[str, Any] | None:
    views = await bot.workspace.views(MARIA)
    return views[-1] if views and views[-1].get("submit") else None


async def _opened(bot: Wired, times: int) -> bool:
    return len(await bot.workspace.calls("apps.connections.open")) >= times


async def _opening(bot: Wired) -> list[dict[str, Any]]:
    return await bot.workspace.calls("apps.connections.open")


async def _posts(bot: Wired, times: int) -> bool:
    return len(await bot.workspace.calls("chat.postMessage")) >= times


async def _refused(bot: Wired, times: int) -> bool:
    calls = await bot.workspace.calls("apps.connections.open")
    return len([call for call in calls if call["answer"].get("error")]) >= times


def _envelope(envelope_id: str, payload: dict[str, Any]) -> str:
    return json.dumps({"type": "events_api", "envelope_id": envelope_id, "payload": payload})
