"""A chart is drawn by Slack, else it is a picture in the thread, else words; never told twice."""

import struct
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.pictures import in_words, png
from jobs.errors import SlackRefusedError
from jobs.ports.slack import CHART, Chart, Message
from tests.bot.conftest import Slack
from tests.slack.brief_values import MESSAGES

CHANNEL = "C0ACME"
META: Mapping[str, Any] = {"event_type": "e2a_notice", "event_payload": {"notice_id": "brief:1"}}


def the_brief() -> Message:
    """With a chart that Slack is to draw."""
    return MESSAGES["brief"]()


def kinds(message: Mapping[str, Any]) -> list[str]:
    """The blocks of a message."""
    return [block["type"] for block in message["blocks"]]


async def test_slack_draws_the_chart_itself(slack: Slack) -> None:
    """Where it can, there is one message with the chart and nothing in its thread."""
    posted = await slack.messenger.post(CHANNEL, the_brief(), metadata=META)
    (message,) = await slack.workspace.thread(CHANNEL, posted.ts)
    assert kinds(message).count(CHART) == 1


async def test_a_refused_chart_becomes_a_picture(slack: Slack) -> None:
    """There is one message, in words, and the picture below it; nothing was posted before."""
    fault = {"error": "invalid_blocks", "calls": 1}
    await slack.workspace.set_fault("error", "chat.postMessage", **fault)
    posted = await slack.messenger.post(CHANNEL, the_brief(), metadata=META)
    assert len(await slack.workspace.messages(CHANNEL)) == 1
    message, picture = await slack.workspace.thread(CHANNEL, posted.ts)
    assert CHART not in kinds(message)
    assert "By hour: 09:00 5, 10:00 8" in str(message["blocks"])
    assert message["metadata"] == META
    (file,) = picture["files"]
    assert (file["name"], file["title"]) == ("chart.png", "Due today by hour, not kept yet")


async def test_without_a_picture_words_are_enough(slack: Slack) -> None:
    """An upload that fails leaves the message as it is, and is no reason to post it again."""
    fault = {"error": "invalid_blocks", "calls": 1}
    await slack.workspace.set_fault("error", "chat.postMessage", **fault)
    await slack.workspace.set_fault("error", "files.getUploadURLExternal", error="fatal_error")
    posted = await slack.messenger.post(CHANNEL, the_brief(), metadata=META)
    (message,) = await slack.workspace.thread(CHANNEL, posted.ts)
    assert "By hour" in str(message["blocks"])


async def test_a_picture_may_be_what_is_wanted(slack: Slack) -> None:
    """Where the operator says so, Slack is not asked to draw."""
    wanted = replace(MESSAGES["brief_in_words"](), chart=the_brief().chart)
    posted = await slack.messenger.post(CHANNEL, wanted, metadata=META)
    message, picture = await slack.workspace.thread(CHANNEL, posted.ts)
    assert CHART not in kinds(message)
    assert picture["files"][0]["name"] == "chart.png"


async def test_other_refusals_stay_refusals(slack: Slack) -> None:
    """Only refused blocks are tried in words, and only where there is a chart among them."""
    await slack.workspace.set_fault("error", "chat.postMessage", error="is_archived")
    with pytest.raises(SlackRefusedError, match="is_archived"):
        await slack.messenger.post(CHANNEL, the_brief(), metadata=META)
    await slack.workspace.clear_faults()
    await slack.workspace.set_fault("error", "chat.postMessage", error="invalid_blocks")
    plain = MESSAGES["brief_in_words"]()
    with pytest.raises(SlackRefusedError, match="invalid_blocks"):
        await slack.messenger.post(CHANNEL, plain, metadata=META)
    assert slack.calls("chat.postMessage", "invalid_blocks") == 1


def test_a_picture_is_readable_on_a_phone() -> None:
    """It is drawn three dots to a point of a phone's width, and says in words what it shows."""
    chart = Chart(
        title="Due today", words="", labels=("08:00", "09:00", "10:00"), values=(3, 0, 12)
    )
    drawn = png(chart)
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", drawn[16:24]) == (1280, 704)
    assert in_words(chart) == "Due today: 08:00 3, 10:00 12"
