"""Ingestion at its limits, through the real door: what is refused is told so and stores nothing."""

import asyncio
import hashlib
import hmac
import io
import json
import time
from base64 import b64encode
from pathlib import Path

import aiohttp

from tests.faults.house import Answer, House, a_house
from tests.faults.test_locked_file import locked
from tests.stories.harness import SECRET, ago, an_event, eventually, wall

RATE = 50


def event(name: str) -> dict[str, object]:
    """An event whose id and order are that name."""
    return an_event(name, "order_paid", ago(minutes=1), name)


def batch(prefix: str, count: int) -> dict[str, object]:
    """That many events."""
    return {"events": [event(f"{prefix}-{n}") for n in range(count)]}


async def another_key(house: House) -> str:
    """A second key of the same tenant."""
    async with house.bot.storage.write() as tx:
        (tenant,) = await tx.tenants.all()
        key, _ = await tx.keys.create(tenant.id, frozenset({"ingest"}), wall())
    return key


async def a_hook(house: House, body: bytes) -> tuple[str, dict[str, str]]:
    """The path of a signed hook, and the headers that open it for this body."""
    async with house.bot.storage.write() as tx:
        (tenant,) = await tx.tenants.all()
        hook = await tx.hooks.add(tenant.id, "wms", SECRET, wall())
    signature = b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    return f"/hooks/{hook.id}", {"X-E2A-Hmac-Sha256": signature}


def retry_after(answer: Answer) -> int:
    """The whole seconds after which to come back."""
    return int(answer.headers["Retry-After"])


async def test_a_batch_counts_its_events(tmp_path: Path) -> None:
    """A key over its rate gets 429 until its batch is paid off; another key goes on."""
    async with a_house(tmp_path, ingest_rate_per_key=RATE) as house:
        began = time.monotonic()
        assert (await house.ask("POST", "/events", json=batch("a", 3 * RATE))).status == 200
        refused = await house.ask("POST", "/events", json=event("late"))
        assert (refused.status, refused.body["error"]) == (429, "rate_limited")
        assert retry_after(refused) in (2, 3)
        other = {"Authorization": f"Bearer {await another_key(house)}"}
        async with house.http.post("/events", json=event("other"), headers=other) as answer:
            assert answer.status == 202
        assert "late" not in await house.stored()

        async def taken() -> bool:
            return (await house.ask("POST", "/events", json=event("late"))).status == 202

        await eventually(taken)
        assert time.monotonic() - began >= 1.9
        expected = [*(f"a-{n}" for n in range(3 * RATE)), "other", "late"]
        assert sorted(await house.stored()) == sorted(expected)


async def test_the_key_counts_and_not_the_address(tmp_path: Path) -> None:
    """The same key from another address, or through another one's header, is as limited."""
    async with a_house(tmp_path, ingest_rate_per_key=RATE) as house:
        await house.ask("POST", "/events", json=batch("a", 5 * RATE))
        elsewhere = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
        headers = {**house.authority, "X-Forwarded-For": "203.0.113.9"}
        async with (
            aiohttp.ClientSession(house.url, connector=elsewhere, headers=headers) as http,
            http.post("/ingest/wms", json=event("b")) as answer,
        ):
            assert answer.status == 429
        assert "b" not in await house.stored()


async def test_a_full_queue_refuses_at_every_door(tmp_path: Path) -> None:
    """Over INGEST_MAX_PENDING a single event, a batch and a hook get 503 at once, and are lost."""
    body = json.dumps(event("hook")).encode()
    async with a_house(tmp_path, ingest_max_pending=3) as house:
        path, signed = await a_hook(house, body)
        async with house.http.post(path, data=body, headers=signed) as answer:
            assert answer.status == 202
        async with locked(tmp_path / "e2a.db"):
            waiting: list[asyncio.Task[Answer]] = []
            while house.bot.writer.pending < 4:  # the writer takes what comes before it is stuck
                asked = house.ask("POST", "/events", json=batch(f"w{len(waiting)}", 4))
                waiting.append(asyncio.create_task(asked))
                await asyncio.sleep(0.2)
            refused = [
                await house.ask("POST", "/events", json=event("single")),
                await house.ask("POST", "/events", json=batch("batch", 10)),
            ]
            async with house.http.post(path, data=body, headers=signed) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert [(one.status, one.body["error"]) for one in refused] == [(503, "unavailable")] * 2
        assert all(retry_after(one) >= 1 for one in refused)
        assert max(one.seconds for one in refused) < 2
        taken = [await one for one in waiting]
        stored = await house.stored()
        assert len(stored) == 1 + sum(one.body["accepted"] for one in taken if one.status == 200)
        assert not {"single", "batch-0"} & set(stored)
        assert (await house.ask("POST", "/events", json=event("single"))).status == 202


