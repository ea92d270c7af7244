"""Makes events and timelines for tests of rules. Must not judge."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from policies.book.read import SlaBook, read_sla_book
from policies.clock import Clock
from policies.facts import OrderEvent, Timeline, timeline_of
from policies.sla import evaluate

T0 = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday, so that five business days end on the next one."""
PACKAGED = Path("policies/defaults/sla.yaml")


def book() -> SlaBook:
    """The packaged promises."""
    return read_sla_book(PACKAGED.read_text(encoding="utf-8"))


def at(minutes: float) -> datetime:
    """That many minutes after T0."""
    return T0 + timedelta(minutes=minutes)


def event(kind: str, minutes: float, event_id: str | None = None, **payload: object) -> OrderEvent:
    """One event of SO-1."""
    return OrderEvent(
        source="wms",
        event_id=event_id or f"{kind}-{minutes}",
        event_type=kind,
        order_id="SO-1",
        occurred_at=at(minutes),
        payload=payload,
    )


def timeline(*events: OrderEvent) -> Timeline:
    """The events of SO-1 as its timeline."""
    return timeline_of("SO-1", events)


def clocks(*events: OrderEvent, now: float) -> dict[str, Clock]:
    """Every clock of the packaged promises by name, `now` minutes after T0."""
    found = evaluate(timeline(*events), book().rules, at(now))
    return {clock.rule.sla_id: clock for clock in found}
