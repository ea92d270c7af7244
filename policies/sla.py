"""Judges an order: which promises were kept, which were broken, and which still run.

Pure: a clock is a function of (rule, timeline, now). Must not read a clock, a file
or a database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from policies.calendar import ALWAYS, Calendar
from policies.facts import OrderEvent, Timeline
from policies.reasons import ClockState, Fault, ReasonCode, Severity, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaRule:
    """One promise: from a start event to a stop event within `target_minutes`.

    Late means strictly after the deadline. `calendar` says which minutes count.
    `warn_share` is the share of the target after which the order is at risk.
    """

    sla_id: str
    stage: Stage
    promise: str
    start: tuple[str, ...]
    stop: tuple[str, ...]
    cancel: tuple[str, ...]
    target_minutes: int
    reason_code: ReasonCode
    severity: Severity
    fault: Fault | None = None
    warn_share: float = 0.75
    post_warning: bool = False
    settle_auto: bool = True
    version: str = "1"
    calendar: Calendar = field(default=ALWAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One rule running on one order, as of a moment.

    `check_at` is the next instant at which time alone can change it (None when it
    cannot); a sweep finds clocks by it. `elapsed_minutes` counts minutes of the
    rule's calendar, `delay_minutes` plain minutes after the deadline.
    """

    order_id: str
    rule: SlaRule
    instance: int
    state: ClockState
    started_at: datetime
    deadline_at: datetime
    at_risk_at: datetime
    start_event: OrderEvent
    stop_event: OrderEvent | None
    cancel_event: OrderEvent | None
    elapsed_minutes: float
    delay_minutes: float
    at_risk: bool
    check_at: datetime | None

    @property
    def stopped_at(self) -> datetime | None:
        """When the stop event happened, or None while it is missing or was called off."""
        return self.stop_event.occurred_at if self.stop_event else None

    @property
    def breached_at(self) -> datetime | None:
        """The deadline, when it was missed."""
        return self.deadline_at if self.state is ClockState.BREACHED else None


def evaluate(timeline: Timeline, rules: Iterable[SlaRule], now: datetime) -> tuple[Clock, ...]:
    """Runs every rule whose start event is known over one order's timeline.

    Events after `now` are ignored. A rule whose start is missing gives no clock.
    """
    known = timeline.until(now)
    clocks = (_run(rule, known, now) for rule in rules)
    return tuple(clock for clock in clocks if clock is not None)


def _run(rule: SlaRule, timeline: Timeline, now: datetime) -> Clock | None:
    start = timeline.first(rule.start)
    if start is None:
        return None
    began = start.occurred_at
    deadline = rule.calendar.add_minutes(began, rule.target_minutes)
    at_risk_at = rule.calendar.add_minutes(began, rule.target_minutes * rule.warn_share)
    stop, cancel = timeline.first(rule.stop), timeline.first(rule.cancel)
    state = _state(stop, cancel, deadline, now)
    stop = None if state is ClockState.CANCELLED else stop
    ended_at = _counts_until(state, stop, cancel, now)
    running = state is ClockState.RUNNING
    return Clock(
        order_id=timeline.order_id,
        rule=rule,
        instance=1,
        state=state,
        started_at=began,
        deadline_at=deadline,
        at_risk_at=at_risk_at,
        start_event=start,
        stop_event=stop,
        cancel_event=cancel,
        elapsed_minutes=rule.calendar.minutes_between(began, ended_at),
        delay_minutes=_minutes(deadline, ended_at) if state is ClockState.BREACHED else 0.0,
        at_risk=running and now >= at_risk_at,
        check_at=_check_at(at_risk_at, deadline, now) if running else None,
    )


def _state(
    stop: OrderEvent | None, cancel: OrderEvent | None, deadline: datetime, now: datetime
) -> ClockState:
    """The first of stop, cancel and the present decides; a stop wins a tie."""
    called_off = cancel is not None and (stop is None or cancel.occurred_at < stop.occurred_at)
    end = cancel if called_off else stop
    if (end.occurred_at if end else now) > deadline:
        return ClockState.BREACHED
    if end is None:
        return ClockState.RUNNING
    return ClockState.CANCELLED if called_off else ClockState.MET


def _counts_until(
    state: ClockState, stop: OrderEvent | None, cancel: OrderEvent | None, now: datetime
) -> datetime:
    """Where counting ends; a breach counts on until its stop event is there."""
    if stop is not None:
        return stop.occurred_at
    if state is ClockState.CANCELLED and cancel is not None:
        return cancel.occurred_at
    return now


def _check_at(at_risk_at: datetime, deadline: datetime, now: datetime) -> datetime:
    return at_risk_at if now < at_risk_at else deadline


def _minutes(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / 60)
