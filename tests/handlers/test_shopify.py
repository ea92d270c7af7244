"""Shopify's bodies become facts about orders: our own small ones, and the real ones."""

import json
from typing import Any

import pytest

from handlers.ingest.canonical import InvalidEventError
from handlers.ingest.shopify_facts import minor_units
from handlers.ingest.signatures import sign
from policies.facts import OrderEvent
from tests.handlers.sources import REAL, events_of, real_data
from tests.handlers.world import SECRET, World

ORDER: dict[str, Any] = {
    "id": 5001,
    "name": "#SO-7",
    "created_at": "2026-03-02T09:00:00-05:00",
    "processed_at": "2026-03-02T09:01:00-05:00",
    "updated_at": "2026-03-02T09:02:00-05:00",
    "cancelled_at": None,
    "financial_status": "pending",
    "currency": "USD",
    "total_price": "199.65",
    "tags": "rush, tier:gold, gift",
    "note": "Call me <!channel>",
    "note_attributes": [{"name": "promised_delivery", "value": "2026-03-05T23:59:59Z"}],
    "shipping_lines": [{"title": "ground"}],
    "shipping_address": {
        "name": "Jo Fields",
        "address1": "1 Lane",
        "zip": "2",
        "country_code": "US",
    },
    "customer": {"email": "jo@example.com", "tags": "tier:silver"},
    "line_items": [{"quantity": 2}, {"quantity": 3}],
    "email": "jo@example.com",
}
FULFILLMENT: dict[str, Any] = {
    "id": 7001,
    "order_id": 5001,
    "name": "#SO-7.2",
    "status": "success",
    "created_at": "2026-03-02T10:00:00Z",
    "updated_at": "2026-03-02T11:00:00Z",
    "shipment_status": None,
    "tracking_company": "UPS",
    "tracking_number": "1Z9",
    "line_items": [{"quantity": 2}],
}


def read(body: dict[str, Any], topic: str | None = None, **headers: str) -> OrderEvent:
    """The fact that a webhook tells."""
    given = {"X-Shopify-Topic": topic} if topic else {}
    (event,) = events_of("shopify", body, given | headers)
    return event


@pytest.mark.parametrize(
    ("topic", "event_type", "minute"),
    [
        ("orders/create", "order_created", 0),
        ("orders/paid", "order_paid", 1),
        ("orders/edited", "order_edited", 2),
        ("orders/fulfilled", "order_fulfilled", 2),
        ("orders/cancelled", "order_cancelled", 3),
    ],
)
def test_order_topics(topic: str, event_type: str, minute: int) -> None:
    """Each topic is one fact, dated by the field that dates it."""
    event = read(ORDER | {"cancelled_at": "2026-03-02T09:03:00-05:00"}, topic)
    assert (event.event_type, event.order_id) == (event_type, "SO-7")
    assert event.occurred_at.isoformat() == f"2026-03-02T14:0{minute}:00+00:00"


def test_payload_has_what_policies_know_and_no_people() -> None:
    """Known keys are filled; names, mails and streets and free text are left out."""
    payload = read(ORDER, "orders/paid").payload
    assert payload == {
        "channel": "shopify",
        "service": "ground",
        "destination_country": "US",
        "destination_zip": "2",
        "order_value_cents": 19965,
        "currency": "USD",
        "customer_tier": "gold",
        "items": 5,
        "tags": ["rush", "tier:gold", "gift"],
        "flags": ["rush"],
        "promised_delivery": "2026-03-05T23:59:59Z",
        "financial_status": "pending",
    }


@pytest.mark.parametrize(
    ("status", "event_type"),
    [
        ("label_printed", "label_created"),
        ("in_transit", "in_transit"),
        ("out_for_delivery", "out_for_delivery"),
        ("attempted_delivery", "delivery_attempted"),
        ("delivered", "delivered"),
        ("failure", "exception_reported"),
        ("delayed", "exception_reported"),
        ("confirmed", "fulfillment_confirmed"),
        ("READY_FOR_PICKUP", "fulfillment_ready_for_pickup"),
        (None, "fulfillment_updated"),
    ],
)
def test_fulfillment_status(status: str | None, event_type: str) -> None:
    """A shipment status is the fact that the policies know, or one of its own name."""
    event = read(FULFILLMENT | {"shipment_status": status}, "fulfillments/update")
    assert (event.event_type, event.order_id) == (event_type, "SO-7")
    assert event.payload["tracking_number"] == "1Z9"