async def test_a_batch_with_rejections(tmp_path: Path) -> None:
    """Of a thousand the bad ones are named by their index, and the others are all there."""
    async with a_house(tmp_path) as house:
        await house.ask("POST", "/events", json=event("a-500"))
        events = batch("a", 1000)["events"]
        assert isinstance(events, list)
        events[3] = {**events[3], "occurred_at": "soon"}
        events[500] = {**events[500], "order_id": "another"}
        events[999] = None
        answer = await house.ask("POST", "/events", json={"events": events})
        assert (answer.status, answer.body["accepted"], answer.body["duplicates"]) == (200, 997, 0)
        told = {one["index"]: one["issues"][0]["path"] for one in answer.body["rejected"]}
        assert told == {3: "occurred_at", 500: "event_id", 999: "body"}
        assert len(await house.stored()) == 998
        again = await house.ask("POST", "/events", json={"events": events})
        assert (again.body["accepted"], again.body["duplicates"]) == (0, 997)


async def test_a_batch_over_its_limits(tmp_path: Path) -> None:
    """1,001 events are 422 with their number's limit, more than 1 MiB is 413; nothing is stored."""
    async with a_house(tmp_path) as house:
        answer = await house.ask("POST", "/events", json=batch("a", 1001))
        assert (answer.status, answer.body["error"]) == (422, "invalid_event")
        (issue,) = answer.body["issues"]
        assert (issue["path"], issue["message"]) == ("events", "at most 1000 events at a time")
        large = {"events": [{**event(f"b-{n}"), "payload": {"x": "x" * 2000}} for n in range(600)]}
        answer = await house.ask("POST", "/events", data=io.BytesIO(json.dumps(large).encode()))
        assert (answer.status, answer.body["message"]) == (413, "The limit is 1024 KiB.")
        assert await house.stored() == []


async def test_a_length_is_refused_before_the_body(tmp_path: Path) -> None:
    """Who announces 2 GB gets 413 without having sent a byte of them."""
    async with a_house(tmp_path) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(house.url.split(":")[-1]))
        head = f"Host: x\r\nAuthorization: Bearer {house.key}\r\nContent-Length: {2 << 30}\r\n\r\n"
        writer.write(f"POST /events HTTP/1.1\r\n{head}".encode())
        line = await asyncio.wait_for(reader.readline(), 2)
        assert line.startswith(b"HTTP/1.1 413")
        writer.close()


async def test_a_sender_that_goes_away(tmp_path: Path) -> None:
    """Gone before the answer, at any moment: its event is there once or not at all, then once."""
    names = [f"gone-{n}" for n in range(60)]
    async with a_house(tmp_path) as house:
        for n, name in enumerate(names):
            await _send_and_go(house, name, seconds=n * 0.0002)
        before = await house.stored()
        assert len(before) == len(set(before))
        answers = [await house.ask("POST", "/events", json=_same(name)) for name in names]
        assert {answer.status for answer in answers} <= {200, 202}
        assert sorted(await house.stored()) == sorted(names)
        assert (await house.ask("GET", "/readyz")).status == 200


def _same(name: str) -> dict[str, object]:
    """An event that is the same whenever it is made."""
    return {**event(name), "occurred_at": "2026-01-05T08:00:00Z"}


async def _send_and_go(house: House, name: str, *, seconds: float) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", int(house.url.split(":")[-1]))
    body = json.dumps(_same(name))
    writer.write(
        f"POST /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {house.key}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    await writer.drain()
    await asyncio.sleep(seconds)
    writer.transport.abort()
