"""POST /events and /ingest/{source}, answer by answer as the contract has it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rates import OwnLimits
from jobs.errors import TemporarilyUnavailableError
from tests.handlers.world import NOW, World, event, open_world


async def test_accepted_then_duplicate_then_conflict(world: World) -> None:
    """The first is 202, the same again 200, the same id with other content 409."""
    named = {"event_id": "evt-1", "order_id": "SO-1001"}
    assert await world.send(event()) == (202, {"status": "accepted", **named})
    assert await world.send(event()) == (200, {"status": "duplicate", **named})
    status, body = await world.send(event(payload={"items": 4}))
    assert (status, body["error"]) == (409, "event_conflict")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"occurred_at": "2026-03-02T11:00:00+01:00"}, 200),
        ({"correlation_id": "another"}, 200),
        ({"payload": {"items": 3.0}}, 200),
        ({"unknown_field": [1]}, 200),
        ({"occurred_at": "2026-03-02T10:00:00.001Z"}, 409),
        ({"order_id": "SO-1002"}, 409),
        ({"event_type": "pack_completed"}, 409),
        ({"source": "carrier"}, 202),
    ],
)
async def test_same_content_means_same_facts(
    world: World, changes: dict[str, object], status: int
) -> None:
    """Sameness is type, order, instant and payload; ids are per source."""
    await world.send(event())
    assert (await world.send(event(**changes)))[0] == status


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"event_id": ""}, "event_id"),
        ({"event_id": "x" * 129}, "event_id"),
        ({"event_id": 7}, "event_id"),
        ({"event_id": None}, "event_id"),
        ({"order_id": "x" * 129}, "order_id"),
        ({"order_id": False}, "order_id"),
        ({"source": ["wms"]}, "source"),
        ({"event_type": "Pick"}, "event_type"),
        ({"event_type": "p"}, "event_type"),
        ({"event_type": "pick_completed\n"}, "event_type"),
        ({"event_type": "x" * 65}, "event_type"),
        ({"occurred_at": "2026-03-02T10:00:00"}, "occurred_at"),
        ({"occurred_at": "2026-02-30T10:00:00Z"}, "occurred_at"),
        ({"occurred_at": "1999-12-31T23:59:59Z"}, "occurred_at"),
        ({"occurred_at": "2026-03-03T12:00:01Z"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59-23:59"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+23:59"}, "occurred_at"),
        ({"occurred_at": 1772445600}, "occurred_at"),
        ({"occurred_at": "2026-W10-1T10:00:00Z"}, "occurred_at"),
        ({"payload": []}, "payload"),
        ({"payload": None}, "payload"),
        ({"payload": "{}"}, "payload"),
        ({"correlation_id": 7}, "correlation_id"),
        ({"payload": {"a": ["x", "a\u0000b"]}}, "payload.a.1"),
        ({"order_id": "a\ud800b"}, "order_id"),
    ],
)
async def test_invalid_field_is_named(world: World, changes: dict[str, object], path: str) -> None:
    """A field that is wrong is 422 with its path, and kept as a dead letter with the reason."""
    status, body = await world.send(event(**changes))
    assert (status, body["error"]) == (422, "invalid_event")
    assert [issue["path"] for issue in body["issues"]] == [path]
    assert body["message"]
    assert body["correlation_id"]
    [letter] = await world.letters()
    assert (letter.kind, letter.state) == ("event", "waiting")
    assert letter.reason.startswith(f"{path}: ")
    assert json.loads(letter.payload["body"])["event_type"]


@pytest.mark.parametrize("field", ["event_id", "source", "event_type", "order_id", "occurred_at"])
async def test_missing_field_is_named(world: World, field: str) -> None:
    """What is not optional has to be there."""
    status, body = await world.send({key: v for key, v in event().items() if key != field})
    assert (status, body["issues"][0]["path"]) == (422, field)


@pytest.mark.parametrize("at", ["2000-01-01T00:00:00Z", "2026-03-03T12:00:00Z"])
async def test_time_bounds_are_inclusive(world: World, at: str) -> None:
    """Exactly 2000 and exactly 24 hours ahead are still in."""
    assert (await world.send(event(occurred_at=at)))[0] == 202


async def test_batch_takes_each_event_on_its_own(world: World) -> None:
    """A batch counts what it took and says by index what it did not take."""
    await world.send(event(event_id="old"))
    events = [
        event(event_id="a"),
        event(event_id="old"),
        event(event_id="old", order_id="SO-2"),
        event(event_id=7, occurred_at="yesterday"),
        "not an object",
        event(event_id="a"),
    ]
    status, body = await world.send({"events": events})
    assert status == 200
    assert (body["accepted"], body["duplicates"]) == (1, 2)
    paths = {
        rejected["index"]: [issue["path"] for issue in rejected["issues"]]
        for rejected in body["rejected"]
    }
    assert paths == {2: ["event_id"], 3: ["event_id", "occurred_at"], 4: ["body"]}
    conflict = {"path": "event_id", "message": "event_conflict"}
    assert body["rejected"][0]["issues"] == [conflict]
    assert len(await world.letters()) == 3


async def test_bad_value_spoils_its_own_event_only(world: World) -> None:
    """NaN in one event of a batch leaves its neighbours alone."""
    text = json.dumps({"events": [event(event_id="a", payload={"x": float("nan")}), event()]})
    status, body = await world.send(text.encode())
    assert (status, body["accepted"]) == (200, 1)
    assert body["rejected"][0]["issues"][0]["path"] == "payload.x"


@pytest.mark.parametrize(
    "events", [{"a": 1}, None, [event()] * 1001], ids=["object", "null", "1001"]
)
async def test_batch_that_is_none_is_refused(world: World, events: object) -> None:
    """`events` is a list of at most 1,000."""
    status, body = await world.send({"events": events})
    assert (status, body["issues"][0]["path"]) == (422, "events")


async def test_empty_batch_is_fine(world: World) -> None:
    """Nothing to do is no fault."""
    assert await world.send({"events": []}) == (
        200,
        {"accepted": 0, "duplicates": 0, "rejected": []},
    )


async def test_thousand_in_a_batch(world: World) -> None:
    """A thousand events are one request and one record."""
    events = [event(event_id=f"e{number}") for number in range(1000)]
    status, body = await world.send({"events": events})
    assert (status, body["accepted"], world.log.recorded) == (200, 1000, 1000)


async def test_source_defaults_to_the_address(world: World) -> None:
    """On /ingest/{source} the canonical form may leave its source out, and may not lie."""
    bare = {key: value for key, value in event().items() if key != "source"}
    assert (await world.send(bare, "/ingest/wms"))[0] == 202
    assert (await world.send(event(), "/ingest/wms"))[0] == 200
    status, body = await world.send(event(source="carrier"), "/ingest/wms")
    assert (status, body["issues"][0]["path"]) == (422, "source")
    status, body = await world.send(event(source=None), "/ingest/wms")
    assert (status, body["issues"][0]["path"]) == (422, "source")


@pytest.mark.parametrize(
    "source", ["easypost", "shiphero", "shipengine", "shipstation", "shippo", "aftership"]
)
async def test_every_source_takes_the_canonical_form(world: World, source: str) -> None:
    """A source takes canonical events too; of what is neither it says which field is missing."""
    assert (await world.send(event(source=source), f"/ingest/{source}"))[0] == 202
    status, body = await world.send({"object": "Event", "id": "evt_1"}, f"/ingest/{source}")
    assert status == 422
    assert body["issues"][0]["path"] in ("description", "event", "resource_type", "webhook_type")


async def test_unknown_source_is_not_found(world: World) -> None:
    """There is no address for a source that we do not know."""
    status, body = await world.send(event(), "/ingest/nobody")
    assert (status, body["error"]) == (404, "not_found")


async def test_rate_limit_counts_events_per_key() -> None:
    """Over the key's rate is 429 with Retry-After; another key is not held back."""
    now = NOW
    async with open_world(limits=OwnLimits(2), wall_now=lambda: now) as world:
        batch = {"events": [event(event_id=str(number)) for number in range(4)]}
        assert (await world.send(batch))[0] == 200
        status, body = await world.send(event())
        assert (status, body["error"]) == (429, "rate_limited")
        assert (await world.send(event(), key="other-ingest"))[0] == 202
        headers = {"Authorization": "Bearer ingest"}
        response = await world.client.post("/events", json=event(), headers=headers)
        assert int(response.headers["Retry-After"]) == 2
        now += timedelta(seconds=2)
        assert (await world.send(event()))[0] == 202


