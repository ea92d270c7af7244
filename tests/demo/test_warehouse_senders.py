"""How the simulated warehouse sends: against a tiny fake of the product's hooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from demo.warehouse import shifts
from demo.warehouse.__main__ import main
from demo.warehouse.clients import CLIENTS
from demo.warehouse.generate import DEFAULT_START, generate_orders
from demo.warehouse.hooks import Hook
from demo.warehouse.senders import Answer
from demo.warehouse.shifts import run_warehouse, send_events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = "s3cret"
SIGNATURES = ("X-Shopify-Hmac-Sha256", "X-E2A-Hmac-Sha256")


class FakeHooks:
    """Accepts each body once, like the product; `stumble` answers come first."""

    def __init__(self) -> None:
        """Start empty."""
        self.bodies: list[bytes] = []
        self.forged = 0
        self.stumble: list[web.Response] = []
        app = web.Application()
        app.router.add_post("/hooks/{hook}", self.take)
        app.router.add_post("/events", self.take)
        self.server = TestServer(app)

    async def take(self, request: web.Request) -> web.Response:
        """Check the signature, if there is one, and remember the body."""
        body = await request.read()
        if self.stumble:
            return self.stumble.pop()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
        signed = {request.headers.get(name) for name in SIGNATURES} - {None}
        if signed and signed != {base64.b64encode(digest).decode()}:
            self.forged += 1
        known = body in self.bodies
        self.bodies.append(body)
        status, word = (200, "duplicate") if known else (202, "accepted")
        return web.json_response({"status": word}, status=status)

    def hooks(self) -> dict[tuple[str, str], Hook]:
        """Return an address for every stream."""
        return {
            (client.tenant, source): Hook(
                url=str(self.server.make_url(f"/hooks/{client.tenant}-{source}")), secret=SECRET
            )
            for client in CLIENTS
            for source in ("shopify", "wms", "carrier")
        }


@pytest.fixture
async def fake() -> AsyncIterator[FakeHooks]:
    """A receiver on a free port of this machine."""
    fake = FakeHooks()
    async with fake.server:
        yield fake


async def test_history_is_sent_signed_and_in_order(fake: FakeHooks) -> None:
    """Everything before the start arrives once, rightly signed, each order in its order."""
    emissions = list(generate_orders(seed=7, orders=40, problem_rate=1.0))
    end = emissions[-1].arrives_at
    tally = await run_warehouse(emissions, hooks=fake.hooks(), start=end, speed=60)
    distinct = {one.event["event_id"] for one in emissions}
    assert fake.forged == 0
    assert tally.sent == len(emissions)
    assert (tally.accepted, tally.duplicates) == (len(distinct), len(emissions) - len(distinct))
    expected, seen = defaultdict(list), defaultdict(list)
    for one in emissions:
        if one.event["source"] == "wms":
            expected[one.event["order_id"]].append(one.event["event_id"])
    for body in map(json.loads, fake.bodies):
        if body.get("source") == "wms":
            seen[body["order_id"]].append(body["event_id"])
    assert seen == expected


async def test_live_events_wait_for_their_time(fake: FakeHooks) -> None:
    """After a second at speed 1800, no more than its half hour of business has been sent."""
    emissions = list(generate_orders(seed=7, orders=36))
    tally = await run_warehouse(
        emissions, hooks=fake.hooks(), start=DEFAULT_START, speed=1800, wall_seconds=1
    )
    late = sum(one.arrives_at < DEFAULT_START + timedelta(minutes=50) for one in emissions)
    assert 0 < tally.accepted <= late


async def test_clients_without_hooks_are_left_out(fake: FakeHooks) -> None:
    """A client that is not in the configuration sends nothing."""
    hooks = {key: hook for key, hook in fake.hooks().items() if key[0] == "acme"}
    emissions = list(generate_orders(seed=7, orders=20))
    end = emissions[-1].arrives_at
    tally = await run_warehouse(emissions, hooks=hooks, start=end, speed=60)
    assert tally.sent == sum(one.tenant == "acme" for one in emissions)


@pytest.mark.parametrize("status", [503, 429])
async def test_a_busy_receiver_gets_it_once(fake: FakeHooks, status: int) -> None:
    """After 503 or 429 the event is sent again and accepted exactly once."""
    fake.stumble = [web.Response(status=status, headers={"Retry-After": "0"}) for _ in range(3)]
    emissions = list(generate_orders(seed=7, orders=1, problem_rate=0))
    url = str(fake.server.make_url("/events"))
    tally = await send_events(emissions, url=url, key="k", wall_seconds=10)
    assert (tally.accepted, tally.sent) == (len(emissions), len(emissions))
    assert len(fake.bodies) == len(emissions)


async def test_a_refusal_is_final(fake: FakeHooks) -> None:
    """A 422 is counted as rejected and never sent again."""
    fake.stumble = [web.json_response({"error": "invalid_event"}, status=422)]
    emissions = list(generate_orders(seed=7, orders=1, problem_rate=0))
    url = str(fake.server.make_url("/events"))
    tally = await send_events(emissions, url=url, key="k", wall_seconds=10)
    assert (tally.rejected, tally.accepted) == (1, len(emissions) - 1)


async def test_a_broken_receiver_is_given_up(fake: FakeHooks) -> None:
    """Four answers of 500 to one event count as one failure, and the rest goes on."""
    fake.stumble = [web.Response(status=500) for _ in range(4)]
    emissions = list(generate_orders(seed=7, orders=1, problem_rate=0))
    url = str(fake.server.make_url("/events"))
    tally = await send_events(emissions, url=url, key="k", wall_seconds=10)
    assert (tally.failed_5xx, tally.accepted) == (1, len(emissions) - 1)


async def test_nobody_home_stops_at_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a receiver the warehouse tries until its time is up and counts nothing."""
    monkeypatch.setattr(shifts, "DRAIN_SECONDS", 0.1)
    emissions = list(generate_orders(seed=7, orders=1))
    url = "http://127.0.0.1:9/events"
    tally = await send_events(emissions, url=url, key="k", wall_seconds=0.2)
    assert tally.sent == 0


@pytest.mark.parametrize(
    ("retry_after", "attempt", "seconds"),
    [("7", 0, 7.0), ("900", 0, 30.0), ("", 0, 0.1), ("", 3, 0.8), ("soon", 99, 5.0)],
)
def test_pauses_grow_but_obey(retry_after: str, attempt: int, seconds: float) -> None:
    """Retry-After is obeyed up to half a minute, else the pause doubles up to five seconds."""
    assert Answer(status=503, retry_after=retry_after).pause(attempt) == pytest.approx(seconds)


def test_generate_prints_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints one event a line and nothing else."""
    assert main(["generate", "--orders", "3", "--problem-rate", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({json.loads(line)["order_id"] for line in lines}) == 3


@pytest.mark.parametrize(
    "words",
    [
        ["generate"],
        ["generate", "--orders", "0"],
        ["generate", "--orders", "1", "--start", "2026-01-05"],
    ],
    ids=["no orders", "zero orders", "no offset"],
)
def test_wrong_use_ends_with_two(words: list[str]) -> None:
    """Wrong options end with exit code 2."""
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
