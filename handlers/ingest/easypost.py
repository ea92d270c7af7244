"""Reads EasyPost's trackers: each scan of the history is a fact. Must not read other events."""

import re

from handlers.ingest.moments import promised
from handlers.ingest.signatures import hex_in
from handlers.ingest.told import Json, Posted, Told, country, known, no_fact, obj, objects, slug, text
from handlers.ingest.tracking import Parcel, Scan, history, place_of

SCHEME = hex_in("X-Hmac-Signature", "hmac-sha256-hex=")
_GRAMS_PER_OUNCE = 28.349523125
_COUNTRY = re.compile(r"\b([A-Z]{2})$")


def translate(posted: Posted) -> list[Told]:
    """The scans of `tracker.created` and `tracker.updated`; batches, refunds and others are none.

    The bare tracker, as EasyPost's API answers it, is read as well.
    """
    body = posted.body
    tracker = _tracker(body)
    if tracker is None:
        return []
    parcel = _parcel(tracker)
    prefix = "result." if "result" in body else ""
    details = objects(tracker.get("tracking_details"))
    return history(parcel, [_scan(one, f"{prefix}{n}") for n, one in enumerate(details)], posted)


def _tracker(body: Json) -> Json | None:
    if body.get("object") == "Tracker":
        return body
    description = body.get("description")
    if not isinstance(description, str):
        raise no_fact("description", "an EasyPost event names what happened, as tracker.updated")
    if not description.startswith("tracker."):
        return None
    if not isinstance(body.get("result"), dict):
        raise no_fact("result", f"{description} holds its tracker, and it is missing")
    return obj(body["result"])


def _parcel(tracker: Json) -> Parcel:
    number = text(tracker.get("tracking_code"))
    if number is None:
        raise no_fact("result.tracking_code", "a tracker without its number tells of no parcel")
    detail = obj(tracker.get("carrier_detail"))
    weight = tracker.get("weight")
    ounces = weight if isinstance(weight, int | float) and not isinstance(weight, bool) else None
    facts = {
        "service": slug(detail.get("service")),
        "promised_delivery": promised(detail.get("est_delivery_date_local"))
        or promised(tracker.get("est_delivery_date")),
        "destination_country": _destination(detail),
        "weight_grams": round(ounces * _GRAMS_PER_OUNCE) if ounces and 0 < ounces < 1e6 else None,
    }
    return Parcel(
        source="easypost",
        order_id=(text(tracker.get("reference")) or number).removeprefix("#"),
        tracking_number=number,
        carrier=slug(tracker.get("carrier")),
        facts=known(facts),
    )


def _destination(detail: Json) -> str | None:
    """The receiver's country, from the place or from the end of `BROOKLYN HGTS NY US`."""
    place = obj(detail.get("destination_tracking_location"))
    ending = _COUNTRY.search(text(detail.get("destination_location")) or "")
    words = (text(detail.get("destination_location")) or "").split()
    spelled = ending[1] if ending and len(words) > 2 and len(words[-2]) == 2 else None  # noqa: PLR2004
    return country(place.get("country")) or spelled


def _scan(detail: Json, path: str) -> Scan:
    status, refined = text(detail.get("status")) or "", text(detail.get("status_detail"))
    own = text(detail.get("carrier_code"))
    codes = (f"{status}/{refined}" if refined else "", status, f"carrier:{own}" if own else "")
    where = obj(detail.get("tracking_location"))
    base, _, place = path.rpartition(".")
    return Scan(
        codes=tuple(code for code in codes if code),
        at=detail.get("datetime"),
        place=place_of(where, "city", "state", "country", "zip"),
        path=f"{base}{'.' if base else ''}tracking_details.{place}.datetime",
    )
