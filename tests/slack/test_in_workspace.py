"""The app in the local workspace, which refuses what Slack would refuse."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.app import running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.config import WorkspaceConfig
from demo.workspace.manifest import AppManifest
from handlers.blocks import renderer
from handlers.slack.app import create_bolt_app, own_workspace
from handlers.slack.receiver import PATH, Receiver
from handlers.slack.tasks import Background
from jobs.ports.slack import Person
from policies.reasons import Status
from tests.slack.values import view
from tests.slack.world import SECRET, World, open_world

MANIFEST = AppManifest.from_file(Path(__file__).parents[2] / "manifest.yml")
ACME, MARIA = "C0ACME", "U0MARIA"


@dataclass
class Stage:
    """The app behind a workspace, with the card of #7 posted in Acme's channel."""

    workspace: WorkspaceClient
    world: World
    ts: str

    async def until(self, found: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401
        """What comes about in the workspace within five seconds."""
        return await self.workspace.wait_for(found)

    async def form(self) -> dict[str, Any]:
        """Maria's open form, once it is the real one."""

        async def ready() -> dict[str, Any] | None:
            views = await self.workspace.views(MARIA)
            return views[-1] if views and views[-1].get("submit") else None

        shown: dict[str, Any] = await self.until(ready)
        return shown

    async def refused(self) -> list[str]:
        """Calls that the workspace did not take."""
        calls = await self.workspace.calls()
        told = [(call["method"], call["answer"].get("error")) for call in calls]
        return [f"{method}: {error}" for method, error in told if error]


@asynccontextmanager
async def behind_a_workspace(world: World) -> AsyncIterator[Stage]:
    """Serves a second app over the world's storage to a real local workspace."""
    doors: list[Receiver] = []

    async def receive(request: web.Request) -> web.Response:
        return await doors[0].receive(request)

    server = web.Application()
    server.router.add_post(PATH, receive)
    background = Background()
    async with TestServer(server) as bot, ClientSession() as session:
        config = WorkspaceConfig(
            bot_url=str(bot.make_url(PATH)),
            signing_secret=SECRET,
            manifest=MANIFEST,
            post_burst=50,
            verify_url=False,
        )
        async with running_workspace(config) as workspace:
            client = AsyncWebClient(
                token=config.bot_token, base_url=workspace.api_url, session=session
            )
            app = create_bolt_app(
                world.services,
                client=client,
                signing_secret=SECRET,
                authorize=own_workspace(client),
                background=background,
            )
            doors.append(Receiver(app=app, signing_secret=SECRET, services=world.services))
            yield Stage(workspace, world, await post_card(world, client))
            await background.drain()


async def post_card(world: World, client: AsyncWebClient) -> str:
    """Puts the card of #7 into Acme's channel; returns its ts."""
    maria = Person(id=MARIA, name="Maria", team_id="T0E2A", timezone="America/New_York")
    world.directory.people = {MARIA: maria, "U0DEV": replace(maria, id="U0DEV", name="Dev")}
    drawn = renderer.card(view())
    bar = {"color": drawn.color, "fallback": drawn.text, "blocks": [dict(b) for b in drawn.blocks]}
    posted = await client.chat_postMessage(
        channel=ACME, text=drawn.text, attachments=[bar], unfurl_links=False, unfurl_media=False
    )
    async with world.storage.write() as tx:
        await tx.alerts.sent(1, "card", channel_id=ACME, ts=str(posted["ts"]), digest="d")
    return str(posted["ts"])


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A workspace of its own."""
    async with open_world() as world, behind_a_workspace(world) as opened:
        yield opened


async def test_a_person_works_through_an_alert(stage: Stage) -> None:
    """Acknowledge, a stale press, snooze, replay, resolve, reopen: each does what it says."""
    workspace, world = stage.workspace, stage.world
    assert (await workspace.click(MARIA, ACME, stage.ts, "e2a_acknowledge")).ok
    await stage.until(lambda: _stored(world, lambda r: r.status is Status.ACKNOWLEDGED))

    assert (await workspace.click("U0DEV", ACME, stage.ts, "e2a_acknowledge")).ok
    notices = await stage.until(lambda: workspace.ephemerals("U0DEV"))
    assert "nothing was changed" in str(notices)

    for verb, values in (("snooze", {"until": "2h"}), ("replay", {}), ("resolve", {"note": "ok"})):
        assert (await workspace.click(MARIA, ACME, stage.ts, f"e2a_{verb}")).ok
        shown = await stage.form()
        assert (await workspace.submit_view(MARIA, shown["id"], values)).ok
        await stage.until(partial(_did, world, verb))
    assert (await world.record()).resolution_note == "ok"

    assert (await workspace.click(MARIA, ACME, stage.ts, "e2a_snooze")).ok
    await stage.until(lambda: _titles(workspace, "nothing was changed"))
    assert await stage.refused() == []


async def test_every_way_to_ask_is_answered(stage: Stage) -> None:
    """Command, mention, thread, direct message, shortcut and Home, in Slack's own shapes."""
    workspace = stage.workspace
    assert (await workspace.command(MARIA, ACME, text="exceptions")).ok
    first = await stage.until(lambda: workspace.ephemerals(MARIA))
    assert "SO-1042" in str(first)
    await workspace.mention(MARIA, ACME, "ack", thread_ts=stage.ts)
    await stage.until(lambda: _stored(stage.world, lambda r: r.assignee == MARIA))
    asked = await workspace.dm(MARIA, "status")
    await stage.until(lambda: _said(workspace, asked["channel"], "exception open"))
    assert (await workspace.shortcut(MARIA, "e2a_exception_actions", channel=ACME, ts=stage.ts)).ok
    await stage.until(lambda: _more(workspace, len(first)))
    await workspace.open_home(MARIA)
    await stage.until(lambda: workspace.home(MARIA))
    assert "SO-1042" in str(await workspace.home(MARIA))
    assert await stage.refused() == []


async def test_a_note_is_drafted_and_an_act_undone(stage: Stage) -> None:
    """The form is drawn anew for another language, the text comes back, undo brings all back."""
    workspace, world = stage.workspace, stage.world
    assert (await workspace.command(MARIA, ACME, text="draft 7")).ok
    (offered,) = await stage.until(lambda: workspace.ephemerals(MARIA))
    assert (await workspace.click(MARIA, ACME, offered["ts"], "e2a_draft")).ok
    shown = await stage.form()
    language = "e2a_draft_language"
    assert (await workspace.select(MARIA, None, None, language, "de", view_id=shown["id"])).ok
    await stage.until(lambda: _titles(workspace, "Guten Tag"))
    assert (await workspace.submit_view(MARIA, shown["id"], {"draft-plain-de": "Es eilt."})).ok
    await stage.until(partial(_did, world, "drafted"))
    await stage.until(lambda: _more(workspace, 1))
    assert "Es eilt." in str(await workspace.ephemerals(MARIA))

    assert (await workspace.command(MARIA, ACME, text="snooze 7 until carrier scan")).ok
    await stage.until(lambda: _more(workspace, 2))
    *_, done = await workspace.ephemerals(MARIA)
    assert (await workspace.click(MARIA, ACME, done["ts"], "e2a_undo")).ok
    await stage.until(partial(_did, world, "undo"))
    assert (await world.record()).snoozed_until is None
    assert await stage.refused() == []


async def test_what_if_is_answered_with_both_clocks(stage: Stage) -> None:
    """One minute before the cut-off and one after: today, or the next business day."""
    workspace = stage.workspace
    assert (await workspace.command(MARIA, ACME, text="policy simulate order_paid 13:59 14:01")).ok
    told = str(await stage.until(lambda: workspace.ephemerals(MARIA)))
    assert "What if order_paid came on Tue 3 Mar at 13:59 or 14:01?" in told
    assert "`13:59` due *the end of Tue 3 Mar*" in told
    assert "`14:01` due *the end of Wed 4 Mar*" in told
    assert await stage.refused() == []


async def test_the_clocks_of_an_order_are_told_as_bars(stage: Stage) -> None:
    """The order of the card: its clock is over, and nothing that Slack refuses is sent."""
    workspace = stage.workspace
    assert (await workspace.command(MARIA, ACME, text="order SO-1042")).ok
    told = str(await stage.until(lambda: workspace.ephemerals(MARIA)))
    assert "*35 min over, HIGH*" in told
    assert "┃" in told
    assert "breached" in told
    assert await stage.refused() == []


async def test_spoilt_deliveries_have_no_effect(stage: Stage) -> None:
    """Bad signatures are refused, and what is delivered twice is done once."""
    for mode in ("bad_signature", "stale", "bad_timestamp", "unsigned"):
        await stage.workspace.tamper(mode)
        pressed = await stage.workspace.click(MARIA, ACME, stage.ts, "e2a_acknowledge")
        assert (pressed.ok, pressed.status) == (False, 401)
    assert (await stage.world.record()).version == 3
    await stage.workspace.tamper("duplicate")
    await stage.workspace.mention(MARIA, ACME, "status")

    async def answers() -> int:
        calls = await stage.workspace.calls("chat.postMessage")
        return len(calls) - 1

    await stage.until(answers)
    assert await answers() == 1


async def _stored(world: World, holds: Callable[[Any], bool]) -> bool:
    return holds(await world.record())


async def _did(world: World, verb: str) -> bool:
    return any(entry.action == verb for entry in await world.trail())


async def _titles(workspace: WorkspaceClient, words: str) -> bool:
    return words in str(await workspace.views(MARIA))


async def _said(workspace: WorkspaceClient, channel: str, words: str) -> bool:
    return any(words in str(message) for message in await workspace.messages(channel))


async def _more(workspace: WorkspaceClient, than: int) -> bool:
    return len(await workspace.ephemerals(MARIA)) > than
