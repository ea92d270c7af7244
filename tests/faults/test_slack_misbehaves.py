"""Whatever Slack answers, alerts go out later and once, and events are taken all the while.

Each client has a channel of its own, so that each fault hits another lane of the outbox.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import bot.parts
from demo.workspace.app import WorkspaceConfig, running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.people import BOT_USER, ChannelSeed
from policies.records import Tenant
from tests.faults.house import House, a_house
from tests.stories.harness import SECRET, TOKEN, ago, an_event, eventually, wall

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
POST = "chat.postMessage"
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error", "error": "internal_error"},
    {"kind": "error", "error": "fatal_error"},
    {"kind": "error", "error": "service_unavailable"},
    {"kind": "error", "error": "ratelimited"},
    {"kind": "error", "error": "invalid_auth"},
    {"kind": "rate_limited", "retry_after": 2},
    {"kind": "server_error"},
    {"kind": "html"},
    {"kind": "redirect"},
    {"kind": "truncated"},
    {"kind": "hang"},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
)
NAMES = tuple(f"client-{n}" for n in range(len(FAULTS)))


@asynccontextmanager
async def _clients(folder: Path) -> AsyncIterator[tuple[House, WorkspaceClient, dict[str, str]]]:
    """A bot with a client and a channel for each fault, and the clients' keys."""
    channels = tuple(
        ChannelSeed(id=f"C{name.upper()}", name=name, members=(BOT_USER,)) for name in NAMES
    )
    config = WorkspaceConfig(
        bot_token=TOKEN, signing_secret=SECRET, channels=channels, rate_limits=False
    )
    async with (
        running_workspace(config) as workspace,
        a_house(folder, slack_api_url=workspace.api_url, slack_notifications_enabled=True) as house,
    ):
        keys = {}
        async with house.bot.storage.write() as tx:
            for name in NAMES:
                tenant = await tx.tenants.add(Tenant(id=0, name=name, channel=f"#{name}"))
                keys[name], _ = await tx.keys.create(tenant.id, {"ingest"}, wall())
        yield house, workspace, keys


async def _breach(house: House, keys: dict[str, str], order_id: str) -> None:
    """An order of each client that was due five minutes ago; all of them are taken at once."""
    event = an_event(order_id, "order_paid", ago(minutes=125))
    for key in keys.values():
        headers = {"Authorization": f"Bearer {key}"}
        async with house.http.post("/events", json=event, headers=headers) as answer:
            assert answer.status == 202


async def _parts(workspace: WorkspaceClient, name: str) -> Counter[tuple[int, str]]:
    """How often each part of each alert stands in the client's channel."""
    found: Counter[tuple[int, str]] = Counter()
    for card in await workspace.messages(name):
        for message in await workspace.thread(name, card["ts"]):
            told = message["metadata"]["event_payload"]
            found[told["exception_ids"][0], told["part"]] += 1
    return found


async def _survive(folder: Path, calls: int, rounds: int) -> None:
    async with _clients(folder) as (house, workspace, keys):
        for number in range(1, rounds + 1):
            for fault in FAULTS:
                await workspace.set_fault(**fault, method=POST, calls=calls)
            await _breach(house, keys, f"SO-{number}")

            async def told(alerts: int = number) -> bool:
                found = [await _parts(workspace, name) for name in NAMES]
                return all(len(parts) == 2 * alerts for parts in found)

            await eventually(told, 20 + 30 * calls)
            assert (await workspace.totals())["faults"] == []
        for name in NAMES:
            assert set((await _parts(workspace, name)).values()) == {1}, name
        await eventually(house.quiet)
        _respected(await workspace.calls(POST))


def _respected(calls: list[dict[str, Any]]) -> None:
    """Nobody posted to a channel before the time that a 429 had named for it was over."""
    free_at: dict[str, float] = {}
    limited = 0
    for call in sorted(calls, key=lambda one: one["at"]):
        channel = call["arguments"]["channel"].removeprefix("#")
        assert call["at"] >= free_at.get(channel, 0.0)
        if call["status"] == 429:
            limited += 1
            free_at[channel] = call["at"] + 1.95  # the answer was under way for some of the 2 s
    assert limited


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that hangs is given up after a second."""
    monkeypatch.setattr(bot.parts, "_SLACK_SECONDS", 1)


async def test_every_answer_that_slack_may_give(tmp_path: Path) -> None:
    """Thirteen kinds of trouble at once, one a channel: each alert stands there whole and once."""
    await _survive(tmp_path, calls=1, rounds=1)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_every_answer_again_and_again(tmp_path: Path) -> None:
    """The same five times over, each trouble hitting three calls."""
    await _survive(tmp_path, calls=3, rounds=5)


async def test_one_channels_429_holds_up_no_other(tmp_path: Path) -> None:
    """While one channel is told to wait eight seconds, all others have their alerts within six."""
    async with _clients(tmp_path) as (house, workspace, keys):
        await workspace.set_fault("rate_limited", POST, calls=1, retry_after=8)
        await _breach(house, keys, "SO-1")

        async def others() -> bool:
            found = [await _parts(workspace, name) for name in NAMES]
            return sum(bool(parts) for parts in found) == len(NAMES) - 1

        await eventually(others, 6)
        (limited,) = [name for name in NAMES if not await _parts(workspace, name)]

        async def at_last() -> bool:
            return bool(await _parts(workspace, limited))

        await eventually(at_last, 20)
