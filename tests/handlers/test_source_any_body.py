"""Anything at all into every source: facts, nothing, or the one error that names the field."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.ingest.canonical import Arrival, InvalidEventError, read_event
from handlers.ingest.sources import SOURCES
from tests.handlers.sources import LATER, told_by

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["2026-03-02T10:00:00Z", "0001-01-01 00:00:00", "9999-12-31T23:59:59", "#", ""]
    )
)
ANY = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = {
    "shopify": "order_edit fulfillment_order fulfillment_holds id name order_id created_at"
    " updated_at tags note_attributes line_items total_price currency customer shipping_address"
    " shipment_status fulfillment_id happened_at fulfillments cancelled_at",
    "easypost": "object description result tracking_code tracking_details carrier_detail weight"
    " status status_detail datetime carrier_code carrier est_delivery_date tracking_location",
    "shippo": "event data tracking_number tracking_history tracking_status status substatus"
    " status_date metadata eta original_eta address_to servicelevel carrier",
    "shipengine": "resource_type data tracking_number events status_code occurred_at"
    " status_detail_code carrier_status_code actual_delivery_date estimated_delivery_date",
    "aftership": "event msg tracking_number checkpoints tag subtag checkpoint_time order_id slug"
    " expected_delivery first_estimated_delivery",
    "shiphero": "webhook_type test order_number partner_order_id fulfillment packages totes orders"
    " items line_items allocated_at created_at tracking_number batch_id",
    "shipstation": "shipments fulfillments orders orderNumber createDate voidDate orderStatus"
    " shipTo weight modifyDate orderDate resource_type resource_url shipmentId",
    "carrier": "status_code status_reason carrier payload event_id order_id occurred_at",
    "wms": "event_type occurred_at",
}
WORDS = {
    "webhook_type": st.sampled_from(["Order Allocated", "Tote Complete", "Shipment Update"]),
    "description": st.just("tracker.updated"),
    "event": st.sampled_from(["track_updated", "tracking_update"]),
    "resource_type": st.sampled_from(["API_TRACK", "SHIP_NOTIFY"]),
    "orderStatus": st.sampled_from(["on_hold", "awaiting_shipment"]),
    "status": st.sampled_from(["in_transit", "failure", "DELIVERED", "unknown"]),
}


def bodies(source: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with that source's own field names, nested, and any values."""
    names = FIELDS[source].split()

    def inside(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        fields = {name: WORDS.get(name, inner) | inner for name in names}
        return st.fixed_dictionaries({}, optional=fields)

    parts = inside(ANY)
    return inside(ANY | parts | st.lists(parts, max_size=2))


def check(source: str, body: object) -> None:
    """Every outcome is one that has a name."""
    for one in told_by(source, body):
        if one.refused:
            assert all(issue.path and issue.message for issue in one.refused)
            continue
        with suppress(InvalidEventError):
            event = read_event(one.raw, Arrival(tenant_id=1, now=LATER), by_id=one.by_id).event
            assert event.source == source


@pytest.mark.parametrize("source", SOURCES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_body_breaks_a_source(source: str, data: st.DataObject) -> None:
    """Arbitrary values under a source's own names raise nothing but the named error."""
    check(source, data.draw(bodies(source)))


@pytest.mark.parametrize("source", SOURCES)
@given(body=ANY)
@settings(max_examples=25, deadline=None)
def test_no_json_breaks_a_source(source: str, body: object) -> None:
    """Arbitrary JSON, whatever it is, raises nothing but the named error."""
    check(source, body)


@pytest.mark.parametrize("source", ["shopify", "easypost", "shippo", "shipengine", "aftership"])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_same_body_tells_the_same(source: str, data: st.DataObject) -> None:
    """Translating is a function of the body: a repetition gives the same ids."""
    body = data.draw(bodies(source))
    assert repr(told_by(source, body)) == repr(told_by(source, body))
