"""Limits and faults: what goes wrong on purpose, and that it goes wrong as in Slack."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.demo.workspace_bot import TOKEN, Stage, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Run a workspace with a fake bot and Slack's own burst."""
    async with staged(post_burst=3) as running:
        yield running


async def raw_post(stage: Stage, text: str = "x") -> aiohttp.ClientResponse:
    """Post a message without the SDK and its retries."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{stage.workspace.api_url}chat.postMessage"
        async with session.post(url, json={"channel": "C0ACME", "text": text}) as response:
            await response.read()
            return response


async def test_a_channel_takes_one_message_a_second_after_a_burst(stage: Stage) -> None:
    """The fourth message at once is refused with 429 and Retry-After; other channels are free."""
    statuses = [(await raw_post(stage)).status for _ in range(3)]
    refused = await raw_post(stage)
    assert (statuses, refused.status) == ([200, 200, 200], 429)
    assert refused.headers["Retry-After"] == "1"
    assert (await stage.slack.chat_postMessage(channel="C0GLOBEX", text="x"))["ok"]
    assert len(await stage.workspace.messages("C0ACME")) == 3


async def test_tiers_count_calls_a_minute() -> None:
    """The call after a tier's last is refused until the minute is over."""
    async with staged(calls_per_minute={2: 2}) as stage:
        await stage.slack.users_list()
        await stage.slack.users_list()
        with pytest.raises(SlackApiError) as caught:
            await stage.slack.users_list()
        assert caught.value.response.status_code == 429
        assert 55 < int(caught.value.response.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("kind", "status"),
    [("rate_limited", 429), ("server_error", 500), ("html", 503), ("error", 200)],
)
async def test_faults_answer_and_leave_no_effect(stage: Stage, kind: str, status: int) -> None:
    """A planned fault hits so many calls of its method, changes nothing, then is over."""
    await stage.workspace.set_fault(kind, "chat.postMessage", calls=1, error="fatal_error")
    assert (await raw_post(stage)).status == status
    assert await stage.workspace.messages("C0ACME") == []
    assert (await raw_post(stage)).status == 200


async def test_a_reset_after_the_effect_leaves_the_message(stage: Stage) -> None:
    """The connection breaks, yet the message is there: the ambiguous outcome."""
    await stage.workspace.set_fault("reset_after", "chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await raw_post(stage, "there")
    assert [item["text"] for item in await stage.workspace.messages("C0ACME")] == ["there"]


async def test_a_reset_before_the_effect_leaves_nothing(stage: Stage) -> None:
    """The connection breaks and no message is there."""
    await stage.workspace.set_fault("reset_before", "*")
    with pytest.raises(aiohttp.ClientError):
        await raw_post(stage)
    assert await stage.workspace.messages("C0ACME") == []


async def test_a_hanging_call_ends_when_faults_are_cleared(stage: Stage) -> None:
    """A hanging call neither answers nor takes effect until the switch is off."""
    await stage.workspace.set_fault("hang", "chat.postMessage")
    waiting = asyncio.create_task(raw_post(stage))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await stage.workspace.clear_faults()
    with pytest.raises(aiohttp.ClientError):
        await waiting
    assert await stage.workspace.messages("C0ACME") == []


async def test_a_fault_for_a_time_hits_every_call_in_it(stage: Stage) -> None:
    """A fault by seconds is over when its time is."""
    await stage.workspace.set_fault("server_error", seconds=0.2)
    assert [(await raw_post(stage)).status for _ in range(2)] == [500, 500]
    await asyncio.sleep(0.25)
    assert (await raw_post(stage)).status == 200
