"""Calls of configured actions over real HTTP: signed, once, in time, to nobody private."""

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from bot.actions import HttpCaller
from policies.attempts import AttemptState
from policies.http_actions import HttpAction
from policies.resolution import ResolutionBook
from tests.jobs.resolutions import attempts, resolving_of, rules, run
from tests.jobs.world import World, open_world
from tests.policies.builders import at

SECRET = "a secret of the warehouse"
ACTION = HttpAction(name="hold_order", url="", secret=SECRET)


@dataclass
class Warehouse:
    """A receiver that checks signatures and does each key once, as it should be built."""

    status: int = 200
    words: str = "held"
    seconds: float = 0.0
    url: str = ""
    heard: list[str] = field(default_factory=list)
    bodies: dict[str, object] = field(default_factory=dict)

    async def hold(self, request: web.Request) -> web.Response:
        """Verifies, notes the key, does it once, answers."""
        body = await request.read()
        key, stamp = request.headers["Idempotency-Key"], request.headers["X-E2A-Timestamp"]
        told = f"v1:{stamp}:{key}:".encode() + body
        expected = hmac.new(SECRET.encode(), told, hashlib.sha256).hexdigest()
        if request.headers["X-E2A-Signature"] != f"v1={expected}":
            return web.Response(status=401, text="this signature is not ours")
        self.heard.append(key)
        self.bodies.setdefault(key, json.loads(body))
        await asyncio.sleep(self.seconds)
        headers = {"Location": f"{self.url}/elsewhere"} if self.status == 302 else None
        return web.Response(status=self.status, text=self.words, headers=headers)

    @property
    def request(self) -> dict[str, object]:
        """A call as it is fixed when it is chosen."""
        return {"method": "POST", "url": f"{self.url}/hold", "body": {"order": "SO-1"}}


@pytest.fixture
async def warehouse() -> AsyncIterator[Warehouse]:
    """One that runs on loopback."""
    receiver = Warehouse()
    app = web.Application()
    app.router.add_post("/hold", receiver.hold)
    server = TestServer(app)
    await server.start_server()
    receiver.url = str(server.make_url("")).rstrip("/")
    yield receiver
    await server.close()


def caller(seconds: float = 5.0) -> HttpCaller:
    """One that the operator lets call loopback."""
    return HttpCaller(["127.0.0.1"], seconds=seconds)


async def test_the_receiver_can_verify_the_call(warehouse: Warehouse) -> None:
    """Signature, key and body arrive as documented; the answer is kept."""
    answered = await caller().call(ACTION, warehouse.request, "k-1", at(0))
    assert (answered.status, answered.words, answered.done) == (200, "held", True)
    assert warehouse.bodies == {"k-1": {"order": "SO-1"}}
    other = replace(ACTION, secret="another secret, somebody else's")
    answered = await caller().call(other, warehouse.request, "k-2", at(0))
    assert (answered.status, answered.done, answered.again) == (401, False, False)


@pytest.mark.parametrize(
    ("status", "done", "again"),
    [
        pytest.param(204, True, False, id="done"),
        pytest.param(302, False, False, id="a redirect is not followed"),
        pytest.param(404, False, False, id="refused"),
        pytest.param(429, False, True, id="too many"),
        pytest.param(500, False, True, id="broken"),
    ],
)
async def test_answers_are_told_apart(
    warehouse: Warehouse, status: int, done: object, again: object
) -> None:
    """Done, refused, or to be repeated with the same key."""
    warehouse.status = status
    answered = await caller().call(ACTION, warehouse.request, "k", at(0))
    assert (answered.status, answered.done, answered.again) == (status, done, again)
    assert warehouse.heard == ["k"]


async def test_the_secret_is_not_kept_from_an_echo(warehouse: Warehouse) -> None:
    """A receiver that sends back what it knows does not put the secret into our records."""
    warehouse.words = f"your secret is {SECRET}\n" + "x" * 9000
    answered = await caller().call(ACTION, warehouse.request, "k", at(0))
    assert answered.words.startswith("your secret is [secret] xxx")
    assert len(answered.words) == 200


async def test_a_call_does_not_wait_for_ever(warehouse: Warehouse) -> None:
    """No answer in time: nobody knows whether it was done."""
    warehouse.seconds = 5.0
    answered = await caller(0.1).call(ACTION, warehouse.request, "k", at(0))
    assert (answered.status, answered.done, answered.again) == (None, False, True)
    assert answered.words == "no answer within 0.1 s"


