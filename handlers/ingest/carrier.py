"""Reads what a carrier sends by itself: an X12 214 status in JSON, or the canonical form.

Must not read EDI: whoever takes the interchange apart sends one object for each AT7.
"""

from handlers.ingest.signatures import E2A_SIGNATURE, base64_in
from handlers.ingest.told import Posted, Told, known, no_fact, slug, text
from handlers.ingest.tracking import UNKNOWN, said
from policies.source_codes import Meaning

SCHEME = base64_in(E2A_SIGNATURE)
LIST = "x12"


def translate(posted: Posted) -> list[Told]:
    """The fact of a `status_code` (list 1650) with its `status_reason` (1651).

    `carrier` says whose bent codes they are; all other fields are those of the canonical form.
    """
    body = posted.body
    status = text(body.get("status_code"))
    if status is None:
        if "status_reason" in body:
            raise no_fact(path="status_code", message="a reason (AT702) needs its status (AT701)")
        raise no_fact(path="event_type", message="carrier events are sent in the canonical form")
    reason, partner = text(body.get("status_reason")) or "", text(body.get("carrier")) or ""
    meaning = _meaning(posted, status, reason, partner)
    if meaning.event is None:
        return []
    given = body.get("payload", {})
    extra = {"carrier": slug(partner), "carrier_status": slug(f"{status}/{reason}".rstrip("/"))}
    payload = {**given, **known({**extra, **said(meaning)})} if isinstance(given, dict) else given
    raw = {**body, "event_type": meaning.event, "payload": payload}
    return [Told(raw=raw)]


def _meaning(posted: Posted, status: str, reason: str, partner: str) -> Meaning:
    """What the status says; a reason that is known gives its own reason and fault."""
    whole = posted.codes.meaning(LIST, (f"{status}/{reason}",), partner)
    if whole is not None:
        return whole
    plain = posted.codes.meaning(LIST, (status,), partner) or UNKNOWN
    cause = posted.codes.meaning(LIST, (f"reason:{reason}",), partner)
    return Meaning(event=plain.event, reason=cause.reason, fault=cause.fault) if cause else plain
