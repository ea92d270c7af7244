"""Emoji, the global shortcut, files and links in the local workspace, in Slack's own shapes."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from policies.reasons import Status
from tests.slack.test_in_workspace import ACME, MARIA, Stage, behind_a_workspace
from tests.slack.values import record
from tests.slack.world import open_world


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A workspace of its own."""
    async with open_world() as world, behind_a_workspace(world) as opened:
        yield opened


async def test_an_emoji_acknowledges(stage: Stage) -> None:
    """Eyes under the card make it theirs; taking them away changes nothing; a tick resolves it."""
    workspace, world = stage.workspace, stage.world

    async def is_now(status: Status) -> bool:
        return (await world.record()).status is status

    await workspace.react(MARIA, ACME, stage.ts, "eyes")
    await stage.until(lambda: is_now(Status.ACKNOWLEDGED))
    await workspace.react(MARIA, ACME, stage.ts, "eyes", remove=True)
    await workspace.react("U0DEV", ACME, stage.ts, "eyes")
    told = await stage.until(lambda: workspace.ephemerals("U0DEV"))
    assert "already acknowledged" in str(told)
    await workspace.react("U0DEV", ACME, stage.ts, "white_check_mark")
    await stage.until(lambda: is_now(Status.RESOLVED))
    assert [entry.note for entry in await world.trail()] == ["by reaction", "by reaction"]
    assert await stage.refused() == []


async def test_the_global_shortcut_answers_in_its_form(stage: Stage) -> None:
    """Ask, read the answer below, ask again in the same form."""
    workspace = stage.workspace

    async def shown(words: str) -> str | None:
        views = await workspace.views(MARIA)
        return str(views[-1]["id"]) if views and words in str(views[-1]) else None

    assert (await workspace.shortcut(MARIA, "e2a_ask")).ok
    form = await stage.until(lambda: shown("Ask E2A"))
    assert (await workspace.submit_view(MARIA, form, {"words": "exceptions"})).ok
    assert await stage.until(lambda: shown("1 exception: not settled")) == form
    assert (await workspace.submit_view(MARIA, form, {"words": "ack 7"})).ok
    assert await stage.until(lambda: shown("is acknowledged")) == form
    assert (await stage.world.record()).status is Status.ACKNOWLEDGED
    assert await stage.refused() == []


async def test_a_long_list_is_a_file_in_the_direct_messages(stage: Stage) -> None:
    """The command shows a table; the conversation with E2A gets the file with all."""
    workspace, world = stage.workspace, stage.world
    async with world.storage.write() as tx:
        for number in range(100, 125):
            tx.state.exceptions[number] = replace(record(), id=number, order_id=f"SO-{number}")
    assert (await workspace.command(MARIA, ACME, text="exceptions")).ok
    assert "Showing 26 of 26" in str(await stage.until(lambda: workspace.ephemerals(MARIA)))
    direct = (await workspace.dm(MARIA, "help"))["channel"]

    async def files() -> list[str]:
        messages = await workspace.messages(direct)
        return [file["name"] for message in messages for file in message.get("files", [])]

    assert (await stage.until(files))[0].startswith("exceptions-")
    assert await stage.refused() == []


async def test_a_link_to_the_board_shows_the_card(stage: Stage) -> None:
    """Pasted in the client's channel it shows the exception; a link to nothing stays bare."""
    workspace = stage.workspace
    url = "https://your-host/e2a/exceptions/7"
    posted = await workspace.post_as("U0DEV", ACME, f"look at {url} please")
    bare = await workspace.post_as("U0DEV", ACME, "and https://your-host/e2a/exceptions/8")

    async def shown(ts: str) -> list[dict[str, object]]:
        messages = {message["ts"]: message for message in await workspace.messages(ACME)}
        found: list[dict[str, object]] = messages[ts].get("attachments", [])
        return found

    card = (await stage.until(lambda: shown(posted["ts"])))[0]
    assert (card["from_url"], "SO-1042" in str(card)) == (url, True)
    assert await shown(bare["ts"]) == []
    assert await stage.refused() == []
