"""A clock: one rule running on one order, as of a moment.

Must not judge: verdict.py says what is true of it.
"""

from datetime import datetime
from typing import NamedTuple

from policies.calendar import Calendar
from policies.deadlines import Course
from policies.facts import OrderEvent
from policies.instants import MINUTE, us_of
from policies.order_facts import OrderFacts
from policies.promise import SlaRule
from policies.reasons import ClockState, ClockVerdict, Fault, Severity


class Run(NamedTuple):
    """What is to be timed: its start, what ends it, and which part of the order it is.

    `order` is what is known of that part. `subject` is empty for the whole order, else a
    shipment or the start event of a repetition. `said` counts how often a problem was told.
    """

    start: OrderEvent
    stop: OrderEvent | None
    cancel: OrderEvent | None
    order: OrderFacts
    subject: str = ""
    said: int = 1

    @property
    def called_off(self) -> bool:
        """Whether the cancelling event came first; a stop wins a tie."""
        if self.cancel is None:
            return False
        return self.stop is None or self.cancel.occurred_at < self.stop.occurred_at

    @property
    def end(self) -> OrderEvent | None:
        """The event that ends it, if one has."""
        return self.cancel if self.called_off else self.stop


class Clock(NamedTuple):
    """One rule running on one order, as of a moment.

    `started_at` is the start event's time, or later: not before a stated date, and anew from
    the last of `restarts`. `verdict` and `first_verdict` are None unless something is to be
    said besides the state. `check_at` is the next instant at which time alone can change the
    clock (None when it cannot); a sweep finds clocks by it. An `excluded` one counts neither for
    targets nor for remedies. `delay_minutes` are plain minutes
    after the deadline, `target_us` and what `course` counts are minutes of the calendar.
    """

    order_id: str
    rule: SlaRule
    instance: int
    subject: str
    state: ClockState
    verdict: ClockVerdict | None
    first_verdict: ClockState | None
    started_at: datetime
    deadline_at: datetime
    at_risk_at: datetime
    start_event: OrderEvent
    stop_event: OrderEvent | None
    cancel_event: OrderEvent | None
    restarts: tuple[OrderEvent, ...]
    course: Course
    target_us: int
    counted_until: datetime
    delay_minutes: float
    at_risk: bool
    check_at: datetime | None
    client: str = ""
    channel: str = ""
    excluded: bool = False
    said: int = 1

    @property
    def fault(self) -> Fault | None:
        """Who is answerable: what its stop event states, else what the rule says."""
        stated = self.stop_event.payload.get("fault") if self.stop_event else None
        known = isinstance(stated, str) and stated in tuple(Fault)
        return Fault(str(stated)) if known else self.rule.fault

    @property
    def calendar(self) -> Calendar:
        """Which minutes count for this order."""
        return self.course.calendar

    @property
    def target_minutes(self) -> int:
        """Counted minutes that the promise allows, multipliers included."""
        return round(self.target_us / MINUTE)

    @property
    def elapsed_minutes(self) -> float:
        """Counted minutes from the start to the stop, or up to now while it is missing."""
        return self.course.counted(us_of(self.counted_until)) / MINUTE

    @property
    def paused_minutes(self) -> float:
        """Minutes of the calendar that did not count because of holds."""
        return self.course.paused(us_of(self.counted_until)) / MINUTE

    @property
    def left_minutes(self) -> float:
        """Counted minutes that are still allowed."""
        return max(0.0, self.target_us / MINUTE - self.elapsed_minutes)

    @property
    def severity(self) -> Severity:
        """How bad its breach is, grown with the delay or with what was said again."""
        return self.rule.severity_at(self.delay_minutes, self.said)

    @property
    def stopped_at(self) -> datetime | None:
        """When the stop event happened, or None while it is missing or was called off."""
        return self.stop_event.occurred_at if self.stop_event else None

    @property
    def breached_at(self) -> datetime | None:
        """The deadline, when it was missed."""
        return self.deadline_at if self.state is ClockState.BREACHED else None

    @property
    def enforced(self) -> bool:
        """Whether its breach opens an exception: a rule may only be watched at first."""
        enforce_from = self.rule.enforce_from
        return enforce_from is None or self.started_at >= enforce_from
