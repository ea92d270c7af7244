"""The answers to those who send events, as models for the API's description.

Must not validate what comes in: canonical.py does.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from handlers.api.shapes import IssueShape
from handlers.ingest.canonical import CanonicalEvent


class EventAnswer(BaseModel):
    """What became of a single event."""

    model_config = ConfigDict(frozen=True)

    status: Literal["accepted", "duplicate"]
    event_id: str
    order_id: str


class RejectedEvent(BaseModel):
    """Which event of a batch was not taken, and why."""

    model_config = ConfigDict(frozen=True)

    index: int
    issues: tuple[IssueShape, ...]


class BatchAnswer(BaseModel):
    """What became of a batch, each event on its own."""

    model_config = ConfigDict(frozen=True)

    accepted: int
    duplicates: int
    rejected: tuple[RejectedEvent, ...]


class Batch(BaseModel):
    """Up to 1,000 canonical events."""

    model_config = ConfigDict(frozen=True)

    events: Annotated[tuple[CanonicalEvent, ...], Field(max_length=1000)]


class EventsBody(RootModel[CanonicalEvent | Batch]):
    """One event, or a batch."""


class EventsAnswer(RootModel[EventAnswer | BatchAnswer]):
    """The answer to the one or the other."""


class SourceBody(RootModel[dict[str, Any]]):
    """A source's own payload, or the canonical form with `source` left out or equal."""
