"""What a business calendar is made of: shifts, holidays, closures, pickups, as written.

Must not count time: calendar.py does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256

from policies.holiday_dates import holiday_dates

DAY = 1440
"""Minutes on the clock's face between two midnights."""
_VERSIONED_YEARS = range(2020, 2041)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A span of naive local time in which nothing counts, up to `ends` exclusively."""

    starts: datetime
    ends: datetime
    why: str

    def __post_init__(self) -> None:
        """Refuses a closure that is empty or told in a zone of its own."""
        if self.starts.tzinfo or self.ends.tzinfo:
            message = f"write the closure ({self.why}) in local time, without an offset"
            raise ValueError(message)
        if self.ends <= self.starts:
            message = f"the closure ({self.why}) ends before it starts; swap the two"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPlan:
    """One business calendar as a policy states it.

    `week` has the shifts of each weekday (0 is Monday) as local minutes of the day; a
    shift over midnight ends after 1440, so 22:00-06:00 is (1320, 1800). `holidays` are
    codes of holiday_dates.py. A holiday or a day of `days_off` closes the shifts that
    start on it, unless `days_on` names it. `pickups` has each site's last pickup.
    """

    name: str
    timezone: str
    week: Mapping[int, tuple[tuple[int, int], ...]] = field(hash=False)
    holidays: tuple[str, ...] = ()
    days_off: tuple[date, ...] = ()
    days_on: tuple[date, ...] = ()
    closures: tuple[Closure, ...] = ()
    pickups: Mapping[str, int] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuses weekdays and shifts that there are not."""
        for weekday, shifts in self.week.items():
            if not 0 <= weekday <= 6:  # noqa: PLR2004 - Sunday
                message = f"calendar {self.name}: weekdays are 0 (Monday) to 6, not {weekday}"
                raise ValueError(message)
            for start, end in shifts:
                if not (0 <= start < DAY and start < end <= 2 * DAY):
                    message = f"calendar {self.name}: no shift goes from {start} to {end} minutes"
                    raise ValueError(message)

    @property
    def version(self) -> str:
        """A digest of what decides which minutes count, in 8 hex digits.

        Of holiday codes the dates from 2020 to 2040 are digested, so that an update of
        the library that moves one of them is a new version, and any other is not. The
        order of lists, the name and the reasons of closures are left out.

        Raises:
            UnknownHolidaysError: when there are no holidays by one of the codes.
        """
        dates = {
            day
            for code in self.holidays
            for year in _VERSIONED_YEARS
            for day in holiday_dates(code, year)
        }
        parts = (
            self.timezone,
            sorted((weekday, sorted(set(shifts))) for weekday, shifts in self.week.items()),
            sorted({day.isoformat() for day in dates.union(self.days_off)}),
            sorted({day.isoformat() for day in self.days_on}),
            sorted({(one.starts.isoformat(), one.ends.isoformat()) for one in self.closures}),
            sorted(self.pickups.items()),
        )
        return sha256(repr(parts).encode()).hexdigest()[:8]

    def in_timezone(self, timezone: str) -> "CalendarPlan":
        """The same hours on the wall clocks of another zone."""
        return replace(self, timezone=timezone)
