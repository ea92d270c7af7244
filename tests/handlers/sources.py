"""What a source's body tells, without a server around it. Must not reach out."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.ingest.canonical import Arrival, InvalidEventError, read_event
from handlers.ingest.intake import Delivery, facts_in, packaged_intake
from handlers.ingest.sources import SOURCES
from handlers.ingest.told import Told
from policies.facts import OrderEvent
from policies.records import ReceivedEvent
from tests.real_data import FOLDER, absent

LATER = datetime(2026, 11, 22, tzinfo=UTC)
"""When everything arrives."""
REAL = FOLDER / "payloads"
real_data = pytest.mark.skipif(not REAL.is_dir(), reason=absent("payloads"))
Fact = tuple[str, str, str]
"""Event type, order id, instant."""


def told_by(source: str, body: object, headers: Mapping[str, str] | None = None) -> list[Told]:
    """What a body tells, not yet validated."""
    given = Delivery(raw=body, source=SOURCES[source], headers=headers or {}, now=LATER)
    return asyncio.run(facts_in(given, packaged_intake()))


def events_of(
    source: str, body: object, headers: Mapping[str, str] | None = None
) -> list[OrderEvent]:
    """The facts of a body; raises InvalidEventError where it is refused."""
    return [received.event for received in received_from(source, body, headers)]


def names_by(
    source: str, body: object, headers: Mapping[str, str] | None = None
) -> list[tuple[str, ...]]:
    """What else each fact of a body calls its order."""
    return [received.names for received in received_from(source, body, headers)]


def received_from(
    source: str, body: object, headers: Mapping[str, str] | None = None, *, tenant_id: int = 1
) -> list[ReceivedEvent]:
    """The facts of a body as they go to the log."""
    found = told_by(source, body, headers)
    for one in found:
        if one.refused:
            raise InvalidEventError(*one.refused)
    arrival = Arrival(tenant_id=tenant_id, now=LATER)
    return [read_event(one.raw, arrival, by_id=one.by_id, names=one.names) for one in found]


def facts_by(source: str, body: object, headers: Mapping[str, str] | None = None) -> list[Fact]:
    """The facts of a body in short."""
    return [fact_of(event) for event in events_of(source, body, headers)]


def fact_of(event: OrderEvent) -> Fact:
    """A fact in short."""
    at = event.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return (event.event_type, event.order_id, at)


def real(name: str) -> Any:  # noqa: ANN401 - JSON
    """A real body by its path below the payloads."""
    return json.loads((REAL / name).read_text(encoding="utf-8"))
