"""When a promise is due: counted minutes, cut-offs and promised dates, with what paused them.

Must not judge whether it was kept. All on microseconds since 1970.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from policies.calendar import Calendar
from policies.holiday_dates import holiday_dates
from policies.instants import MINUTE, moment_of, stated_instant, us_of
from policies.local_time import at_local, end_of_local_day, local_date
from policies.matching import labels_of
from policies.order_facts import HOUR, OrderFacts
from policies.pauses import Hold
from policies.promise import CutOff, DayTime, Multiplier, PromiseDate, SlaRule, Within

_SATURDAY = 5
_WHOLE_DAY = 1440


class Course(NamedTuple):
    """How counted time runs from a start: on a calendar, standing still during holds."""

    calendar: Calendar
    start: int
    holds: tuple[Hold, ...] = ()

    def after(self, counted: int) -> int:
        """The instant at which that much has been counted; an open hold is taken to end at once."""
        if not self.holds:
            return self.calendar.add_us(self.start, counted)
        at, left = self.start, counted
        for hold in self.holds:
            if hold.starts >= at:
                due = self.calendar.add_us(at, left)
                if due <= hold.starts:
                    return due
                left -= self.calendar.between_us(at, hold.starts)
            if hold.ends is None:
                at = max(at, hold.starts)
                break
            at = max(at, hold.ends)
        return self.calendar.add_us(at, left)

    def counted(self, end: int) -> int:
        """What has been counted up to `end`, holds left out."""
        return self.calendar.between_us(self.start, end) - self.paused(end)

    def paused(self, end: int) -> int:
        """What would have been counted up to `end` but for the holds."""
        return sum(
            self.calendar.between_us(max(hold.starts, self.start), until)
            for hold in self.holds
            if (until := end if hold.ends is None else min(hold.ends, end)) > self.start
        )


class Due(NamedTuple):
    """A deadline, and the counted time that it allows."""

    at: int
    target: int


def due_of(rule: SlaRule, course: Course, order: OrderFacts) -> Due | None:
    """The deadline of a rule on this course; None where the order states no promise."""
    deadline = rule.deadline
    if isinstance(deadline, Within):
        target = _target(deadline, rule, course, order)
        return Due(course.after(target), target)
    if isinstance(deadline, CutOff):
        at = _cut_off_with_holds(deadline, course, order)
    else:
        promised = _promised(deadline, course, order)
        if promised is None:
            return None
        at = promised
    return Due(at, max(0, course.counted(at)))


def _target(within: Within, rule: SlaRule, course: Course, order: OrderFacts) -> int:
    minutes = within.minutes
    if within.by_key is not None:
        stated = str(order.stated.get(within.by_key, "")).lower()
        minutes = within.by_value.get(stated, minutes)
    if not rule.multipliers:
        return minutes * MINUTE
    factor = factor_of(rule.multipliers, course, order)
    return int((minutes * factor).to_integral_value(ROUND_HALF_UP)) * MINUTE


def factor_of(multipliers: Iterable[Multiplier], course: Course, order: OrderFacts) -> Decimal:
    """The product of the multipliers whose condition holds at the start."""
    start = moment_of(course.start)
    day = local_date(start, course.calendar.timezone)
    factor = Decimal(1)
    for multiplier in multipliers:
        if _applies(multiplier, start, day, course.calendar, order):
            factor *= multiplier.factor
    return factor


def _applies(
    multiplier: Multiplier, start: datetime, day: date, calendar: Calendar, order: OrderFacts
) -> bool:
    match multiplier.on:
        case "weekend":
            return day.weekday() >= _SATURDAY
        case "holiday":
            return _is_holiday(day, multiplier, calendar)
        case "season":
            return multiplier.season is not None and _in_season(day, *multiplier.season)
        case "volume":
            return order.around.volume(start, HOUR) > multiplier.over
        case "flag":
            return multiplier.flag in labels_of(order.stated)


def _is_holiday(day: date, multiplier: Multiplier, calendar: Calendar) -> bool:
    if calendar.plan.holidays or calendar.plan.days_off:
        return calendar.is_holiday(day)
    return any(day in holiday_dates(code, day.year) for code in multiplier.holidays)


def _in_season(day: date, first: tuple[int, int], last: tuple[int, int]) -> bool:
    """Month and day; a season may go over the turn of the year."""
    today = (day.month, day.day)
    return first <= today <= last if first <= last else today >= first or today <= last


def _cut_off_with_holds(cut_off: CutOff, course: Course, order: OrderFacts) -> int:
    """A hold that ends before the deadline starts the order anew, as if it had come then."""
    zone = cut_off.zone.of(order.stated)
    due = cut_off_deadline(cut_off, course.calendar, zone, course.start)
    for hold in course.holds:
        if hold.ends is not None and hold.ends > course.start and hold.starts < due:
            due = max(due, cut_off_deadline(cut_off, course.calendar, zone, hold.ends))
    return due


def cut_off_deadline(cut_off: CutOff, calendar: Calendar, zone: str, start: int) -> int:
    """By when what starts at `start` is due.

    What would be late from its start on counts as started on the next business day.
    """
    day = local_date(moment_of(start), zone)
    today = _due_on(day, cut_off.at, cut_off.before, cut_off.after, calendar, zone)
    due = today.before if start < today.late_from else today.after
    return due if due >= start else today.next_day


class _Day(NamedTuple):
    """The cut-off of a day, and by when what starts before it, after it and next day is due."""

    late_from: int
    before: int
    after: int
    next_day: int


@lru_cache(maxsize=4096)
def _due_on(
    day: date, at: int | None, before: DayTime, after: DayTime, calendar: Calendar, zone: str
) -> _Day:
    """A closed day is over before it begins."""
    opening = calendar.business_day(day, 0)
    closed = opening != day
    next_day = _day_time(
        before, opening if closed else calendar.business_day(day, 1), calendar, zone
    )
    if closed:
        return _Day(0, next_day, next_day, next_day)
    due = _day_time(before, day, calendar, zone)
    if at is None:
        return _Day(due + 1, due, next_day, next_day)
    late_from = us_of(at_local(day, at, zone))
    return _Day(late_from, due, _day_time(after, day, calendar, zone), next_day)


def _day_time(ahead: DayTime, day: date, calendar: Calendar, zone: str) -> int:
    if ahead.business:
        day = calendar.business_day(day, ahead.days)
    else:
        day += timedelta(days=ahead.days)
    if ahead.minute == _WHOLE_DAY:
        return us_of(end_of_local_day(day, zone))
    return us_of(at_local(day, ahead.minute, zone))


def _promised(promise: PromiseDate, course: Course, order: OrderFacts) -> int | None:
    """The first promise stated, moved on by the plain time of holds before it."""
    zone = promise.zone.of(order.stated)
    stated = stated_instant(order.timeline.first_stated(promise.key), zone)
    if stated is None:
        return None
    due = promised = us_of(_day_end(stated, zone) if promise.end_of_day else stated)
    for hold in course.holds:
        if hold.ends is not None and hold.ends > course.start and hold.starts < due:
            promised += hold.ends - max(hold.starts, course.start)
            due = us_of(_day_end(moment_of(promised), zone)) if promise.end_of_day else promised
    return due


def _day_end(moment: datetime, zone: str) -> datetime:
    return end_of_local_day(local_date(moment, zone), zone)
