"""Reads the tracks of ShipEngine, which is ShipStation's API v2. Must not fetch anything."""

from handlers.ingest.moments import promised
from handlers.ingest.signatures import TOKEN
from handlers.ingest.told import Json, Posted, Told, known, no_fact, obj, objects, slug, text
from handlers.ingest.tracking import Parcel, Scan, history, place_of

SCHEME = TOKEN
"""It signs with RSA; the exact text that is signed could not be confirmed."""
_DELIVERED = "DE"


def translate(posted: Posted) -> list[Told]:
    """The events of a track webhook; those of batches, rates and others are of no interest."""
    kind = text(posted.body.get("resource_type"))
    if kind is None:
        raise no_fact(
            path="resource_type", message="a ShipEngine webhook names its kind, as API_TRACK"
        )
    if "TRACK" not in kind.upper():
        return []
    track = obj(posted.body.get("data"))
    number = text(track.get("tracking_number"))
    if number is None:
        raise no_fact(
            path="data.tracking_number", message="a track without its number tells of no parcel"
        )
    events = objects(track.get("events"))
    scans = [_scan(event, f"data.events.{place}") for place, event in enumerate(events)]
    return history(_parcel(track, number), scans or [_status(track)], posted)


def _parcel(track: Json, number: str) -> Parcel:
    facts = {"promised_delivery": promised(track.get("estimated_delivery_date"))}
    return Parcel(
        source="shipengine",
        reference=None,
        tracking_number=number,
        carrier=slug(track.get("carrier_code")),
        facts=known(facts),
    )


def _codes(said: Json) -> tuple[str, ...]:
    status, refined = text(said.get("status_code")) or "", text(said.get("status_detail_code"))
    own = text(said.get("carrier_status_code")) or text(said.get("event_code"))
    codes = (f"{status}/{refined}" if refined else "", status, f"carrier:{own}" if own else "")
    return tuple(code for code in codes if code)


def _scan(event: Json, path: str) -> Scan:
    places = ("city_locality", "state_province", "country_code", "postal_code")
    return Scan(
        codes=_codes(event),
        at=event.get("occurred_at") or "",
        place=place_of(event, *places),
        path=f"{path}.occurred_at",
    )


def _status(track: Json) -> Scan:
    """The status alone, where no events come along; only a delivery has its time."""
    codes = _codes(track)
    delivered = track.get("actual_delivery_date") if _DELIVERED in codes else None
    return Scan(codes=codes, at=delivered, path="data.actual_delivery_date")
