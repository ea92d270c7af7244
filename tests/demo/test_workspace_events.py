"""Events, commands and their retries, as the bot meets them."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from demo.workspace.client import WorkspaceError
from demo.workspace.manifest import DEFAULT_MANIFEST
from tests.demo.workspace_bot import TOKEN, Stage, section, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Run a workspace with a fake bot, fast retries and a short acknowledgement window."""
    events = DEFAULT_MANIFEST.events | {"message.channels", "file_shared"}
    async with staged(
        event_retry_seconds=(0.0, 0.05, 0.1),
        ack_seconds=0.6,
        manifest=replace(DEFAULT_MANIFEST, events=events),
    ) as running:
        yield running


async def test_the_url_is_verified_once(stage: Stage) -> None:
    """The challenge comes back, and the traffic shows it."""

    async def verified() -> bool:
        return bool((await stage.workspace.totals())["verified"])

    await stage.workspace.wait_for(verified)
    assert len(await stage.workspace.deliveries("url_verification")) == 1


async def test_a_mention_is_delivered_as_message_and_app_mention(stage: Stage) -> None:
    """Typed text becomes rich text; a mention in a channel makes two events."""
    await stage.workspace.mention("U0MARIA", "C0ACME", "why is <b>SO-1</b> late?")
    await stage.workspace.wait_for(lambda: len(stage.bot.received) == 2)
    [mention], [message] = stage.bot.of("app_mention"), stage.bot.of("message")
    assert mention["event"]["text"] == "<@U0E2A> why is &lt;b&gt;SO-1&lt;/b&gt; late?"
    assert message["event"]["channel_type"] == "channel"
    parts = message["event"]["blocks"][0]["elements"][0]["elements"]
    assert parts[0] == {"type": "user", "user_id": "U0E2A"}
    assert mention["event_id"] != message["event_id"]
    assert mention["authorizations"][0]["user_id"] == "U0E2A"


async def test_a_direct_message_is_a_message_im(stage: Stage) -> None:
    """The conversation with the bot has channel type im and no app_mention."""
    sent = await stage.workspace.dm("U0DEV", "<@U0E2A> status")
    await stage.workspace.wait_for(lambda: stage.bot.received)
    event = stage.bot.of("message")[0]["event"]
    assert (event["channel"], event["channel_type"]) == (sent["channel"], "im")
    assert stage.bot.of("app_mention") == []


async def test_no_event_without_subscription_or_membership(stage: Stage) -> None:
    """A channel without the bot and an event without subscription stay silent."""
    await stage.workspace.mention("U0MARIA", "C0RANDOM", "hello")
    other = await stage.workspace.post_as("U0MARIA", "C0ACME", "marker")
    await stage.workspace.react("U0MARIA", "C0ACME", other["ts"], "eyes")
    await stage.workspace.react("U0MARIA", "C0ACME", other["ts"], "eyes", remove=True)
    await stage.workspace.wait_for(lambda: stage.bot.of("reaction_added"))
    kinds = {body["event"]["type"] for body in stage.bot.received}
    assert kinds == {"message", "reaction_added"}
    assert {body["event"].get("channel") for body in stage.bot.of("message")} == {"C0ACME"}


async def test_a_refused_event_comes_again_with_the_same_id(stage: Stage) -> None:
    """Three retries at most, numbered, with the reason and the same event_id."""
    stage.bot.answers["message"] = [web.Response(status=500) for _ in range(9)]
    await stage.workspace.post_as("U0MARIA", "C0ACME", "hello")
    await stage.workspace.wait_for(lambda: len(stage.bot.received) == 4)
    assert len({body["event_id"] for body in stage.bot.received}) == 1
    numbers = [headers.get("X-Slack-Retry-Num") for headers in stage.bot.headers]
    assert numbers == [None, "1", "2", "3"]
    assert stage.bot.headers[1]["X-Slack-Retry-Reason"] == "http_error"


async def test_a_slow_event_is_retried_as_a_timeout(stage: Stage) -> None:
    """An acknowledgement after the window counts as none."""
    stage.bot.slow_kinds.add("message")
    await stage.workspace.post_as("U0MARIA", "C0ACME", "hello")
    await stage.workspace.wait_for(lambda: len(stage.bot.received) == 2)
    assert stage.bot.headers[1]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_a_slow_command_is_not_retried(stage: Stage) -> None:
    """The person sees operation_timeout, the bot gets the command once."""
    stage.bot.slow_kinds.add("command")
    outcome = await stage.workspace.command("U0MARIA", "C0ACME", "help")
    assert (outcome.ok, outcome.error) == (False, "operation_timeout")
    [note] = await stage.workspace.ephemerals("U0MARIA")
    assert "operation_timeout" in note["text"]
    assert len(stage.bot.of("command")) == 1