def test_created_fulfillment_is_no_ship_evidence() -> None:
    """A fulfillment without a status proves nothing, and a cancelled one says so."""
    assert read(FULFILLMENT, "fulfillments/create").event_type == "fulfillment_created"
    cancelled = FULFILLMENT | {"status": "cancelled", "shipment_status": "in_transit"}
    assert read(cancelled, "fulfillments/update").event_type == "fulfillment_cancelled"


@pytest.mark.parametrize(
    ("changes", "event_type"),
    [
        ({}, "order_created"),
        ({"financial_status": "paid"}, "order_paid"),
        ({"financial_status": "paid", "fulfillment_status": "fulfilled"}, "order_fulfilled"),
        ({"cancelled_at": "2026-03-02T09:03:00Z"}, "order_cancelled"),
    ],
)
def test_topic_is_inferred(changes: dict[str, Any], event_type: str) -> None:
    """Without the header the body tells what it is."""
    assert read(ORDER | changes).event_type == event_type


def test_wrapped_edit_has_the_order_by_id() -> None:
    """orders/edited wraps its body and names the order by Shopify's id only."""
    body = {"order_edit": {"id": 1, "order_id": 5001, "created_at": "2026-03-02T09:00:00Z"}}
    event = read(body)
    assert (event.event_type, event.order_id) == ("order_edited", "shopify:5001")


def test_event_ids() -> None:
    """The same click under two topics is two facts; without ids the body makes one."""
    header = {"X-Shopify-Event-Id": "e1", "X-Shopify-Webhook-Id": "w1"}
    assert read(ORDER, "orders/paid", **header).event_id == "orders/paid:e1"
    assert read(ORDER, "orders/create", **header).event_id == "orders/create:e1"
    del header["X-Shopify-Event-Id"]
    assert read(ORDER, "orders/paid", **header).event_id == "orders/paid:w1"
    made = "orders/paid:5001:2026-03-02T09:02:00-05:00"
    assert read(ORDER, "orders/paid").event_id == made


@pytest.mark.parametrize(
    ("body", "topic", "path"),
    [
        (FULFILLMENT | {"name": None, "order_id": None}, "fulfillments/create", "name"),
        ({"fulfillment_order": {"id": 7}}, "fulfillment_orders/hold_released", "updated_at"),
        ({}, None, "X-Shopify-Topic"),
        (ORDER, "orders/cancelled", "cancelled_at"),
        ({"created_at": "2026-03-02T09:00:00Z"}, "orders/create", "name"),
        (ORDER | {"created_at": "2026-03-02 09:00"}, "orders/create", "occurred_at"),
    ],
)
def test_what_cannot_be_read_is_named(body: dict[str, Any], topic: str | None, path: str) -> None:
    """A topic or body that tells no fact is refused with the field that would."""
    with pytest.raises(InvalidEventError) as caught:
        read(body, topic)
    assert caught.value.issues[0].path == path


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("199.65", "USD", 19965),
        ("0.00", "EUR", 0),
        ("1200", "JPY", 1200),
        ("1200.00", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("1.234", "USD", None),
        (5, None, 500),
        (1.5, "USD", None),
        ("1e400", "USD", None),
        ("1e9999999", "USD", None),
        ("NaN", "USD", None),
        ("sNaN", "USD", None),
        (None, "USD", None),
    ],
)
def test_minor_units(amount: object, currency: object, minor: int | None) -> None:
    """Money is exact in the currency's minor units, or unknown."""
    assert minor_units(amount, currency) == minor


async def test_signed_webhook_end_to_end(world: World) -> None:
    """A signed webhook is accepted once and then known."""
    body = json.dumps(ORDER).encode()
    headers = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Event-Id": "e1",
        "X-Shopify-Hmac-Sha256": sign(SECRET, body),
    }
    accepted = await world.send(body, "/hooks/shopify", key=None, headers=headers)
    assert accepted[0] == 202
    assert accepted[1]["order_id"] == "SO-7"
    assert (await world.send(body, "/hooks/shopify", key=None, headers=headers))[0] == 200


