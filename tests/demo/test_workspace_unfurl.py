"""Links of the app's domains: who hears of them, and what may stand below them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from demo.workspace.manifest import DEFAULT_MANIFEST
from tests.demo.workspace_bot import Stage, section, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LINK = "https://board.e2a.example/e2a/exceptions/7"
MANIFEST = replace(DEFAULT_MANIFEST, unfurl_domains=("E2A.example",))


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Run a workspace whose app has a domain."""
    async with staged(manifest=MANIFEST) as running:
        yield running


async def paste(stage: Stage, text: str) -> str:
    """Post as a person; return the message's ts."""
    return str((await stage.workspace.post_as("U0MARIA", "C0ACME", text))["ts"])


async def refusal(stage: Stage, ts: str, unfurls: dict[str, Any]) -> str:
    """Return Slack's reason against it."""
    with pytest.raises(SlackApiError) as caught:
        await stage.slack.chat_unfurl(channel="C0ACME", ts=ts, unfurls=unfurls)
    return str(caught.value.response["error"])


async def test_the_app_hears_of_its_own_links_only(stage: Stage) -> None:
    """A link of the domain or below it is told, with the place; others are not."""
    await paste(stage, "see https://else.example/e2a/exceptions/7 there")
    ts = await paste(stage, f"see {LINK} there")

    async def told() -> list[dict[str, Any]]:
        return [body["event"] for body in stage.bot.of("link_shared")]

    heard = await stage.workspace.wait_for(told)
    assert [(one["message_ts"], one["links"]) for one in heard] == [
        (ts, [{"url": LINK, "domain": "e2a.example"}])
    ]
    assert heard[0]["is_bot_user_member"] is True


async def test_what_is_unfurled_stands_below_the_link(stage: Stage) -> None:
    """The message keeps its words and gets an attachment that names the link."""
    ts = await paste(stage, f"see {LINK} there")
    unfurls = {LINK: {"blocks": [section("*late*")]}}
    await stage.slack.chat_unfurl(channel="C0ACME", ts=ts, unfurls=unfurls)
    shown = (await stage.workspace.messages("C0ACME"))[-1]
    assert LINK in shown["text"]
    assert [(one["from_url"], one["is_app_unfurl"]) for one in shown["attachments"]] == [
        (LINK, True)
    ]


async def test_what_slack_refuses_is_refused(stage: Stage) -> None:
    """Another domain, a link that is not there, no message, nothing, and bad blocks."""
    ts = await paste(stage, f"see {LINK} and https://else.example/x there")
    good = {"blocks": [section("late")]}
    assert await refusal(stage, ts, {"https://else.example/x": good}) == "cannot_unfurl_url"
    assert await refusal(stage, ts, {f"{LINK}8": good}) == "cannot_unfurl_url"
    assert await refusal(stage, "1.1", {LINK: good}) == "cannot_unfurl_message"
    assert await refusal(stage, ts, {}) == "missing_unfurls"
    long = {"blocks": [section("x" * 3001)]}
    assert await refusal(stage, ts, {LINK: long}) == "invalid_attachments"
