"""Trackers: a history that is sent again and again, in any order, tells each scan once."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.ingest.signatures import sign
from policies.records import OrderKey
from tests.handlers.sources import events_of, facts_by, told_by
from tests.handlers.world import SECRET, World

Json = dict[str, Any]


def easypost(scans: list[tuple[str, str]], **changes: Any) -> Json:  # noqa: ANN401
    """A tracker's webhook, after EasyPost's documentation."""
    details = [
        {
            "object": "TrackingDetail",
            "message": "Hello Jo",
            "status": code.partition("/")[0],
            "status_detail": code.partition("/")[2] or None,
            "datetime": at,
            "tracking_location": {"city": "LYON", "country": "FR"},
        }
        for code, at in scans
    ]
    tracker = {"object": "Tracker", "tracking_code": "EZ1", "carrier": "UPS", "signed_by": "Jo"}
    result = tracker | {"tracking_details": details} | changes
    return {"object": "Event", "description": "tracker.updated", "result": result}


def shippo(scans: list[tuple[str, str]], **changes: Any) -> Json:  # noqa: ANN401
    """A track's webhook, after Shippo's documentation; the latest status is there twice."""
    statuses = [
        {
            "status": code.partition("/")[0],
            "substatus": {"code": code.partition("/")[2], "text": "Hello"},
            "status_date": at,
            "object_id": f"changes-{len(scans)}",
        }
        for code, at in scans
    ]
    track = {"tracking_number": "SP1", "carrier": "usps", "tracking_history": statuses}
    latest = statuses[-1] if statuses else None
    return {"event": "track_updated", "data": track | {"tracking_status": latest} | changes}


def shipengine(scans: list[tuple[str, str]], **changes: Any) -> Json:  # noqa: ANN401
    """A track's webhook, after ShipEngine's documentation."""
    events = [
        {
            "status_code": code.partition("/")[0],
            "status_detail_code": code.partition("/")[2] or None,
            "occurred_at": at,
            "description": "Hello Jo",
        }
        for code, at in scans
    ]
    track = {"tracking_number": "SE1", "carrier_code": "ups", "status_code": "UN", "events": events}
    return {"resource_type": "API_TRACK", "data": track | changes}


def aftership(scans: list[tuple[str, str]], **changes: Any) -> Json:  # noqa: ANN401
    """A tracking's webhook, after AfterShip's documentation."""
    points = [
        {
            "tag": code.partition("_")[0],
            "subtag": code,
            "checkpoint_time": at,
            "message": "Hello Jo",
        }
        for code, at in scans
    ]
    msg = {"tracking_number": "AS1", "slug": "dhl", "tag": "Pending", "checkpoints": points}
    return {"event": "tracking_update", "ts": 1, "event_id": "x", "msg": msg | changes}


Write = Callable[..., Json]
WAYS: dict[str, tuple[Write, list[tuple[str, str]], list[str]]] = {
    "easypost": (
        easypost,
        [
            ("pre_transit", "2026-03-01T08:00:00Z"),
            ("in_transit/arrived_at_facility", "2026-03-02T08:00:00Z"),
            ("failure/address_correction", "2026-03-03T08:00:00Z"),
            ("unknown", "2026-03-03T09:00:00Z"),
            ("failure", "2026-03-04T08:00:00Z"),
            ("in_transit/brand_new_word", "2026-03-04T12:00:00Z"),
            ("delivered", "2026-03-05T08:00:00Z"),
        ],
        [
            "label_created",
            "in_transit",
            "address_invalid",
            "exception_reported",
            "in_transit",
            "delivered",
        ],
    ),
    "shippo": (
        shippo,
        [
            ("UNKNOWN", "2026-03-01T07:00:00Z"),
            ("PRE_TRANSIT/information_received", "2026-03-01T08:00:00Z"),
            ("TRANSIT/package_accepted", "2026-03-02T08:00:00Z"),
            ("FAILURE", "2026-03-03T08:00:00Z"),
            ("DELIVERED/delivered", "2026-03-05T08:00:00Z"),
        ],
        ["label_created", "carrier_picked_up", "exception_reported", "delivered"],
    ),
    "shipengine": (
        shipengine,
        [
            ("NY", "2026-03-01T07:00:00Z"),
            ("AC", "2026-03-01T08:00:00Z"),
            ("EX/PARCEL_DAMAGED", "2026-03-02T08:00:00Z"),
            ("AT", "2026-03-03T08:00:00Z"),
            ("XX", "2026-03-04T08:00:00Z"),
            ("DE", "2026-03-05T08:00:00"),
        ],
        ["label_created", "package_damaged", "delivery_attempted", "tracking_updated", "delivered"],
    ),
    "aftership": (
        aftership,
        [
            ("Pending_001", "2026-03-01T07:00:00Z"),
            ("InfoReceived_001", "2026-03-01T08:00:00Z"),
            ("AttemptFail_002", "2026-03-02T08:00:00+02:00"),
            ("Exception_007", "2026-03-03T08:00:00Z"),
            ("Delivered_001", "2026-03-05T08:00:00"),
        ],
        ["label_created", "delivery_attempted", "address_invalid", "delivered"],
    ),
}


@pytest.mark.parametrize("source", WAYS)
def test_each_scan_is_one_fact(source: str) -> None:
    """Known codes tell their fact, unknown ones prove nothing, `unknown` itself tells none."""
    write, scans, expected = WAYS[source]
    events = events_of(source, write(scans))
    assert [event.event_type for event in events] == expected
    assert len({event.event_id for event in events}) == len(events)
    assert "Hello" not in json.dumps([dict(event.payload) for event in events])


@pytest.mark.parametrize("source", WAYS)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_any_order_of_deliveries_gives_the_same_facts(source: str, data: st.DataObject) -> None:
    """However often and in whatever order a growing history is sent, its facts are the same."""
    write, scans, _ = WAYS[source]
    lengths = data.draw(st.lists(st.integers(0, len(scans)), max_size=6))
    wanted = {(e.event_id, e.event_type, e.occurred_at) for e in events_of(source, write(scans))}
    heard = set()
    for length in data.draw(st.permutations([*lengths, len(scans)])):
        sent = data.draw(st.permutations(scans[:length]))
        body = write(sent, message=data.draw(st.text(max_size=3)))
        heard |= {(e.event_id, e.event_type, e.occurred_at) for e in events_of(source, body)}
    assert heard == wanted


@pytest.mark.parametrize(
    ("source", "changes", "order_id"),
    [
        ("easypost", {}, "tracking:EZ1"),
        ("easypost", {"reference": "#SO-7"}, "SO-7"),
        ("shippo", {}, "tracking:SP1"),
        ("shippo", {"metadata": "Order 000123"}, "000123"),
        ("shippo", {"metadata": "#SO-7"}, "SO-7"),
        ("shippo", {"metadata": "order: 12/7"}, "12/7"),
        ("shippo", {"metadata": "Gift for Jo, flat 7"}, "tracking:SP1"),
        ("shippo", {"metadata": "fragile"}, "tracking:SP1"),
        ("shipengine", {}, "tracking:SE1"),
        ("aftership", {}, "tracking:AS1"),
        ("aftership", {"order_id": "5001"}, "5001"),
        ("aftership", {"order_id": "5001", "order_number": "#SO-7"}, "SO-7"),
    ],
)
def test_the_order_is_the_merchants_reference(source: str, changes: Json, order_id: str) -> None:
    """The merchant's own reference names the order; without one the tracking number does."""
    write, scans, _ = WAYS[source]
    assert {event.order_id for event in events_of(source, write(scans, **changes))} == {order_id}


