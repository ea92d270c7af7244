"""Answers "what if it had come then": the clocks of an order under small changes of its events.

Must not back-test: one order at a time. Rules are taken as if in force at all times.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from policies.backtesting.rules import as_if_always
from policies.clock import Clock
from policies.facts import OrderEvent, Timeline, timeline_of
from policies.order_facts import ALONE, Around
from policies.promise import SlaRule
from policies.sla import evaluate


class Moved(NamedTuple):
    """The event of that source and id, at another time."""

    source: str
    event_id: str
    to: datetime


class Added(NamedTuple):
    """An event that there was not."""

    event: OrderEvent


Change = Moved | Added


class NoSuchEventError(LookupError):
    """The order has no event of that source and id."""

    def __init__(self, moved: Moved) -> None:
        super().__init__(f"the order has no event {moved.event_id} of {moved.source}")


class Compared(NamedTuple):
    """One clock as it is, then by each change; None where a change leaves no such clock."""

    sla_id: str
    subject: str
    clocks: tuple[Clock | None, ...]

    @property
    def differs(self) -> bool:
        """Whether any change gives it another deadline, state or delay."""
        seen = {(c.deadline_at, c.state, c.delay_minutes) if c else None for c in self.clocks}
        return len(seen) > 1


class Started(NamedTuple):
    """The clocks that an event would start at a moment, as of that moment or of `now`."""

    at: datetime
    clocks: tuple[Clock, ...]


def changed(timeline: Timeline, change: Change) -> Timeline:
    """The timeline as it would be.

    Raises:
        NoSuchEventError: there is none to be moved.
    """
    if isinstance(change, Added):
        return timeline_of(timeline.order_id, (*timeline.events, change.event))
    found = [e for e in timeline.events if (e.source, e.event_id) == change[:2]]
    if not found:
        raise NoSuchEventError(change)
    others = [event for event in timeline.events if event is not found[0]]
    moved = replace(found[0], occurred_at=change.to, received_at=None)
    return timeline_of(timeline.order_id, (*others, moved))


def what_if(
    timeline: Timeline,
    rules: Iterable[SlaRule],
    now: datetime,
    change: Change | None = None,
    around: Around = ALONE,
) -> tuple[Clock, ...]:
    """The order's clocks by these rules after the change; without one, as they are."""
    return evaluate(
        changed(timeline, change) if change else timeline, as_if_always(rules), now, around
    )


def compare(
    timeline: Timeline,
    rules: Sequence[SlaRule],
    now: datetime,
    changes: Iterable[Change],
    around: Around = ALONE,
) -> tuple[Compared, ...]:
    """Every clock of the order as it is and by each change, in the order of the rules."""
    variants = [what_if(timeline, rules, now, change, around) for change in (None, *changes)]
    found = [{_key(clock): clock for clock in clocks} for clocks in variants]
    place = {rule.sla_id: number for number, rule in enumerate(rules)}
    keys = sorted({key for clocks in found for key in clocks}, key=lambda k: (place[k[0]], k[1]))
    return tuple(Compared(*key, tuple(clocks.get(key) for clocks in found)) for key in keys)


def simulate_start(
    rules: Iterable[SlaRule],
    kind: str,
    moments: Iterable[datetime],
    facts: Mapping[str, Any],
    now: datetime | None = None,
    around: Around = ALONE,
) -> tuple[Started, ...]:
    """Which clocks an event would start if it came at each of these moments, and when they end.

    Args:
        rules: the rules, in the order in which they are tried.
        kind: the event, by any of its names.
        moments: when it would come.
        facts: what the order states (client, service, warehouse, promised_delivery, ...).
        now: as of when; an event after it has not happened. Without it, as of each moment.
        around: what is true around the order.
    """
    known = as_if_always(rules)
    return tuple(_started(known, kind, at, facts, now or at, around) for at in moments)


def starters(rules: Iterable[SlaRule]) -> tuple[str, ...]:
    """The kinds of events that start a clock."""
    return tuple(sorted({kind for rule in rules for kind in rule.start}))


def _started(
    rules: Sequence[SlaRule],
    kind: str,
    at: datetime,
    facts: Mapping[str, Any],
    now: datetime,
    around: Around,
) -> Started:
    event = OrderEvent(
        source="simulation",
        event_id="1",
        event_type=kind,
        order_id="simulation",
        occurred_at=at,
        payload=facts,
    )
    clocks = evaluate(timeline_of(event.order_id, [event]), rules, now, around)
    return Started(at, clocks)


def _key(clock: Clock) -> tuple[str, str]:
    return clock.rule.sla_id, clock.subject
