"""Says what is true of a clock: its state, when it is at risk, and when to look again.

Must not find events or deadlines: runs.py and deadlines.py hand them in.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from policies.clock import Clock, Run
from policies.deadlines import Course, Due
from policies.facts import OrderEvent, Timeline
from policies.instants import MINUTE, moment_of, us_of
from policies.order_facts import DAY, OrderFacts, part_of
from policies.pauses import Hold
from policies.promise import Part, SlaRule, Within
from policies.reasons import ClockState, ClockVerdict

_LOOK_AGAIN = timedelta(minutes=15)
"""How often a clock without data is looked at, besides the moment its source speaks again."""
CATCH_UP = timedelta(minutes=10)
"""What a source that speaks again has missed is told in this time."""
_REVISED = (ClockVerdict.CURED, ClockVerdict.LATE_EVIDENCE)


class _Found(NamedTuple):
    """What is true, until when its time counts, and when time alone may change it next."""

    state: ClockState
    verdict: ClockVerdict | None
    until: datetime
    check_at: datetime | None = None


def verdict(
    rule: SlaRule,
    run: Run,
    instance: int,
    restarts: tuple[OrderEvent, ...],
    course: Course,
    due: Due,
    now: datetime,
) -> Clock:
    """The clock as of `now`."""
    order, end = run.order, run.end
    deadline_at = moment_of(due.at)
    at_risk_at = moment_of(_at_risk_from(rule, course, due, order))
    if end is not None:
        found = _ended(rule, run, end, deadline_at, now)
    elif (hold := _hold_at(course.holds, due, now)) is not None:
        found = _paused(hold, now)
    else:
        found = _going_on(rule, order, deadline_at, at_risk_at, now)
    state, said, until, check_at = found
    clock = Clock(
        order.timeline.order_id,
        rule,
        instance,
        run.subject,
        state,
        said,
        ClockState.BREACHED if said in _REVISED else None,
        _started_at(restarts[-1] if restarts else run.start, course),
        deadline_at,
        at_risk_at,
        run.start,
        run.stop if state is not ClockState.CANCELLED else None,
        run.cancel,
        restarts,
        course,
        due.target,
        until,
        _delay_minutes(state, deadline_at, until),
        state is ClockState.RUNNING and now >= at_risk_at,
        check_at,
        order.client,
        order.channel,
        said=run.said,
    )
    return clock._replace(excluded=_excluded(clock, order)) if rule.exclude else clock


def _ended(rule: SlaRule, run: Run, end: OrderEvent, deadline: datetime, now: datetime) -> _Found:
    """An event has ended it: time alone changes nothing any more."""
    stopped_at = run.stop.occurred_at if run.stop is not None else None
    if _is_late(rule, end.occurred_at, deadline):
        if rule.cure is not None and rule.cure.holds(run.order.named()):
            return _Found(ClockState.MET, ClockVerdict.CURED, stopped_at or end.occurred_at)
        return _Found(ClockState.BREACHED, None, stopped_at or now)
    if run.called_off:
        return _Found(ClockState.CANCELLED, None, end.occurred_at)
    if _heard_too_late(rule, run, end, deadline):
        state = ClockState.MET if rule.late_evidence_counts else ClockState.BREACHED
        return _Found(state, ClockVerdict.LATE_EVIDENCE, end.occurred_at)
    return _Found(ClockState.MET, None, end.occurred_at)


def _heard_too_late(rule: SlaRule, run: Run, stop: OrderEvent, deadline: datetime) -> bool:
    """Whether we had to call it breached: we knew of its start by then, and of no stop."""
    last_moment = _last_moment(rule, deadline)
    if _heard_by(stop, last_moment) or not _heard_by(run.start, last_moment):
        return False
    return not any(
        event.kind in rule.stop
        and _heard_by(event, last_moment)
        and not _is_late(rule, event.occurred_at, deadline)
        for event in run.order.timeline.events
    )


def _heard_by(event: OrderEvent, moment: datetime) -> bool:
    return event.received_at is None or event.received_at <= moment


def _paused(hold: Hold, now: datetime) -> _Found:
    ends_at = moment_of(hold.ends) if hold.ends is not None else None
    return _Found(ClockState.PAUSED, None, now, ends_at)


def _going_on(
    rule: SlaRule, order: OrderFacts, deadline: datetime, at_risk_at: datetime, now: datetime
) -> _Found:
    """Nothing has ended it: it runs, or it is past its deadline and cured, unknown or breached."""
    last_moment = _last_moment(rule, deadline)
    if not _is_late(rule, now, last_moment):
        return _Found(
            ClockState.RUNNING, None, now, at_risk_at if now < at_risk_at else last_moment
        )
    if rule.cure is not None and rule.cure.holds(order.named()):
        return _Found(ClockState.MET, ClockVerdict.CURED, max(deadline, _cured_at(rule, order)))
    silence = None if _said_outright(rule) else order.around.silence_of(rule.stop)
    if silence is not None and last_moment >= silence.reported_at:
        over_at = silence.ended_at + CATCH_UP if silence.ended_at is not None else None
        if over_at is None or now < over_at:
            again_at = now + _LOOK_AGAIN
            check_at = min(again_at, over_at) if over_at is not None else again_at
            return _Found(ClockState.RUNNING, ClockVerdict.NO_DATA, now, check_at)
    steps = (deadline + timedelta(minutes=after) for after, _ in rule.growth)
    return _Found(
        ClockState.BREACHED, None, now, next((step for step in steps if step > now), None)
    )


def _said_outright(rule: SlaRule) -> bool:
    """A problem that was told needs no evidence that it was not mended."""
    return rule.problem and isinstance(rule.deadline, Within) and rule.deadline.minutes == 0


def _is_late(rule: SlaRule, reached: datetime, limit: datetime) -> bool:
    return reached > limit or (reached == limit and not rule.inclusive)


def _last_moment(rule: SlaRule, deadline: datetime) -> datetime:
    """Until when we wait for evidence before we call it breached."""
    return deadline + timedelta(minutes=rule.grace_minutes) if rule.grace_minutes else deadline


def _hold_at(holds: tuple[Hold, ...], due: Due, now: datetime) -> Hold | None:
    """The hold in which it stands; one that began after the deadline changes nothing."""
    if not holds:
        return None
    at = us_of(now)
    return next((hold for hold in holds if hold.covers(at) and hold.starts < due.at), None)


def _cured_at(rule: SlaRule, order: OrderFacts) -> datetime:
    """When the event came that made it good."""
    events, order_id = order.timeline.events, order.timeline.order_id
    for place, event in enumerate(events, start=1):
        known = part_of(order, Timeline(order_id=order_id, events=events[:place]))
        if rule.cure is not None and rule.cure.holds(known.named()):
            return event.occurred_at
    return events[-1].occurred_at


def _started_at(event: OrderEvent, course: Course) -> datetime:
    if us_of(event.occurred_at) == course.start:
        return event.occurred_at
    return moment_of(course.start)


def _delay_minutes(state: ClockState, deadline: datetime, until: datetime) -> float:
    if state is not ClockState.BREACHED or until <= deadline:
        return 0.0
    return (until - deadline).total_seconds() / 60


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


def _at_risk_from(rule: SlaRule, course: Course, due: Due, order: OrderFacts) -> int:
    """The earliest warning: a part of the time gone, or a milestone missed."""
    risk = due.at
    for part in rule.warn:
        risk = min(risk, _instant(part, course, due))
    for milestone in rule.milestones:
        by = _instant(milestone.within, course, due)
        happened = order.timeline.first(milestone.events)
        if by < risk and (happened is None or us_of(happened.occurred_at) > by):
            risk = by
    return risk


def _instant(part: Part, course: Course, due: Due) -> int:
    if part.share is not None:
        return course.after(round(due.target * part.share))
    return course.after(max(0, due.target - (part.minutes_left or 0) * MINUTE))
