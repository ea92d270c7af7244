"""A storm's card, list and forms in the local workspace, which refuses what Slack would refuse."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.client import WorkspaceClient
from demo.workspace.config import WorkspaceConfig
from handlers.blocks import renderer
from jobs.ports.slack import Message
from jobs.show_storm import show_storm
from policies.reasons import Status
from policies.storms import Told
from tests.slack.storm_world import a_storm, stored
from tests.slack.test_in_workspace import ACME, MARIA, Stage, behind_a_workspace
from tests.slack.values import NOW
from tests.slack.world import World, open_world

MEMBERS = 230


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The card of a storm of 230 in Acme's channel, its lists and its explanation below it."""
    async with open_world() as world:
        storm_id = await a_storm(world, MEMBERS)
        async with behind_a_workspace(world) as opened, ClientSession() as session:
            ts = await _posted(world, storm_id, opened.workspace, session)
            yield replace(opened, ts=ts)


async def _posted(
    world: World, storm_id: int, workspace: WorkspaceClient, session: ClientSession
) -> str:
    client = AsyncWebClient(
        token=WorkspaceConfig().bot_token, base_url=workspace.api_url, session=session
    )
    view = await show_storm(storm_id, (1, 2), storage=world.storage, now=NOW)
    assert view is not None
    pages = [replace(view, members=view.members[n : n + 100]) for n in range(0, MEMBERS, 100)]
    root = await _post(client, renderer.storm_card(view))
    for drawn in (*map(renderer.storm_list, pages), renderer.storm_explanation(view)):
        await _post(client, drawn, root)
    async with world.storage.write() as tx:
        await tx.storms.sent(storm_id, "card", channel_id=ACME, ts=root, digest="d")
    return root


async def _post(client: AsyncWebClient, drawn: Message, root: str | None = None) -> str:
    blocks = [dict(block) for block in drawn.blocks]
    bar = {"color": drawn.color, "fallback": drawn.text, "blocks": blocks}
    place: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
    place |= {"thread_ts": root} if root else {}
    posted = await client.chat_postMessage(
        channel=ACME, text=drawn.text, attachments=[bar], **place
    )
    return str(posted["ts"])


async def _shown(stage: Stage, words: str) -> dict[str, Any]:
    """Maria's open form, once it says that."""

    async def ready() -> dict[str, Any] | None:
        views = await stage.workspace.views(MARIA)
        return views[-1] if views and words in str(views[-1]["blocks"]) else None

    found: dict[str, Any] = await stage.until(ready)
    return found


async def test_the_list_is_read_page_by_page(stage: Stage) -> None:
    """Show all opens the list; Later turns the page; nothing is refused."""
    workspace = stage.workspace
    assert (await workspace.click(MARIA, ACME, stage.ts, "e2a_storm_list")).ok
    shown = await _shown(stage, "1 to 100 of 229")
    turn = {"view_id": shown["id"]}
    assert (await workspace.click(MARIA, None, None, "e2a_storm_page_1", **turn)).ok
    await _shown(stage, "101 to 200 of 229")
    assert await stage.refused() == []


async def test_all_are_resolved_after_a_look(stage: Stage) -> None:
    """The preview counts, the submission does it, and only who pressed hears of it."""
    workspace, world = stage.workspace, stage.world
    assert (await workspace.click(MARIA, ACME, stage.ts, "e2a_storm_resolve")).ok
    shown = await _shown(stage, "Resolve 229?")
    values = {"reason": "carrier", "note": "late truck"}
    assert (await workspace.submit_view(MARIA, shown["id"], values)).ok
    told = await stage.until(lambda: workspace.ephemerals(MARIA))
    assert "229 exceptions resolved" in str(told)
    assert stored(world, 101).status is Status.RESOLVED
    assert await stage.refused() == []


async def test_one_is_chosen_and_split_off(stage: Stage) -> None:
    """The form offers the first hundred, and takes a typed order for the others."""
    workspace, world = stage.workspace, stage.world
    assert (await workspace.click(MARIA, ACME, stage.ts, "e2a_storm_split")).ok
    shown = await _shown(stage, "Or its order")
    assert (await workspace.submit_view(MARIA, shown["id"], {"order": "SO-320"})).ok

    async def split() -> bool:
        return world.storage.state.storm_members[320, ""].told is Told.SPLIT

    await stage.until(split)
    assert await stage.refused() == []


async def test_words_in_the_thread_reach_all(stage: Stage) -> None:
    """`ack all` in the thread is answered there."""
    await stage.workspace.mention(MARIA, ACME, "ack all", thread_ts=stage.ts)

    async def said() -> bool:
        thread = await stage.workspace.thread("acme-ops", stage.ts)
        return "exceptions acknowledged" in str(thread[-1])

    await stage.until(said)
    assert stored(stage.world, 104).assignee == MARIA
