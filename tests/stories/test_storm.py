"""A storm, as a channel sees it: a few messages name everybody, whatever Slack does meanwhile."""

import asyncio
import json
import os
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.workspace.app import WorkspaceConfig, running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.manifest import AppManifest
from policies.records import Tenant
from tests.stories.harness import SECRET, TOKEN, Bot, a_bot, an_event, wall

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
CHANNELS = {"acme": "acme-ops", "globex": "globex-ops", "initech": "initech-ops"}
CALM = "e2a-alerts"
CAUSES: tuple[tuple[str, int, dict[str, str]], ...] = (
    ("pack_completed", 1440, {"carrier": "UPS", "warehouse": "ATL1"}),
    ("pack_completed", 1440, {"carrier": "FedEx", "warehouse": "ATL1"}),
    ("pick_completed", 180, {"warehouse": "PDX", "wave": "W9"}),
    ("order_paid", 120, {"warehouse": "DFW", "wave": "W2"}),
    ("order_paid", 120, {"warehouse": "LAX", "wave": "W3"}),
)
"""The last event of an order, minutes until the next one is late, and what they share."""
UNRELATED, CRITICAL = 20 if SOAK else 6, "SO-CRITICAL"
_NAME = re.compile(r"SO-[A-Z0-9]+")
_BURST = 3


@dataclass
class Scene:
    """A bot, the workspace with Slack's own limits, and a key of every client."""

    bot: Bot
    workspace: WorkspaceClient
    keys: dict[str, str] = field(default_factory=dict)
    first_seen: dict[str, float] = field(default_factory=dict)

    async def send(self, client: str, events: list[dict[str, object]]) -> None:
        """As that client's warehouse."""
        self.bot.key = self.keys[client]
        for start in range(0, len(events), 500):
            status, answer = await self.bot.post("/events", {"events": events[start : start + 500]})
            assert (status, answer["rejected"]) == (200, [])

    async def posts(self) -> list[dict[str, Any]]:
        """The messages that were posted, by what the workspace wrote down."""
        calls = await self.workspace.calls("chat.postMessage")
        return [call for call in calls if '"ok": true' in json.dumps(call["answer"])]

    async def look(self) -> set[str]:
        """Which orders are named in a card or list by now."""
        named: set[str] = set()
        for channel in (*CHANNELS.values(), CALM):
            for message in await self.workspace.messages(channel):
                thread = [message]
                if message.get("reply_count"):
                    thread = await self.workspace.thread(channel, message["ts"])
                for one in thread:
                    named.update(_NAME.findall(json.dumps(one)))
        for name in named:
            self.first_seen.setdefault(name, time.monotonic())
        return named


@pytest.fixture
async def scene(tmp_path: Path, port: int) -> AsyncIterator[Scene]:
    """Four clients in four channels; what is late of `vip` is critical."""
    config = WorkspaceConfig(
        bot_url=f"http://127.0.0.1:{port}/slack/events",
        signing_secret=SECRET,
        bot_token=TOKEN,
        manifest=AppManifest.from_file(Path("manifest.yml")),
        traffic_kept=50_000,
    )
    given = {"POLICIES_DIR": str(_vip_is_critical(tmp_path))}
    async with (
        running_workspace(config) as workspace,
        a_bot(tmp_path, port=port, slack_api_url=workspace.api_url, extra=given) as bot,
    ):
        scene = Scene(bot=bot, workspace=workspace, keys={"acme": bot.key})
        await _add_clients(scene)
        await bot.start()
        yield scene


def _vip_is_critical(folder: Path) -> Path:
    """The packaged policies, but for one client."""
    own = folder / "policies" / "tenants" / "vip"
    own.mkdir(parents=True)
    packaged = Path("policies/defaults/sla.yaml").read_text(encoding="utf-8")
    (own / "sla.yaml").write_text(packaged.replace("severity: MEDIUM", "severity: CRITICAL"))
    return folder / "policies"


async def _add_clients(scene: Scene) -> None:
    storage = scene.bot.storage()
    async with storage.write() as tx:
        for name, channel in (("globex", "globex-ops"), ("initech", "initech-ops"), ("vip", CALM)):
            tenant = await tx.tenants.add(Tenant(id=0, name=name, channel=f"#{channel}"))
            scopes = frozenset({"ingest", "read"})
            scene.keys[name], _ = await tx.keys.create(tenant.id, scopes, wall())
    await storage.close()