HOLD: dict[str, Any] = {
    "id": "gid://shopify/FulfillmentOrder/9",
    "order_id": "gid://shopify/Order/5001",
    "status": "on_hold",
    "updated_at": "2026-03-02T10:00:00Z",
    "fulfillment_holds": [{"reason": "awaiting_payment", "reason_notes": "Call Jo"}],
}


@pytest.mark.parametrize(
    ("reason", "hold"),
    [
        ("HIGH_RISK_OF_FRAUD", "fraud_review"),
        ("inventory_out_of_stock", "stockout"),
        ("incorrect_address", "incorrect_address"),
        ("other", "other"),
        ("Call Jo at once", None),
        (None, None),
    ],
)
def test_holds(reason: str | None, hold: str | None) -> None:
    """A hold names its reason in our words; what is no such word is not carried."""
    body = {"fulfillment_order": HOLD | {"fulfillment_holds": [{"reason": reason}]}}
    event = read(body, "fulfillment_orders/placed_on_hold")
    assert (event.event_type, event.order_id) == ("order_held", "shopify:5001")
    assert event.payload.get("hold") == hold
    created = {"created_fulfillment_hold": {"reason": reason}, "fulfillment_order": HOLD}
    assert read(created, "fulfillment_orders/placed_on_hold").payload.get("hold") == hold


def test_release_without_time_is_dated_by_shopify() -> None:
    """A body without a time of its own is dated by the header that says when it was triggered."""
    body = {"fulfillment_order": {"id": 9, "order_id": 5001}, "order_name": "#SO-7"}
    triggered = {"X-Shopify-Triggered-At": "2026-03-02T10:00:00.123456789Z"}
    event = read(body, "fulfillment_orders/hold_released", **triggered)
    assert (event.event_type, event.order_id) == ("order_released", "SO-7")
    assert event.occurred_at.isoformat().startswith("2026-03-02T10:00:00")


def test_fulfillment_event_is_a_scan() -> None:
    """A fulfillment event is dated by when it happened, and keeps its own estimate."""
    body = {
        "id": 1,
        "fulfillment_id": 7001,
        "order_id": 5001,
        "status": "attempted_delivery",
        "message": "Nobody there",
        "happened_at": "2026-03-02T10:00:00Z",
        "estimated_delivery_at": "2026-03-05T00:00:00Z",
    }
    event = read(body)
    assert (event.event_type, event.order_id) == ("delivery_attempted", "shopify:5001")
    assert event.payload == {
        "channel": "shopify",
        "shipment_status": "attempted_delivery",
        "promised_delivery": "2026-03-05",
        "reason_code": "CUSTOMER_UNAVAILABLE",
        "fault": "consignee",
    }


@pytest.mark.parametrize("topic", ["products/update", "app/uninstalled", "orders/delete"])
async def test_topic_of_no_interest_keeps_its_subscription(world: World, topic: str) -> None:
    """Shopify ends a subscription that fails too often: what we do not read is taken, not kept."""
    body = json.dumps({"id": 1, "title": "Socks"}).encode()
    headers = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": sign(SECRET, body)}
    answer = await world.send(body, "/hooks/shopify", key=None, headers=headers)
    assert answer == (200, {"accepted": 0, "duplicates": 0, "rejected": []})
    assert (world.log.recorded, await world.letters()) == (0, [])


@real_data
@pytest.mark.parametrize(
    ("file", "topic"),
    [
        ("orders_create", "orders/create"),
        ("orders_paid", "orders/paid"),
        ("orders_fulfilled", "orders/fulfilled"),
        ("orders_cancelled", "orders/cancelled"),
        ("fulfillments_create", "fulfillments/create"),
        ("fulfillments_update", "fulfillments/update"),
        ("fulfillment_events_create", "fulfillment_events/create"),
        ("fulfillment_order_hold", "fulfillment_orders/placed_on_hold"),
    ],
)
def test_real_topics_are_inferred(file: str, topic: str) -> None:
    """Shopify's own samples tell the same fact with the header and without."""
    body = json.loads((REAL / f"shopify/{file}.rest_resource.json").read_text())
    assert read(body, topic) == read(body)
