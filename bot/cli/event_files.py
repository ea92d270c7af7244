"""Reads files of canonical events, one JSON object a line, in any order, with repetitions.

Must not judge. Every line is checked in turn, so that the first bad one is told; what is kept
is the text, and an order's events are made from it when the order is looked at.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from bot.cli.app import CommandError
from handlers.api.errors import Issue
from handlers.api.fields import parse_instant
from handlers.api.strict_json import MAX_DEPTH
from handlers.ingest.canonical import (
    AHEAD,
    Arrival,
    CanonicalEvent,
    InvalidEventError,
    read_event,
)
from policies.facts import ALIASES, OrderEvent, Timeline, timeline_of
from policies.order_facts import Around
from policies.volume import BEGINNINGS, volume_of

_ANY_TIME = Arrival(tenant_id=0, now=datetime.max.replace(tzinfo=UTC) - AHEAD)
_BEGINNINGS = BEGINNINGS.union(name for name, kind in ALIASES.items() if kind in BEGINNINGS)
_STEP = 4096

Told = Callable[[int], None]
"""Hears of progress, as a number of bytes or orders."""


class EventFile:
    """The orders of a file. `latest` is when the last event happened or was heard of."""

    def __init__(self) -> None:
        self.latest: datetime | None = None
        self._lines: defaultdict[str, list[bytes]] = defaultdict(list)
        self._began: defaultdict[str, list[datetime]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._lines)

    def timelines(self) -> Iterator[Timeline]:
        """Every order, by id."""
        for order_id in sorted(self._lines):
            yield timeline_of(order_id, map(_event, self._lines[order_id]))

    def around(self) -> Around:
        """What is around the orders: how many began when. Whose they are is not known."""
        return Around(volume=volume_of(self._began))

    def take(self, line: bytes) -> None:
        """Adds an event.

        Raises:
            ValueError: the line is no event; names the field.
        """
        raw = _decoded(line)
        known = _checked(raw, line)
        received_at = _received_at(raw)
        self._lines[known.order_id].append(line)
        latest = max(known.occurred_at, received_at or known.occurred_at)
        if self.latest is None or latest > self.latest:
            self.latest = latest
        if known.event_type in _BEGINNINGS:
            self._began[known.order_id].append(known.occurred_at)


def read_event_file(path: Path, told: Told = lambda _: None) -> EventFile:
    """Reads a file, telling every so often how many bytes more were read.

    Raises:
        CommandError: naming file, line and field of the first line that is no event.
    """
    found, unsaid = EventFile(), 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            unsaid += len(line)
            if number % _STEP == 0:
                told(unsaid)
                unsaid = 0
            if not line.strip():
                continue
            try:
                found.take(line)
            except (ValueError, RecursionError) as error:
                message = f"{path}:{number}: {error}"
                raise CommandError(message) from error
    told(unsaid)
    return found


def _decoded(line: bytes) -> Any:  # noqa: ANN401 - JSON
    """The line's JSON; the slower reader has the last word on what cannot be read."""
    try:
        return from_json(line, cache_strings="keys")
    except ValueError:
        return json.loads(line.decode("utf-8-sig"))


def _checked(raw: object, line: bytes) -> CanonicalEvent | OrderEvent:
    """What the line says, checked as everywhere; only suspect lines need the whole search."""
    suspect = b"\\u" in line or line.count(b"{") + line.count(b"[") > MAX_DEPTH
    if not suspect and isinstance(raw, dict):
        try:
            return CanonicalEvent.model_validate(raw, context=_ANY_TIME.now)
        except ValidationError:
            pass  # told in the common words below
    return read_event(raw, _ANY_TIME).event


def _received_at(raw: Any) -> datetime | None:  # noqa: ANN401 - JSON
    """When it was heard of, which exports state; None where the line does not say."""
    stated = raw.get("received_at")
    if stated is None:
        return None
    try:
        return parse_instant(stated)
    except ValueError as error:
        raise InvalidEventError(Issue(path="received_at", message=str(error))) from error


def _event(line: bytes) -> OrderEvent:
    """The event of a line that was checked."""
    raw = _decoded(line)
    return OrderEvent(
        source=raw["source"],
        event_id=raw["event_id"],
        event_type=raw["event_type"],
        order_id=raw["order_id"],
        occurred_at=parse_instant(raw["occurred_at"]),
        payload=raw.get("payload", {}),
        correlation_id=raw.get("correlation_id"),
        received_at=_received_at(raw),
    )