def _storm(count: int, begin: datetime, seconds: float) -> dict[str, list[dict[str, object]]]:
    """As many orders, each of one of the causes, late one after the other from `begin` on."""
    events: dict[str, list[dict[str, object]]] = {name: [] for name in CHANNELS}
    for number in range(count):
        kind, minutes, facts = CAUSES[number % len(CAUSES)]
        client = list(CHANNELS)[number // len(CAUSES) % len(CHANNELS)]
        late_at = begin + timedelta(seconds=seconds * number / count)
        at = late_at - timedelta(minutes=minutes)
        events[client].append(an_event(f"SO-{number:04}", kind, at, **facts))
    return events


def _unrelated(begin: datetime, seconds: float) -> list[dict[str, object]]:
    """Late orders of warehouses of their own."""
    return [
        an_event(
            f"SO-U{number:02}",
            "order_paid" if number % 2 else "pick_completed",
            begin
            + timedelta(seconds=seconds * number / UNRELATED)
            - timedelta(minutes=120 if number % 2 else 180),
            warehouse=f"WH{number}",
        )
        for number in range(UNRELATED)
    ]


async def _told(scene: Scene, count: int, seconds: float) -> float:
    """Lets it storm; returns the seconds from the first breach until everybody was named."""
    begin = wall() + timedelta(seconds=3)
    for client, events in _storm(count, begin, seconds).items():
        await scene.send(client, events)
    spread = _unrelated(begin, seconds)
    for place, client in enumerate(CHANNELS):
        await scene.send(client, spread[place :: len(CHANNELS)])
    late_at = begin + timedelta(seconds=seconds / 2)
    paid = an_event(CRITICAL, "order_paid", late_at - timedelta(minutes=120), warehouse="ATL1")
    await scene.send("vip", [paid])
    started = time.monotonic() + (begin - wall()).total_seconds()
    wanted = count + UNRELATED + 1
    while len(await scene.look()) < wanted:
        assert time.monotonic() - started < seconds + 60, f"{len(scene.first_seen)} of {wanted}"
        await asyncio.sleep(0.5)
    critical = scene.first_seen[CRITICAL] - started - seconds / 2
    assert critical <= 10, f"the critical one after {critical:.1f} s"
    return max(scene.first_seen.values()) - started


async def _check(scene: Scene, count: int, most: int) -> None:
    """Few messages, no faster than Slack allows, each once, and nothing given up."""
    posts = await scene.posts()
    parts = Counter(json.dumps(call["arguments"].get("metadata"), sort_keys=True) for call in posts)
    assert len(posts) <= most, len(posts)
    assert all(number == 1 for number in parts.values())
    by_channel: dict[str, list[float]] = {}
    for call in posts:
        by_channel.setdefault(call["arguments"]["channel"].lstrip("#"), []).append(call["at"])
    for channel, times in by_channel.items():
        span = max(times) - min(times)
        assert len(times) <= span + 1 + _BURST, (channel, len(times), span)
    storage = scene.bot.storage()
    async with storage.read() as tx:
        numbers = [tenant.id for tenant in await tx.tenants.all()]
        assert await tx.dead_letters.count(numbers, ("waiting", "retrying")) == 0
        alerts = {
            record.id
            for record in await tx.exceptions.among(range(1, 2 * count))
            if await tx.alerts.of_exception(record.id)
        }
        members = await tx.storms.members_among(range(1, 2 * count))
    await storage.close()
    assert len(alerts | {number for _, number in members}) == count + UNRELATED + 1


async def test_a_small_storm(scene: Scene) -> None:
    """90 late orders of five causes in three channels are told in a handful of cards."""
    await scene.workspace.set_fault("rate_limited", "chat.postMessage", calls=3, retry_after=2)
    await scene.workspace.set_fault("server_error", "chat.update", calls=2)
    took = await _told(scene, 90, 6)
    assert took <= 66
    await _check(scene, 90, 120)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
@pytest.mark.parametrize("faults", [False, True], ids=["fair", "foul"])
async def test_a_thousand_in_a_minute(scene: Scene, *, faults: bool) -> None:
    """All 1,021 are in the database within 75 s and named within 120 s, in 120 messages."""
    if faults:
        await scene.workspace.set_fault("rate_limited", "*", calls=12, retry_after=3)
        await scene.workspace.set_fault("server_error", "*", calls=8)
    took = await _told(scene, 1_000, 60)
    await _check(scene, 1_000, 120)
    assert faults or took <= 120