def test_a_status_without_history_is_dated_where_it_can_be() -> None:
    """A bare status tells its fact once, as of its arrival where nothing dates it."""
    delivered = shipengine([], status_code="DE", actual_delivery_date="2026-03-05T08:00:00Z")
    assert facts_by("shipengine", delivered) == [
        ("delivered", "tracking:SE1", "2026-03-05T08:00:00Z")
    ]
    (undated,) = told_by("shipengine", shipengine([], status_code="IT"))
    assert undated.by_id
    assert facts_by("aftership", aftership([])) == []
    (moving,) = facts_by("aftership", aftership([], tag="InTransit"))
    assert moving[:2] == ("in_transit", "tracking:AS1")


@pytest.mark.parametrize(
    ("source", "body", "path"),
    [
        ("easypost", {"result": {}}, "description"),
        ("easypost", {"description": "tracker.updated"}, "result"),
        ("easypost", {"description": "tracker.updated", "result": {}}, "result.tracking_code"),
        ("shippo", {}, "event"),
        ("shippo", {"event": "track_updated"}, "data.tracking_number"),
        ("shipengine", {}, "resource_type"),
        ("shipengine", {"resource_type": "API_TRACK"}, "data.tracking_number"),
        ("aftership", {"msg": {}}, "event"),
        ("aftership", {"event": "tracking_update"}, "msg.tracking_number"),
    ],
)
def test_what_cannot_be_read_is_named(source: str, body: Json, path: str) -> None:
    """A body that should tell something is refused with the vendor's own field."""
    (one,) = told_by(source, body)
    assert [issue.path for issue in one.refused] == [path]


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("easypost", {"description": "refund.successful", "result": {}}),
        ("shippo", {"event": "transaction_created", "data": {}}),
        ("shipengine", {"resource_type": "API_BATCH", "resource_url": "https://x"}),
        ("aftership", {"event": "tracking_pending_time", "msg": {}}),
        ("shiphero", {"webhook_type": "Inventory Update"}),
        ("shiphero", {"webhook_type": "Shipment Update", "test": "1"}),
    ],
)
async def test_what_is_of_no_interest_is_taken_and_not_kept(
    world: World, source: str, body: Json
) -> None:
    """A vendor that sends more than we read gets its 200: it would stop sending otherwise."""
    answer = await world.send(body, f"/ingest/{source}")
    assert answer == (200, {"accepted": 0, "duplicates": 0, "rejected": []})
    assert (world.log.recorded, await world.letters()) == (0, [])


