"""Reads Shopify's webhooks: which fact of which order a body tells.

Must not trust a field's type: bodies come from outside. What the policies know is put under
their keys (shopify_facts.py); notes, names and addresses are left behind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.ingest.shopify_facts import (
    fulfillment_facts,
    hold_facts,
    order_facts,
    release_facts,
    scan_facts,
)
from handlers.ingest.signatures import base64_in
from handlers.ingest.told import Json, Posted, Told, known, no_fact, obj, objects, text
from handlers.ingest.tracking import said
from policies.order_names import TRACKING, name_of
from policies.source_codes import Meaning

SCHEME = base64_in("X-Shopify-Hmac-Sha256")
_TRIGGERED = "X-Shopify-Triggered-At"
_IDS = ("X-Shopify-Event-Id", "X-Shopify-Webhook-Id")
HEADERS = ("X-Shopify-Topic", _TRIGGERED, *_IDS)
"""What is read beside the body."""
_GID = "gid://shopify/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a topic's body says.

    `event_type` is the fact; with `status` the code in that field says which fact it is, and
    `event_type` counts where there is none. `times` are the fields that date it, best first;
    `ids` are those with Shopify's number of the order, should its name be missing.
    """

    event_type: str
    times: tuple[str, ...]
    facts: Callable[[Json], dict[str, Any]]
    status: str = ""
    ids: tuple[str, ...] = ("order_id",)


def _of_order(event_type: str, *times: str) -> Topic:
    return Topic(event_type=event_type, times=times, facts=order_facts, ids=("order_id", "id"))


def _of_parcel(event_type: str, time: str) -> Topic:
    return Topic(
        event_type=event_type, times=(time,), facts=fulfillment_facts, status="shipment_status"
    )


TOPICS = {
    "orders/create": _of_order("order_created", "created_at"),
    "orders/paid": _of_order("order_paid", "processed_at", "updated_at"),
    "orders/cancelled": _of_order("order_cancelled", "cancelled_at"),
    "orders/edited": _of_order("order_edited", "updated_at", "created_at"),
    "orders/updated": _of_order("order_updated", "updated_at"),
    "orders/fulfilled": _of_order("order_fulfilled", "updated_at"),
    "fulfillments/create": _of_parcel("fulfillment_created", "created_at"),
    "fulfillments/update": _of_parcel("fulfillment_updated", "updated_at"),
    "fulfillment_events/create": Topic(
        event_type="fulfillment_updated",
        times=("happened_at", "created_at"),
        facts=scan_facts,
        status="status",
    ),
    "fulfillment_orders/placed_on_hold": Topic(
        event_type="order_held", times=("updated_at",), facts=hold_facts
    ),
    "fulfillment_orders/hold_released": Topic(
        event_type="order_released", times=("updated_at",), facts=release_facts
    ),
}


def translate(posted: Posted) -> list[Told]:
    """The fact of a webhook; a topic that is not in the table is of no interest."""
    given = posted.headers.get("X-Shopify-Topic")
    name = given or _topic_of(posted.body)
    topic = TOPICS.get(name)
    if topic is None:
        if given:
            return []
        message = f"the body does not show its topic; send this header, as {', '.join(TOPICS)}"
        raise no_fact(path="X-Shopify-Topic", message=message)
    resource = _resource(posted.body)
    field, at = _dated(topic, resource, posted.headers)
    if at is None:
        raise no_fact(path=field, message=f"{name} is dated by it, and it is missing")
    meaning = _meaning(topic, resource, posted)
    own = name_of("shopify", _number(topic, resource))
    raw = {
        "event_id": _event_id(name, resource, posted.headers),
        "event_type": meaning.event,
        "order_id": _order_id(resource, own),
        "occurred_at": at,
        "payload": topic.facts(resource) | known(said(meaning)),
    }
    return [Told(raw=raw, names=(own, *_parcels(resource)))]


def _meaning(topic: Topic, resource: Json, posted: Posted) -> Meaning:
    """What the topic says, or the status in its body: `confirmed` is `fulfillment_confirmed`."""
    plain = Meaning(event=topic.event_type)
    if not topic.status:
        return plain
    if text(resource.get("status")) == "cancelled":
        return Meaning(event="fulfillment_cancelled")
    status = text(resource.get(topic.status))
    if status is None:
        return plain
    carrier = text(resource.get("tracking_company")) or ""
    meaning = posted.codes.meaning("shopify", (status,), carrier)
    if meaning is None or meaning.event is None:
        return Meaning(event=f"fulfillment_{status.lower()}")
    return meaning


def _dated(topic: Topic, resource: Json, headers: Mapping[str, str]) -> tuple[str, object]:
    """The field that dates it, and its value; Shopify's own header where the body has none."""
    for field in topic.times:
        if resource.get(field) is not None:
            return field, resource[field]
    return topic.times[0], headers.get(_TRIGGERED)


def _topic_of(body: Json) -> str:
    """What a body without a topic header must be, judged by what only that topic has."""
    if "order_edit" in body:
        return "orders/edited"
    if "fulfillment_id" in body and "happened_at" in body:
        return "fulfillment_events/create"
    if _resource(body).get("fulfillment_holds"):
        return "fulfillment_orders/placed_on_hold"
    if "tracking_number" in body or "shipment_status" in body:
        fresh = body.get("created_at") == body.get("updated_at")
        return "fulfillments/create" if fresh else "fulfillments/update"
    if "order_id" in body or not {"id", "name"} & body.keys():
        return ""  # something about an order, and not the order
    return _order_topic(body)


def _order_topic(order: Json) -> str:
    if order.get("cancelled_at") is not None:
        return "orders/cancelled"
    if order.get("fulfillment_status") == "fulfilled":
        return "orders/fulfilled"
    return "orders/paid" if order.get("financial_status") == "paid" else "orders/create"


def _resource(body: Json) -> Json:
    """The body; where that is wrapped, what is in the wrapping, with what stands beside it."""
    wrapped = obj(body.get("order_edit")) or obj(body.get("fulfillment_order"))
    return {**body, **wrapped} if wrapped else body


def _order_id(resource: Json, own: str | None) -> str:
    """`#1001` and its fulfillment `#1001.2` are order 1001; without a name, Shopify's number."""
    name = (text(resource.get("name")) or text(resource.get("order_name")) or "").removeprefix("#")
    if "order_id" in resource and name:
        name = name.rpartition(".")[0] or name
    found = name or own
    if not found:
        raise no_fact(path="name", message="the order has neither a name nor an id")
    return found


def _number(topic: Topic, resource: Json) -> str | None:
    """Shopify's number of the order, also out of `gid://shopify/Order/450789469`."""
    stated = (text(resource.get(field)) for field in topic.ids)
    found = next((number for number in stated if number), None)
    return found.rpartition("/")[2] if found and found.startswith(_GID) else found


def _parcels(resource: Json) -> Iterator[str | None]:
    """The tracking numbers of the order, or of the fulfillment that the body is about."""
    for parcel in (resource, *objects(resource.get("fulfillments"))):
        listed = parcel.get("tracking_numbers")
        numbers = listed if isinstance(listed, list) else []
        for number in (parcel.get("tracking_number"), *numbers):
            yield name_of(TRACKING, text(number))


def _event_id(topic: str, resource: Json, headers: Mapping[str, str]) -> str:
    """One id per fact: one click of a merchant sends one id under several topics."""
    for header in _IDS:
        if headers.get(header):
            return f"{topic}:{headers[header]}"
    changed = text(resource.get("updated_at")) or text(resource.get("created_at")) or ""
    return f"{topic}:{text(resource.get('id')) or ''}:{changed}"
