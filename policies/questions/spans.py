"""Makes the spans of time that a question's words name; windows.py finds the words.

Must not read a clock: `Here` holds now and the zone. Weeks begin on Monday.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from policies.local_time import from_wall
from policies.questions.shape import Window

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple(
    "january february march april may june july august september october november december".split()  # noqa: SIM905 - as people read it
)
NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
NUMBERS |= {"seven": 7, "ten": 10, "twelve": 12, "fourteen": 14, "thirty": 30}
NUMBERS |= {"couple of": 2, "a couple of": 2, "few": 3}
_UNIT = {"h": 60, "d": 1440, "w": 10080, "f": 20160, "m": 1}
_MOST_DAYS = 800


@dataclass(frozen=True, slots=True)
class Here:
    """The asker's now and zone, and what is reckoned from them."""

    now: datetime
    zone: str

    @property
    def today(self) -> date:
        """The date that the wall calendar shows."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def midnight(self, day: date) -> datetime:
        """The instant at which a day begins there."""
        return from_wall(datetime.combine(day, time()), self.zone)

    def at(self, day: date, clock: time) -> datetime:
        """The instant at which the clock on the wall shows that."""
        return from_wall(datetime.combine(day, clock), self.zone)

    def days(self, first: date, count: int, words: str) -> Window:
        """Whole days; what is still to come of them is cut off by the rows themselves."""
        until = self.midnight(first + timedelta(days=count))
        return Window(since=self.midnight(first), until=until, words=words)

    def since(self, moment: datetime, words: str) -> Window:
        """Up to now."""
        return Window(since=moment, until=self.now, words=words)


Make = Callable[[re.Match[str], Here], Window | None]


def last_span(match: re.Match[str], here: Here) -> Window | None:
    """`last 2 h`, `past week`: up to now."""
    minutes = _amount(match[1]) * _UNIT[match[2][0]]
    if not 0 < minutes <= _MOST_DAYS * 1440:
        return None
    return here.since(here.now - timedelta(minutes=minutes), f"the last {_said(minutes)}")


def last_months(match: re.Match[str], here: Here) -> Window | None:
    """`last month` is the one before this; `last 3 months` are 90 days."""
    if match[1] is None:
        return month(1)(match, here)
    days = 30 * _amount(match[1])
    if days > _MOST_DAYS:
        return None
    return here.since(here.midnight(here.today - timedelta(days=days)), f"the last {days} days")


def days_ago(match: re.Match[str], here: Here) -> Window | None:
    """That whole day."""
    back = _amount(match[1])
    return named_day(back)(match, here) if back <= _MOST_DAYS else None


def _said(minutes: int) -> str:
    for unit, name in ((10080, "week"), (1440, "day"), (60, "hour")):
        if minutes % unit == 0:
            return f"{minutes // unit} {name}s" if minutes > unit else name
    return f"{minutes} min"


def _amount(word: str | None) -> int:
    if word is None:
        return 1
    return int(word) if word.isdigit() else NUMBERS[word]


def named_day(back: int) -> Make:
    """A day so many back."""

    def make(_match: re.Match[str], here: Here) -> Window:
        day = here.today - timedelta(days=back)
        return here.days(day, 1, f"{day_words(day)}")

    return make


def today(_match: re.Match[str], here: Here) -> Window:
    """The whole day, up to its end."""
    return here.days(here.today, 1, f"today, {day_words(here.today)}")


def this_morning(_match: re.Match[str], here: Here) -> Window:
    """From midnight to noon."""
    until = here.at(here.today, time(12))
    return Window(
        since=here.midnight(here.today), until=until, words="this morning, 00:00 to 12:00"
    )


def lately(_match: re.Match[str], here: Here) -> Window:
    """What nobody states more exactly is a week."""
    return here.since(here.now - timedelta(days=7), "the last week")


def weekend(_match: re.Match[str], here: Here) -> Window:
    """The latest Saturday and Sunday, or those that go on."""
    saturday = here.today - timedelta(days=(here.today.weekday() + 2) % 7)
    return here.days(saturday, 2, f"the weekend of {day_words(saturday)}")


def overnight(_match: re.Match[str], here: Here) -> Window:
    """From 18:00 to 06:00; the night that is over, or the one that goes on."""
    last = here.today - timedelta(days=1)
    since, until = here.at(last, time(18)), here.at(here.today, time(6))
    return Window(
        since=since, until=until, words=f"the night from {day_words(last)} 18:00 to 06:00"
    )


def week(back: int) -> Make:
    """The Monday to Sunday so many weeks back."""

    def make(_match: re.Match[str], here: Here) -> Window:
        monday = here.today - timedelta(days=here.today.weekday() + 7 * back)
        return here.days(monday, 7, f"the week of {day_words(monday)}")

    return make


def month(back: int) -> Make:
    """The calendar month so many back."""

    def make(_match: re.Match[str], here: Here) -> Window:
        first = here.today.replace(day=1)
        for _ in range(back):
            first = (first - timedelta(days=1)).replace(day=1)
        return whole_month(first, here)

    return make


def whole_month(first: date, here: Here) -> Window:
    """The calendar month that begins on that day."""
    after = (first + timedelta(days=32)).replace(day=1)
    return here.days(first, (after - first).days, f"{MONTHS[first.month - 1].title()} {first.year}")


def year(back: int) -> Make:
    """The calendar year so many back."""

    def make(_match: re.Match[str], here: Here) -> Window:
        first = date(here.today.year - back, 1, 1)
        return here.days(first, (date(first.year + 1, 1, 1) - first).days, str(first.year))

    return make


def quarter(match: re.Match[str], here: Here) -> Window:
    """`q1`: the latest one that has begun; or that of a year."""
    number, year = int(match[1]), int(match[2]) if match[2] else here.today.year
    first = date(year, 3 * number - 2, 1)
    if first > here.today and not match[2]:
        first = first.replace(year=year - 1)
    after = (first + timedelta(days=95)).replace(day=1)
    return here.days(first, (after - first).days, f"Q{number} {first.year}")


def in_month(match: re.Match[str], here: Here) -> Window:
    """`in March` is the latest March that has begun."""
    month = [name[:3] for name in MONTHS].index(match[1][:3]) + 1
    year = int(match[2]) if match[2] else here.today.year
    first = date(year, month, 1)
    if first > here.today and not match[2]:
        first = first.replace(year=year - 1)
    return whole_month(first, here)


def since_month(match: re.Match[str], here: Here) -> Window:
    """`since January`: the latest one that has begun, up to now."""
    month = [name[:3] for name in MONTHS].index(match[1][:3]) + 1
    year = here.today.year - (month > here.today.month)
    first = date(year, month, 1)
    return here.since(here.midnight(first), f"since {day_words(first)} 00:00")


def on_day(match: re.Match[str], here: Here) -> Window:
    """`on Monday` is the latest one, today included; `last Monday` is before today."""
    day = _latest(match[2], here.today, before_today=bool(match[1]))
    return here.days(day, 1, day_words(day))


def since_day(match: re.Match[str], here: Here) -> Window:
    """`since Monday 08:00`."""
    day = _latest(match[1], here.today, before_today=False)
    at = _clock(match[2], match[3], match[4]) if match[2] else time()
    return here.since(here.at(day, at or time()), f"since {day_words(day)} {at or time():%H:%M}")


def between_clocks(match: re.Match[str], here: Here) -> Window | None:
    """`between 8 and 12`, `from 13:00 to 15:30`: today."""
    end = _clock(match[4], match[5], match[6])
    begin = _clock(match[1], match[2], match[3] or (match[6] if match[6] == "am" else None))
    if begin is None or end is None or end <= begin:
        return None
    since, until = here.at(here.today, begin), here.at(here.today, end)
    words = f"today {begin:%H:%M} to {end:%H:%M}"
    return Window(since=since, until=until, words=words)


def since_clock(match: re.Match[str], here: Here) -> Window | None:
    """`since 8`, `after 13:00`: today, or yesterday where that is still to come."""
    clock = _clock(match[1], match[2], match[3])
    if clock is None:
        return None
    moment = here.at(here.today, clock)
    if moment > here.now:
        moment = here.at(here.today - timedelta(days=1), clock)
    local = moment.astimezone(ZoneInfo(here.zone))
    return here.since(moment, f"since {day_words(local.date())} {clock:%H:%M}")


def since_yesterday(_match: re.Match[str], here: Here) -> Window:
    """From its midnight up to now."""
    day = here.today - timedelta(days=1)
    return here.since(here.midnight(day), f"since {day_words(day)} 00:00")


def _clock(hour: str, minute: str | None, half: str | None) -> time | None:
    number = int(hour)
    if half:
        if not 1 <= number <= 12:  # noqa: PLR2004 - a clock's face
            return None
        number = number % 12 + (12 if half == "pm" else 0)
    return time(number, int(minute or 0)) if number < 24 and int(minute or 0) < 60 else None  # noqa: PLR2004


def _latest(name: str, today: date, *, before_today: bool) -> date:
    wanted = [day[:3] for day in DAY_NAMES].index(name[:3])
    back = (today.weekday() - wanted) % 7
    return today - timedelta(days=back or (7 if before_today else 0))


def day_words(day: date) -> str:
    """`Tue 3 Mar 2026`."""
    return f"{day:%a} {day.day} {day:%b %Y}"
