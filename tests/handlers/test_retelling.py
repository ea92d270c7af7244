"""A rejected delivery is read again from its letter as it would be read now, or said not to be."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.ingest.fetch import Errand, FetchFailedError
from handlers.ingest.intake import Intake, packaged_codes, packaged_intake
from handlers.ingest.letters import MAX_TEXT
from handlers.ingest.retelling import Retelling
from handlers.ingest.signatures import sign
from jobs.replay_dead_letters import NotKept, Retold
from policies.records import DeadLetter
from policies.source_codes import read_source_codes
from tests.handlers.test_shopify import ORDER
from tests.handlers.test_source_carrier import AT7
from tests.handlers.world import NOW, SECRET, World

EVENT: dict[str, Any] = {
    "event_id": "evt-1",
    "source": "wms",
    "event_type": "order_paid",
    "order_id": "SO-1",
    "occurred_at": "2026-03-02T11:00:00Z",
}
AHEAD = EVENT | {"occurred_at": "2026-03-04T12:00:00Z"}
OWN_CODES = 'version: "1"\npartners:\n  ABCD: {x12: {ZZ: manifested}}\n'


async def no_secrets(_tenant_id: int, _source: str) -> Sequence[str]:
    """There is no hook."""
    return ()


RETELL = Retelling(intake=packaged_intake(), secrets=no_secrets)


async def letter_of(world: World, body: object, path: str = "/events", **given: Any) -> DeadLetter:  # noqa: ANN401
    """The letter that a rejected delivery leaves."""
    status, _ = await world.send(body, path, **given)
    assert status in (409, 413, 422, 200)
    return (await world.letters())[0]


async def read_later(letter: DeadLetter, days: int = 0) -> Retold:
    """What it tells some days later."""
    told = await RETELL(letter, NOW + timedelta(days=days))
    assert isinstance(told, Retold)
    return told


async def test_what_was_too_early_can_be_read_in_time(world: World) -> None:
    """An event from the future is rejected until its time has come."""
    letter = await letter_of(world, AHEAD)
    assert "24 hours ahead" in str((await read_later(letter)).reason)
    told = await read_later(letter, days=2)
    (event,) = told.events
    assert (told.reason, event.tenant_id, event.event.order_id) == (None, 1, "SO-1")
    assert event.received_at == NOW + timedelta(days=2)
    assert event.event.correlation_id == letter.correlation_id


async def test_an_event_of_a_batch_is_read_alone(world: World) -> None:
    """Of a batch only what was rejected is in a letter, each for itself."""
    letter = await letter_of(world, {"events": [EVENT, AHEAD | {"event_id": "evt-2"}]})
    told = await read_later(letter, days=2)
    assert [one.event.event_id for one in told.events] == ["evt-2"]


async def test_a_source_is_asked_again_with_its_own_headers(world: World) -> None:
    """Shopify's topic and its id of the delivery come with the letter; no signature does."""
    proof = {"X-Shopify-Topic": "orders/paid", "X-Shopify-Event-Id": "e-9"}
    body = ORDER | {"processed_at": "2026-03-04T12:00:00Z"}
    raw = json.dumps(body).encode()
    signed = proof | {"X-Shopify-Hmac-Sha256": sign("x", raw)}
    letter = await letter_of(world, body, "/ingest/shopify", headers=signed)
    assert letter.payload["headers"] == proof
    assert json.loads(letter.payload["body"]) == body
    (event,) = (await read_later(letter, days=2)).events
    assert (event.event.event_id, event.event.event_type) == ("orders/paid:e-9", "order_paid")
    assert event.event.source == "shopify"


async def test_a_mended_map_of_codes_helps(world: World) -> None:
    """A body is translated anew, so that a code that the operator explained meanwhile counts."""
    body = AT7 | {"status_code": "ZZ", "occurred_at": "2026-03-04T12:00:00Z"}
    letter = await letter_of(world, body, "/ingest/carrier")
    codes = read_source_codes(OWN_CODES, "own.yaml").over(packaged_codes())
    intake = Intake(codes=codes, fetcher=packaged_intake().fetcher)
    told = await Retelling(intake=intake, secrets=no_secrets)(letter, NOW + timedelta(days=2))
    assert isinstance(told, Retold)
    assert [one.event.event_type for one in told.events] == ["manifested"]