async def test_busy_storage_is_503_with_retry_after(world: World) -> None:
    """What cannot be stored now is asked for again, and nothing is said to be accepted."""
    world.log.failure = TemporarilyUnavailableError(2.5)
    headers = {"Authorization": "Bearer ingest"}
    response = await world.client.post("/events", json=event(), headers=headers)
    assert (response.status, response.headers["Retry-After"]) == (503, "3")
    assert (await response.json())["error"] == "unavailable"
    world.log.failure = None
    assert (await world.send(event()))[0] == 202


async def test_unexpected_failure_shows_nothing_of_the_inside(world: World) -> None:
    """A 500 has an id to quote and no SQL, path or trace."""
    world.log.failure = RuntimeError("SELECT secret FROM /etc/passwd")
    status, body = await world.send(event(), headers={"X-Request-Id": "req-7"})
    assert (status, body["error"], body["correlation_id"]) == (500, "internal_error", "req-7")
    assert "SELECT" not in json.dumps(body)


async def test_rejection_survives_a_failing_dead_letter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender gets its 422 although the letter could not be written."""

    async def fail(*_args: object, **_given: object) -> None:
        message = "disk full"
        raise OSError(message)

    monkeypatch.setattr("handlers.ingest.letters.keep_rejected", fail)
    assert (await world.send(event(event_id="")))[0] == 422
    assert await world.letters() == []


async def test_dead_letter_text_is_bounded(world: World) -> None:
    """A large rejected body is kept cut at 64 KiB, and says so."""
    await world.send(event(event_id="", payload={"note": "x" * 100_000}))
    [letter] = await world.letters()
    assert len(letter.payload["body"]) == 64 * 1024
    assert letter.payload["truncated"] is True
    assert letter.order_id == "SO-1001"


async def test_observer_is_told(world: World) -> None:
    """Every event is counted by source, type and result, and every request by its route."""
    await world.send({"events": [event(), event(source="mine", event_id="2"), 7]})
    assert sorted(world.watcher.events) == [
        ("events", "invalid", world.tenant.id, "rejected", 1),
        ("other", "pick_completed", world.tenant.id, "accepted", 1),
        ("wms", "pick_completed", world.tenant.id, "accepted", 1),
    ]
    assert world.watcher.requests == [("/events", 200)]


async def test_tenant_is_the_keys(world: World) -> None:
    """The same event of two tenants is two events, whatever the payload says."""
    assert (await world.send(event(tenant="globex")))[0] == 202
    assert (await world.send(event(), key="other-ingest"))[0] == 202


async def test_key_that_was_revoked_meanwhile(world: World) -> None:
    """A revoked key is refused from the next request on."""
    assert (await world.send(event()))[0] == 202
    world.keys.keys["ingest"] = replace(world.keys.keys["ingest"], revoked_at=NOW)
    assert (await world.send(event()))[0] == 401
