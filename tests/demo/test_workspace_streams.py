"""Streams, statuses, suggestions and what one looks at, as Slack limits them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from demo.workspace.manifest import DEFAULT_MANIFEST
from tests.demo.workspace_bot import Stage, section, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from demo.workspace.shapes import Json

USER, CHANNEL = "U0MARIA", "C0ACME"
TEAM = "T0E2A"
EVENTS = DEFAULT_MANIFEST.events | {"app_context_changed"}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Run a workspace with a fake bot that hears of what people look at."""
    async with staged(manifest=replace(DEFAULT_MANIFEST, events=EVENTS)) as running:
        yield running


async def code_of(call: Awaitable[Any]) -> str:
    """Return the code with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def begun(stage: Stage) -> tuple[Json, str]:
    """Ask in a channel and begin the answer; return the question and the stream's ts."""
    asked = await stage.workspace.post_as(USER, CHANNEL, "why?")
    stream = await stage.slack.chat_startStream(
        channel=CHANNEL,
        thread_ts=asked["ts"],
        markdown_text="**late**",
        recipient_user_id=USER,
        recipient_team_id=TEAM,
    )
    return asked, str(stream["ts"])


async def test_a_stream_is_a_reply_that_grows(stage: Stage) -> None:
    """It grows by appending, ends with blocks below, and is whole afterwards."""
    asked, stream = await begun(stage)
    where: dict[str, Any] = {"channel": CHANNEL, "ts": stream}
    await stage.slack.chat_appendStream(**where, markdown_text=" since noon")
    (reply,) = (await stage.workspace.thread(CHANNEL, asked["ts"]))[1:]
    assert (reply["text"], reply["streaming_state"]) == ("**late** since noon", "in_progress")
    await stage.slack.chat_stopStream(**where, markdown_text=".", blocks=[section("*[1]*")])
    (reply,) = (await stage.workspace.thread(CHANNEL, asked["ts"]))[1:]
    assert [block["type"] for block in reply["blocks"]] == ["markdown", "section"]
    assert (reply["text"], reply["streaming_state"]) == ("**late** since noon.", "completed")
    over = stage.slack.chat_appendStream(**where, markdown_text="x")
    assert await code_of(over) == "message_not_in_streaming_state"
    await stage.slack.chat_update(**where, text="instead")


async def test_what_is_being_written_cannot_be_edited(stage: Stage) -> None:
    """An edit waits for the end."""
    _, stream = await begun(stage)
    edit = stage.slack.chat_update(channel=CHANNEL, ts=stream, text="x")
    assert await code_of(edit) == "streaming_state_conflict"


async def test_a_stream_dies_after_its_time() -> None:
    """Whoever is slower than Slack's five minutes has to say it otherwise."""
    async with staged(stream_seconds=0.0) as stage:
        _, stream = await begun(stage)
        late = stage.slack.chat_appendStream(channel=CHANNEL, ts=stream, markdown_text="at last")
        assert await code_of(late) == "message_not_in_streaming_state"


async def test_a_stream_needs_a_question_and_a_reader(stage: Stage) -> None:
    """In channels for whom, everywhere what it answers, and no more than fits."""
    asked = await stage.workspace.post_as(USER, CHANNEL, "why?")
    start = stage.slack.chat_startStream
    nobody = start(channel=CHANNEL, thread_ts=asked["ts"], recipient_team_id=TEAM)
    assert await code_of(nobody) == "missing_recipient_user_id"
    assert await code_of(start(channel=CHANNEL, thread_ts="1.1")) == "invalid_thread_ts"
    alone = await stage.workspace.dm(USER, "why?")
    long = start(channel=alone["channel"], thread_ts=alone["ts"], markdown_text="x" * 12_001)
    assert await code_of(long) == "msg_too_long"
    said = await start(channel=alone["channel"], thread_ts=alone["ts"], markdown_text="x" * 11_999)
    more = stage.slack.chat_appendStream(
        channel=alone["channel"], ts=said["ts"], markdown_text="yy"
    )
    assert await code_of(more) == "msg_too_long"
    stranger = stage.slack.chat_appendStream(channel=CHANNEL, ts=asked["ts"], markdown_text="x")
    assert await code_of(stranger) == "message_not_owned_by_app"


async def test_without_agent_view_suggestions_need_a_thread() -> None:
    """Only the new conversation takes them at its top, and nobody hears what people look at."""
    manifest = replace(DEFAULT_MANIFEST, events=EVENTS, agent_view=False)
    async with staged(manifest=manifest) as stage:
        asked = await stage.workspace.dm(USER, "hello")
        prompts = [{"title": "Why?", "message": "why?"}]
        bare = stage.slack.assistant_threads_setSuggestedPrompts(
            channel_id=asked["channel"], prompts=prompts
        )
        assert await code_of(bare) == "invalid_thread_ts"
        await stage.workspace.look_at(USER, CHANNEL)
        assert "app_context_changed" not in str(await stage.workspace.deliveries("event"))


async def test_the_app_hears_what_one_looks_at_beside_it(stage: Stage) -> None:
    """With the event, with a visit to the conversation, and with every message in it."""
    await stage.workspace.look_at(USER, CHANNEL)
    asked = await stage.workspace.dm(USER, "hello")
    await stage.workspace.look_at(USER, "C0GLOBEX")
    await stage.workspace.open_home(USER, "messages")

    async def heard() -> dict[str, Json]:
        events = [body["event"] for body in stage.bot.received if "event" in body]
        return {one["type"]: one for one in events}

    async def three() -> bool:
        return {"message", "app_context_changed", "app_home_opened"} <= set(await heard())

    await stage.workspace.wait_for(three)
    found = await heard()
    seen = {
        name: (one.get("app_context") or one["context"])["entities"][0]["value"]
        for name, one in found.items()
    }
    assert seen == {
        "message": CHANNEL,
        "app_context_changed": "C0GLOBEX",
        "app_home_opened": "C0GLOBEX",
    }
    assert found["app_context_changed"]["channel"] == asked["channel"]
