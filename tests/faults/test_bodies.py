"""Whatever is posted: never a 5xx, no more read than agreed, no error that tells too much."""

import asyncio
import hashlib
import hmac
import json
import os
import re
import resource
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from yarl import URL

import handlers.api.bodies
import handlers.slack.receiver
from demo.workspace.app import WorkspaceConfig, running_workspace
from tests.faults.bodies import Maker, Shot
from tests.faults.house import House, a_house
from tests.stories.harness import SECRET, TOKEN

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
AT_ONCE = 16
LEAK = re.compile(
    r'Traceback|File "|\.py\b|sqlite|psycopg|SELECT |INSERT |/site-packages/|/tmp/', re.ASCII
)
SHAPE = {"error", "message", "correlation_id"}
KIB = 1024


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A bot at work, and a workspace in which it knows who it is."""
    config = WorkspaceConfig(bot_token=TOKEN, signing_secret=SECRET, rate_limits=False)
    async with (
        running_workspace(config) as workspace,
        a_house(tmp_path, slack_api_url=workspace.api_url) as made,
    ):
        yield made


def _signed(body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))  # noqa: TID251 - the signature is of now
    text = b"v0:" + stamp.encode() + b":" + body
    digest = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


async def _shoot(house: House, shot: Shot) -> int:
    """The status; what is wrong with the answer fails here."""
    headers = {"Content-Type": shot.content_type} if shot.content_type else {}
    headers |= _signed(shot.body) if shot.signed else house.authority
    url = URL(house.url + shot.path, encoded=True)
    async with house.http.request(shot.method, url, data=shot.body, headers=headers) as answer:
        text = await answer.text()
    assert answer.status < 500, (shot, text)
    if answer.status >= 400 and not shot.signed:
        assert json.loads(text).keys() >= SHAPE, (shot, text)
        assert not LEAK.search(text.replace("../../etc/passwd", "")), (shot, text)
    return answer.status


async def _fire(house: House, shots: Iterable[Shot]) -> Counter[int]:
    waiting = iter(shots)
    statuses: Counter[int] = Counter()

    async def one_after_the_other() -> None:
        for shot in waiting:
            statuses[await _shoot(house, shot)] += 1

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return statuses


async def _survive(house: House, count: int) -> None:
    statuses = await _fire(house, Maker(seed=11).shots(count))
    assert statuses.total() == count
    assert {200, 401, 404, 422} <= set(statuses)
    assert (await house.ask("GET", "/readyz")).status == 200


async def test_a_thousand_bodies(house: House) -> None:
    """1,200 made bodies over every door give no 5xx, and every refusal has the one shape."""
    await _survive(house, 1200)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_ten_thousand_bodies(house: House) -> None:
    """The same for ten thousand."""
    await _survive(house, 10_000)


DOORS = {
    "/events": (1024, 413),
    "/ingest/wms": (512, 413),
    "/ingest/shopify": (512, 413),
    "/hooks/none": (512, 413),
    "/api/dead-letters/replay": (1024, 413),
    "/api/policies/lint": (1024, 413),
    "/slack/events": (1024, 401),
}
"""KiB that are read, and what more than that is answered with."""


async def _streamed(size: int) -> AsyncIterator[bytes]:
    for _ in range(size + 1):
        yield b"x" * KIB


async def test_no_door_reads_without_end(house: House) -> None:
    """A body over the door's limit is refused, whether its length is told or not."""
    for path, (size, status) in DOORS.items():
        for body in (BytesIO(b"x" * (size * KIB + 1)), _streamed(size)):
            answer = await house.ask("POST", path, data=body)
            assert (path, answer.status) == (path, status)
            assert answer.body.keys() >= SHAPE


def _packed_zeros(window: int) -> bytes:
    """Bit by bit, so that it takes no memory to make."""
    packer = zlib.compressobj(wbits=window)
    parts = [packer.compress(b"0" * KIB * KIB) for _ in range(64)]
    return b"".join(parts) + packer.flush()


def _bombs() -> dict[str, bytes]:
    """Small bodies by their encoding, which would unpack to 64 MiB."""
    packed, deflated = _packed_zeros(31), _packed_zeros(15)
    kinds = ("gzip", "GZip", "gzip, gzip", "zstd")
    return dict.fromkeys(kinds, packed) | {"deflate": deflated, "br": deflated}


async def test_bombs_stay_packed(house: House) -> None:
    """A compressed body is refused, and no memory is spent on unpacking it."""
    bombs = _bombs()
    assert max(map(len, bombs.values())) < 400 * KIB
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path, (_, status) in DOORS.items():
        for encoding, bomb in bombs.items():
            headers = house.authority | {"Content-Encoding": encoding}
            async with house.http.post(path, data=BytesIO(bomb), headers=headers) as answer:
                assert (path, answer.status) == (path, 415 if status == 413 else 401)
                assert (await answer.json()).keys() >= SHAPE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * KIB


async def _raw(house: House, request: bytes) -> bytes:
    """What comes back to bytes on the wire, until the other side hangs up or is silent."""
    url = URL(house.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    heard = b""
    with suppress(ConnectionError, TimeoutError):
        writer.write(request)
        await writer.drain()
        async with asyncio.timeout(3):
            while some := await reader.read(4096):
                heard += some
                if b"\r\n\r\n" in heard:
                    break
    writer.close()
    return heard


LIES = {
    "more promised than sent": b"Content-Length: 5000\r\n\r\n{}",
    "less promised than sent": b'Content-Length: 2\r\n\r\n{"event_id": 1}',
    "negative": b"Content-Length: -5\r\n\r\n{}",
    "no number": b"Content-Length: many\r\n\r\n{}",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}",
    "length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk without end": b"Transfer-Encoding: chunked\r\n\r\nFFFF\r\n{",
    "a chunk of no size": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a chunk size beyond all": b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 40 + b"\r\n{}",
    "an unknown transfer": b"Transfer-Encoding: gzip\r\n\r\n{}",
    "a header without end": b"X-Long: " + b"a" * 70_000,
    "a header of control characters": b"X-\x00\x01: \x02\r\nContent-Length: 2\r\n\r\n{}",
}


async def test_lies_on_the_wire(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that lies about itself gets a 4xx or no answer, and the next one is served."""
    monkeypatch.setattr(handlers.api.bodies, "_READ_SECONDS", 0.3)
    monkeypatch.setattr(handlers.slack.receiver, "READ_SECONDS", 0.3)
    key = f"Host: e2a\r\nAuthorization: Bearer {house.key}\r\n"
    for path in ("/events", "/slack/events"):
        head = f"POST {path} HTTP/1.1\r\n{key}".encode()
        heard = await asyncio.gather(*(_raw(house, head + lie) for lie in LIES.values()))
        answers = dict(zip(LIES, heard, strict=True))
        for name, answer in answers.items():
            assert re.match(rb"HTTP/1\.[01] 4\d\d|$", answer), (name, answer)
            assert not LEAK.search(answer.decode("latin-1")), (name, answer)
        assert sum(answer.startswith(b"HTTP/") for answer in answers.values()) >= 8
        assert (await house.ask("GET", "/livez")).status == 200
