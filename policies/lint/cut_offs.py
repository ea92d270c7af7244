"""Looks at times of day: cut-offs and due times against the shifts of their calendars.

Must not compute deadlines: deadlines.py does.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from policies.book.words import DAYS
from policies.calendar import ALWAYS, Calendar
from policies.calendar_plan import DAY
from policies.lint.check import Check, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.finding import Level
from policies.local_time import at_local
from policies.promise import DayTime, PromiseDate
from policies.sites import Zone
from policies.yaml_text import Step

_LAST_MINUTE = DAY - 1


def cut_off_outside(draft: Draft, written: Written) -> Iterator[Spot]:
    """A cut-off at an hour when nobody works."""
    cut_off = written.cut_off
    if cut_off is None or cut_off.at is None:
        return
    for calendar in written.calendars:
        days = _closed_on(draft, calendar, cut_off.zone, cut_off.at)
        if days:
            message = f"the cut-off at {_clock(cut_off.at)} is {_outside(calendar, days)}"
            remedy = "Move it into the shifts of every open day, or correct the shifts"
            yield Spot(message, remedy, ("deadline", "cutoff", "at"))


def due_outside(draft: Draft, written: Written) -> Iterator[Spot]:
    """A due time at an hour when nobody works."""
    for steps, due in _due_times(written):
        zone = written.cut_off.zone if written.cut_off else Zone()
        for calendar in written.calendars:
            days = _closed_on(draft, calendar, zone, due.minute)
            if due.minute < _LAST_MINUTE and days:
                message = f"what is due at {_clock(due.minute)} is due {_outside(calendar, days)}"
                remedy = 'Take an hour at which somebody works, or "24:00" for the end of the day'
                yield Spot(message, remedy, steps)


def last_minute(_draft: Draft, written: Written) -> Iterator[Spot]:
    """23:59 where the end of the day is meant."""
    for steps, due in _due_times(written):
        if due.minute == _LAST_MINUTE:
            message = "23:59 ends a minute before the day does: an event at 23:59:30 is late"
            yield Spot(message, 'Write "24:00" for the end of the day', steps)


def no_closed_days(_draft: Draft, written: Written) -> Iterator[Spot]:
    """Business days by a calendar on which every day is one."""
    cut_off = written.cut_off
    if cut_off is None or written.calendars != (ALWAYS,):
        return
    if cut_off.at is not None or cut_off.before.business:
        message = "by the calendar `always` every day is a business day, Sundays and holidays too"
        remedy = "Name the calendar of the site, as `calendar: ATL1` or `calendar: at(warehouse)`"
        yield Spot(message, remedy, ("deadline",))


def plain_days(_draft: Draft, written: Written) -> Iterator[Spot]:
    """Days ahead that count closed days, too, by a calendar that has some."""
    closed = [one for one in written.calendars if any(not one.plan.week.get(n) for n in range(7))]
    for steps, due in _due_times(written):
        if closed and due.days and not due.business:
            message = f"+{due.days} can fall on a day on which {closed[0].name} is closed"
            yield Spot(message, f"Write +{due.days} business, to count open days only", steps)


def dates_in_utc(draft: Draft, written: Written) -> Iterator[Spot]:
    """A promised date whose end nobody gave a time zone."""
    promised = isinstance(written.rule.deadline, PromiseDate)
    zoned = written.model.deadline.tz or "timezone" in draft.model.model_fields_set
    if promised and not zoned:
        message = "a promised date ends in UTC where the order states no destination_timezone"
        remedy = "Write `tz: at(destination)` and the policy's own `timezone`, as America/New_York"
        yield Spot(message, remedy, ("deadline",))


def _due_times(written: Written) -> Iterator[tuple[tuple[Step, ...], DayTime]]:
    """The due times that were written, each with its place."""
    deadline = written.model.deadline
    if deadline.by is not None:
        yield ("deadline", "by"), deadline.by
    if deadline.cutoff is not None:
        for name in sorted(deadline.cutoff.model_fields_set & {"before", "after"}):
            yield ("deadline", "cutoff", name), getattr(deadline.cutoff, name)


def _closed_on(draft: Draft, calendar: Calendar, zone: Zone, minute: int) -> list[int]:
    """The open weekdays on which that time of day is in no shift; both ends belong to it."""
    local = _local(draft, calendar, zone, minute)
    week = calendar.plan.week

    def works(day: int) -> bool:
        night = (shift for shift in week.get((day - 1) % 7, ()) if shift[1] > DAY)
        return any(start <= local <= end for start, end in week[day]) or any(
            local + DAY <= end for _, end in night
        )

    return [day for day in sorted(week) if week[day] and not works(day)]


def _local(draft: Draft, calendar: Calendar, zone: Zone, minute: int) -> int:
    """A time of day in a rule's zone as the calendar's clock shows it now."""
    if zone.key is not None or zone.default == calendar.timezone:
        return minute
    there = at_local(draft.now.date(), minute, zone.default).astimezone(ZoneInfo(calendar.timezone))
    return there.hour * 60 + there.minute


def _outside(calendar: Calendar, days: list[int]) -> str:
    week = calendar.plan.week
    shifts = ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in week[days[0]])
    names = ", ".join(DAYS[day] for day in days)
    return f"outside the shifts of {calendar.name} on {names} ({DAYS[days[0]]} {shifts})"


def _clock(minute: int) -> str:
    hours, minutes = divmod(minute if minute <= DAY else minute - DAY, 60)
    return f"{hours:02}:{minutes:02}"


CHECKS: tuple[Check, ...] = (
    RuleCheck("cutoff-outside-shifts", Level.WARNING, cut_off_outside),
    RuleCheck("due-outside-shifts", Level.NOTE, due_outside),
    RuleCheck("last-minute-of-day", Level.NOTE, last_minute),
    RuleCheck("no-closed-days", Level.WARNING, no_closed_days),
    RuleCheck("plain-days", Level.WARNING, plain_days),
    RuleCheck("dates-in-utc", Level.NOTE, dates_in_utc),
)
