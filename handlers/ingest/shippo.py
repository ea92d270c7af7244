"""Reads Shippo's tracks: each status of the history is a fact. Must not read other events."""

import re

from handlers.ingest.moments import promised
from handlers.ingest.signatures import TOKEN
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

SCHEME = TOKEN
_REFERENCE = re.compile(r"(?:order\b)?[\s#:]*([A-Za-z0-9][\w./-]{0,127})", re.IGNORECASE | re.ASCII)


def translate(posted: Posted) -> list[Told]:
    """The statuses of `track_updated`; other events are of no interest.

    The bare track, as Shippo's API answers it, is read as well.
    """
    body = posted.body
    bare = "event" not in body and "tracking_status" in body
    event = "track_updated" if bare else text(body.get("event"))
    if event is None:
        raise no_fact(
            path="event", message="a Shippo webhook names what happened, as track_updated"
        )
    if event != "track_updated":
        return []
    prefix = "" if bare else "data."
    track = body if bare else obj(body.get("data"))
    number = text(track.get("tracking_number"))
    if number is None:
        raise no_fact(
            path=f"{prefix}tracking_number", message="a track without its number tells of no parcel"
        )
    scans = [
        _scan(status, f"{prefix}tracking_history.{place}.status_date")
        for place, status in enumerate(objects(track.get("tracking_history")))
    ]
    latest = obj(track.get("tracking_status"))
    if latest:
        scans.append(_scan(latest, f"{prefix}tracking_status.status_date"))
    return history(_parcel(track, number), scans, posted)


def _parcel(track: Json, number: str) -> Parcel:
    to = obj(track.get("address_to"))
    facts = {
        "service": slug(obj(track.get("servicelevel")).get("token")),
        "destination_country": country(to.get("country")),
        "destination_zip": slug(to.get("zip")),
        "promised_delivery": promised(track.get("original_eta")) or promised(track.get("eta")),
    }
    return Parcel(
        source="shippo",
        reference=_reference(track.get("metadata")),
        tracking_number=number,
        carrier=slug(track.get("carrier")),
        facts=known(facts),
    )


def _reference(metadata: object) -> str | None:
    """The order that the merchant noted: `Order 000123`, `#1001`; any other note is none."""
    noted = _REFERENCE.fullmatch(text(metadata) or "")
    return noted[1] if noted and any(letter.isdigit() for letter in noted[1]) else None


def _scan(status: Json, path: str) -> Scan:
    word = text(status.get("status")) or ""
    refined = text(obj(status.get("substatus")).get("code"))
    codes = (f"{word}/{refined}" if refined else "", word)
    return Scan(
        codes=tuple(code for code in codes if code),
        at=status.get("status_date") or "",
        place=place_of(obj(status.get("location")), "city", "state", "country", "zip"),
        path=path,
    )
