"""How an order runs when nothing goes wrong, from the shop to the customer's door.

A span must not come near a default promise; problems live elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demo.warehouse.moments import Moment
from demo.warehouse.orders import floor_facts, shop_facts
from demo.warehouse.waves import HOUR, MINUTE

if TYPE_CHECKING:
    from random import Random

    from demo.warehouse.orders import Order
    from demo.warehouse.waves import Wave

SLOWEST_NEWS = 20  # seconds; shorter than any pause between two events of an order
_TRACKING = {"UPS": ("1Z", 16), "FedEx": ("7", 11), "USPS": ("9400", 18)}


def draw_minutes(rng: Random, least: int, most: int) -> int:
    """Draw a span of `least` to `most` minutes, in seconds."""
    return least * MINUTE + int(rng.random() * ((most - least) * MINUTE + 1))


def plan_flow(rng: Random, *, order: Order, paid_at: int, wave: Wave) -> list[Moment]:
    """Return the healthy life of an order that was paid at `paid_at`, in time order."""
    picked_from = wave.released_at + draw_minutes(rng, 2, 12)
    picked = picked_from + draw_minutes(rng, 8, 45)
    packed_from = picked + draw_minutes(rng, 5, 60)
    packed = packed_from + draw_minutes(rng, 5, 45)
    labelled = packed + draw_minutes(rng, 1, 3)
    staged = labelled + draw_minutes(rng, 2, 8)
    floor: dict[str, Any] = {**floor_facts(order), "wave": wave.wave_id}
    parcel = {**floor, "carrier": wave.carrier, "tracking_number": _tracking(rng, wave.carrier)}
    steps: list[tuple[str, int, dict[str, Any]]] = [
        ("allocated", paid_at + 30, floor_facts(order)),
        ("pick_started", picked_from, floor),
        ("pick_completed", picked, floor),
        ("pack_started", packed_from, floor),
        ("pack_completed", packed, {**floor, "weight_grams": order.weight_grams + 180}),
        ("ship_label_printed", labelled, parcel),
        ("staged", staged, parcel),
        ("manifested", wave.truck_at - draw_minutes(rng, 1, 3), parcel),
    ]
    return [
        *_shop_moments(rng, order, paid_at),
        *(_moment(rng, name, "wms", at, facts) for name, at, facts in steps),
        *_road_moments(rng, order, wave, parcel),
    ]


def _shop_moments(rng: Random, order: Order, paid_at: int) -> list[Moment]:
    facts = shop_facts(order)
    return [
        _moment(rng, "order_created", "shopify", order.created_at, facts),
        _moment(rng, "order_paid", "shopify", paid_at, facts),
    ]


def _road_moments(rng: Random, order: Order, wave: Wave, parcel: dict[str, Any]) -> list[Moment]:
    service, left_at = order.service, wave.truck_at + draw_minutes(rng, 1, 4)
    transit = rng.randrange(service.fastest_hours * HOUR, service.slowest_hours * HOUR)
    facts = {
        "client": order.client.tenant,
        "service": service.name,
        "warehouse": order.warehouse.code,
        "carrier": wave.carrier,
        "tracking_number": parcel["tracking_number"],
        "destination_country": order.destination.country_code,
        "destination_timezone": order.destination.timezone,
    }
    steps = (
        ("carrier_picked_up", left_at),
        ("carrier_scan", left_at + transit * 8 // 100),
        ("in_transit", left_at + transit * 30 // 100),
        ("out_for_delivery", left_at + transit * 85 // 100),
        ("delivered", left_at + transit),
    )
    return [_moment(rng, name, "carrier", at, facts) for name, at in steps]


def _moment(rng: Random, name: str, source: str, at: int, facts: dict[str, Any]) -> Moment:
    lag = 1 + int(rng.random() * SLOWEST_NEWS)
    return Moment(event_type=name, source=source, at=at, lag=lag, facts=facts)


def _tracking(rng: Random, carrier: str) -> str:
    prefix, digits = _TRACKING[carrier]
    return f"{prefix}{rng.randrange(10**digits):0{digits}d}"
