"""Walks orders through the worked example of the domain's rule model. Must not judge."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from policies.book.read import read_sla_book
from policies.clock import Clock
from policies.facts import OrderEvent, timeline_of
from policies.order_facts import ALONE, Around
from policies.sla import evaluate

TEXT = Path("tests/policies/samples/worked_example.yaml").read_text(encoding="utf-8")
BOOK = read_sla_book(TEXT, "worked_example.yaml")
SAME_DAY = "acme.dtc.same_day"
ORDER: Mapping[str, object] = {
    "client": "acme",
    "channel": "shopify",
    "service": "ground",
    "warehouse": "ATL1",
    "carrier": "ups",
}
Move = tuple[str, str] | tuple[str, str, Mapping[str, Any]]
MONDAY = ("order_released", "2026-03-02 10:00")
"""Due at 23:59 of that day in New York; the site is open from 6 to 22 o'clock."""


def ny(text: str) -> datetime:
    """A wall time of the site as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


def events_of(*moves: Move, **stated: object) -> list[OrderEvent]:
    """One event for each move: kind, local time, own payload (`told`: when it was received)."""
    return [
        _event(number, kind, time, dict(payload[0]) if payload else {}, stated)
        for number, (kind, time, *payload) in enumerate(moves)
    ]


def _event(
    number: int, kind: str, time: str, own: dict[str, Any], stated: Mapping[str, object]
) -> OrderEvent:
    told = own.pop("told", None)
    return OrderEvent(
        source="wms",
        event_id=f"e{number}",
        event_type=kind,
        order_id="SO-1",
        occurred_at=ny(time),
        payload={**ORDER, **stated, **own},
        received_at=ny(told) if told else None,
    )


def walked(
    *moves: Move,
    now: str = "2026-06-01 00:00",
    around: Around = ALONE,
    **stated: Any,  # noqa: ANN401 - of a payload
) -> dict[str, Clock]:
    """The clocks of an order of acme by rule, the last one of a rule that repeats."""
    timeline = timeline_of("SO-1", events_of(*moves, **stated))
    return {clock.rule.sla_id: clock for clock in evaluate(timeline, BOOK.rules, ny(now), around)}


def same_day(
    *moves: Move,
    now: str = "2026-06-01 00:00",
    **stated: Any,  # noqa: ANN401 - of a payload
) -> Clock:
    """The clock of the client's promise."""
    return walked(*moves, now=now, **stated)[SAME_DAY]
