"""The Web API as the SDK meets it: shapes, refusals, pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from demo.workspace.manifest import DEFAULT_MANIFEST
from tests.demo.workspace_bot import TOKEN, Stage, button, section, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Run a workspace with a fake bot."""
    async with staged() as running:
        yield running


async def refusal(call: Awaitable[Any]) -> dict[str, Any]:
    """Return Slack's refusal of a call."""
    with pytest.raises(SlackApiError) as caught:
        await call
    answer: dict[str, Any] = caught.value.response.data
    return answer


async def test_a_posted_message_has_slacks_shape(stage: Stage) -> None:
    """A message carries bot_id, app_id, generated ids, and metadata only where asked for."""
    metadata = {"event_type": "e2a_alert", "event_payload": {"id": 7}}
    posted = await stage.slack.chat_postMessage(
        channel="#acme-ops",
        text="late",
        metadata=metadata,
        blocks=[section("*late*"), {"type": "actions", "elements": [button("e2a_acknowledge")]}],
    )
    message = posted["message"]
    assert (message["user"], message["bot_id"], message["app_id"]) == ("U0E2A", "B0E2A", "A0E2A")
    assert all(block["block_id"] for block in message["blocks"])
    bare = await stage.slack.conversations_history(channel="C0ACME")
    full = await stage.slack.conversations_history(channel="C0ACME", include_all_metadata=True)
    assert "metadata" not in bare["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_threads_count_their_replies(stage: Stage) -> None:
    """A parent tells how many replies it has; history shows it without them."""
    parent = (await stage.slack.chat_postMessage(channel="C0ACME", text="parent"))["ts"]
    reply = await stage.slack.chat_postMessage(channel="C0ACME", text="why", thread_ts=parent)
    assert reply["message"]["thread_ts"] == parent
    history = (await stage.slack.conversations_history(channel="C0ACME"))["messages"]
    assert [(item["ts"], item["reply_count"]) for item in history] == [(parent, 1)]
    assert history[0]["latest_reply"] == reply["ts"]
    thread = (await stage.slack.conversations_replies(channel="C0ACME", ts=parent))["messages"]
    assert [item["text"] for item in thread] == ["parent", "why"]


async def test_a_reply_to_an_unknown_parent_lands_at_top_level(stage: Stage) -> None:
    """Slack silently drops thread_ts where the parent is gone."""
    parent = (await stage.slack.chat_postMessage(channel="C0ACME", text="parent"))["ts"]
    await stage.slack.chat_delete(channel="C0ACME", ts=parent)
    reply = await stage.slack.chat_postMessage(channel="C0ACME", text="why", thread_ts=parent)
    assert "thread_ts" not in reply["message"]


async def test_updates_replace_and_text_alone_removes_blocks(stage: Stage) -> None:
    """chat.update edits in place; text without blocks takes the blocks away."""
    ts = (await stage.slack.chat_postMessage(channel="C0ACME", text="a", blocks=[section("a")]))[
        "ts"
    ]
    await stage.slack.chat_update(channel="C0ACME", ts=ts, text="b")
    [message] = await stage.workspace.messages("acme-ops")
    assert (message["text"], "blocks" in message, "edited" in message) == ("b", False, True)


async def test_what_is_not_there_or_not_ones_own_is_refused(stage: Stage) -> None:
    """Unknown channels and messages, foreign messages and foreign channels have Slack's codes."""
    slack = stage.slack
    theirs = await stage.workspace.post_as("U0MARIA", "C0ACME", "hello")
    answers = [
        await refusal(slack.chat_postMessage(channel="C0NONE", text="x")),
        await refusal(slack.chat_postMessage(channel="#random", text="x")),
        await refusal(slack.chat_update(channel="C0ACME", ts="1.000001", text="x")),
        await refusal(slack.chat_update(channel="C0ACME", ts=theirs["ts"], text="x")),
        await refusal(slack.chat_postEphemeral(channel="C0GLOBEX", user="U0GUEST", text="x")),
        await refusal(slack.users_info(user="U0NOBODY")),
        await refusal(slack.api_call("chat.postMessage", json={"channel": "C0ACME", "text": ""})),
    ]
    assert [answer["error"] for answer in answers] == [
        "channel_not_found",
        "not_in_channel",
        "message_not_found",
        "cant_update_message",
        "user_not_in_channel",
        "user_not_found",
        "no_text",
    ]


async def test_refused_blocks_name_the_place(stage: Stage) -> None:
    """invalid_blocks comes with Slack's response_metadata.messages."""
    answer = await refusal(
        stage.slack.chat_postMessage(channel="C0ACME", text="x", blocks=[section("x" * 3001)])
    )
    assert answer == {
        "ok": False,
        "error": "invalid_blocks",
        "response_metadata": {
            "messages": [
                "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
            ]
        },
    }


async def test_tokens_and_scopes_are_checked(stage: Stage) -> None:
    """No token, a wrong token, a scope that the manifest lacks, a method that does not exist."""
    without = AsyncWebClient(base_url=stage.workspace.api_url)
    wrong = AsyncWebClient(token="xoxb-wrong", base_url=stage.workspace.api_url)
    assert (await refusal(without.auth_test()))["error"] == "not_authed"
    assert (await refusal(wrong.auth_test()))["error"] == "invalid_auth"
    assert (await refusal(stage.slack.api_call("chat.scheduleMessage")))["error"] == (
        "unknown_method"
    )
    missing = await refusal(stage.slack.reactions_add(channel="C0ACME", timestamp="1", name="eyes"))
    assert (missing["error"], missing["needed"]) == ("missing_scope", "reactions:write")
    assert "chat:write" in missing["provided"]


async def test_history_needs_the_scope_of_the_kind_of_channel() -> None:
    """channels:history is its own scope; im:history does not open channels."""
    scopes = DEFAULT_MANIFEST.scopes - {"channels:history"}
    async with staged(manifest=replace(DEFAULT_MANIFEST, scopes=scopes)) as stage:
        answer = await refusal(stage.slack.conversations_history(channel="C0ACME"))
        assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:history")


async def test_lists_come_in_pages(stage: Stage) -> None:
    """A limit gives a cursor, the last page an empty one."""
    seen: list[str] = []
    cursor = ""
    while True:
        part = await stage.slack.conversations_list(limit=2, cursor=cursor)
        seen += [channel["name"] for channel in part["channels"]]
        cursor = part["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert seen == ["acme-ops", "globex-ops", "initech-ops", "e2a-alerts", "random"]
    members = await stage.slack.conversations_members(channel="C0ACME", limit=100)
    assert "U0GUEST" in members["members"]


@pytest.mark.parametrize("how", ["query", "form", "json"])
async def test_arguments_come_in_every_wrapping(stage: Stage, how: str) -> None:
    """GET with a query, a form and JSON all reach the same method."""
    url = f"{stage.workspace.api_url}users.info"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    sent = {"user": "U0MARIA"}
    async with aiohttp.ClientSession(headers=headers) as session:
        if how == "query":
            answer = await (await session.get(url, params=sent)).json()
        elif how == "form":
            answer = await (await session.post(url, data=sent)).json()
        else:
            answer = await (await session.post(url, json=sent)).json()
    assert answer["user"]["real_name"] == "Maria Lopez"


async def test_ephemerals_are_not_in_history(stage: Stage) -> None:
    """What one person sees is nobody else's and in no history."""
    await stage.slack.chat_postEphemeral(channel="C0ACME", user="U0DEV", text="psst")
    assert [item["text"] for item in await stage.workspace.ephemerals("U0DEV")] == ["psst"]
    assert await stage.workspace.ephemerals("U0MARIA") == []
    assert (await stage.slack.conversations_history(channel="C0ACME"))["messages"] == []


async def test_files_are_uploaded_and_need_the_token(stage: Stage) -> None:
    """The SDK's upload works; the content is only for the bot's token."""
    done = await stage.slack.files_upload_v2(channel="C0ACME", content="a,b", filename="a.csv")
    url = done["files"][0]["url_private"]
    async with aiohttp.ClientSession() as session:
        mine = await session.get(url, headers={"Authorization": f"Bearer {TOKEN}"})
        assert await mine.text() == "a,b"
        assert "Sign in" in await (await session.get(url)).text()
    [message] = await stage.workspace.messages("C0ACME")
    assert message["files"][0]["name"] == "a.csv"


async def test_every_call_is_logged_without_the_token(stage: Stage) -> None:
    """The traffic tells method, arguments, answer and time, never the token."""
    await stage.slack.chat_postMessage(channel="C0ACME", text="hello")
    [call] = await stage.workspace.calls("chat.postMessage")
    assert (call["arguments"]["text"], call["answer"]["ok"], call["status"]) == ("hello", True, 200)
    assert TOKEN not in str(call)
    assert (await stage.workspace.totals())["calls"]["chat.postMessage"] == 1