async def test_a_delivery_still_wrong_says_what_is(world: World) -> None:
    """Nothing is made up of a body that is as wrong as before."""
    letter = await letter_of(world, EVENT | {"order_id": ""})
    told = await read_later(letter)
    assert told.events == ()
    assert str(told.reason).startswith("order_id: ")
    letter = await letter_of(world, b"{no json")
    assert "not JSON" in str((await read_later(letter)).reason)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"event_id": "evt-1", "order_id": "SO-\xff"}',
        json.dumps(EVENT | {"order_id": "", "payload": {"x": "y" * MAX_TEXT}}).encode(),
        b'{"event_id": "evt-1", "payload": {"weight": NaN}}',
        b'{"event_id": "evt-1", "event_id": "evt-2"}',
        b'{"payload": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        json.dumps(EVENT | {"payload": {"x": "y" * (600 * 1024)}}).encode(),
    ],
    ids=["empty", "not UTF-8", "cut", "NaN", "twice", "deep", "too large"],
)
async def test_what_is_not_whole_is_not_read_again(world: World, body: bytes) -> None:
    """A body that was cut, or in which something was replaced, is its sender's to send again."""
    letter = await letter_of(world, body)
    told = await RETELL(letter, NOW)
    assert told == NotKept() or (isinstance(told, Retold) and told.reason and not told.events)
    assert letter.payload["whole"] is False or body[:12] == b'{"payload": '


async def test_letters_of_earlier_versions_are_not_read(world: World) -> None:
    """A letter that does not say that its body is whole is taken for one that is not."""
    letter = await letter_of(world, AHEAD)
    old = {name: letter.payload[name] for name in ("source", "body", "truncated")}
    assert await RETELL(replace(letter, payload=old), NOW + timedelta(days=2)) == NotKept()


async def test_a_fact_that_is_told_again_and_again_keeps_its_proof(world: World) -> None:
    """A tracker's scan that is replayed is the one that the next history repeats."""
    scans = [
        {"status": "in_transit", "datetime": "2026-03-02T10:00:00Z"},
        {"status": "delivered", "datetime": "2026-03-04T12:00:00Z"},
    ]
    tracker = {"tracking_code": "1Z9", "carrier": "UPS", "tracking_details": scans}
    body = {"description": "tracker.updated", "result": tracker | {"id": "trk_1"}}
    letter = await letter_of(world, body, "/ingest/easypost")
    assert letter.payload["by_id"] is True
    told = await read_later(letter, days=2)
    (replayed,) = told.events
    assert replayed.event.event_type == "delivered"
    await world.log.record(told.events)
    object.__setattr__(world.services, "business_now", lambda: NOW + timedelta(days=2))
    status, answer = await world.send(body, "/ingest/easypost")
    assert (status, answer) == (200, {"accepted": 0, "duplicates": 2, "rejected": []})


async def test_a_thin_webhook_is_fetched_with_the_hooks_secret() -> None:
    """What a webhook points at is fetched again; while the host is silent the letter waits."""
    asked: list[Errand] = []

    class Host:
        async def fetch(self, errand: Errand) -> bytes:
            asked.append(errand)
            raise FetchFailedError

    async def secrets(tenant_id: int, source: str) -> Sequence[str]:
        assert (tenant_id, source) == (1, "shipstation")
        return [SECRET]

    thin = {"resource_url": "https://ssapi.shipstation.com/x", "resource_type": "SHIP_NOTIFY"}
    letter = DeadLetter(
        tenant_id=1,
        kind="event",
        subject="a delivery from shipstation",
        reason="resource_url: no answer",
        payload={"source": "shipstation", "body": json.dumps(thin), "whole": True},
    )
    retell = Retelling(intake=Intake(codes=packaged_codes(), fetcher=Host()), secrets=secrets)
    told = await retell(letter, NOW)
    assert isinstance(told, Retold)
    assert str(told.reason).startswith("resource_url: ")
    assert [list(errand.credentials) for errand in asked] == [[SECRET]]


async def test_a_replay_over_http_reads_it_again(world: World) -> None:
    """The API's replay takes in what can be read now, and a dry run only says so."""
    letter = await letter_of(world, AHEAD)
    object.__setattr__(world.services, "retell", RETELL)
    object.__setattr__(world.services, "business_now", lambda: NOW + timedelta(days=2))
    ids = {"ids": [letter.id]}
    for body in (ids | {"dry_run": True}, ids):
        _, answer = await world.send(body, "/api/dead-letters/replay", key="admin")
        assert answer["items"] == [{"id": letter.id, "result": "replayed"}]
    assert (await world.letters())[0].state == "replayed"
    assert [one.event.event_id for one in world.storage.state.events.values()] == ["evt-1"]
