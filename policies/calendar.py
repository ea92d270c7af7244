"""Which minutes count: shifts, holidays and closures in local time, counted in UTC.

Must not know what is being timed. All arithmetic is on whole microseconds of UTC,
because an aware datetime plus 24 hours is wall-clock time and wrong twice a year: a
night shift counts 7 hours when clocks go forward and 9 when they go back.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from policies.calendar_plan import DAY, CalendarPlan
from policies.holiday_dates import holiday_dates, known_years
from policies.instants import MINUTE, moment_of, us_of
from policies.local_time import at_local, from_wall, local_date
from policies.open_spans import Span, SpanTable, clipped, table_of, without

_ONE_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_PIECE_US = 16 * DAY * MINUTE
"""Open time is laid out in pieces of this length, when it is first asked for."""
_SEARCH_YEARS = 10
_YEAR_DAYS = 366
_YEAR_US = _YEAR_DAYS * DAY * MINUTE
_SEARCH_US = _SEARCH_YEARS * _YEAR_US


class CalendarExhaustedError(ValueError):
    """A calendar has too little open time in the years after a date."""

    def __init__(self, calendar: "Calendar", wanted: str, day: date) -> None:
        super().__init__(
            f"calendar {calendar.name}@{calendar.version} has no room for {wanted} in the "
            f"{_SEARCH_YEARS} years after {day}; give its week more shifts, shorten its "
            "closures or days off, or promise less"
        )


class Calendar:
    """A plan that counts. Two are equal when their names and versions are.

    It never changes, but it holds a cache: a table of the open spans around the
    instants that were asked for so far, which is replaced as a whole. `version` is for
    calendars that stored clocks know by another version than the plan's digest.
    """

    __slots__ = ("_closed", "_off", "_on", "_table", "name", "plan", "timezone", "version")

    def __init__(self, plan: CalendarPlan, *, version: str | None = None) -> None:
        zone = ZoneInfo(plan.timezone).key  # an unknown zone shows itself here
        self.plan, self.name, self.timezone = plan, plan.name, zone
        self.version = plan.version if version is None else version
        self._off, self._on = frozenset(plan.days_off), frozenset(plan.days_on)
        self._closed = tuple(
            (us_of(from_wall(one.starts, zone)), us_of(from_wall(one.ends, zone, last=True)))
            for one in plan.closures
        )
        self._table = table_of((), 0, 0)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Calendar):
            return NotImplemented
        return (self.name, self.version) == (other.name, other.version)

    def __hash__(self) -> int:
        return hash((self.name, self.version))

    def __repr__(self) -> str:
        return f"Calendar({self.name}@{self.version})"

    def add_minutes(self, start: datetime, minutes: float) -> datetime:
        """The first instant, in UTC, at which `minutes` have counted since `start`.

        `start` itself when there is nothing to add.

        Raises:
            CalendarExhaustedError: when that is more than 10 years away.
        """
        return moment_of(self.add_us(us_of(start), timedelta(minutes=minutes) // _MICROSECOND))

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """Counted minutes from `start` to `end`; 0 when `end` is not after `start`."""
        return self.between_us(us_of(start), us_of(end)) / MINUTE

    def add_us(self, start_us: int, counted_us: int) -> int:
        """`add_minutes` in microseconds since 1970."""
        if counted_us <= 0:
            return start_us
        table = self._table
        if not table.first_us <= start_us < table.until_us:
            table = self._cover(start_us, start_us)
        found = table.after(start_us, counted_us)
        if found is None or found - start_us > _SEARCH_US:
            return self._search(start_us, counted_us)
        return found

    def between_us(self, start_us: int, end_us: int) -> int:
        """`minutes_between` in microseconds."""
        if end_us <= start_us:
            return 0
        table = self._table
        if start_us < table.first_us or end_us >= table.until_us:
            table = self._cover(start_us, end_us)
        return table.counted_until(end_us) - table.counted_until(start_us)

    def is_open(self, moment: datetime) -> bool:
        """Whether this instant counts."""
        moment_us = us_of(moment)
        return self._cover(moment_us, moment_us).is_open(moment_us)

    def open_spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What counts between two instants, as spans in UTC, in order and apart."""
        start_us, end_us = us_of(start), us_of(end)
        if start_us < end_us:
            for opens, closes in self._cover(start_us, end_us).between(start_us, end_us):
                yield moment_of(opens), moment_of(closes)

    def is_business_day(self, day: date) -> bool:
        """Whether a shift starts on that local date and is not closed from end to end."""
        return any(opens < closes for opens, closes in self._open_on(day))

    def business_day(self, day: date, ahead: int) -> date:
        """The business day `ahead` after `day`; for 0 `day` itself if it is one, else the next.

        Raises:
            CalendarExhaustedError: when there is none for more than 10 years.
        """
        found = self._first_business_day(day if ahead <= 0 else day + _ONE_DAY)
        for _ in range(ahead - 1):
            found = self._first_business_day(found + _ONE_DAY)
        return found

    def is_holiday(self, day: date) -> bool:
        """Whether a holiday or a day off closes the shifts that start on that date."""
        if day in self._on:
            return False
        return day in self._off or any(
            day in holiday_dates(code, day.year) for code in self.plan.holidays
        )

    def covers_holidays(self, first: date, last: date) -> bool:
        """Whether the holidays of all years from `first` to `last` are known."""
        known = [known_years(code) for code in self.plan.holidays]
        return all(first.year in years and last.year in years for years in known)

    def _first_business_day(self, day: date) -> date:
        for offset in range(_SEARCH_YEARS * _YEAR_DAYS):
            if self.is_business_day(candidate := day + _ONE_DAY * offset):
                return candidate
        raise CalendarExhaustedError(self, "a business day", day)

    def _search(self, start_us: int, counted_us: int) -> int:
        """`add_us` beyond what is laid out, a year further at a time."""
        for years in range(1, _SEARCH_YEARS + 1):
            table = self._cover(start_us, start_us + years * _YEAR_US)
            found = table.after(start_us, counted_us)
            if found is not None and found - start_us <= _SEARCH_US:
                return found
        wanted = f"{counted_us / MINUTE:g} counted minutes"
        raise CalendarExhaustedError(self, wanted, local_date(moment_of(start_us), self.timezone))

    def _cover(self, first_us: int, last_us: int) -> SpanTable:
        """The table, laid out so far that both instants are within."""
        table = self._table
        if table.first_us <= first_us and last_us < table.until_us:
            return table
        first, until = first_us // _PIECE_US, last_us // _PIECE_US + 1
        if table.first_us == table.until_us:
            known = known_until = first
        else:
            known, known_until = table.first_us // _PIECE_US, table.until_us // _PIECE_US
        spans = chain(
            *map(self._piece, range(first, known)),
            zip(table.starts, table.ends, strict=True),
            *map(self._piece, range(known_until, until)),
        )
        first, until = min(first, known), max(until, known_until)
        self._table = table_of(spans, first * _PIECE_US, until * _PIECE_US)
        return self._table

    def _piece(self, piece: int) -> Iterable[Span]:
        """The open spans of one piece; a shift within may have started two dates before it."""
        first_us, until_us = piece * _PIECE_US, (piece + 1) * _PIECE_US
        first = local_date(moment_of(first_us), self.timezone) - 2 * _ONE_DAY
        last = local_date(moment_of(until_us), self.timezone)
        days = (first + _ONE_DAY * offset for offset in range((last - first).days + 1))
        return clipped(chain.from_iterable(map(self._open_on, days)), first_us, until_us)

    def _open_on(self, day: date) -> Iterable[Span]:
        """The open spans of the shifts that start on a local date."""
        shifts = self.plan.week.get(day.weekday())
        if not shifts or self.is_holiday(day):
            return ()
        spans: Iterable[Span] = [
            (
                us_of(at_local(day, start, self.timezone)),
                us_of(at_local(day, end, self.timezone, last=True)),
            )
            for start, end in shifts
        ]
        for closed in self._closed:
            spans = without(spans, closed)
        return spans


class _EveryMinute(Calendar):
    """The calendar in which counting is plain arithmetic."""

    __slots__ = ()

    def add_us(self, start_us: int, counted_us: int) -> int:
        """Every microsecond counts."""
        return start_us + counted_us if counted_us > 0 else start_us

    def between_us(self, start_us: int, end_us: int) -> int:
        """Every microsecond counts."""
        return end_us - start_us if end_us > start_us else 0


def _whole_days(name: str, *, weekdays: int) -> CalendarPlan:
    return CalendarPlan(name=name, timezone="UTC", week=dict.fromkeys(range(weekdays), ((0, DAY),)))


ALWAYS: Calendar = _EveryMinute(_whole_days("always", weekdays=7), version="1")
BUSINESS_DAYS_UTC = Calendar(_whole_days("business-days-utc", weekdays=5), version="1")
CALENDARS: dict[str, Calendar] = {one.name: one for one in (ALWAYS, BUSINESS_DAYS_UTC)}
