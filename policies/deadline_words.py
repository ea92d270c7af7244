"""Says in plain words by when a promise is due, and which minutes count. Must not compute it."""

from policies.calendar import ALWAYS
from policies.durations import duration
from policies.promise import CutOff, DayTime, PromiseDate, SlaRule, Within
from policies.sites import Zone

_WHOLE_DAY = 1440


def deadline_in_words(rule: SlaRule) -> str:
    """`the same day for orders before 14:00, else the next business day (ATL1, ...)`."""
    deadline = rule.deadline
    if isinstance(deadline, Within):
        return f"{_within(deadline)}{_hours(rule)}{_multipliers(rule)}"
    if isinstance(deadline, PromiseDate):
        end = "by the end of the day" if deadline.end_of_day else "by the time"
        return f"{end} that {deadline.key} says ({_zone(deadline.zone)})"
    return f"{_cut_off(deadline)} ({_calendar(rule)}{_zone(deadline.zone)})"


def _within(within: Within) -> str:
    if within.by_key is None:
        return f"within {duration(within.minutes)}"
    table = [f"{duration(minutes)} ({value})" for value, minutes in within.by_value.items()]
    return f"by {within.by_key} within {', '.join(table)}, else {duration(within.minutes)}"


def _hours(rule: SlaRule) -> str:
    """Which minutes count, where not all do."""
    if rule.pick_calendar is not None:
        return f" by the hours of the order's {rule.pick_calendar.key}"
    if rule.calendar == ALWAYS:
        return ""
    return f" by the hours of {rule.calendar.name} ({rule.calendar.timezone})"


def _multipliers(rule: SlaRule) -> str:
    said = ", ".join(f"{one.factor:f} x for {one.name}" for one in rule.multipliers)
    return f", longer by {said}" if said else ""


def _cut_off(cut_off: CutOff) -> str:
    before = _day_time(cut_off.before)
    if cut_off.at is None:
        return before
    return f"{before} for orders before {_clock(cut_off.at)}, else {_day_time(cut_off.after)}"


def _day_time(ahead: DayTime) -> str:
    day = _day(ahead)
    return day if ahead.minute == _WHOLE_DAY else f"by {_clock(ahead.minute)} {day}"


def _day(ahead: DayTime) -> str:
    business = "business " if ahead.business else ""
    if ahead.days == 0:
        return "the same day"
    if ahead.days == 1:
        return f"the next {business}day"
    return f"{ahead.days} {business}days later"


def _calendar(rule: SlaRule) -> str:
    if rule.pick_calendar is not None:
        return f"the days of its {rule.pick_calendar.key}, "
    return "" if rule.calendar == ALWAYS else f"{rule.calendar.name}, "


def _zone(zone: Zone) -> str:
    if zone.key is None:
        return zone.default
    place = "warehouse" if zone.key == "warehouse" else "destination"
    return f"local time of the {place}"


def _clock(minute: int) -> str:
    hours, minutes = divmod(minute, 60)
    return f"{hours:02}:{minutes:02}"
