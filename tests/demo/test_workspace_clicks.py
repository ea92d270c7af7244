"""Buttons, menus, response URLs and shortcuts: what the bot learns and may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from demo.workspace.client import WorkspaceError
from tests.demo.workspace_bot import Stage, button, section, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MENU = {
    "type": "static_select",
    "action_id": "menu",
    "options": [{"text": {"type": "plain_text", "text": name}, "value": name} for name in "ab"],
}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Run a workspace with a fake bot and a short acknowledgement window."""
    async with staged(ack_seconds=0.6) as running:
        yield running


async def card(stage: Stage, *elements: dict[str, Any]) -> str:
    """Post a card with buttons; return its ts."""
    blocks = [section("late"), {"type": "actions", "block_id": "row", "elements": list(elements)}]
    posted = await stage.slack.chat_postMessage(channel="C0ACME", text="late", blocks=blocks)
    return str(posted["ts"])


async def respond(url: str, **body: object) -> tuple[int, dict[str, Any]]:
    """Post to a response URL."""
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.json()


async def test_a_click_carries_the_whole_context(stage: Stage) -> None:
    """block_actions names person, channel, message, action, trigger and response URL."""
    ts = await card(stage, button("e2a_acknowledge", '{"id":7}'))
    outcome = await stage.workspace.click("U0MARIA", "C0ACME", ts, "e2a_acknowledge")
    [payload] = stage.bot.of("block_actions")
    assert outcome.ok
    assert payload["user"]["id"] == "U0MARIA"
    assert payload["channel"] == {"id": "C0ACME", "name": "acme-ops"}
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == ts
    [action] = payload["actions"]
    assert (action["action_id"], action["value"]) == ("e2a_acknowledge", '{"id":7}')
    assert payload["trigger_id"]
    assert payload["response_url"].startswith(stage.workspace.url)


async def test_a_card_in_an_attachment_can_be_pressed(stage: Stage) -> None:
    """Buttons inside a coloured attachment work and say that they stand in one."""
    blocks = [{"type": "actions", "elements": [button("go")]}]
    posted = await stage.slack.chat_postMessage(
        channel="C0ACME",
        text="x",
        attachments=[{"color": "#cc0000", "fallback": "x", "blocks": blocks}],
    )
    await stage.workspace.click("U0MARIA", "C0ACME", posted["ts"], "go")
    [payload] = stage.bot.of("block_actions")
    assert payload["container"]["type"] == "message_attachment"
    assert payload["message"]["attachments"][0]["color"] == "cc0000"


async def test_a_slow_click_is_not_retried(stage: Stage) -> None:
    """The person sees operation_timeout, the bot gets the click once."""
    stage.bot.slow_kinds.add("block_actions")
    ts = await card(stage, button("go"))
    outcome = await stage.workspace.click("U0MARIA", "C0ACME", ts, "go")
    assert (outcome.ok, outcome.error) == (False, "operation_timeout")
    assert len(stage.bot.of("block_actions")) == 1


async def test_a_menu_reports_the_chosen_option(stage: Stage) -> None:
    """A choice is an action with the whole option, and part of the state."""
    ts = await card(stage, MENU)
    await stage.workspace.select("U0MARIA", "C0ACME", ts, "menu", "b")
    [payload] = stage.bot.of("block_actions")
    assert payload["actions"][0]["selected_option"]["value"] == "b"
    assert payload["state"]["values"]["row"]["menu"]["selected_option"]["value"] == "b"


async def test_only_what_is_drawn_can_be_pressed(stage: Stage) -> None:
    """An unknown action, an unknown option and a person outside the channel are refused."""
    ts = await card(stage, button("go"), MENU)
    for error, user, action, extra in [
        ("no_such_action", "U0MARIA", "other", {}),
        ("unknown_option", "U0MARIA", "menu", {"selection": "c"}),
    ]:
        with pytest.raises(WorkspaceError, match=error):
            await stage.workspace.click(user, "C0ACME", ts, action, **extra)
    with pytest.raises(WorkspaceError, match="not_in_channel"):
        await stage.workspace.click("U0GUEST", "C0GLOBEX", ts, "go")
    assert stage.bot.received == []


async def test_a_response_url_works_five_times(stage: Stage) -> None:
    """It answers privately, in the channel, replaces and deletes; the sixth use is refused."""
    ts = await card(stage, button("go"))
    await stage.workspace.click("U0MARIA", "C0ACME", ts, "go")
    url = stage.bot.of("block_actions")[0]["response_url"]
    answers = [
        await respond(url, text="for you"),
        await respond(url, text="for all", response_type="in_channel"),
        await respond(url, text="new card", replace_original=True),
        await respond(url, blocks=[section("x" * 3001)], text="bad"),
        await respond(url, delete_original=True),
        await respond(url, text="once more"),
    ]
    assert [status for status, _ in answers] == [200, 200, 200, 404, 200, 404]
    assert answers[-1][1]["error"] == "used_url"
    assert [note["text"] for note in await stage.workspace.ephemerals("U0MARIA")] == ["for you"]
    assert [item["text"] for item in await stage.workspace.messages("C0ACME")] == ["for all"]


async def test_only_a_response_url_changes_an_ephemeral(stage: Stage) -> None:
    """chat.update does not find it; replace_original does; the click carries no message."""
    blocks = [{"type": "actions", "elements": [button("go")]}]
    sent = await stage.slack.chat_postEphemeral(
        channel="C0ACME", user="U0DEV", text="private", blocks=blocks
    )
    await stage.workspace.click("U0DEV", "C0ACME", sent["message_ts"], "go")
    [payload] = stage.bot.of("block_actions")
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    await respond(payload["response_url"], text="shared", replace_original=True)
    assert [note["text"] for note in await stage.workspace.ephemerals("U0DEV")] == ["shared"]


async def test_an_old_response_url_is_refused() -> None:
    """After its time it answers expired_url."""
    async with staged(response_url_seconds=0.0) as stage:
        ts = await card(stage, button("go"))
        await stage.workspace.click("U0MARIA", "C0ACME", ts, "go")
        url = stage.bot.of("block_actions")[0]["response_url"]
        assert await respond(url, text="late") == (404, {"ok": False, "error": "expired_url"})


async def test_a_message_shortcut_carries_the_message(stage: Stage) -> None:
    """A declared shortcut sends the message; an undeclared one does not exist."""
    sent = await stage.workspace.post_as("U0MARIA", "C0ACME", "SO-1 is late")
    await stage.workspace.shortcut("U0DEV", "e2a_explain_message", channel="C0ACME", ts=sent["ts"])
    [payload] = stage.bot.of("message_action")
    assert (payload["message"]["text"], payload["user"]["id"]) == ("SO-1 is late", "U0DEV")
    with pytest.raises(WorkspaceError, match="unknown_shortcut"):
        await stage.workspace.shortcut("U0DEV", "other")