async def test_a_history_sent_again_tells_only_what_is_new(world: World) -> None:
    """Signed end to end: again nothing, one scan more is one event, the first promise stays."""
    scans = [("pre_transit", "2026-03-01T08:00:00Z"), ("in_transit", "2026-03-02T08:00:00Z")]
    first = easypost(scans, est_delivery_date="2026-03-05T00:00:00Z")
    more = [*scans, ("out_for_delivery", "2026-03-02T11:00:00Z")]
    late = easypost(more, est_delivery_date="2026-03-09T00:00:00Z", carrier="UPSDAP")
    assert await post(world, first) == {"accepted": 2, "duplicates": 0, "rejected": []}
    assert await post(world, first) == {"accepted": 0, "duplicates": 2, "rejected": []}
    assert await post(world, late) == {"accepted": 1, "duplicates": 2, "rejected": []}
    async with world.storage.read() as tx:
        key = OrderKey(tenant_id=world.tenant.id, order_id="tracking:EZ1")
        events = (await tx.events.of_orders([key]))[key]
    promises = [event.payload["promised_delivery"] for event in events]
    assert promises == ["2026-03-05", "2026-03-05", "2026-03-09"]
    assert await world.letters() == []


async def test_a_scan_that_cannot_be_is_rejected_alone(world: World) -> None:
    """Of a history each scan stands for itself; the letter names the vendor's own field."""
    body = easypost([("in_transit", "2026-03-02T08:00:00Z"), ("delivered", "2099-01-01T00:00:00Z")])
    answer = await post(world, body)
    path = "result.tracking_details.1.datetime"
    message = "is more than 24 hours ahead"
    issues = [{"path": path, "message": message}]
    assert answer == {"accepted": 1, "duplicates": 0, "rejected": [{"index": 1, "issues": issues}]}
    (letter,) = await world.letters()
    assert (letter.order_id, letter.reason) == ("tracking:EZ1", f"{path}: {message}")


async def post(world: World, body: Json) -> Any:  # noqa: ANN401 - JSON
    """Posts a tracker as EasyPost signs it."""
    world.keys.hooks["easypost"] = replace(world.keys.hooks["easypost"], secrets=(SECRET,))
    raw = json.dumps(body).encode()
    headers = {"X-Hmac-Signature": "hmac-sha256-hex=" + _hex(sign(SECRET, raw))}
    status, answer = await world.send(raw, "/hooks/easypost", key=None, headers=headers)
    assert status == 200
    return answer


def _hex(signature: str) -> str:
    return base64.b64decode(signature).hex()
