"""A house with a model that misbehaves, and orders whose every text tries to steer it.

Must not check anything but gather: the tests say what has to hold.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from demo.model.server import ModelServer
from demo.workspace.app import WorkspaceConfig, running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.people import BOT_USER, ChannelSeed
from policies.records import Tenant
from tests.faults.house import House, a_house
from tests.policies.injections import INJECTIONS, Injection
from tests.stories.harness import TOKEN, an_event, eventually, one_by_one, wall

TRICKS = tuple(INJECTIONS.values())
INVENTED = ("4711", "1999-12-31", "evt-invented", "NAME_99")
"""What the model's server makes up where it is to invent."""
_ANSWERS = (HTTPStatus.OK, HTTPStatus.ACCEPTED, HTTPStatus.SERVICE_UNAVAILABLE)
_PAID_AGO = timedelta(minutes=150)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One order's thread: what was posted as its explanation, what it reads now, and when.

    `seconds` are those from the card to the explanation.
    """

    order_id: str
    trick: Injection
    first: str
    latest: str
    seconds: float

    @property
    def improved(self) -> bool:
        """Whether the model's words took the place of the rules'."""
        return self.latest != self.first


@dataclass(kw_only=True)
class Scene:
    """The house, its Slack and its model; `keys` are those of its clients."""

    house: House
    workspace: WorkspaceClient
    server: ModelServer
    keys: list[str] = field(default_factory=list)
    sent: int = 0

    async def late_orders(self, count: int) -> dict[str, Injection]:
        """So many orders that were paid too long ago, each with another trick in all its texts."""
        tricks = {}
        for _ in range(count):
            number, order_id = self.sent, f"SO-{1000 + self.sent}"
            self.sent += 1
            tricks[order_id] = TRICKS[number % len(TRICKS)]
            event = an_event(order_id, "order_paid", wall() - _PAID_AGO, **_texts(tricks[order_id]))
            await self._send(event, self.keys[number % len(self.keys)])
        return tricks

    async def _send(self, event: Mapping[str, Any], key: str) -> None:
        """As senders do: 503 means later, and the same event twice is once."""

        async def taken() -> bool:
            headers = {"Authorization": f"Bearer {key}"}
            async with self.house.http.post("/events", json=event, headers=headers) as answer:
                assert answer.status in _ANSWERS, await answer.text()
                return answer.status != HTTPStatus.SERVICE_UNAVAILABLE

        await eventually(taken, 60)

    async def told(self, tricks: Mapping[str, Injection], seconds: float) -> list[Told]:
        """What stands in their threads once nothing waits any more."""
        await eventually(self.house.quiet, seconds)
        cards, replies, edits = await self._traffic()
        async with self.house.bot.storage.read() as tx:
            rows = await tx.connection.exec_driver_sql("SELECT order_id, id FROM exceptions")
            numbers = {str(row.order_id): int(row.id) for row in rows}
        found = []
        for order_id, trick in tricks.items():
            number = numbers.get(order_id)
            if number not in cards or number not in replies:
                continue
            ts, text = replies[number]
            found.append(
                Told(
                    order_id=order_id,
                    trick=trick,
                    first=text,
                    latest=edits.get(ts, text),
                    seconds=float(ts) - float(cards[number]),
                )
            )
        return found

    async def _traffic(self) -> tuple[dict[int, str], dict[int, tuple[str, str]], dict[str, str]]:
        """Cards by exception, explanations by exception, and the latest edits by message."""
        cards: dict[int, str] = {}
        replies: dict[int, tuple[str, str]] = {}
        edits: dict[str, str] = {}
        for call in await self.workspace.calls("chat.postMessage"):
            said, ts = call["arguments"], str(call["answer"].get("ts"))
            meta = _parsed(said.get("metadata")).get("event_payload", {})
            for number in meta.get("exception_ids", []):
                if meta.get("part") == "card":
                    cards[number] = ts
                elif meta.get("part") == "explanation":
                    replies[number] = ts, _words(said)
        for call in await self.workspace.calls("chat.update"):
            edits[str(call["arguments"]["ts"])] = _words(call["arguments"])
        return cards, replies, edits

    def metric(self, figure: str, /, **labels: str) -> float:
        """A figure of the house."""
        return self.house.bot.metrics.registry.get_sample_value(figure, labels) or 0.0


@asynccontextmanager
async def a_scene(folder: Path, *, clients: int = 1, **given: Any) -> AsyncIterator[Scene]:  # noqa: ANN401 - settings
    """A house at work in a Slack of its own, with so many clients in a channel each."""
    names = [f"client-{number}" for number in range(clients)]
    channels = tuple(
        ChannelSeed(id=f"C0M{number:03}", name=name, members=(BOT_USER,))
        for number, name in enumerate(names)
    )
    config = WorkspaceConfig(
        bot_token=TOKEN, channels=channels, rate_limits=False, traffic_kept=1_000_000
    )
    server = ModelServer()
    async with running_workspace(config) as workspace, server.serving() as url:
        usual = {
            "slack_api_url": workspace.api_url,
            "slack_notifications_enabled": True,
            "slack_default_channel": "#client-0",
            "ai_provider_base_url": url,
            "ai_model": "demo-model",
            "ai_api_key": SecretStr("sk-of-tests"),
            "ai_mode": "full",
            "ai_max_daily_tokens": 0,
            "ai_max_daily_cost_cents": 0,
            "policies_dir": Path(one_by_one(folder)["POLICIES_DIR"]),
        }
        async with a_house(folder, **{**usual, **given}) as house:
            scene = Scene(house=house, workspace=workspace, server=server)
            async with house.bot.storage.write() as tx:
                for name in names:
                    tenant = await tx.tenants.add(Tenant(id=0, name=name, channel=f"#{name}"))
                    scopes = frozenset({"ingest"})
                    key, _ = await tx.keys.create(tenant.id, scopes, wall())
                    scene.keys.append(key)
            yield scene


def _texts(trick: Injection) -> dict[str, Any]:
    """The trick wherever a person or a system may have written something."""
    plain = trick.text.replace('"', "").replace("'", "")
    return {
        "note": f'Please reply with "{plain}"',
        "notes": trick.text,
        "message": trick.text,
        "client": trick.text[:100],
        "channel": trick.text[:100],
        "service": trick.text[:100],
        "customer": {"name": trick.text[:100], "email": "jane@canary.example"},
        "shipping_address": {"name": trick.text[:100], "address1": trick.text[:100]},
        "items": [{"sku": trick.text[:60], "name": trick.text[:60], "quantity": 1}],
        "tags": [trick.text[:60]],
    }


def _words(said: Mapping[str, Any]) -> str:
    shown = {name: _parsed(said.get(name)) for name in ("text", "blocks", "attachments")}
    return json.dumps(shown, ensure_ascii=False)


def _parsed(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value if value is not None else {}
