"""Makes one fact of each scan of a parcel's history, the same one however often it is sent.

Must not know whose history it is: easypost.py, shippo.py and their like take it apart.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers.ingest.moments import dated
from handlers.ingest.told import Json, Posted, Told, known, slug, text
from policies.order_names import TRACKING, name_of
from policies.source_codes import Meaning

UNKNOWN = Meaning(event="tracking_updated")
"""A code that is in no list is kept under a name that proves no step."""
_ID_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What a body says of the parcel as a whole. `facts` are under the keys of payloads.

    `reference` is the order that the merchant noted at its label.
    """

    source: str
    reference: str | None
    tracking_number: str
    carrier: str | None
    facts: Json = field(default_factory=dict)

    @property
    def order_id(self) -> str:
        """The order that was noted, else that which owns the tracking number."""
        number = self.tracking_number
        return self.reference or name_of(TRACKING, number) or number


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One entry of a history. `codes` are the source's words for it, the most precise first.

    `at` is None where the source does not date it: then it counts as of its arrival. `path` is
    where it stands in the body.
    """

    codes: tuple[str, ...]
    at: object
    place: tuple[str | None, ...] = ()
    path: str = ""


def history(parcel: Parcel, scans: Iterable[Scan], posted: Posted) -> list[Told]:
    """The facts that a history tells, each once."""
    facts: dict[str, Told] = {}
    for scan in scans:
        meaning = posted.codes.meaning(parcel.source, scan.codes, parcel.carrier or "") or UNKNOWN
        if meaning.event is not None:
            event_id = _event_id(parcel, scan)
            facts.setdefault(event_id, _told(parcel, scan, meaning, event_id, posted))
    return list(facts.values())


def _told(parcel: Parcel, scan: Scan, meaning: Meaning, event_id: str, posted: Posted) -> Told:
    at = posted.now.isoformat() if scan.at is None else dated(scan.at)
    payload = {
        **parcel.facts,
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "carrier_status": next((slug(code) for code in scan.codes if code), None),
        **said(meaning),
    }
    raw = {
        "event_id": event_id,
        "event_type": meaning.event,
        "order_id": parcel.order_id,
        "occurred_at": at,
        "payload": known(payload),
    }
    return Told(raw=raw, by_id=True, paths={"occurred_at": scan.path} if scan.path else {})


def said(meaning: Meaning) -> dict[str, Any]:
    """Reason and fault of a meaning, as payloads carry them."""
    return {
        "reason_code": meaning.reason.value if meaning.reason else None,
        "fault": meaning.fault.value if meaning.fault else None,
    }


def _event_id(parcel: Parcel, scan: Scan) -> str:
    """Made from the scan and its parcel alone, so that the next sending makes it again.

    Texts are left out: senders reword them.
    """
    at = text(dated(scan.at))
    number = parcel.tracking_number
    return digest(parcel.reference or number, number, *scan.codes, at, *scan.place)


def digest(*words: str | None) -> str:
    """An event id made of words."""
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:_ID_LENGTH]


def place_of(location: Mapping[str, Any], *names: str) -> tuple[str | None, ...]:
    """The words of a scan's place, to tell scans apart; they go no further."""
    return tuple(value if isinstance(value := location.get(name), str) else None for name in names)
