"""Reads Shopify's webhooks: which fact of which order a body tells.

Must not trust a field's type: bodies come from outside. What the policies know is put under
their keys (shopify_facts.py); free text stays under its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.api.errors import Issue
from handlers.ingest.canonical import InvalidEventError
from handlers.ingest.shopify_facts import fulfillment_facts, order_facts, text

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a topic's body says. `times` are the fields that date it, best first."""

    event_type: Callable[[Json], str]
    times: tuple[str, ...]
    facts: Callable[[Json], dict[str, Any]]


def _always(event_type: str) -> Callable[[Json], str]:
    return lambda _body: event_type


SHIPMENT_FACTS = {
    "label_purchased": "label_created",
    "label_printed": "label_created",
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "attempted_delivery": "delivery_attempted",
    "delivered": "delivered",
    "carrier_picked_up": "carrier_picked_up",
    "picked_up": "carrier_picked_up",
    "failure": "exception_reported",
}
"""Shopify's shipment_status as the policies name the fact. What is not here (confirmed,
ready_for_pickup, delayed, ...) proves no step of ours and is kept as fulfillment_<status>."""


def _shipment(news: str) -> Callable[[Json], str]:
    def event_type(body: Json) -> str:
        if text(body.get("status")) == "cancelled":
            return "fulfillment_cancelled"
        status = text(body.get("shipment_status"))
        if status is None:
            return f"fulfillment_{news}"
        return SHIPMENT_FACTS.get(status, f"fulfillment_{status.lower()}")

    return event_type


TOPICS = {
    "orders/create": Topic(
        event_type=_always("order_created"), times=("created_at",), facts=order_facts
    ),
    "orders/paid": Topic(
        event_type=_always("order_paid"), times=("processed_at", "updated_at"), facts=order_facts
    ),
    "orders/cancelled": Topic(
        event_type=_always("order_cancelled"), times=("cancelled_at",), facts=order_facts
    ),
    "orders/edited": Topic(
        event_type=_always("order_edited"), times=("updated_at", "created_at"), facts=order_facts
    ),
    "orders/fulfilled": Topic(
        event_type=_always("order_fulfilled"), times=("updated_at",), facts=order_facts
    ),
    "fulfillments/create": Topic(
        event_type=_shipment("created"), times=("created_at",), facts=fulfillment_facts
    ),
    "fulfillments/update": Topic(
        event_type=_shipment("updated"), times=("updated_at",), facts=fulfillment_facts
    ),
}


def translate(body: Json, headers: Mapping[str, str]) -> dict[str, Any]:
    """The canonical form of a webhook; raises InvalidEventError naming Shopify's own field."""
    name = headers.get("X-Shopify-Topic") or _topic_of(body)
    topic = TOPICS.get(name)
    if topic is None:
        message = f"this topic is not read; subscribe to {', '.join(TOPICS)}"
        raise InvalidEventError(Issue(path="X-Shopify-Topic", message=message))
    resource = _resource(body)
    dated = [resource[field] for field in topic.times if resource.get(field) is not None]
    if not dated:
        message = f"{name} is dated by it, and it is missing"
        raise InvalidEventError(Issue(path=topic.times[0], message=message))
    return {
        "event_id": _event_id(name, resource, headers),
        "event_type": topic.event_type(resource),
        "order_id": _order_id(resource),
        "occurred_at": dated[0],
        "payload": topic.facts(resource),
    }


def _topic_of(body: Json) -> str:
    """What a body without a topic header must be, judged by what only that topic has."""
    if "order_edit" in body:
        return "orders/edited"
    if "tracking_number" in body or "shipment_status" in body:
        fresh = body.get("created_at") == body.get("updated_at")
        return "fulfillments/create" if fresh else "fulfillments/update"
    if "order_id" in body or not {"id", "name"} & body.keys():
        return ""  # something about an order, and not the order
    if body.get("cancelled_at") is not None:
        return "orders/cancelled"
    if body.get("fulfillment_status") == "fulfilled":
        return "orders/fulfilled"
    return "orders/paid" if body.get("financial_status") == "paid" else "orders/create"


def _resource(body: Json) -> Json:
    """The body; of orders/edited, which wraps it, what is in the wrapping."""
    wrapped = body.get("order_edit")
    return wrapped if isinstance(wrapped, dict) else body


def _order_id(resource: Json) -> str:
    """`#1001` and its fulfillment `#1001.2` are order 1001; without a name, Shopify's own id."""
    name = (text(resource.get("name")) or "").removeprefix("#")
    if "order_id" in resource and name:
        name = name.rpartition(".")[0] or name
    if name:
        return name
    for field in ("order_id", "id"):
        number = text(resource.get(field))
        if number:
            return number
    raise InvalidEventError(Issue(path="name", message="the order has neither a name nor an id"))


def _event_id(topic: str, resource: Json, headers: Mapping[str, str]) -> str:
    """One id per fact: one click of a merchant sends one id under several topics."""
    for header in ("X-Shopify-Event-Id", "X-Shopify-Webhook-Id"):
        if headers.get(header):
            return f"{topic}:{headers[header]}"
    changed = text(resource.get("updated_at")) or text(resource.get("created_at")) or ""
    return f"{topic}:{text(resource.get('id')) or ''}:{changed}"
