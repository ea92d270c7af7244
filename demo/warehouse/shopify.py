"""Shopify's webhooks: the order resource and the headers, in the shape that Shopify documents.

Renders a canonical event of the shop; it must not name real people: they are made up.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any

from demo.warehouse.clients import CLIENTS, DESTINATIONS, SERVICES, Client
from demo.warehouse.notes import draw_note

if TYPE_CHECKING:
    from collections.abc import Mapping

API_VERSION = "2025-10"
TOPICS = {
    "order_created": "orders/create",
    "order_paid": "orders/paid",
    "order_cancelled": "orders/cancelled",
}
NOTE_ONE_IN = 8
FIRST_NAMES = ("Maria", "Jo", "Amir", "Lena", "Tomas", "Grace")
LAST_NAMES = ("Fields", "Okafor", "Lindqvist", "Marsh", "Ito", "Brandt")
STREETS = ("Chestnut Street", "Harbor Road", "Mill Lane", "Second Avenue")
_FINANCIAL = {"orders/create": "pending", "orders/paid": "paid", "orders/cancelled": "voided"}
_PRICES = {service.name: service.price_cents for service in SERVICES}
_PLACES = {place.zip: place for place in DESTINATIONS}
_CLIENTS = {client.tenant: client for client in CLIENTS}


def render_order(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the REST order resource that a shop sends for `event`."""
    payload, client = event["payload"], _CLIENTS[event["payload"]["client"]]
    number = int(event["order_id"].removeprefix("SO-"))
    person = Random(event["order_id"])
    return {
        "id": 5_600_000_000_000 + number,
        "admin_graphql_api_id": f"gid://shopify/Order/{5_600_000_000_000 + number}",
        "name": f"#{event['order_id']}",
        "order_number": number,
        **_states(event, client),
        **_amounts(event),
        "total_weight": payload["weight_grams"],
        "note": draw_note(person) if person.randrange(NOTE_ONE_IN) == 0 else None,
        "note_attributes": _note_attributes(payload),
        "tags": ", ".join([*payload["tags"], *payload["flags"]]),
        "source_name": "web",
        "test": False,
        "line_items": _line_items(client, payload, number),
        "refunds": [],
        "fulfillments": [],
        **_people(person, payload),
    }


def render_headers(event: Mapping[str, Any]) -> dict[str, str]:
    """Return Shopify's headers but the signature; a repeated event repeats its ids."""
    client = _CLIENTS[event["payload"]["client"]]
    event_id = f"{client.tenant}/{event['event_id']}/{event['occurred_at']}"
    return {
        "X-Shopify-Topic": TOPICS[event["event_type"]],
        "X-Shopify-Shop-Domain": client.shop_domain,
        "X-Shopify-Webhook-Id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"webhook/{event_id}")),
        "X-Shopify-Event-Id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"event/{event_id}")),
        "X-Shopify-Triggered-At": event["occurred_at"].replace("Z", ".000000000Z"),
        "X-Shopify-API-Version": API_VERSION,
    }


def _note_attributes(payload: Mapping[str, Any]) -> list[dict[str, str]]:
    names = ("promised_delivery", "destination_timezone", "customer_tier")
    return [{"name": name, "value": payload[name]} for name in names]


def _line_items(client: Client, payload: Mapping[str, Any], number: int) -> list[dict[str, Any]]:
    products = {product.sku: product for product in client.products}
    return [
        {
            "id": 14_000_000_000_000 + number * 10 + index,
            "sku": line["sku"],
            "title": products[line["sku"]].title,
            "name": products[line["sku"]].title,
            "quantity": line["quantity"],
            "current_quantity": line["quantity"],
            "fulfillable_quantity": line["quantity"],
            "fulfillment_service": "manual",
            "fulfillment_status": None,
            "grams": products[line["sku"]].grams,
            "price": _money(products[line["sku"]].unit_cents),
            "requires_shipping": True,
            "taxable": True,
            "vendor": client.name,
        }
        for index, line in enumerate(payload["lines"])
    ]


def _states(event: Mapping[str, Any], client: Client) -> dict[str, Any]:
    topic, payload = TOPICS[event["event_type"]], event["payload"]
    created = _local(payload["placed_at"], client)
    happened = _local(event["occurred_at"], client)
    cancelled = topic == "orders/cancelled"
    return {
        "created_at": created,
        "updated_at": happened,
        "processed_at": created if cancelled else happened,
        "cancelled_at": happened if cancelled else None,
        "cancel_reason": payload["reason"] if cancelled else None,
        "closed_at": None,
        "confirmed": True,
        "financial_status": _FINANCIAL[topic],
        "fulfillment_status": None,
    }


def _amounts(event: Mapping[str, Any]) -> dict[str, Any]:
    payload, paid = event["payload"], event["event_type"] == "order_paid"
    service, total = payload["service"], payload["order_value_cents"]
    shipping = _PRICES[service]
    line = {"title": service, "code": service, "price": _money(shipping), "source": "shopify"}
    return {
        "currency": "USD",
        "total_price": _money(total),
        "current_total_price": _money(total),
        "subtotal_price": _money(total - shipping),
        "total_line_items_price": _money(total - shipping),
        "total_tax": "0.00",
        "total_discounts": "0.00",
        "total_outstanding": _money(0 if paid else total),
        "shipping_lines": [line],
    }


def _people(person: Random, payload: Mapping[str, Any]) -> dict[str, Any]:
    first, last = person.choice(FIRST_NAMES), person.choice(LAST_NAMES)
    place = _PLACES.get(payload["destination_zip"], DESTINATIONS[0])
    email = f"{first}.{last}@example.com".lower()
    address = {
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}",
        "address1": f"{1 + person.randrange(400)} {person.choice(STREETS)}",
        "address2": None,
        "city": place.city,
        "province_code": place.province_code,
        "zip": payload["destination_zip"],
        "country_code": payload["destination_country"],
        "phone": f"+1555{person.randrange(10**7):07d}",
    }
    customer = {
        "id": 7_000_000_000_000 + person.randrange(10**9),
        "email": email,
        "first_name": first,
        "last_name": last,
        "tags": ", ".join(payload["tags"]),
    }
    return {"email": email, "customer": customer, "shipping_address": address}


def _local(at: str, client: Client) -> str:
    zone = timezone(timedelta(hours=client.utc_offset_hours))
    return datetime.fromisoformat(at).astimezone(zone).isoformat()


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
