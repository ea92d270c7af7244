"""Reads ShipHero's webhooks about orders. Must not guess which order is meant.

ShipHero says what happened in the body's `webhook_type`. Times have no offset: they are UTC.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from handlers.ingest.moments import dated
from handlers.ingest.signatures import base64_in
from handlers.ingest.told import (
    Json,
    Posted,
    Told,
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

SCHEME = base64_in("x-shiphero-hmac-sha256")
_NAMES = ("order_number", "shop_order_number", "partner_order_id")
_UUID = re.compile(rb"Order:(\d{1,20})")


def translate(posted: Posted) -> list[Told]:
    """The facts of a webhook; inventory, purchase orders, tests and others are none."""
    kind = text(posted.body.get("webhook_type"))
    if kind is None:
        raise no_fact(
            path="webhook_type", message="a ShipHero webhook names its type, as Order Allocated"
        )
    read = KINDS.get(kind)
    if read is None or text(posted.body.get("test")) == "1":
        return []
    return list(read(posted))


def _allocated(posted: Posted) -> Iterator[Told]:
    body = posted.body
    facts = {"items": pieces(body.get("line_items")), "warehouse": slug(body.get("warehouse_id"))}
    yield _dated("allocated", body, "allocated_at", facts)


def _deallocated(posted: Posted) -> Iterator[Told]:
    yield _dated("deallocated", posted.body, "deallocated_at", {})


def _cancelled(posted: Posted) -> Iterator[Told]:
    yield _undated("order_cancelled", _order(posted.body), posted, {}, ())


def _packed_out(posted: Posted) -> Iterator[Told]:
    body = posted.body
    facts = {"items": len(objects(body.get("items"))) or None}
    yield _undated("pack_completed", _order(body), posted, facts, (text(body.get("tote_id")),))


def _tote_complete(posted: Posted) -> Iterator[Told]:
    batch = text(posted.body.get("batch_id"))
    for place, tote in enumerate(objects(posted.body.get("totes"))):
        for number, order in enumerate(objects(tote.get("orders"))):
            facts = {"items": pieces(order.get("items"))}
            named = _order(order, f"totes.{place}.orders.{number}.")
            once = (batch, text(tote.get("tote_barcode")))
            yield _undated("pick_completed", named, posted, facts, once)


def _shipment(posted: Posted) -> Iterator[Told]:
    """A label for each package: that a carrier has the parcel is the carrier's to say."""
    shipment = obj(posted.body.get("fulfillment"))
    packages = objects(posted.body.get("packages")) or objects(shipment.get("packages"))
    for package in packages or [shipment]:
        carrier = package.get("shipping_carrier") or shipment.get("shipping_carrier")
        service = package.get("shipping_method") or shipment.get("shipping_method")
        facts = {
            "warehouse": slug(shipment.get("warehouse")),
            "carrier": slug(carrier),
            "service": slug(service),
            "tracking_number": text(package.get("tracking_number")),
            "items": pieces(package.get("line_items") or shipment.get("line_items")),
        }
        yield _dated("label_created", shipment, "created_at", facts, "fulfillment.")


KINDS: dict[str, Callable[[Posted], Iterator[Told]]] = {
    "Order Allocated": _allocated,
    "Order Deallocated": _deallocated,
    "Order Canceled": _cancelled,
    "Order Packed Out": _packed_out,
    "Tote Complete": _tote_complete,
    "Shipment Update": _shipment,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """An order by the shop's number, which the warehouse shares, and by ShipHero's own."""

    order_id: str
    own: str | None


def _order(body: Json, prefix: str = "") -> _Order:
    """Which order is meant; where the shop's number is missing, by ShipHero's own."""
    shops = next((found for key in _NAMES if (found := text(body.get(key)))), "")
    own = name_of("shiphero", _own(body))
    order_id = shops.removeprefix("#") or own
    if not order_id:
        raise no_fact(path=f"{prefix}order_number", message="the body names no order")
    return _Order(order_id=order_id, own=own)


def _own(body: Json) -> str | None:
    """ShipHero's number: `order_id`, or what is written in `order_uuid`."""
    stated = slug(body.get("order_id"))
    if stated is not None:
        return stated
    try:
        found = _UUID.fullmatch(b64decode(text(body.get("order_uuid")) or "", validate=True))
    except (binascii.Error, ValueError):
        return None
    return found[1].decode() if found else None


def _dated(event_type: str, body: Json, field: str, facts: Json, prefix: str = "") -> Told:
    order, at = _order(body, prefix), body.get(field)
    if at is None:
        raise no_fact(path=f"{prefix}{field}", message="it dates the webhook, and it is missing")
    once = (text(dated(at)), text(facts.get("tracking_number")))
    raw = _raw(event_type, order, once, facts) | {"occurred_at": dated(at)}
    paths = {"occurred_at": f"{prefix}{field}"}
    return Told(raw=raw, by_id=True, paths=paths, names=(order.own,))


def _undated(
    event_type: str, order: _Order, posted: Posted, facts: Json, once: tuple[str | None, ...]
) -> Told:
    """The body has no time: it counts as of its first arrival."""
    raw = _raw(event_type, order, once, facts) | {"occurred_at": posted.now.isoformat()}
    return Told(raw=raw, by_id=True, names=(order.own,))


def _raw(
    event_type: str, order: _Order, once: tuple[str | None, ...], facts: Json
) -> dict[str, Any]:
    return {
        "event_id": digest(event_type, order.order_id, *once),
        "event_type": event_type,
        "order_id": order.order_id,
        "payload": known(facts),
    }
