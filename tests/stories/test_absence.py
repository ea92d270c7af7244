"""A deadline passes whether or not an event arrives."""

import asyncio
from datetime import timedelta

from demo.workspace.client import WorkspaceClient
from tests.stories.harness import Bot, ago, an_event, cards, eventually, wall


async def test_silence_is_noticed(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """An order that is paid and silent has its alert soon after its deadline, without traffic.

    An order that was cancelled before it has none.
    """
    bot, workspace = in_slack
    deadline = wall() + timedelta(seconds=2)
    paid = deadline - timedelta(minutes=120)
    for event in (
        an_event("SO-1", "order_paid", paid),
        an_event("SO-2", "order_paid", paid),
        an_event("SO-2", "order_cancelled", ago(minutes=1)),
    ):
        status, _ = await bot.post("/events", event)
        assert status == 202
    await asyncio.sleep((deadline - wall()).total_seconds())
    assert await cards(workspace) == []
    (card,) = await eventually(lambda: cards(workspace))
    arrived = float(card["ts"])
    assert 0 < arrived - deadline.timestamp() <= 15
    assert "SO-1" in card["text"]
    await eventually(lambda: _explained(workspace, card["ts"]))
    assert len(await cards(workspace)) == 1


async def _explained(workspace: WorkspaceClient, ts: str) -> bool:
    thread = await workspace.thread("acme-ops", ts)
    return any("no pick scan since" in str(message) for message in thread[1:])


async def test_the_late_event_settles(in_slack: tuple[Bot, WorkspaceClient]) -> None:
    """The late event settles the exception with the real delay, and the card shows it."""
    bot, workspace = in_slack
    paid = ago(minutes=150)
    await bot.post("/events", an_event("SO-1", "order_paid", paid))
    (card,) = await eventually(lambda: cards(workspace))
    late = an_event("SO-1", "pick_completed", paid + timedelta(minutes=140))
    await bot.post("/events", late)

    async def settled() -> bool:
        (now,) = await cards(workspace)
        return "late by 20 min" in str(now["text"])

    await eventually(settled)
    (record,) = (await bot.get("/api/orders/SO-1"))["exceptions"]
    assert (record["status"], record["resolution"]) == ("RESOLVED", "settled_late")
    assert record["delay_minutes"] == 20.0
    assert record["slack"] == {"channel": "C0ACME", "ts": card["ts"]}
