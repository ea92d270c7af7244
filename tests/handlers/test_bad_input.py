"""What strangers send never breaks us: every bad body is a 4xx that says where."""

import asyncio
import contextlib
import gzip
import json
import os
import zlib
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.api.routes import add_routes
from handlers.api.strict_json import MalformedError, flaws_of, read_json
from tests.handlers.world import World, event

KEY = {"Authorization": "Bearer ingest"}
EXAMPLES = int(os.environ.get("E2A_TEST_EXAMPLES", "150"))


def with_payload(text: str) -> bytes:
    """A valid event whose payload is this text."""
    return json.dumps(event(payload="@")).replace('"@"', text).encode()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", "body"),
        (b"null", "body"),
        (b"[]", "body"),
        (b"3", "body"),
        (b'{"event_id": ', "body"),
        (b"\xff\xfe{}", "body"),
        (b"\xef\xbb\xbf{}", "body"),
        (json.dumps(event()).encode("utf-16"), "body"),
        (json.dumps(event()).encode() + b"x", "body"),
        (b"[" * 10_000, "body"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "body"),
        (with_payload('{"a":' * 100 + "1" + "}" * 100), "payload"),
        (with_payload('{"a":' + "[" * 100 + "]" * 100 + "}"), "payload"),
        (with_payload('{"a": NaN}'), "payload.a"),
        (with_payload('{"a": [1, -Infinity]}'), "payload.a.1"),
        (with_payload('{"a": 1e400}'), "payload.a"),
        (with_payload('{"a": 1' + "0" * 400 + "}"), "payload.a"),
        (with_payload('{"a": 1' + "0" * 5000 + "}"), "payload.a"),
        (with_payload(r'{"a": "\u0000"}'), "payload.a"),
        (with_payload(r'{"a": "\ud800"}'), "payload.a"),
        (with_payload(r'{"\udfff": 1}'), r"payload.\udfff"),
        (with_payload('{"a": "\x00"}'), "body"),
        (with_payload('{"a": 1, "a": 1}'), "payload.a"),
        (with_payload('{"a": 1, "\\u0061": 2}'), "payload.a"),
        (b'{"event_id": "a", ' + json.dumps(event()).encode()[1:], "event_id"),
        (b'{"events": [], "events": []}', "events"),
        (b'{"events": NaN}', "events"),
    ],
)
async def test_bad_json_is_422_with_a_path(world: World, body: bytes, path: str) -> None:
    """Whatever JSON does not allow, or we do not, is named by its place."""
    status, answer = await world.send(body)
    assert (status, answer["error"]) == (422, "invalid_event")
    assert answer["issues"][0]["path"] == path
    assert len(await world.letters()) == 1


@pytest.mark.parametrize(
    "text",
    ['{"a":"\\\\u0000"}', '{"a":"\\ud83d\\ude00"}', '{"a":-0.0,"b":1e3,"c":0.1}', '{"a":"ä"}'],
)
async def test_unusual_json_is_taken(world: World, text: str) -> None:
    """An escaped backslash, a surrogate pair and a number in exponent form are fine."""
    assert (await world.send(with_payload(text)))[0] == 202


async def test_size_limits(world: World) -> None:
    """Over 512 KiB for one event and over 1 MiB for a batch is 413; a batch between is taken."""
    large = event(payload={"note": "x" * 520 * 1024})
    assert (await world.send(large))[0] == 413
    assert (await world.send(large, "/ingest/wms"))[0] == 413
    assert (await world.send({"events": [large]}))[0] == 200
    status, body = await world.send({"events": [large, large]})
    assert (status, body["error"]) == (413, "payload_too_large")
    assert len(await world.letters()) == 3


async def test_size_is_counted_while_reading(world: World) -> None:
    """A body without a length is cut off at the limit."""

    async def endless() -> Any:  # noqa: ANN401
        for _ in range(40):
            yield b"x" * 65536

    response = await world.client.post("/events", data=endless(), headers=KEY)
    assert response.status == 413


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP"])
async def test_compressed_bomb_is_refused(world: World, encoding: str) -> None:
    """A compressed body is not unpacked at all."""
    content = b"0" * 20_000_000
    bomb = gzip.compress(content) if "z" in encoding.lower() else zlib.compress(content)
    headers = KEY | {"Content-Encoding": encoding}
    response = await world.client.post("/events", data=bomb, headers=headers)
    assert 400 <= response.status < 500


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\x00", "\ud800", "2026-03-02T10:00:00Z", "order_paid", "shopify"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
events = st.fixed_dictionaries(
    {},
    optional={
        "event_id": values | st.just("evt"),
        "source": values | st.just("wms"),
        "event_type": values | st.just("order_paid"),
        "order_id": values | st.just("SO-1"),
        "occurred_at": values | st.just("2026-03-02T10:00:00Z"),
        "payload": values,
        "correlation_id": values,
        "events": values,
        "id": values,
        "name": values,
        "created_at": values,
        "updated_at": values,
        "cancelled_at": values,
        "financial_status": values | st.just("paid"),
        "line_items": values,
        "tags": values,
        "shipping_lines": values,
        "fulfillments": values,
        "total_price": values | st.sampled_from(["1e9999999", "sNaN", "0.001", "-5"]),
        "currency": values,
        "order_edit": values,
        "shipment_status": values,
        "tracking_number": values,
    },
)
batches = st.fixed_dictionaries({"events": st.lists(events | values, max_size=4)})
bodies = (events | batches | values).map(lambda v: json.dumps(v).encode()) | st.binary(max_size=64)
paths = st.sampled_from(["/events", "/ingest/wms", "/ingest/shopify", "/ingest/aftership"])


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=bodies, path=paths)
async def test_no_body_gives_a_5xx(world: World, body: bytes, path: str) -> None:
    """Generated bodies are taken or refused; the refusal has the one shape of errors."""
    response = await world.client.post(path, data=body, headers=KEY)
    answer = await response.json()
    assert response.status in (200, 202, 409, 422)
    if response.status > 202:
        assert {"error", "message", "correlation_id"} <= answer.keys()
        assert all(issue["path"] and issue["message"] for issue in answer["issues"])


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(value=values)
def test_reading_agrees_with_the_standard_decoder(value: object) -> None:
    """What has no flaw is read as the standard library reads it; the rest is named."""
    text = json.dumps(value)
    reading = read_json(text.encode())
    if reading.suspect and flaws_of(reading.value):
        assert any(sign in text for sign in ("NaN", "Infinity", r"\u0000", r"\ud", '"'))
    else:
        assert reading.value == json.loads(text)


@given(body=st.binary(max_size=200))
def test_bytes_are_json_or_malformed(body: bytes) -> None:
    """No bytes raise anything but MalformedError."""
    with contextlib.suppress(MalformedError):
        read_json(body)


async def test_client_that_goes_away(world: World) -> None:
    """A client that goes away in mid-body leaves neither a 500 nor a dead letter behind."""
    app = web.Application()
    add_routes(app, world.services)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    _, writer = await asyncio.open_connection(*runner.addresses[0][:2])
    writer.write(
        b"POST /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ingest\r\n"
        b"Content-Length: 100\r\n\r\n{"
    )
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.close()
    await writer.wait_closed()
    for _ in range(500):
        if world.watcher.requests:
            break
        await asyncio.sleep(0.01)
    await runner.cleanup()
    assert world.watcher.requests == [("/events", 400)]
    assert await world.letters() == []
