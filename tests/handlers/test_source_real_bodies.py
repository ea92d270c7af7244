"""Every real body that we have: what a careful reader would take from it, or why nothing."""

import json

import pytest

from handlers.ingest.canonical import InvalidEventError
from handlers.ingest.signatures import Proof, is_authentic
from handlers.ingest.sources import SOURCES
from policies.records import Hook
from tests.handlers.sources import REAL, Fact, events_of, facts_by, names_by, real, real_data

pytestmark = real_data
ARRIVED = "2026-11-22T00:00:00Z"

FEDEX: list[Fact] = [
    ("label_created", "tracking:1", "2024-07-31T15:00:00Z"),
    ("carrier_picked_up", "tracking:1", "2024-07-31T19:27:00Z"),
    ("in_transit", "tracking:1", "2024-07-31T22:35:00Z"),
    ("in_transit", "tracking:1", "2024-08-01T14:42:13Z"),
    ("in_transit", "tracking:1", "2024-08-02T02:46:19Z"),
    ("in_transit", "tracking:1", "2024-08-02T18:35:20Z"),
    ("in_transit", "tracking:1", "2024-08-02T18:50:00Z"),
]


def ups(*moments: str) -> list[Fact]:
    """The six scans of EasyPost's test parcel."""
    scans = ("label_created", *["in_transit"] * 3, "out_for_delivery", "delivered")
    return [(scan, "tracking:EZ4000000004", at) for scan, at in zip(scans, moments, strict=True)]


TOLD: dict[str, list[Fact]] = {
    "easypost/event-body.json": FEDEX,
    "easypost/post_json_example.json": [],  # a batch of labels
    "easypost/tracking-webhook.json": ups(
        "2014-11-21T14:24:00Z",
        "2014-11-21T14:48:00Z",
        "2014-11-22T08:51:00Z",
        "2014-11-23T09:31:00Z",
        "2014-11-24T08:10:00Z",
        "2014-11-19T10:51:54Z",  # the sample says so: delivered before it was picked up
    ),
    "easypost/tracking_webhook_response.json": ups(
        "2014-08-21T14:24:00Z",
        "2014-08-21T14:48:00Z",
        "2014-08-22T08:51:00Z",
        "2014-08-23T09:31:00Z",
        "2014-08-24T08:10:00Z",
        "2014-08-24T15:33:00Z",
    ),
    "easypost/trackers-retrieve.json": [
        ("label_created", "tracking:EZ1000000001", "2025-04-09T20:40:17Z"),
        ("label_created", "tracking:EZ1000000001", "2025-04-10T09:17:17Z"),
    ],
    "shipengine/track_event_v2.partial.json": [],  # not yet in the carrier's system
    "shiphero/order_canceled.official_doc.json": [("order_cancelled", "9035013-2", ARRIVED)],
    "shiphero/order_packed_out.official_doc.json": [
        ("pack_completed", "shiphero:203849703", ARRIVED)
    ],
    "shippo/track_updated.sdk_doc.json": [("delivered", "000123", "2016-07-23T00:00:00Z")],
    "shopify/fulfillment_events_create.rest_resource.json": [
        ("in_transit", "shopify:450789469", "2025-07-02T16:39:30Z")
    ],
    "shopify/fulfillment_order_hold.rest_resource.json": [
        ("order_held", "shopify:450789469", "2025-07-02T16:22:27Z")
    ],
    "shopify/fulfillments_create.rest_resource.json": [
        ("fulfillment_created", "1001", "2025-07-02T16:38:43Z")
    ],
    "shopify/fulfillments_update.rest_resource.json": [
        ("fulfillment_updated", "1001", "2025-07-02T16:38:39Z")
    ],
    "shopify/order_450789469_with_fulfillments_refunds.rest_resource.json": [
        ("order_created", "1001", "2008-01-10T16:00:00Z")
    ],
    "shopify/orders_cancelled.rest_resource.json": [
        ("order_cancelled", "1001", "2025-07-02T16:31:25Z")
    ],
    "shopify/orders_cancelled.webhook_test_notification.json": [
        ("order_cancelled", "9999", "2019-06-04T17:53:06Z")
    ],
    "shopify/orders_create.rest_resource.json": [("order_created", "1002", "2025-07-02T16:31:40Z")],
    "shopify/orders_fulfilled.rest_resource.json": [
        ("order_fulfilled", "1002", "2025-07-02T16:31:05Z")
    ],
    "shopify/orders_paid.rest_resource.json": [("order_paid", "1002", "2025-07-02T16:31:26Z")],
}
REFUSED = {
    "easypost/event_example.json": "result",  # an event without its tracker
    "easypost/events-retrieve.json": "result",
    "easypost/webhooks-create.json": "description",  # the subscription, not an event
    "shipstation/ship_notify_v1.doc_shape.json": "resource_url",  # only a hook can fetch it
}
NAMED: dict[str, tuple[str, ...]] = {
    "shiphero/order_canceled.official_doc.json": ("shiphero:389118717",),
    "shippo/track_updated.sdk_doc.json": ("tracking:9205590164917312751089",),
    "shopify/fulfillments_create.rest_resource.json": ("shopify:450789469", "tracking:MS1562678"),
    "shopify/fulfillments_update.rest_resource.json": (
        "shopify:450789469",
        "tracking:1Z001985YW99744790",
    ),
    "shopify/order_450789469_with_fulfillments_refunds.rest_resource.json": (
        "shopify:450789469",
        "tracking:1Z1234512345123456",
    ),
    "shopify/orders_cancelled.rest_resource.json": (
        "shopify:450789469",
        "tracking:1Z1234512345123456",
    ),
    "shopify/orders_cancelled.webhook_test_notification.json": ("shopify:820982911946154508",),
    "shopify/orders_create.rest_resource.json": ("shopify:1073459983",),
    "shopify/orders_fulfilled.rest_resource.json": ("shopify:1073459972",),
    "shopify/orders_paid.rest_resource.json": ("shopify:1073459976",),
}
"""What else a body calls its order; the other bodies know it by one name alone."""
NOT_JSON = {
    "easypost/event-body.signature.txt",
    "shiphero/shipment_update.community.txt",  # read in test_source_shiphero.py without its comment
}


