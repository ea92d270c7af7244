"""Slack may be away: exceptions still open, and alerts are posted afterwards, once, in order."""

import os
from collections import Counter
from typing import Any

import pytest

from demo.workspace.client import WorkspaceClient
from tests.stories.harness import Bot, ago, an_event, cards, eventually

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
AWAY = ("server_error", "reset_before", "rate_limited") if SOAK else ("server_error",)
"""tests/faults/test_slack_misbehaves.py tries every kind in one process."""


async def _outage(
    bot: Bot, workspace: WorkspaceClient, kind: str, seconds: float, orders: int
) -> None:
    await workspace.set_fault(kind, "*", seconds=seconds)
    events = [
        an_event(f"SO-{n:03}", "order_paid", ago(minutes=180, seconds=-n)) for n in range(orders)
    ]
    status, _ = await bot.post("/events", {"events": events})
    assert status == 200

    async def opened() -> bool:
        listed = await bot.get("/api/exceptions?limit=100")
        return len(listed["items"]) == orders

    await eventually(opened)

    async def posted() -> list[dict[str, Any]]:
        found = await cards(workspace)
        return found if len(found) >= orders else []

    found = await eventually(posted, seconds + orders * 2.5 + 30)
    told = [card["metadata"]["event_payload"]["exception_ids"][0] for card in found]
    assert Counter(told) == dict.fromkeys(range(1, orders + 1), 1)
    assert told == sorted(told)

    async def explained() -> bool:
        threads = [await workspace.thread("acme-ops", card["ts"]) for card in found]
        return all(len(thread) == 2 for thread in threads)

    await eventually(explained, orders * 2.5 + 30)


@pytest.mark.parametrize("kind", AWAY)
async def test_away_for_seconds(in_slack: tuple[Bot, WorkspaceClient], kind: str) -> None:
    """Four exceptions open while Slack is away; each has one alert afterwards, in order."""
    bot, workspace = in_slack
    await _outage(bot, workspace, kind, seconds=3, orders=4)


async def test_answer_lost(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """A post whose answer was lost is found in the channel and not posted again."""
    bot, workspace = in_slack
    await workspace.set_fault("reset_after", "chat.postMessage", calls=2)
    await bot.post("/events", an_event("SO-1", "order_paid", ago(minutes=125)))

    async def explained() -> bool:
        found = await cards(workspace)
        return bool(found) and len(await workspace.thread("acme-ops", found[0]["ts"])) > 1

    await eventually(explained, 20)
    assert len(await cards(workspace)) == 1


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_away_for_a_minute(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """Thirty exceptions open while Slack is away for a minute; each is posted once, in order."""
    bot, workspace = in_slack
    await _outage(bot, workspace, "server_error", seconds=60, orders=30)
