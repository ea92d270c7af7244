"""Long answers are written before one's eyes, in a workspace that refuses what Slack would."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from handlers.blocks.flow import LONG, flow_of, markdown_of
from handlers.blocks.notices import told
from tests.slack.test_in_workspace import ACME, MARIA, Stage, behind_a_workspace
from tests.slack.values import record
from tests.slack.world import open_world

STORY = "Packed at ATL1 and *not* scanned since; 41 others wait with it. " * 20


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A workspace in which #7 has a long story."""
    async with open_world() as world, behind_a_workspace(world) as opened:
        known = record().explanation
        assert known is not None
        long = replace(known, ops_note=STORY)
        async with world.storage.write() as tx:
            tx.state.exceptions[7] = replace(record(), explanation=long)
        yield opened


async def thread(stage: Stage, channel: str, ts: str) -> list[dict[str, Any]]:
    """The replies, once there is one that is whole."""

    async def whole() -> list[dict[str, Any]] | None:
        found = (await stage.workspace.thread(channel, ts))[1:]
        done = [one for one in found if one.get("streaming_state") != "in_progress"]
        return done or None

    shown: list[dict[str, Any]] = await stage.until(whole)
    return shown


async def test_a_long_answer_is_written_in_a_direct_message(stage: Stage) -> None:
    """A reply to the question, in pieces, with its sources below and nothing refused."""
    asked = await stage.workspace.dm(MARIA, "why is #7 late?")
    (answer,) = await thread(stage, asked["channel"], asked["ts"])
    assert answer["text"].count("41 others") == 20
    assert "[1] pack_completed" in str(answer["blocks"][1])
    assert len(await stage.workspace.calls("chat.appendStream")) >= 2
    assert await stage.refused() == []


async def test_in_a_channel_it_says_for_whom(stage: Stage) -> None:
    """Slack wants the recipient named there, and has it."""
    asked = await stage.workspace.mention(MARIA, ACME, "why is #7 late?")
    (answer,) = await thread(stage, ACME, asked["ts"])
    assert answer["streaming_state"] == "completed"
    (call,) = await stage.workspace.calls("chat.startStream")
    assert call["arguments"]["recipient_user_id"] == MARIA
    assert await stage.refused() == []


async def test_a_short_answer_is_posted_at_once(stage: Stage) -> None:
    """Nothing is written bit by bit that can be read at a glance."""
    asked = await stage.workspace.dm(MARIA, "what is late?")

    async def said() -> bool:
        messages = await stage.workspace.messages(asked["channel"])
        return len(messages) > 1

    await stage.until(said)
    assert await stage.workspace.calls("chat.startStream") == []


@pytest.mark.parametrize(
    ("method", "error", "streamed"),
    [
        ("chat.startStream", "unknown_method", False),
        ("chat.startStream", "missing_scope", False),
        ("chat.appendStream", "message_not_in_streaming_state", True),
        ("chat.stopStream", "invalid_blocks", True),
    ],
)
async def test_whatever_is_refused_the_answer_comes_once(
    stage: Stage,
    method: str,
    error: str,
    streamed: bool,  # noqa: FBT001
) -> None:
    """Whole: in the place of what was begun, or as a message where nothing was."""
    await stage.workspace.set_fault("error", method, error=error, calls=1)
    asked = await stage.workspace.dm(MARIA, "why is #7 late?")

    async def whole() -> list[dict[str, Any]] | None:
        every = [
            *await stage.workspace.messages(asked["channel"]),
            *(await stage.workspace.thread(asked["channel"], asked["ts"]))[1:],
        ]
        found = [one for one in every if str(one.get("blocks")).count("41 others") == 20]
        ended = [one for one in found if one.get("streaming_state") != "in_progress"]
        return ended or None

    (answer,) = await stage.until(whole)
    assert ("thread_ts" in answer) is streamed


async def test_without_words_there_is_nothing_to_write() -> None:
    """Short answers have no flow; a long one says all of it, and its markup is dead."""
    assert flow_of("x" * LONG, told("rest"), told("whole")) is None
    flow = flow_of("y " * LONG, told("rest"), told("whole"))
    assert flow is not None
    assert "".join([piece async for piece in flow.pieces()]) == "y " * LONG


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("*b* _i_ `c` ~s~", r"\*b\* \_i\_ \`c\` \~s\~"),
        ("[x](https://evil.example)", "[x]\u2060(https:\u2060//evil.example)"),
        ("# head\n- item\n1. one", "\u2060# head\n\u2060- item\n\u20601. one"),
        ("late since Mon [1]", "late since Mon [1]"),
    ],
)
def test_data_is_dead_in_markdown(said: str, shown: str) -> None:
    """No mention, no link, no heading and no format comes from what was told."""
    assert markdown_of(said) == shown