def source_of(name: str) -> str:
    """The source of a file is its folder."""
    return name.partition("/")[0]


@pytest.mark.parametrize("name", TOLD)
def test_a_real_body_tells_what_a_careful_reader_expects(name: str) -> None:
    """Each real body gives exactly these facts, dated and of this order."""
    assert facts_by(source_of(name), real(name)) == TOLD[name]


@pytest.mark.parametrize("name", TOLD)
def test_a_real_body_tells_every_name_of_its_order(name: str) -> None:
    """The vendor's own number and the parcels' numbers are told beside the order's name."""
    expected = NAMED.get(name, ())
    assert all(set(names) == set(expected) for names in names_by(source_of(name), real(name)))


@pytest.mark.parametrize("name", REFUSED)
def test_a_real_body_without_a_fact_says_what_is_missing(name: str) -> None:
    """Where a body names no order or no fact, the refusal names the sender's own field."""
    with pytest.raises(InvalidEventError) as caught:
        events_of(source_of(name), real(name))
    assert [issue.path for issue in caught.value.issues] == [REFUSED[name]]


def test_no_real_body_is_left_out() -> None:
    """Every file that lies there is in one of the tables."""
    files = {f"{path.parent.name}/{path.name}" for path in REAL.glob("*/*") if path.is_file()}
    assert files == TOLD.keys() | REFUSED.keys() | NOT_JSON


@pytest.mark.parametrize("name", TOLD)
def test_no_person_is_carried_along(name: str) -> None:
    """Names, mails, streets and notes of the sample persons stay behind."""
    payloads = json.dumps([dict(event.payload) for event in events_of(source_of(name), real(name))])
    for word in ("bob", "norman", "@", "tester", "street", "engraving", "enough inventory"):
        assert word not in payloads.lower()


def test_the_real_signature_of_a_real_body_is_right() -> None:
    """EasyPost's own fixture verifies with the secret that it was signed with, and no other."""
    body = (REAL / "easypost/event-body.json").read_bytes().removesuffix(b"\n")
    lines = (REAL / "easypost/event-body.signature.txt").read_text(encoding="utf-8").splitlines()
    value = lines[1].partition(": ")[2].strip()
    proof = Proof(headers={"X-Hmac-Signature": value}, body=body)
    scheme = SOURCES["easypost"].scheme
    for secret, right in (("s\u00e9cret", True), ("se\u0301cret", True), ("secret", False)):
        hook = Hook(id="h", tenant_id=1, source="easypost", secrets=(secret,))
        assert is_authentic(hook, scheme, proof) is right


def test_a_hold_says_why_in_our_words() -> None:
    """Shopify's `inventory_out_of_stock` is a hold for `stockout`; the note stays behind."""
    (event,) = events_of("shopify", real("shopify/fulfillment_order_hold.rest_resource.json"))
    assert event.payload == {"channel": "shopify", "hold": "stockout"}


def test_the_promise_of_a_tracker_is_a_day() -> None:
    """A date at midnight means that day, not its first second."""
    events = events_of("easypost", real("easypost/event-body.json"))
    assert {event.payload["promised_delivery"] for event in events} == {"2024-08-05"}
