"""Two hundred connections that drip their bytes: others are served, and the slow ones are cut."""

import asyncio
import os
import time
from asyncio import StreamReader
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from yarl import URL

import bot.process
import handlers.api.bodies
import handlers.slack.receiver
from tests.faults.house import House, a_house
from tests.stories.harness import ago, an_event

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
EACH = 50
SLOWEST = 3.0 if SOAK else 15.0
"""Seconds for 99 of 100 events: a second on a machine that has nothing else to do."""
HEADERS = b"Host: e2a\r\nContent-Type: application/json\r\n"


def _slow(house: House) -> dict[str, tuple[bytes, bytes]]:
    """What is said at once, and what follows byte by byte, of each kind of slow connection."""
    key = f"Authorization: Bearer {house.key}\r\n".encode()
    length = b"Content-Length: 9000\r\n\r\n"
    return {
        "headers": (b"POST /events HTTP/1.1\r\nX-Slow: ", b"a" * 9000),
        "second request": (b"GET /livez HTTP/1.1\r\nHost: e2a\r\n\r\nGET /livez HT", b"T" * 9000),
        "body": (b"POST /events HTTP/1.1\r\n" + HEADERS + key + length, b" " * 9000),
        "slack": (b"POST /slack/events HTTP/1.1\r\n" + HEADERS + length, b" " * 9000),
    }


async def _drip(url: URL, said: bytes, rest: bytes, pause: float) -> int:
    """Drips until the other side hangs up; returns the status of the last answer, 0 for none."""
    reader, writer = await asyncio.open_connection(url.host, url.port)
    heard = asyncio.create_task(_hear(reader))
    with suppress(ConnectionError):
        writer.write(said)
        for byte in rest:
            if heard.done():
                break
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)
    writer.close()
    return await heard


async def _hear(reader: StreamReader) -> int:
    """Everything that is said until the end; the last status in it."""
    heard = b""
    with suppress(ConnectionError):
        while some := await reader.read(4096):
            heard += some
    answers = heard.split(b"HTTP/1.1 ")
    return int(answers[-1][:3]) if len(answers) > 1 else 0


@asynccontextmanager
async def _dripping(house: House, pause: float) -> AsyncIterator[dict[str, Counter[int]]]:
    """Two hundred drips; at the end all are cut and the statuses are there by kind."""
    found: dict[str, Counter[int]] = {}
    drips = {
        kind: [asyncio.create_task(_drip(URL(house.url), *words, pause)) for _ in range(EACH)]
        for kind, words in _slow(house).items()
    }
    yield found
    for kind, tasks in drips.items():
        found[kind] = Counter(await asyncio.gather(*tasks))


async def _normal(house: House, seconds: float) -> list[float]:
    """Events one after the other for that long; how long each took."""
    until, taken, number = time.monotonic() + seconds, list[float](), 0
    while time.monotonic() < until:
        number += 1
        event = an_event(f"SO-{number}", "order_paid", ago(minutes=1))
        answer = await house.ask("POST", "/events", json=event)
        assert answer.status == 202
        taken.append(answer.seconds)
        await asyncio.sleep(0.02)
    return taken


async def _survive(folder: Path, normal_seconds: float, pause: float, cut_within: float) -> None:
    async with a_house(folder) as house:
        began = time.monotonic()
        async with _dripping(house, pause) as statuses:
            taken = await _normal(house, normal_seconds)
        assert time.monotonic() - began <= cut_within
        assert statuses == {
            "headers": {0: EACH},
            "second request": {200: EACH},
            "body": {408: EACH},
            "slack": {401: EACH},
        }
        assert sorted(taken)[int(len(taken) * 0.99)] <= SLOWEST
        assert (await house.ask("GET", "/readyz")).status == 200


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits, shorter."""
    monkeypatch.setattr(bot.process, "_IDLE_SECONDS", 1.5)
    monkeypatch.setattr(bot.process, "_LINGER_SECONDS", 0.5)
    monkeypatch.setattr(handlers.api.bodies, "_READ_SECONDS", 1.5)
    monkeypatch.setattr(handlers.slack.receiver, "READ_SECONDS", 1.5)


@pytest.mark.usefixtures("_impatient")
async def test_slow_connections(tmp_path: Path) -> None:
    """With every limit at 1.5 s all 200 are cut off, and meanwhile events are taken as ever."""
    await _survive(tmp_path, normal_seconds=2, pause=0.2, cut_within=30)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_slow_connections_with_the_true_limits(tmp_path: Path) -> None:
    """Headers are cut after 75 s, bodies after 30 s and the reading away of their rest."""
    await _survive(tmp_path, normal_seconds=60, pause=0.5, cut_within=120)
