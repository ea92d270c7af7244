"""How soon commands and clicks are acknowledged, and answered, alone and while events come in.

Run it with `python -m bench.slack --seconds 30 --rate 200`. Must not be used as a test.
"""

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bench.slack_double import SlackDouble
from demo.workspace.signing import signed_headers
from handlers.blocks.ids import COMMAND, Target, Verb, encode
from handlers.slack.receiver import PATH
from tests.faults.steady import Rate, send
from tests.stories.harness import SECRET, Bot, a_bot, ago, an_event, free_port, wall

CHANNEL, PERSON, TEAM = "C0ACME", "U0MARIA", "T1"
ORDERS = 60
WORDS = ("status", "exceptions", "exception 7", "order B-7", "audit 7", "nonsense here")
_IN_SLACK: Mapping[str, dict[str, Any]] = {
    "auth.test": {"team_id": TEAM, "user_id": "U0E2A", "bot_id": "B0E2A"},
    "users.info": {"user": {"id": PERSON, "name": "maria", "team_id": TEAM}},
    "conversations.list": {"channels": [{"id": CHANNEL, "name": "acme-ops"}]},
    "views.open": {"view": {"id": "V1"}},
}


@dataclass(kw_only=True)
class Pressed:
    """Seconds until each press was acknowledged, and until each command was answered."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    refused: int = 0


class Desk(SlackDouble):
    """A Slack with one person in one channel, that hears the answers of commands."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, float] = {}
        self.answered: list[float] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Any method of the Web API."""
        known = _IN_SLACK.get(request.match_info["method"])
        return web.json_response({"ok": True, **known}) if known else await super().answer(request)

    async def hear(self, request: web.Request) -> web.Response:
        """An answer through a response URL."""
        began = self.asked.pop(request.match_info["number"], None)
        if began is not None:
            self.answered.append(time.perf_counter() - began)
        return web.Response(text="ok")


@asynccontextmanager
async def desk(port: int) -> AsyncIterator[Desk]:
    """Serves it on that port."""
    double, app = Desk(), web.Application()
    app.router.add_route("*", "/api/{method}", double.answer)
    app.router.add_post("/hook/{number}", double.hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield double
    finally:
        await runner.cleanup()


async def press(bot: Bot, slack: Desk, hook: str, seconds: float, rate: float) -> Pressed:
    """Commands and clicks in turn, each when it is due, whatever became of the others."""
    seen, began = Pressed(), time.perf_counter()
    slack.answered.clear()
    async with aiohttp.ClientSession() as http:
        presses = []
        for number in range(round(seconds * rate)):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            form = _command(number, hook) if number % 2 else _click(number)
            if number % 2:
                slack.asked[str(number)] = time.perf_counter()
            presses.append(asyncio.create_task(_post(http, bot, form, seen)))
        await asyncio.gather(*presses)
    await asyncio.sleep(2.0)
    seen.answered = list(slack.answered)
    return seen


def _command(number: int, hook: str) -> Mapping[str, str]:
    return {
        "command": COMMAND,
        "text": WORDS[number // 2 % len(WORDS)],
        "user_id": PERSON,
        "team_id": TEAM,
        "channel_id": CHANNEL,
        "response_url": f"{hook}/{number}",
        "trigger_id": f"t{number}.{time.time_ns()}",
    }


def _click(number: int) -> Mapping[str, str]:
    value = encode(Target(id=1 + number // 2 % ORDERS, version=1))
    action = {"type": "button", "action_id": Verb.ACKNOWLEDGE.value, "block_id": "b"}
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": PERSON, "team_id": TEAM},
        "channel": {"id": CHANNEL, "name": "acme-ops"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": CHANNEL},
        "trigger_id": f"t{number}.{time.time_ns()}",
        "actions": [{**action, "value": value}],
    }
    return {"payload": json.dumps(payload)}


async def _post(
    http: aiohttp.ClientSession, bot: Bot, form: Mapping[str, str], seen: Pressed
) -> None:
    body = urlencode(form).encode()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        **signed_headers(SECRET, body, wall().timestamp(), None),
    }
    began = time.perf_counter()
    async with http.post(bot.url + PATH, data=body, headers=headers) as answer:
        await answer.read()
        seen.acknowledged.append(time.perf_counter() - began)
        seen.refused += answer.status != web.HTTPOk.status_code


async def bare(seconds: float, rate: float) -> Sequence[float]:
    """The same requests to an aiohttp server that only reads them and says 200."""

    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="")

    app, port = web.Application(), free_port()
    app.router.add_post("/", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    taken: list[float] = []
    async with aiohttp.ClientSession() as http:
        for number in itertools.islice(itertools.count(), round(seconds * rate)):
            began = time.perf_counter()
            async with http.post(f"http://127.0.0.1:{port}/", data=_click(number)) as answer:
                await answer.read()
            taken.append(time.perf_counter() - began)
            await asyncio.sleep(1 / rate)
    await runner.cleanup()
    return taken


async def _open_exceptions(bot: Bot) -> None:
    """Orders that were paid long ago and never picked."""
    late = [an_event(f"B-{n}", "order_paid", ago(hours=5)) for n in range(ORDERS)]
    await bot.post("/events", {"events": late})
    for _ in range(200):
        found = await bot.get(f"/api/exceptions?limit={ORDERS}")
        if len(found.get("items", found.get("exceptions", ()))) >= ORDERS:
            return
        await asyncio.sleep(0.1)


def _quantile(found: Sequence[float], share: float) -> float:
    ordered = sorted(found) or [0.0]
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def _print(what: str, seen: Pressed, plain: Sequence[float]) -> None:
    p50, p99, most = (_quantile(seen.acknowledged, share) for share in (0.5, 0.99, 1.0))
    a50, a99 = (_quantile(seen.answered, share) for share in (0.5, 0.99))
    print(
        f"{what}: {len(seen.acknowledged)} commands and clicks acknowledged, p50 {p50:.1f} ms, "
        f"p99 {p99:.1f} ms, max {most:.0f} ms ({p99 / _quantile(plain, 0.99):.1f} times a bare "
        f"aiohttp server's p99); {len(seen.answered)} commands answered, p50 {a50:.0f} ms, "
        f"p99 {a99:.0f} ms; not 200: {seen.refused}"
    )


async def measure(given: argparse.Namespace) -> bool:
    """Prints a line a measurement; whether each press was taken."""
    port, plain = free_port(), await bare(min(given.seconds, 10), given.presses)
    print(
        f"a bare aiohttp server: p50 {_quantile(plain, 0.5):.1f} ms, p99 "
        f"{_quantile(plain, 0.99):.1f} ms"
    )
    with tempfile.TemporaryDirectory() as name:
        async with (
            desk(port) as slack,
            a_bot(Path(name), slack_api_url=f"http://127.0.0.1:{port}/api/") as bot,
        ):
            hook = f"http://127.0.0.1:{port}/hook"
            await bot.start()
            await _open_exceptions(bot)
            alone = await press(bot, slack, hook, given.seconds, given.presses)
            _print("alone", alone, plain)
            rate = Rate(per_second=given.rate, seconds=given.seconds)
            busy, sent = await asyncio.gather(
                press(bot, slack, hook, given.seconds, given.presses), send(bot, rate)
            )
            _print(f"while {given.rate:.0f} events/s come in", busy, plain)
            print(
                f"events: {len(sent.accepted):,} taken in {sent.seconds:.0f} s, "
                f"p99 {sent.quantile(0.99):.0f} ms, failed {sent.failed}"
            )
    return not (alone.refused or busy.refused or sent.failed)


def main() -> int:
    """Reads the options and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rate", type=float, default=200, help="events a second")
    parser.add_argument("--presses", type=float, default=20, help="commands and clicks a second")
    return 0 if asyncio.run(measure(parser.parse_args())) else 1


if __name__ == "__main__":
    sys.exit(main())
