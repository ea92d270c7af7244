"""Says in plain words when a calendar is open, and on which days it is not. Must not count."""

from collections.abc import Iterable, Iterator, Mapping

from policies.calendar import CALENDARS, Calendar
from policies.calendar_plan import DAY, CalendarPlan
from policies.promise import SlaRule

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK = range(7)


def calendars_of(
    rules: Iterable[SlaRule], calendars: Mapping[str, Calendar]
) -> tuple[Calendar, ...]:
    """The calendars that these rules may count by, without those that everybody knows."""
    found: list[Calendar] = []
    for rule in rules:
        choice = rule.pick_calendar
        tables = choice.table.values() if choice else ()
        found += [rule.calendar, *(one for sites in tables for one in sites.values())]
    own = [one for one in calendars.values() if one in found]
    return tuple(one for one in dict.fromkeys([*own, *found]) if one not in CALENDARS.values())


def calendar_in_words(calendar: Calendar) -> str:
    """`ATL1 (America/New_York): Mon to Fri 06:00-22:00; closed Sat, Sun and on ...`."""
    plan = calendar.plan
    said = "; ".join((_open(plan), *_closed(plan)))
    return f"{calendar.name} ({calendar.timezone}): {said}"


def _open(plan: CalendarPlan) -> str:
    """Days with the same hours are said once."""
    hours: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for day in _WEEK:
        shifts = plan.week.get(day, ())
        if shifts:
            hours.setdefault(shifts, []).append(day)
    return ", ".join(f"{_days(days)} {_hours(shifts)}" for shifts, days in hours.items())


def _closed(plan: CalendarPlan) -> Iterator[str]:
    closed = [day for day in _WEEK if not plan.week.get(day)]
    if closed:
        yield f"closed {_days(closed)}"
    yield f"closed on the holidays {', '.join(plan.holidays)}" if plan.holidays else "no holidays"
    if plan.days_off:
        yield f"closed on {', '.join(map(str, plan.days_off))}"
    if plan.days_on:
        yield f"open on {', '.join(map(str, plan.days_on))}"
    for closure in plan.closures:
        since, until = (f"{at:%Y-%m-%d %H:%M}" for at in (closure.starts, closure.ends))
        yield f"closed from {since} to {until} ({closure.why})"


def _days(days: list[int]) -> str:
    """`Mon to Fri` of days in a row, else each."""
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):  # noqa: PLR2004 - three
        return f"{_DAYS[days[0]]} to {_DAYS[days[-1]]}"
    return ", ".join(_DAYS[day] for day in days)


def _hours(shifts: tuple[tuple[int, int], ...]) -> str:
    if shifts == ((0, DAY),):
        return "all day"
    return " and ".join(f"{_clock(start)}-{_clock(end)}" for start, end in shifts)


def _clock(minute: int) -> str:
    hours, minutes = divmod(minute if minute <= DAY else minute - DAY, 60)
    return f"{hours:02}:{minutes:02}"
