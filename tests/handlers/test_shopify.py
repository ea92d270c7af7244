"""Shopify's bodies become facts about orders: our own small ones, and the real ones."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from handlers.ingest.canonical import Arrival, InvalidEventError, read_event
from handlers.ingest.shopify import translate
from handlers.ingest.shopify_facts import minor_units
from handlers.ingest.signatures import sign
from policies.facts import OrderEvent
from tests.handlers.world import NOW, SECRET, World

REAL = Path(os.environ.get("E2A_TEST_DATA", "../shared/data")) / "payloads" / "shopify"
real_data = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"no real Shopify bodies at {REAL} (set E2A_TEST_DATA)"
)

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
    raw = translate(body, given | headers) | {"source": "shopify"}
    return read_event(raw, Arrival(tenant_id=1, now=NOW.replace(day=3))).event


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
    """Known keys are filled; names, mails and streets are left out; free text stays apart."""
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
        "note": "Call me <!channel>",
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
    assert (event.event_type, event.order_id) == ("order_edited", "5001")


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
        (ORDER, "products/update", "X-Shopify-Topic"),
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


@real_data
@pytest.mark.parametrize(
    ("file", "topic", "event_type", "order_id", "at"),
    [
        ("orders_create", "orders/create", "order_created", "1002", "2025-07-02T16:31:40"),
        ("orders_paid", "orders/paid", "order_paid", "1002", "2025-07-02T16:31:26"),
        ("orders_fulfilled", "orders/fulfilled", "order_fulfilled", "1002", "2025-07-02T16:31:05"),
        ("orders_cancelled", "orders/cancelled", "order_cancelled", "1001", "2025-07-02T16:31:25"),
        (
            "fulfillments_create",
            "fulfillments/create",
            "fulfillment_created",
            "1001",
            "2025-07-02T16:38:43",
        ),
        (
            "fulfillments_update",
            "fulfillments/update",
            "fulfillment_updated",
            "1001",
            "2025-07-02T16:38:39",
        ),
    ],
)
def test_real_bodies(file: str, topic: str, event_type: str, order_id: str, at: str) -> None:
    """Shopify's own samples tell the fact of their topic, with the header and without."""
    body = json.loads((REAL / f"{file}.rest_resource.json").read_text())
    for given in (topic, None):
        event = read(body, given)
        assert (event.event_type, event.order_id) == (event_type, order_id)
        assert event.occurred_at.isoformat().startswith(at)
        assert event.payload["channel"] == "shopify"
        assert "bob" not in json.dumps(event.payload).lower()


@real_data
def test_real_test_notification() -> None:
    """The notification that Shopify's admin page sends is read like any other."""
    body = json.loads((REAL / "orders_cancelled.webhook_test_notification.json").read_text())
    event = read(body, "orders/cancelled")
    assert (event.event_type, event.order_id) == ("order_cancelled", "9999")
    assert event.payload["order_value_cents"] == 40300


@real_data
@pytest.mark.parametrize("file", ["fulfillment_events_create", "fulfillment_order_hold"])
def test_real_bodies_of_other_topics_are_refused(file: str) -> None:
    """A resource that does not name its order by name would open a second order: it is refused."""
    body = json.loads((REAL / f"{file}.rest_resource.json").read_text())
    with pytest.raises(InvalidEventError):
        read(body)