async def test_nobody_at_home_is_asked_again(unused_tcp_port: int) -> None:
    """A connection that is refused may be taken later."""
    request = {"method": "POST", "url": f"http://127.0.0.1:{unused_tcp_port}/", "body": {}}
    answered = await caller().call(ACTION, request, "k", at(0))
    assert (answered.done, answered.again) == (False, True)


class Lying(AbstractResolver):
    """A resolver that leads every name to loopback, as an attacker's may."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """127.0.0.1."""
        return [
            ResolveResult(
                hostname=host,
                host=str(IPv4Address(0x7F000001)),
                port=port,
                family=family,
                proto=0,
                flags=0,
            )
        ]

    async def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hold",
        "https://[::1]/hold",
        "https://10.0.0.8/hold",
        "https://169.254.169.254/latest/meta-data",
        "http://wms.example.com/hold",
        "https://user:word@wms.example.com/hold",
        "ftp://wms.example.com/hold",
        "https://wms.example.com:99999/",
        "https://wms.example.com/hold",
    ],
)
async def test_private_addresses_are_refused(url: str) -> None:
    """By number, by a name that leads there, without TLS, with credentials: nothing is sent."""
    refusing = HttpCaller(["allowed.test"], resolver=Lying())
    request = {"method": "POST", "url": url, "body": {}}
    answered = await refusing.call(ACTION, request, "k", at(0))
    assert (answered.status, answered.done, answered.again) == (None, False, False)


def book_for(warehouse: Warehouse) -> ResolutionBook:
    """Acme's orders are held at that warehouse."""
    book = rules("{PICK_DELAY: [{do: hold_order, proved_by: [order_held]}]}")
    held = replace(ACTION, url=f"{warehouse.url}/hold", body={"order": "{order_id}"})
    return replace(book, actions={"Acme": {"hold_order": held}})


class KilledError(Exception):
    """The process is gone."""


async def killed() -> None:
    """Ends the run just before something is written."""
    raise KilledError


async def alive() -> None:
    """Lets it go on."""


async def killed_before_the_record(warehouse: Warehouse, minute: float) -> World:
    """A world whose run called the warehouse and was killed before it could note that."""
    world = await open_world()
    await world.late_order()
    resolving = resolving_of(world.storage, world.promises, book_for(warehouse), caller())
    world.storage.interruptions = [alive, alive, alive, killed]
    with pytest.raises(KilledError):
        await run(resolving, minute)
    world.storage.interruptions = []
    return world


async def test_a_kill_between_call_and_record_repeats_with_the_same_key(
    warehouse: Warehouse,
) -> None:
    """Started and not noted: found again when the lease is over, done once by the receiver."""
    world = await killed_before_the_record(warehouse, 130)
    assert attempts(world)[0].state is AttemptState.STARTED
    resolving = resolving_of(world.storage, world.promises, book_for(warehouse), caller())
    await run(resolving, 130.5)
    assert len(warehouse.heard) == 1
    await run(resolving, 132)
    assert len(warehouse.heard) == 2
    assert len(warehouse.bodies) == 1
    assert attempts(world)[0].state is AttemptState.WAITING
    assert world.record().resolution_attempts == 1


async def test_what_was_interrupted_is_not_repeated_against_a_block(warehouse: Warehouse) -> None:
    """A person's block after the kill holds: the call counts as failed and is not made again."""
    world = await killed_before_the_record(warehouse, 130)
    async with world.storage.write() as tx:
        before = world.record()
        stopped = replace(before, resolution_blocked=True, version=before.version + 1)
        assert await tx.exceptions.save(stopped, was=before.version)
    resolving = resolving_of(world.storage, world.promises, book_for(warehouse), caller())
    await run(resolving, 132)
    assert (len(warehouse.heard), attempts(world)[0].state) == (1, AttemptState.FAILED)


async def test_a_broken_receiver_is_an_attempt_once_its_repetitions_are_used_up(
    warehouse: Warehouse,
) -> None:
    """Three calls with one key, then it has failed; the next attempt has a key of its own."""
    warehouse.status, warehouse.words = 500, "out of order"
    world = await open_world()
    await world.late_order()
    counted: list[str] = []
    bare = resolving_of(world.storage, world.promises, book_for(warehouse), caller())
    resolving = replace(bare, observe=counted.append)
    for minute in (130, 132, 138):
        await run(resolving, minute)
    first = attempts(world)[0]
    assert (first.state, first.status, first.response) == (
        AttemptState.FAILED,
        500,
        "out of order",
    )
    assert (warehouse.heard, counted) == ([first.key] * 3, ["failed"])
    for minute in (139, 141, 147):
        await run(resolving, minute)
    assert len(set(warehouse.heard)) == 2
    assert world.record().resolution_block_reason == "Maximum resolution attempts (2) reached"
