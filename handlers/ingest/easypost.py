"""Reads EasyPost's trackers: each scan of the history is a fact. Must not read other events."""

from handlers.ingest.moments import promised
from handlers.ingest.signatures import hex_in
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
    slug,
    text,
)
from handlers.ingest.tracking import Parcel, Scan, history, place_of

SCHEME = hex_in("X-Hmac-Signature", "hmac-sha256-hex=")


def translate(posted: Posted) -> list[Told]:
    """The scans of `tracker.created` and `tracker.updated`; batches, refunds and others are none.

    The bare tracker, as EasyPost's API answers it, is read as well.
    """
    body = posted.body
    tracker = _tracker(body)
    if tracker is None:
        return []
    parcel = _parcel(tracker)
    path = "tracking_details" if tracker is body else "result.tracking_details"
    details = objects(tracker.get("tracking_details"))
    return history(parcel, [_scan(one, f"{path}.{n}") for n, one in enumerate(details)], posted)


def _tracker(body: Json) -> Json | None:
    if body.get("object") == "Tracker":
        return body
    description = body.get("description")
    if not isinstance(description, str):
        raise no_fact(
            path="description", message="an EasyPost event names what happened, as tracker.updated"
        )
    if not description.startswith("tracker."):
        return None
    if not isinstance(body.get("result"), dict):
        raise no_fact(path="result", message=f"{description} holds its tracker, and it is missing")
    return obj(body["result"])


def _parcel(tracker: Json) -> Parcel:
    number = text(tracker.get("tracking_code"))
    if number is None:
        raise no_fact(
            path="result.tracking_code", message="a tracker without its number tells of no parcel"
        )
    detail = obj(tracker.get("carrier_detail"))
    place = obj(detail.get("destination_tracking_location"))
    facts = {
        "service": slug(detail.get("service")),
        "promised_delivery": promised(detail.get("est_delivery_date_local"))
        or promised(tracker.get("est_delivery_date")),
        "destination_country": country(place.get("country")),
        "weight_grams": grams(tracker.get("weight"), "ounces"),
    }
    return Parcel(
        source="easypost",
        reference=(text(tracker.get("reference")) or "").removeprefix("#") or None,
        tracking_number=number,
        carrier=slug(tracker.get("carrier")),
        facts=known(facts),
    )


def _scan(detail: Json, path: str) -> Scan:
    status, refined = text(detail.get("status")) or "", text(detail.get("status_detail"))
    own = text(detail.get("carrier_code"))
    codes = (f"{status}/{refined}" if refined else "", status, f"carrier:{own}" if own else "")
    where = obj(detail.get("tracking_location"))
    return Scan(
        codes=tuple(code for code in codes if code),
        at=detail.get("datetime") or "",
        place=place_of(where, "city", "state", "country", "zip"),
        path=f"{path}.datetime",
    )
