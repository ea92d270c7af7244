"""What our own events say of a parcel that somebody bills. Must not price or judge it."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from policies.facts import OrderEvent, Timeline
from policies.local_time import local_date
from policies.money.parcels import Parcel, read_parcel
from policies.order_names import TRACKING, name_of
from policies.shipments import NUMBER, shipments_in
from policies.sites import is_zone

CARRIED = frozenset(
    {"carrier_picked_up", "carrier_scan", "in_transit", "out_for_delivery", "delivered"}
)
"""What only a carrier that has the parcel can do."""
MEASURED_BY = frozenset({"pack_completed", "label_created", "manifested", "staged"})
"""Where the packed parcel was weighed; a shop's weight is that of the goods alone."""
_PROVING = (*CARRIED, "label_created", "label_voided", "manifested", "address_corrected")
_MOST_PROOFS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One parcel as our events tell of it; what they do not say is None or empty.

    `parcel` is what a label says under `parcel`; `residential` is None where nothing does.
    """

    order_id: str
    number: str = ""
    labelled_on: date | None = None
    voided: bool = False
    carried: bool = False
    shipped_on: date | None = None
    delivered_at: datetime | None = None
    timezone: str = ""
    service: str = ""
    origin: str = ""
    zip: str = ""
    parcel: Parcel = field(default_factory=Parcel)
    residential: bool | None = None
    weight_grams: int | None = None
    kinds: frozenset[str] = frozenset()
    event_ids: tuple[str, ...] = ()


def shipments_of(timeline: Timeline, timezone: str) -> list[Shipment]:
    """The parcels of an order; days are those of `timezone`."""
    return [_shipment(one, timezone) for one in shipments_in(timeline).values()]


def _shipment(timeline: Timeline, timezone: str) -> Shipment:
    facts = timeline.facts()
    packed = _merged(event for event in timeline.events if event.kind in MEASURED_BY)
    told = packed.get("parcel")
    parcel = Parcel()
    with suppress(ValueError):
        parcel = read_parcel(told) if told is not None else parcel
    first = next((one for one in timeline.events if one.kind in CARRIED), None)
    left = first or timeline.first(["manifested"])
    delivered = timeline.first(["delivered"])
    label, void = _last(timeline, "label_created"), _last(timeline, "label_voided")
    destination = _text(facts, "destination_timezone")
    known = isinstance(told, Mapping) and "residential" in told
    return Shipment(
        order_id=timeline.order_id,
        number=(name_of(TRACKING, _text(facts, NUMBER)) or "").partition(":")[2],
        labelled_on=local_date(label.occurred_at, timezone) if label else None,
        voided=void is not None and (label is None or label.occurred_at <= void.occurred_at),
        carried=first is not None,
        shipped_on=local_date(left.occurred_at, timezone) if left else None,
        delivered_at=delivered.occurred_at if delivered else None,
        timezone=destination if is_zone(destination) else "",
        service=parcel.service or _text(facts, "service"),
        origin=parcel.origin or _text(facts, "warehouse"),
        zip=parcel.zip or _text(facts, "destination_zip"),
        parcel=parcel,
        residential=parcel.residential if known else None,
        weight_grams=_grams(packed.get("weight_grams")),
        kinds=frozenset(event.kind for event in timeline.events),
        event_ids=tuple(one.event_id for one in timeline.events if one.kind in _PROVING)[
            :_MOST_PROOFS
        ],
    )


def _last(timeline: Timeline, kind: str) -> OrderEvent | None:
    return next((one for one in reversed(timeline.events) if one.kind == kind), None)


def _merged(events: Iterable[OrderEvent]) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    for event in events:
        stated.update(event.payload)
    return stated


def _text(facts: Mapping[str, Any], key: str) -> str:
    value = facts.get(key)
    return " ".join(value.split())[:100] if isinstance(value, str) else ""


def _grams(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
