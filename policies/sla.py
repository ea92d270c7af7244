"""Judges an order: which promises were kept, which were broken, and which still run.

Pure: a clock is a function of (rule, timeline, now, what is around). Must not read a clock, a
file or a database.
"""

from collections.abc import Iterable
from datetime import datetime

from policies.clock import Clock, Run
from policies.deadlines import Course, due_of
from policies.facts import OrderEvent, Timeline
from policies.instants import stated_instant, us_of
from policies.order_facts import ALONE, Around, OrderFacts, order_facts
from policies.pauses import Hold, holds_in
from policies.promise import SlaRule
from policies.runs import runs_of
from policies.verdict import verdict


def evaluate(
    timeline: Timeline, rules: Iterable[SlaRule], now: datetime, around: Around = ALONE
) -> tuple[Clock, ...]:
    """Runs every rule that is for this order over its timeline.

    Events after `now` are ignored. A rule whose start is missing gives no clock, one that
    repeats gives a clock for each start. Of the rules of a group the first that fits counts;
    rules come in order of priority.
    """
    order = order_facts(timeline.until(now), around)
    taken: set[tuple[object, ...]] = set()
    clocks: list[Clock] = []
    for rule in rules:
        if rule.when is not None and not rule.when.fits(order.stated):
            continue
        if rule.group is not None:
            group = (rule.group, rule.version, rule.valid_from)
            if group in taken:
                continue
            taken.add(group)
        for instance, run in enumerate(runs_of(rule, order), start=1):
            clock = _clock(rule, run, instance, now)
            if clock is not None:
                clocks.append(clock)
    return tuple(clocks)


def _clock(rule: SlaRule, run: Run, instance: int, now: datetime) -> Clock | None:
    order = run.order
    began = began_at(rule, run.start, order)
    if not _in_force(rule, began):
        return None
    calendar = rule.pick_calendar.of(order.stated) if rule.pick_calendar else rule.calendar
    holds: tuple[Hold, ...] = ()
    resets: tuple[OrderEvent, ...] = ()
    if not rule.interrupting.isdisjoint(order.timeline.firsts):
        holds = _until_the_end(holds_in(rule, order), run)
        resets = _resets(rule, run)
    course = Course(calendar, us_of(began), holds)
    due = due_of(rule, course, order)
    if due is None:
        return None
    restarts: list[OrderEvent] = []
    for reset in resets:
        if us_of(reset.occurred_at) > due.at:
            break
        restarts.append(reset)
        course = Course(calendar, us_of(began_at(rule, reset, order)), holds)
        due = due_of(rule, course, order) or due
    return verdict(rule, run, instance, tuple(restarts), course, due, now)


def began_at(rule: SlaRule, start: OrderEvent, order: OrderFacts) -> datetime:
    """The start event's time, or later where the order says not before."""
    if rule.not_before is None:
        return start.occurred_at
    stated = order.stated.get(rule.not_before)
    not_before = stated_instant(stated, order.destination, from_start=True)
    return max(start.occurred_at, not_before) if not_before else start.occurred_at


def _in_force(rule: SlaRule, began: datetime) -> bool:
    return (rule.valid_from is None or began >= rule.valid_from) and (
        rule.valid_until is None or began < rule.valid_until
    )


def _until_the_end(holds: tuple[Hold, ...], run: Run) -> tuple[Hold, ...]:
    """Holds as far as they matter: nothing pauses a clock that has stopped."""
    end = run.end
    if end is None:
        return holds
    at = us_of(end.occurred_at)
    return tuple(hold.cut(at) for hold in holds if hold.starts < at)


def _resets(rule: SlaRule, run: Run) -> tuple[OrderEvent, ...]:
    """The events between start and end that start the clock anew."""
    if not rule.reset:
        return ()
    end, order = run.end, run.order
    return tuple(
        event
        for event in order.timeline.events
        if event.kind in rule.reset
        and event.occurred_at > run.start.occurred_at
        and (end is None or event.occurred_at < end.occurred_at)
        and (rule.reset_if is None or rule.reset_if.holds(order.named(event)))
    )
