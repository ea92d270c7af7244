"""Which minutes count: around the clock, or on business days only.

Must not know what is being timed. All arithmetic is on UTC instants, because an
aware datetime plus 24 hours is wall-clock time and wrong twice a year.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A named, versioned choice of counted minutes, in UTC."""

    name: str
    version: str = "1"
    business_days_only: bool = False

    def add_minutes(self, start: datetime, minutes: float) -> datetime:
        """The instant at which `minutes` counted minutes have passed since `start`."""
        start = _utc(start)
        left = timedelta(minutes=minutes)
        if not self.business_days_only:
            return start + left
        moment = _open_moment(start)
        while (room := _next_midnight(moment) - moment) < left:
            left -= room
            moment = _open_moment(moment + room)
        return moment + left

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """Counted minutes from `start` to `end`; 0 when `end` is not after `start`."""
        start, end = _utc(start), _utc(end)
        if end <= start:
            return 0.0
        if not self.business_days_only:
            return (end - start).total_seconds() / 60
        days = (end.date() - start.date()).days
        weeks, rest = divmod(days, 7)
        counted = sum((start + _DAY * offset).weekday() < _SATURDAY for offset in range(rest))
        whole = _DAY * (weeks * 5 + counted)
        return (whole + _into_day(end) - _into_day(start)).total_seconds() / 60


ALWAYS = Calendar(name="always")
BUSINESS_DAYS_UTC = Calendar(name="business-days-utc", business_days_only=True)
CALENDARS = {calendar.name: calendar for calendar in (ALWAYS, BUSINESS_DAYS_UTC)}


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _open_moment(moment: datetime) -> datetime:
    """`moment` itself on a business day, else the following Monday's first instant."""
    while moment.weekday() >= _SATURDAY:
        moment = _next_midnight(moment)
    return moment


def _next_midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY


def _into_day(moment: datetime) -> timedelta:
    """How much of its day has been counted at `moment`; nothing of a weekend day."""
    if moment.weekday() >= _SATURDAY:
        return timedelta()
    return moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)
