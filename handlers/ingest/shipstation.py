"""Reads ShipStation's v1 webhooks, which only say where to look, and what is found there.

Must not fetch: fetch.py does, from ShipStation's hosts alone. Times have no offset: they are
Pacific time.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from handlers.ingest.moments import dated
from handlers.ingest.signatures import TOKEN
from handlers.ingest.told import (
    Json,
    Posted,
    Told,
    country,
    grams,
    known,
    no_fact,
    obj,
    objects,
    pieces,
    slug,
    text,
)
from handlers.ingest.tracking import digest
from policies.order_names import name_of

SCHEME = TOKEN
HOSTS = re.compile(r"ssapi[a-z0-9-]*\.shipstation\.com")
ZONE = "America/Los_Angeles"
_READ = re.compile(r"(ITEM_)?(SHIP|ORDER)_NOTIFY|FULFILLMENT_SHIPPED")
_ORDER_STATES = {
    "awaiting_payment": ("order_created", "orderDate"),
    "awaiting_shipment": ("order_paid", "paymentDate"),
    "pending_fulfillment": ("order_paid", "paymentDate"),
    "on_hold": ("order_held", "modifyDate"),
    "cancelled": ("order_cancelled", "modifyDate"),
    "shipped": ("order_fulfilled", "shipDate"),
}
"""What an order's status says and what dates it, else when the order was last changed."""


def lookup(body: Json) -> str | None:
    """The address that a thin webhook names; None where there is nothing to fetch."""
    if any(name in body for name in LISTS):
        return None
    kind, address = text(body.get("resource_type")), text(body.get("resource_url"))
    if kind is None:
        raise no_fact(
            path="resource_type", message="a ShipStation webhook names its kind, as SHIP_NOTIFY"
        )
    if not _READ.fullmatch(kind):
        return None
    if address is None:
        raise no_fact(
            path="resource_url", message="it says where the resource is, and it is missing"
        )
    return address


def translate(posted: Posted) -> list[Told]:
    """The facts of a list of shipments, fulfillments or orders; of a thin webhook, none."""
    return [
        told
        for name, read in LISTS.items()
        for place, one in enumerate(objects(posted.body.get(name)))
        for told in read(one, f"{name}.{place}.")
    ]


def _shipment(shipment: Json, path: str) -> Iterator[Told]:
    """A label, and that it was voided; that a carrier has the parcel is the carrier's to say."""
    to, weight = obj(shipment.get("shipTo")), obj(shipment.get("weight"))
    facts = {
        "carrier": slug(shipment.get("carrierCode")),
        "service": slug(shipment.get("serviceCode")),
        "tracking_number": text(shipment.get("trackingNumber")),
        "warehouse": slug(shipment.get("warehouseId")),
        "destination_country": country(to.get("country")),
        "destination_zip": slug(to.get("postalCode")),
        "weight_grams": grams(weight.get("value"), text(weight.get("units")) or ""),
        "items": pieces(shipment.get("shipmentItems")),
    }
    own = text(shipment.get("shipmentId"))
    yield _told("label_created", shipment, facts, (path, "createDate", own))
    if shipment.get("voidDate") is not None:
        yield _told("label_voided", shipment, facts, (path, "voidDate", own))


def _fulfillment(fulfillment: Json, path: str) -> Iterator[Told]:
    facts = {
        "carrier": slug(fulfillment.get("carrierCode")),
        "tracking_number": text(fulfillment.get("trackingNumber")),
    }
    own = text(fulfillment.get("fulfillmentId"))
    yield _told("order_fulfilled", fulfillment, facts, (path, "createDate", own))


def _order(order: Json, path: str) -> Iterator[Told]:
    state = _ORDER_STATES.get(text(order.get("orderStatus")) or "")
    if state is None:
        return
    event_type, field = state
    to, weight = obj(order.get("shipTo")), obj(order.get("weight"))
    facts = {
        "service": slug(order.get("serviceCode")),
        "carrier": slug(order.get("carrierCode")),
        "destination_country": country(to.get("country")),
        "destination_zip": slug(to.get("postalCode")),
        "weight_grams": grams(weight.get("value"), text(weight.get("units")) or ""),
        "items": pieces(order.get("items")),
        "hold": "client_request" if event_type == "order_held" else None,
    }
    dating = field if order.get(field) is not None else "modifyDate"
    yield _told(event_type, order, facts, (path, dating, text(order.get("orderId"))))


LISTS: dict[str, Callable[[Json, str], Iterator[Told]]] = {
    "shipments": _shipment,
    "fulfillments": _fulfillment,
    "orders": _order,
}


def _told(
    event_type: str, body: Json, facts: dict[str, Any], dating: tuple[str, str, str | None]
) -> Told:
    """One fact; the same shipment or order in the same state is the same fact."""
    path, field, own = dating
    given = (text(body.get("orderNumber")) or "").removeprefix("#")
    key = name_of("shipstation", text(body.get("orderId")))
    order_id = given or key or ""
    at = dated(body.get(field), ZONE)
    raw = {
        "event_id": digest(event_type, order_id, own, text(at)),
        "event_type": event_type,
        "order_id": order_id,
        "occurred_at": at,
        "payload": known(facts),
    }
    names = {"occurred_at": f"{path}{field}", "order_id": f"{path}orderNumber"}
    return Told(raw=raw, by_id=True, paths=names, names=(key,))
