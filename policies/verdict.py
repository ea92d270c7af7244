"""Says what is true of a clock: its state, when it is at risk, and when to look again.

Must not find events or deadlines: sla.py and deadlines.py hand them in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from policies.clock import Clock, Run
from policies.deadlines import Course, Due
from policies.facts import OrderEvent
from policies.instants import MINUTE, moment_of, us_of
from policies.order_facts import DAY, OrderFacts
from policies.pauses import Hold
from policies.promise import Part, SlaRule
from policies.reasons import ClockState, ClockVerdict

_LOOK_AGAIN = timedelta(minutes=15)
"""How often a clock without data is looked at, besides the moment its source speaks again."""
_CATCH_UP = timedelta(minutes=10)
"""What a source that speaks again has missed is told in this time."""


def verdict(
    rule: SlaRule,
    run: Run,
    instance: int,
    restarts: tuple[OrderEvent, ...],
    course: Course,
    due: Due,
    order: OrderFacts,
    now: datetime,
) -> Clock:
    """The clock as of `now`."""
    deadline_at = moment_of(due.at)
    hold = _hold_at(course.holds, us_of(now)) if run.end is None and course.holds else None
    paused = hold is not None and hold.starts < due.at
    state, said = (
        (ClockState.PAUSED, None) if paused else _state(rule, run, deadline_at, order, now)
    )
    stop = run.stop if state is not ClockState.CANCELLED else None
    until = _counts_until(state, stop, run, now)
    going_on = state is ClockState.RUNNING
    risk = _at_risk_from(rule, course, due, order)
    at_risk_at = moment_of(risk)
    late = until - deadline_at if state is ClockState.BREACHED else timedelta()
    delay = max(0.0, late.total_seconds() / 60)
    clock = Clock(
        order.timeline.order_id,
        rule,
        instance,
        run.subject,
        state,
        said,
        ClockState.BREACHED if said in _REVISED else None,
        _started_at(run, restarts, course),
        deadline_at,
        at_risk_at,
        run.start,
        stop,
        run.cancel,
        restarts,
        course,
        due.target,
        until,
        delay,
        going_on and now >= at_risk_at,
        _check_at(rule, state, said, stop or run.end, at_risk_at, deadline_at, hold, now),
        str(order.stated.get("client", "")).lower(),
        str(order.stated.get("channel", "")).lower(),
    )
    return clock._replace(excluded=_excluded(clock, order)) if rule.exclude else clock


def _excluded(clock: Clock, order: OrderFacts) -> bool:
    """Whether the rule takes it out of targets and remedies."""
    return any(
        (exclusion.fault is not None and exclusion.fault is clock.fault)
        or (
            exclusion.over_orders_a_day is not None
            and order.around.volume(clock.started_at, DAY) > exclusion.over_orders_a_day
        )
        for exclusion in clock.rule.exclude
    )


_REVISED = (ClockVerdict.CURED, ClockVerdict.LATE_EVIDENCE)


def _state(
    rule: SlaRule, run: Run, deadline: datetime, order: OrderFacts, now: datetime
) -> tuple[ClockState, ClockVerdict | None]:
    """The first of stop, cancel and the present decides."""
    end = run.end
    reached = end.occurred_at if end else now
    limit = deadline
    if rule.grace_minutes and end is None:
        limit += timedelta(minutes=rule.grace_minutes)
    if reached > limit or (reached == limit and not rule.inclusive):
        return _overdue(rule, run, deadline, order, now)
    if end is None:
        return ClockState.RUNNING, None
    if run.called_off:
        return ClockState.CANCELLED, None
    if _heard_too_late(rule, end, deadline):
        kept = ClockState.MET if rule.late_evidence_counts else ClockState.BREACHED
        return kept, ClockVerdict.LATE_EVIDENCE
    return ClockState.MET, None


def _overdue(
    rule: SlaRule, run: Run, deadline: datetime, order: OrderFacts, now: datetime
) -> tuple[ClockState, ClockVerdict | None]:
    """Past its deadline: made good, not known, or breached."""
    if rule.cure is not None and rule.cure.holds(order.named()):
        return ClockState.MET, ClockVerdict.CURED
    if run.end is None and _no_data(rule, deadline, order, now):
        return ClockState.RUNNING, ClockVerdict.NO_DATA
    return ClockState.BREACHED, None


def _heard_too_late(rule: SlaRule, stop: OrderEvent, deadline: datetime) -> bool:
    """Whether we had to call it breached before we heard that it was not."""
    heard = stop.received_at
    return heard is not None and heard > deadline + timedelta(minutes=rule.grace_minutes)


def _no_data(rule: SlaRule, deadline: datetime, order: OrderFacts, now: datetime) -> bool:
    """Whether all who could tell of the stop are silent: then we do not know."""
    silence = order.around.silence_of(rule.stop)
    if silence is None or deadline < silence.reported_at:
        return False
    return silence.ended_at is None or now < silence.ended_at + _CATCH_UP


def _counts_until(state: ClockState, stop: OrderEvent | None, run: Run, now: datetime) -> datetime:
    """Where counting ends; a breach counts on until its stop event is there."""
    if stop is not None:
        return stop.occurred_at
    if state in (ClockState.CANCELLED, ClockState.MET) and run.end is not None:
        return run.end.occurred_at
    return now


def _started_at(run: Run, restarts: tuple[OrderEvent, ...], course: Course) -> datetime:
    event = restarts[-1] if restarts else run.start
    if us_of(event.occurred_at) == course.start:
        return event.occurred_at
    return moment_of(course.start)


def _hold_at(holds: Iterable[Hold], us: int) -> Hold | None:
    return next((hold for hold in holds if hold.covers(us)), None)


def _at_risk_from(rule: SlaRule, course: Course, due: Due, order: OrderFacts) -> int:
    """The earliest warning: a part of the time gone, or a milestone missed."""
    risk = min((_instant(part, course, due) for part in rule.warn), default=due.at)
    for milestone in rule.milestones:
        by = _instant(milestone.within, course, due)
        happened = order.timeline.first(milestone.events)
        if by < risk and (happened is None or us_of(happened.occurred_at) > by):
            risk = by
    return min(risk, due.at)


def _instant(part: Part, course: Course, due: Due) -> int:
    if part.share is not None:
        return course.after(round(due.target * part.share))
    return course.after(max(0, due.target - (part.minutes_left or 0) * MINUTE))


def _check_at(
    rule: SlaRule,
    state: ClockState,
    said: ClockVerdict | None,
    end: OrderEvent | None,
    at_risk_at: datetime,
    deadline: datetime,
    hold: Hold | None,
    now: datetime,
) -> datetime | None:
    """When time alone may change it next; once an event has ended it, it cannot."""
    if said is ClockVerdict.NO_DATA:
        return now + _LOOK_AGAIN
    if state is ClockState.RUNNING:
        if now < at_risk_at:
            return at_risk_at
        return deadline + timedelta(minutes=rule.grace_minutes)
    if state is ClockState.PAUSED:
        return moment_of(hold.ends) if hold is not None and hold.ends is not None else None
    if state is ClockState.BREACHED and end is None:
        steps = (deadline + timedelta(minutes=after) for after, _ in rule.growth)
        return next((step for step in steps if step > now), None)
    return None
