"""Replicas that share an outbox: every alert once, in one pace, also when one of them sleeps."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from demo.workspace.client import WorkspaceClient
from policies.records import Tenant
from tests.faults.proxy import a_proxy
from tests.faults.replicas import at_work, database, scalar, some_bots
from tests.faults.steady import drained
from tests.postgres import Database, needs_postgres
from tests.stories.conftest import port, workspace
from tests.stories.harness import Bot, ago, an_event, eventually, wall

__all__ = ["database", "port", "workspace"]
pytestmark = needs_postgres
SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
soak = pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
CLIENTS = ("acme", "globex", "initech")
_POST_SECONDS = 1.05
_SKEWED = """
from datetime import timedelta
import bot.clock
true = bot.clock.wall_now
bot.clock.wall_now = lambda: true() + timedelta(hours={hours})
from bot.__main__ import main
main()
"""


async def _posts(workspace: WorkspaceClient, channel: str) -> list[dict[str, Any]]:
    """Everything that the bots posted there, threads included, in order."""
    found = []
    for card in await workspace.messages(channel):
        found += await workspace.thread(channel, card["ts"])
    return sorted(found, key=lambda message: float(message["ts"]))


def _marks(posts: Sequence[dict[str, Any]]) -> Counter[tuple[int, str]]:
    """How often each part of each alert stands there."""
    told = [message["metadata"]["event_payload"] for message in posts]
    return Counter((payload["exception_ids"][0], payload["part"]) for payload in told)


async def _keys_of_all(bot: Bot) -> dict[str, str]:
    """A key of each client, made where it is missing."""
    keys = {"acme": bot.key}
    storage = bot.storage()
    async with storage.write() as tx:
        for name in CLIENTS[1:]:
            tenant = await tx.tenants.add(Tenant(id=0, name=name, channel=f"#{name}-ops"))
            keys[name], _ = await tx.keys.create(tenant.id, frozenset({"ingest"}), wall())
    await storage.close()
    return keys


async def _told_by_all(bots: Sequence[Bot], workspace: WorkspaceClient, alerts: int) -> None:
    keys = await _keys_of_all(bots[0])
    for turn, (name, key) in enumerate(keys.items()):
        bot = bots[turn % len(bots)]
        bot.key = key
        late = [an_event(f"{name}-{n}", "order_paid", ago(minutes=125)) for n in range(alerts)]
        assert (await bot.post("/events", {"events": late}))[0] == 200
    for name in CLIENTS:

        async def stand(channel: str = f"{name}-ops") -> list[dict[str, Any]]:
            posts = await _posts(workspace, channel)
            return posts if len(posts) >= 2 * alerts else []

        await eventually(stand, 20 + 4 * alerts)
    await asyncio.sleep(1.5)  # whoever posts twice has the time to
    for name in CLIENTS:
        posts = await _posts(workspace, f"{name}-ops")
        assert len(_marks(posts)) == 2 * alerts
        assert set(_marks(posts).values()) == {1}
        lasted = float(posts[-1]["ts"]) - float(posts[0]["ts"])
        assert lasted >= (len(posts) - 2) * _POST_SECONDS
    assert await scalar(bots[0], "SELECT count(*) FROM dead_letters") == 0


@pytest.mark.soak
@soak
async def test_two_replicas_post_in_one_pace(
    tmp_path: Path, database: Database, workspace: WorkspaceClient
) -> None:
    """Alerts of three channels, two replicas: each stands there once, one a second and channel."""
    async with at_work(tmp_path, database.serving, 2, slack_api_url=workspace.api_url) as bots:
        await _told_by_all(bots, workspace, 4)


@pytest.mark.soak
@soak
async def test_three_replicas_post_in_one_pace(
    tmp_path: Path, database: Database, workspace: WorkspaceClient
) -> None:
    """The same for three replicas."""
    async with at_work(tmp_path, database.serving, 3, slack_api_url=workspace.api_url) as bots:
        await _told_by_all(bots, workspace, 4)


@pytest.mark.soak
@soak
async def test_a_paused_replica_loses_what_it_held(
    tmp_path: Path, database: Database, workspace: WorkspaceClient
) -> None:
    """Stopped while it posts: the other takes over within 60 s, and nothing stands twice."""
    to_port = int(workspace.url.rsplit(":", 1)[1])
    async with (
        a_proxy(to_port) as proxy,
        some_bots(tmp_path, database.serving, 2, slack_api_url=workspace.api_url) as bots,
    ):
        sleeper, other = bots
        sleeper.slack_api_url = f"http://127.0.0.1:{proxy.port}/api/"
        await sleeper.start()
        proxy.back.hold()
        await sleeper.post("/events", an_event("SO-1", "order_paid", ago(minutes=125)))

        async def arrived() -> bool:
            return bool(await workspace.messages("acme-ops"))

        await eventually(arrived)
        _signal(sleeper, signal.SIGSTOP)
        await other.start()
        await other.post("/events", an_event("SO-2", "order_paid", ago(minutes=125)))

        async def all_told() -> bool:
            return len(_marks(await _posts(workspace, "acme-ops"))) == 4

        await eventually(all_told, 60)
        proxy.back.let_go()
        _signal(sleeper, signal.SIGCONT)
        await asyncio.sleep(15)
        assert set(_marks(await _posts(workspace, "acme-ops")).values()) == {1}
        assert await scalar(other, "SELECT count(*) FROM outbox WHERE state <> 'sent'") == 0
        assert await scalar(other, "SELECT count(*) FROM dead_letters") == 0
        status, _ = await sleeper.post("/events", an_event("SO-3", "order_paid", wall()))
        assert status == 202


def _signal(bot: Bot, number: int) -> None:
    assert bot.process is not None
    bot.process.send_signal(number)


@pytest.mark.soak
@soak
async def test_replicas_whose_clocks_differ(
    tmp_path: Path, database: Database, workspace: WorkspaceClient
) -> None:
    """An hour ahead and an hour behind: the database's clock counts for both.

    What is due is told at once and once; what is due in half an hour is not.
    """
    async with some_bots(tmp_path, database.serving, 2, slack_api_url=workspace.api_url) as bots:
        for bot, hours in zip(bots, (1, -1), strict=True):
            bot.program = ("-c", _SKEWED.format(hours=hours))
        await asyncio.gather(*(bot.start() for bot in bots))
        for bot in bots:
            late, early = ago(minutes=125), ago(minutes=90)
            for name, paid in (("late", late), ("early", early)):
                event = an_event(f"{name}-{bot.port}", "order_paid", paid)
                assert (await bot.post("/events", event))[0] == 202

        async def told() -> bool:
            return len(await _posts(workspace, "acme-ops")) >= 4

        await eventually(told, 20)
        await drained(bots[0], 10)
        await asyncio.sleep(2)
        marks = _marks(await _posts(workspace, "acme-ops"))
        assert len(marks) == 4
        assert set(marks.values()) == {1}
        opened = "SELECT count(*) FROM exceptions WHERE order_id NOT LIKE 'late-%'"
        assert await scalar(bots[0], opened) == 0
