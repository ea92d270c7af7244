"""ShipHero's webhooks: the shop's order number or a refusal, and once each."""

import json
from typing import Any

import pytest

from handlers.ingest.canonical import InvalidEventError
from tests.handlers.sources import REAL, events_of, facts_by, names_by, real_data, told_by
from tests.handlers.world import World

ALLOCATED: dict[str, Any] = {
    "webhook_type": "Order Allocated",
    "order_id": 204,
    "order_number": "#SO-7",
    "partner_order_id": "5001",
    "warehouse_id": 117,
    "allocated_at": "2026-03-02T09:00:00",
    "line_items": [{"quantity": 2, "sku": "A"}, {"quantity": 1}],
}
SHIPMENT: dict[str, Any] = {
    "webhook_type": "Shipment Update",
    "test": "0",
    "fulfillment": {
        "shipment_id": 315,
        "warehouse": "Primary",
        "order_number": "SO-7",
        "shipping_carrier": "UPS",
        "shipping_method": "Ground",
        "tracking_number": "1Z1",
        "line_items": [{"quantity": 2}],
        "created_at": "2026-03-02 15:29:26",
    },
}
PACKED = {"webhook_type": "Order Packed Out", "order_id": 204, "tote_id": "1", "items": [{}, {}]}


def test_an_allocation_is_dated_in_utc() -> None:
    """A time without offset is UTC; pieces and warehouse come along."""
    (event,) = events_of("shiphero", ALLOCATED)
    assert (event.event_type, event.order_id) == ("allocated", "SO-7")
    assert event.occurred_at.isoformat() == "2026-03-02T09:00:00+00:00"
    assert event.payload == {"items": 3, "warehouse": "117"}
    undone = {"webhook_type": "Order Deallocated", "deallocated_at": "2026-03-02T10:00:00Z"}
    assert facts_by("shiphero", ALLOCATED | undone) == [
        ("deallocated", "SO-7", "2026-03-02T10:00:00Z")
    ]


def test_each_package_has_its_label() -> None:
    """A shipment's packages are labels of their own; what they leave out the shipment says."""
    packages = [
        {"name": "Package #1", "tracking_number": "1Z1", "line_items": [{"quantity": 1}]},
        {"name": "Package #2", "tracking_number": "94", "shipping_carrier": "USPS"},
    ]
    first, second = events_of("shiphero", SHIPMENT | {"packages": packages})
    assert first.event_type == second.event_type == "label_created"
    assert first.payload == {
        "warehouse": "Primary",
        "carrier": "UPS",
        "service": "Ground",
        "tracking_number": "1Z1",
        "items": 1,
    }
    assert (second.payload["carrier"], second.payload["tracking_number"]) == ("USPS", "94")
    assert first.event_id != second.event_id
    (alone,) = events_of("shiphero", SHIPMENT)
    assert (alone.payload["tracking_number"], alone.event_id) == ("1Z1", first.event_id)


@real_data
def test_the_community_body_is_a_label() -> None:
    """The one shipment update that we have, without its comment and its ellipsis."""
    file = REAL / "shiphero" / "shipment_update.community.txt"
    lines = file.read_text(encoding="utf-8").replace("[ ... ]", "[]").splitlines()
    body = json.loads("\n".join(line.partition("  // ")[0] for line in lines))
    (event,) = events_of("shiphero", body)
    assert (event.event_type, event.order_id) == ("label_created", "FLUID-ORDER-123")
    assert event.occurred_at.isoformat() == "2022-12-26T15:29:26+00:00"
    assert event.payload["tracking_number"] == "1Z999AA10123456784"


def test_a_complete_tote_is_picked_for_each_of_its_orders() -> None:
    """A tote of two orders is two picks."""
    orders = [{"order_number": "SO-7", "items": [{"quantity": 4}]}, {"order_number": "SO-8"}]
    body = {"webhook_type": "Tote Complete", "totes": [{"tote_barcode": "3", "orders": orders}]}
    events = events_of("shiphero", body)
    assert [(event.event_type, event.order_id) for event in events] == [
        ("pick_completed", "SO-7"),
        ("pick_completed", "SO-8"),
    ]
    assert events[0].payload == {"items": 4}


def test_the_id_of_an_undated_webhook_is_its_proof() -> None:
    """Its time is that of its arrival, which differs each time, so only its id is compared."""
    assert [told.by_id for told in told_by("shiphero", PACKED | {"order_number": "7"})] == [True]


async def test_an_undated_webhook_sent_again_is_known(world: World) -> None:
    """What is dated by its arrival is the same fact when it arrives again later."""
    body = PACKED | {"shop_order_number": "SO-7"}
    assert (await world.send(body, "/ingest/shiphero"))[0] == 202
    assert (await world.send(body | {"test": "0"}, "/ingest/shiphero"))[0] == 200


@pytest.mark.parametrize(
    ("order", "order_id", "names"),
    [
        ({"order_number": "#SO-7", "order_id": 204}, "SO-7", ("shiphero:204",)),
        ({"order_id": 204}, "shiphero:204", ()),
        ({"order_uuid": "T3JkZXI6MjA0"}, "shiphero:204", ()),
        ({"order_number": "SO-7", "order_uuid": "T3JkZXI6MjA0"}, "SO-7", ("shiphero:204",)),
        ({"order_number": "SO-7", "order_uuid": "QmF0Y2g6MjA0"}, "SO-7", ()),
        ({"order_number": "SO-7", "order_uuid": "no base64"}, "SO-7", ()),
    ],
)
def test_the_order_is_the_shops_number_or_shipheros_own(
    order: dict[str, Any], order_id: str, names: tuple[str, ...]
) -> None:
    """The shop's number goes first; ShipHero's is told beside it, or stands for the order."""
    body = PACKED | {"order_id": None} | order
    (event,) = events_of("shiphero", body)
    assert (event.order_id, names_by("shiphero", body)) == (order_id, [names])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "webhook_type"),
        (PACKED | {"order_id": None}, "order_number"),
        (ALLOCATED | {"allocated_at": None}, "allocated_at"),
        ({"webhook_type": "Shipment Update"}, "fulfillment.order_number"),
        (
            {"webhook_type": "Tote Complete", "totes": [{"orders": [{}]}]},
            "totes.0.orders.0.order_number",
        ),
    ],
)
def test_what_names_no_order_is_refused(body: dict[str, Any], path: str) -> None:
    """Where neither the shop's number nor ShipHero's own is there, the field is named."""
    with pytest.raises(InvalidEventError) as caught:
        events_of("shiphero", body)
    assert [issue.path for issue in caught.value.issues] == [path]
