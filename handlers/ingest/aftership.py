"""Reads AfterShip's trackings: each checkpoint is a fact. Must not read other events."""

from handlers.ingest.moments import promised
from handlers.ingest.signatures import base64_in
from handlers.ingest.told import (
    Json,
    Posted,
    Told,
    country,
    known,
    no_fact,
    obj,
    objects,
    slug,
    text,
)
from handlers.ingest.tracking import Parcel, Scan, history, place_of

SCHEME = base64_in("aftership-hmac-sha256")
EVENTS = frozenset({"tracking_update", "edd_revise"})
"""Both carry the whole tracking."""


def translate(posted: Posted) -> list[Told]:
    """The checkpoints of a tracking; other events are of no interest."""
    event = text(posted.body.get("event"))
    if event is None:
        raise no_fact(
            path="event", message="an AfterShip webhook names what happened, as tracking_update"
        )
    if event not in EVENTS:
        return []
    tracking = obj(posted.body.get("msg"))
    number = text(tracking.get("tracking_number"))
    if number is None:
        raise no_fact(
            path="msg.tracking_number", message="a tracking without its number tells of no parcel"
        )
    points = objects(tracking.get("checkpoints"))
    scans = [_scan(point, f"msg.checkpoints.{place}") for place, point in enumerate(points)]
    return history(_parcel(tracking, number), scans or [_tag(tracking)], posted)


def _parcel(tracking: Json, number: str) -> Parcel:
    order = text(tracking.get("order_number")) or text(tracking.get("order_id")) or ""
    facts = {
        "service": slug(tracking.get("service_type")) or slug(tracking.get("shipment_type")),
        "destination_country": country(tracking.get("destination_country_region"))
        or country(tracking.get("destination_country_iso3")),
        "destination_zip": slug(tracking.get("destination_postal_code")),
        "promised_delivery": _promise(tracking),
    }
    return Parcel(
        source="aftership",
        reference=order.removeprefix("#") or None,
        tracking_number=number,
        carrier=slug(tracking.get("slug")),
        facts=known(facts),
    )


def _promise(tracking: Json) -> str | None:
    """What was promised first, where AfterShip still says so."""
    first = obj(tracking.get("first_estimated_delivery")).get("datetime")
    courier = obj(tracking.get("courier_estimated_delivery_date")).get("estimated_delivery_date")
    stated = (first, courier, tracking.get("expected_delivery"))
    return next((promise for promise in map(promised, stated) if promise), None)


def _codes(said: Json) -> tuple[str, ...]:
    codes = (text(said.get("subtag")), text(said.get("tag")))
    return tuple(code for code in codes if code)


def _scan(point: Json, path: str) -> Scan:
    places = ("city", "state", "country_region", "country_iso3", "zip")
    return Scan(
        codes=_codes(point),
        at=point.get("checkpoint_time") or "",
        place=place_of(point, *places),
        path=f"{path}.checkpoint_time",
    )


def _tag(tracking: Json) -> Scan:
    """The tag alone, where no checkpoint is there yet."""
    return Scan(codes=_codes(tracking), at=None)