async def test_a_commands_answer_is_shown_to_whoever_asked(stage: Stage) -> None:
    """A JSON answer is ephemeral unless it says in_channel."""
    stage.bot.answers["command"] = [
        web.json_response({"text": "help", "blocks": [section("help")]}),
        web.json_response({"text": "all", "response_type": "in_channel"}),
    ]
    await stage.workspace.command("U0MARIA", "C0ACME", "help")
    await stage.workspace.command("U0MARIA", "C0ACME", "all")
    assert [note["text"] for note in await stage.workspace.ephemerals("U0MARIA")] == ["help"]
    assert [item["text"] for item in await stage.workspace.messages("C0ACME")] == ["all"]


async def test_commands_exist_neither_in_threads_nor_undeclared(stage: Stage) -> None:
    """An unknown command and a deactivated person are refused before the bot hears of it."""
    with pytest.raises(WorkspaceError, match="unknown_command"):
        await stage.workspace.command("U0MARIA", "C0ACME", "", command="/other")
    with pytest.raises(WorkspaceError, match="account_inactive"):
        await stage.workspace.command("U0GONE", "C0ACME", "help")
    assert stage.bot.received == []


@pytest.mark.parametrize("mode", ["bad_signature", "stale", "unsigned", "bad_timestamp"])
async def test_deliveries_can_be_spoilt(stage: Stage, mode: str) -> None:
    """A spoilt delivery is marked in the traffic; a stale one is signed with its old time."""
    await stage.workspace.tamper(mode)
    await stage.workspace.command("U0MARIA", "C0ACME", "help")
    [delivery] = await stage.workspace.deliveries("command")
    assert delivery["tamper"] == mode
    assert stage.bot.badly_signed == (1 if mode in {"bad_signature", "unsigned"} else 0)


async def test_a_delivery_can_come_twice(stage: Stage) -> None:
    """A duplicate has the same body and the same signature."""
    await stage.workspace.tamper("duplicate")
    await stage.workspace.command("U0MARIA", "C0ACME", "help")
    first, second = stage.bot.headers
    assert first["X-Slack-Signature"] == second["X-Slack-Signature"]
    assert stage.bot.received[0] == stage.bot.received[1]


async def test_a_file_in_a_direct_message_is_a_file_share(stage: Stage) -> None:
    """A person can hand the bot a file; the event tells where to read it."""
    files = [{"name": "policy.yaml", "content": "sla: 1"}]
    await stage.workspace.post_as("U0MARIA", "C0ACME", "our policy", files=files)
    await stage.workspace.wait_for(lambda: stage.bot.received)
    event = stage.bot.of("message")[0]["event"]
    assert (event["subtype"], event["files"][0]["name"]) == ("file_share", "policy.yaml")


async def test_a_file_that_is_no_text_can_be_handed_over(stage: Stage) -> None:
    """Any bytes; who asks for `file_shared` hears of it, and what it is can be asked."""
    raw = bytes(range(256))
    files = [{"name": "rates.pdf", "content_base64": base64.b64encode(raw).decode()}]
    said = await stage.workspace.post_as("U0MARIA", "C0ACME", "rates", files=files)
    await stage.workspace.wait_for(lambda: stage.bot.of("file_shared"))
    event = stage.bot.of("file_shared")[0]["event"]
    assert (event["file_id"], event["channel_id"]) == (said["files"][0]["id"], "C0ACME")
    told = (await stage.slack.files_info(file=event["file_id"]))["file"]
    assert (told["mimetype"], told["size"]) == ("application/pdf", 256)
    async with aiohttp.ClientSession() as session:
        allowed = {"Authorization": f"Bearer {TOKEN}"}
        got = await session.get(told["url_private_download"], headers=allowed)
        assert await got.read() == raw
    bad = [{"name": "x", "content_base64": "no base64!"}]
    with pytest.raises(WorkspaceError, match="not base64"):
        await stage.workspace.post_as("U0MARIA", "C0ACME", "x", files=bad)
