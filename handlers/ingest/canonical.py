"""Turns a canonical event's JSON into a fact, or says precisely which field is wrong.

Must not know sources, requests or storage.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
)

from handlers.api.errors import Issue
from handlers.api.fields import DATE_TIME, issues_of, parse_instant
from handlers.api.strict_json import MAX_DEPTH, flaws_of
from policies.facts import OrderEvent
from policies.order_names import NAME, names_told
from policies.records import ReceivedEvent

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=24)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False)


def _occurrence(value: object, info: ValidationInfo) -> datetime:
    moment = parse_instant(value)
    if moment < EARLIEST:
        message = "is before 2000-01-01T00:00:00Z"
        raise ValueError(message)
    if info.context is not None and moment > info.context + AHEAD:
        message = "is more than 24 hours ahead"
        raise ValueError(message)
    return moment


Occurrence = Annotated[datetime, PlainValidator(_occurrence), DATE_TIME]


Name = Annotated[str, Field(pattern=f"^{NAME.pattern}$")]


class CanonicalEvent(BaseModel):
    """One dated fact about one order. Unknown fields are ignored.

    `also_known_as` are other names of the order, each with whose it is: `shopify:450789469`.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    event_id: Annotated[str, Field(min_length=1, max_length=128)]
    source: Annotated[str, Field(min_length=1, max_length=64)]
    event_type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{1,63}$")]
    order_id: Annotated[str, Field(min_length=1, max_length=128)]
    occurred_at: Occurrence
    payload: dict[str, Any] = Field(default_factory=dict)
    correlation_id: Annotated[str, Field(max_length=128)] | None = None
    also_known_as: Annotated[list[Name], Field(max_length=20)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """For whom, when (business time) and under which id something arrived.

    `suspect` asks for a search for what JSON allows and we do not (strict_json.py).
    """

    tenant_id: int
    now: datetime
    correlation_id: str | None = None
    suspect: bool = True


class InvalidEventError(ValueError):
    """The event is not valid."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__("; ".join(f"{issue.path}: {issue.message}" for issue in issues))
        self.issues = issues


def read_event(
    raw: object, arrival: Arrival, *, by_id: bool = False, names: Sequence[str | None] = ()
) -> ReceivedEvent:
    """Validates one canonical event; raises InvalidEventError with every issue.

    `by_id` makes its id the whole proof of sameness, for facts that are told again and again.
    `names` are told beside it, of the same order.
    """
    if not isinstance(raw, dict):
        raise InvalidEventError(Issue(path="body", message="an event is a JSON object"))
    if arrival.suspect and (flaws := flaws_of(raw)):
        raise InvalidEventError(*flaws)
    try:
        valid = CanonicalEvent.model_validate(raw, context=arrival.now)
    except ValidationError as error:
        raise InvalidEventError(*issues_of(error)) from error
    event = OrderEvent(
        source=valid.source,
        event_id=valid.event_id,
        event_type=valid.event_type,
        order_id=valid.order_id,
        occurred_at=valid.occurred_at,
        payload=valid.payload,
        correlation_id=valid.correlation_id or arrival.correlation_id,
    )
    told = (*names, *valid.also_known_as) if valid.also_known_as else names
    return ReceivedEvent(
        tenant_id=arrival.tenant_id,
        event=event,
        content_hash=_hash_of_id(event) if by_id else content_hash(event),
        received_at=arrival.now,
        names=names_told(event.order_id, told, event.payload),
    )


def content_hash(event: OrderEvent) -> bytes:
    """Equal for equal type, order, instant and payload, however those were written."""
    try:
        payload = _ENCODER.encode(event.payload)
    except RecursionError as error:
        raise InvalidEventError(_too_deep()) from error
    if payload.count("{") + payload.count("[") > MAX_DEPTH:
        _refuse_depth(event.payload)
    at = event.occurred_at.astimezone(UTC).isoformat()
    content = f"{event.event_type}\n{at}\n{len(event.order_id)}\n{event.order_id}{payload}"
    return hashlib.sha256(content.encode()).digest()


def _hash_of_id(event: OrderEvent) -> bytes:
    content_hash(event)  # refuses what is nested too deeply
    return hashlib.sha256(f"id\n{event.event_id}".encode()).digest()


def _refuse_depth(payload: Mapping[str, Any]) -> None:
    if flaws_of({"payload": payload}):
        raise InvalidEventError(_too_deep())


def _too_deep() -> Issue:
    return Issue(path="payload", message=f"nested deeper than {MAX_DEPTH} levels")
