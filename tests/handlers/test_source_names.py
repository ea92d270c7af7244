"""What else a body calls its order: each vendor's number with whose it is, and parcels' numbers."""

from typing import Any
from urllib.parse import quote

import pytest

from handlers.ingest.canonical import InvalidEventError
from policies.records import OrderKey
from tests.handlers.sources import events_of, names_by
from tests.handlers.test_source_shipstation import SHIPMENT
from tests.handlers.world import World

PICKED: dict[str, Any] = {
    "event_id": "evt-1",
    "source": "wms",
    "event_type": "pick_completed",
    "order_id": "SO-7",
    "occurred_at": "2026-03-02T10:00:00Z",
}


def test_an_order_is_also_known_by_shipstations_id_and_its_parcel() -> None:
    """The order's number goes first; without it the id that every list tells stands for it."""
    shipment = {"shipments": [SHIPMENT | {"orderId": 9}]}
    assert names_by("shipstation", shipment) == [("shipstation:9", "tracking:1Z9")]
    unnumbered = {"shipments": [SHIPMENT | {"orderId": 9, "orderNumber": None}]}
    (event,) = events_of("shipstation", unnumbered)
    assert (event.order_id, names_by("shipstation", unnumbered)) == (
        "shipstation:9",
        [("tracking:1Z9",)],
    )


@pytest.mark.parametrize(
    ("extra", "names"),
    [
        ({}, ()),
        ({"payload": {"tracking_number": "1z 9"}}, ("tracking:1Z9",)),
        ({"payload": {"tracking_number": 9}}, ()),
        ({"payload": {"tracking_number": " "}}, ()),
        ({"payload": {"tracking_number": "9" * 200}}, ()),
        ({"also_known_as": ["shopify:5001", "shopify:5001"]}, ("shopify:5001",)),
        ({"also_known_as": None}, ()),
        ({"order_id": "shopify:5001", "also_known_as": ["shopify:5001"]}, ()),
        ({"order_id": "tracking:1Z9", "also_known_as": ["shopify:5001"]}, ()),
    ],
)
def test_the_canonical_form_tells_names(extra: dict[str, Any], names: tuple[str, ...]) -> None:
    """Other names stand in `also_known_as`; a tracking number is one, and nothing leads to it."""
    assert names_by("wms", PICKED | extra) == [names]


@pytest.mark.parametrize("wrong", ["5001", "Shopify:5001", "shopify:", "shopify: 5", 7])
def test_a_name_says_whose_it_is(wrong: object) -> None:
    """A bare number as a name is refused: another vendor may count the same."""
    with pytest.raises(InvalidEventError) as caught:
        events_of("wms", PICKED | {"also_known_as": [wrong]})
    assert [issue.path for issue in caught.value.issues] == ["also_known_as.0"]


def test_every_parcel_of_a_shopify_order_is_told() -> None:
    """All tracking numbers of all fulfillments lead to the order, and its own number does."""
    body = {
        "id": 5001,
        "name": "#SO-7",
        "created_at": "2026-03-02T09:00:00Z",
        "fulfillments": [
            {"tracking_number": "A1", "tracking_numbers": ["A1", "A2", None]},
            {"tracking_numbers": ["B1", {"no": "text"}]},
            {"tracking_numbers": "no list"},
        ],
    }
    told = {"shopify:5001", "tracking:A1", "tracking:A2", "tracking:B1"}
    assert [set(names) for names in names_by("shopify", body)] == [told]


async def test_one_order_under_five_names_is_one_order(world: World) -> None:
    """Whatever came first, the order is found by any of its numbers with all that was told."""
    tracker = {
        "object": "Tracker",
        "tracking_code": "1Z9",
        "carrier": "UPS",
        "tracking_details": [{"status": "in_transit", "datetime": "2026-03-02T11:00:00Z"}],
    }
    hold = {
        "id": 9,
        "order_id": 5001,
        "updated_at": "2026-03-02T09:30:00Z",
        "fulfillment_holds": [{"reason": "other"}],
    }
    packed = {"webhook_type": "Order Packed Out", "order_id": 204, "tote_id": "1"}
    cancelled = {"webhook_type": "Order Canceled", "order_id": 204, "order_number": "SO-7"}
    created = {"id": 5001, "name": "#SO-7", "created_at": "2026-03-02T09:00:00Z"}
    label = PICKED | {"event_type": "label_created", "payload": {"tracking_number": "1Z9"}}
    for source, body in (
        ("easypost", tracker),
        ("shopify", hold),
        ("shiphero", packed),
        ("shopify", created),
        ("shiphero", cancelled),
        ("wms", label),
    ):
        status, answer = await world.send(body, f"/ingest/{source}")
        assert status == 202, answer
    for name in ("SO-7", "#so-7", "5001", "204", "1z9", "shopify:5001", "tracking:1Z9"):
        status, order = await world.call("GET", f"/api/orders/{quote(name)}", key="read")
        assert (status, order["order_id"]) == (200, "SO-7")
        assert order["also_known_as"] == ["shiphero:204", "shopify:5001", "tracking:1Z9"]
        assert sorted(event["event_type"] for event in order["events"]) == [
            "in_transit",
            "label_created",
            "order_cancelled",
            "order_created",
            "order_held",
            "pack_completed",
        ]
    async with world.storage.read() as tx:
        other = OrderKey(tenant_id=world.other.id, order_id="SO-7")
        assert await tx.names.names_of([other]) == {}
