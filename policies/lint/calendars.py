"""Looks at the calendars that a policy writes. Must not count time for orders."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from policies.book.calendars import AT_WAREHOUSE, OF_CARRIER
from policies.calendar import Calendar
from policies.calendar_plan import DAY
from policies.lint.check import Check, PolicyCheck, Spot
from policies.lint.draft import Draft
from policies.lint.event_names import nearest
from policies.lint.finding import Level
from policies.local_time import from_wall

_YEAR = timedelta(days=366)
_FAR = 10 * _YEAR
"""Nobody means a policy that begins later than that."""
_CARRIER = "carrier."


def never_open(draft: Draft) -> Iterator[Spot]:
    """A calendar by which no time ever passes."""
    first, _ = _period(draft)
    for name, calendar in draft.own_calendars():
        if calendar.minutes_between(first, first + _YEAR) == 0:
            message = f"no minute of {name} is open, so its promises never fall due"
            remedy = 'Give it shifts, as `shifts: {mon-fri: ["08:00-18:00"]}`, or shorten closures'
            yield Spot(message, remedy, ("calendars", name))


def unused(draft: Draft) -> Iterator[Spot]:
    """A calendar that no rule counts by."""
    used = _used(draft)
    for name in draft.model.calendars:
        if name not in used:
            message = f"no rule counts by the calendar {name}"
            remedy = f"Write `calendar: {name}` in a deadline, or remove it"
            yield Spot(message, remedy, ("calendars", name))


def without_holidays(draft: Draft) -> Iterator[Spot]:
    """A calendar with closed hours and no holidays; `holidays: []` says that it means it."""
    for name, calendar in draft.own_calendars():
        plan = calendar.plan
        always = all(_length(calendar, day) >= DAY for day in range(7))
        said = "holidays" in draft.model.calendars[name].model_fields_set
        if not (plan.holidays or plan.days_off or always or said):
            message = f"{name} has no holidays: it works on Christmas as on any other day"
            remedy = "Add the country's, as `holidays: [US]`; if it really works then, write []"
            yield Spot(message, remedy, ("calendars", name))


def unknown_holidays(draft: Draft) -> Iterator[Spot]:
    """Holidays that are not known for all years in which the policy is in force."""
    first, last = _period(draft)
    for name, calendar in draft.own_calendars():
        if not calendar.covers_holidays(first.date(), last.date()):
            codes = ", ".join(calendar.plan.holidays)
            message = f"the holidays {codes} are not known for all of {first:%Y} to {last:%Y}"
            remedy = "End the policy earlier with `effective.until`, or list them as `days_off`"
            yield Spot(message, remedy, ("calendars", name, "holidays"))


def idle_closures(draft: Draft) -> Iterator[Spot]:
    """Closures that change nothing any more, or nothing while the policy is in force."""
    begin, until = draft.book.effective_from, draft.book.effective_until
    for name, calendar in draft.own_calendars():
        for place, closure in enumerate(calendar.plan.closures):
            starts = from_wall(closure.starts, calendar.timezone)
            ends = from_wall(closure.ends, calendar.timezone, last=True)
            steps = ("calendars", name, "closures", place)
            if (begin and ends <= begin) or (until and starts >= until):
                message = f"the closure for {closure.why} is outside the time of this policy"
                yield Spot(message, "Correct its dates or those of `effective`", steps)
            elif ends <= draft.now:
                message = f"the closure for {closure.why} was over on {closure.ends:%Y-%m-%d}"
                remedy = "Leave it while orders of that time are open; then it may go"
                yield Spot(message, remedy, steps)


def unknown_pickups(draft: Draft) -> Iterator[Spot]:
    """Pickup times at sites that have no calendar."""
    for name, model in draft.model.calendars.items():
        for site in model.pickups:
            if site not in draft.model.calendars:
                near = nearest(site, draft.model.calendars)
                message = f"{name} picks up at {site}, which has no calendar here"
                remedy = f"Write {near}" if near else f"Add a calendar named {site}"
                yield Spot(message, remedy, ("calendars", name, "pickups", site))


def _period(draft: Draft) -> tuple[datetime, datetime]:
    """In which it counts: what is left of the effective time, or the coming year."""
    first = max(draft.book.effective_from or draft.now, draft.now)
    first = min(first, draft.now + _FAR)
    return first, draft.book.effective_until or first + _YEAR


def _length(calendar: Calendar, weekday: int) -> int:
    """Minutes of the shifts that start on a weekday."""
    return sum(end - start for start, end in calendar.plan.week.get(weekday, ()))


def _used(draft: Draft) -> set[str]:
    """Calendars that a rule names, or that an order can bring in by its site or carrier."""
    names = {written.model.deadline.calendar for written in draft.rules}
    zones = {written.model.deadline.tz for written in draft.rules}
    zones |= {one.model.deadline.cutoff.tz for one in draft.rules if one.model.deadline.cutoff}
    own = draft.model.calendars
    if OF_CARRIER in names:
        names |= {name for name in own if name.startswith(_CARRIER)}
    moving = {name for name in names if name in own and AT_WAREHOUSE in _zones_of(draft, name)}
    if moving or AT_WAREHOUSE in names | zones:
        names |= {name for name in own if not name.startswith(_CARRIER)}
    return names


def _zones_of(draft: Draft, name: str) -> tuple[str | None, str | None]:
    model = draft.model.calendars[name]
    return (model.tz, model.timezone)


CHECKS: tuple[Check, ...] = (
    PolicyCheck("calendar-never-open", Level.ERROR, never_open),
    PolicyCheck("calendar-unused", Level.NOTE, unused),
    PolicyCheck("no-holidays", Level.NOTE, without_holidays),
    PolicyCheck("holidays-not-known", Level.WARNING, unknown_holidays),
    PolicyCheck("idle-closure", Level.NOTE, idle_closures),
    PolicyCheck("pickup-without-site", Level.WARNING, unknown_pickups),
)
