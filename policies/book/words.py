"""The short forms in which a policy is written: `2h`, `25%`, `14:00`, `mon-fri`, `+1 business`.

Must not know what they are for. Every refusal says what to write instead.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from policies.instants import YEARS, stated_instant
from policies.local_time import at_local
from policies.promise import DayTime, Part, Within

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY = 1440
_DURATION = re.compile(r"^([0-9]{1,7})\s*(m|min|h|d)$")
_MINUTES = {"m": 1, "min": 1, "h": 60, "d": WHOLE_DAY}
_TIME = re.compile(r"^([01]?[0-9]|2[0-4]):([0-5][0-9])$")
_PERCENT = re.compile(r"^([0-9]{1,3}(?:\.[0-9]+)?)\s*%$")
_DAY_AHEAD = re.compile(r"^\+?([0-9]{1,3})(\s+business(?:\s+days?)?)?$")
_MONTH_DAY = re.compile(r"^(0[1-9]|1[0-2])-([0-3][0-9])$")
_NEXT = "next business day"
_BY, _OTHERWISE = "by_", "otherwise"
_NUMBER = re.compile(r"^0?\.[0-9]+$")


def _refuse(message: str) -> NoReturn:
    raise ValueError(message)


def minutes(value: object) -> int:
    """`120m`, `2h`, `5d` as minutes; a day is 24 hours of the calendar."""
    match = _DURATION.match(str(value).strip())
    if match is None:
        _refuse(f"{value} is no duration; write 120m, 2h or 5d")
    return int(match[1]) * _MINUTES[match[2]]


def some_minutes(value: object) -> int:
    """The same, and not nothing."""
    return minutes(value) or _refuse("a duration of nothing is over at once; write 120m, 2h or 5d")


def share(value: object) -> float:
    """`75%` or 0.75 as a share between 0 and 1."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1:
        return float(value)
    match = _PERCENT.match(str(value).strip())
    if match is None or not 0 < float(match[1]) < WHOLE_PERCENT:
        _refuse(f"{value} is no share; write 75% or 0.75")
    return float(match[1]) / WHOLE_PERCENT


WHOLE_PERCENT = 100


def percent(value: object) -> Decimal:
    """`99`, `99.5`, `50%` as a percentage."""
    try:
        number = Decimal(str(value).strip().removesuffix("%").strip())
    except InvalidOperation:
        _refuse(f"{value} is no percentage; write 99.5")
    if number.is_nan() or not 0 <= number <= WHOLE_PERCENT:
        _refuse(f"{value} is no percentage between 0 and 100")
    return number


def part_left(value: object) -> Part:
    """What is left: `25%` of the time, or `2h` before the end."""
    if "%" in str(value) or isinstance(value, float):
        return Part(share=1 - share(value))
    return Part(minutes_left=some_minutes(value))


def part_gone(value: object) -> Part:
    """What has gone: `50%` of the time; or `2h` before the end."""
    if "%" in str(value) or isinstance(value, float):
        return Part(share=share(value))
    return Part(minutes_left=some_minutes(value))


def risk(value: object) -> float:
    """`">= 0.6"` or `60%` as a share."""
    text = str(value).replace(">=", "").strip()
    return share(text if "%" in text else float(text) if _NUMBER.match(text) else text)


def minute_of_day(value: object) -> int:
    """`14:00` as minutes from midnight; `24:00` and end_of_day are the last instant of a day."""
    if value == "end_of_day":
        return WHOLE_DAY
    match = _TIME.match(str(value).strip())
    if match is None:
        _refuse(f'{value} is no time of day; write it in quotes, as "14:00"')
    minute = int(match[1]) * 60 + int(match[2])
    return minute if minute <= WHOLE_DAY else _refuse(f"{value} is after the end of the day")


def shift(value: object) -> tuple[int, int]:
    """`06:00-22:00` as minutes; `22:00-06:00` goes over midnight."""
    first, dash, last = str(value).partition("-")
    if not dash:
        _refuse(f'{value} is no shift; write "06:00-22:00"')
    starts, ends = minute_of_day(first.strip()), minute_of_day(last.strip())
    if starts == ends:
        _refuse(f'{value} has no length; the whole day is "00:00-24:00"')
    return (starts, ends if ends > starts else ends + WHOLE_DAY)


def weekdays(value: object) -> tuple[int, ...]:
    """`mon`, `mon-fri`, `sat,sun` as numbers, Monday 0."""
    found: list[int] = []
    for part in str(value).lower().split(","):
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last and last not in DAYS):
            _refuse(f"{value} are no days; write mon-fri, or sat,sun")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found += [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]
    return tuple(dict.fromkeys(found))


def day_time(value: object) -> DayTime:
    """`{day: +1 business, by: "17:00"}`; without a day it is the same, without a time its end."""
    if not isinstance(value, dict) or set(value) - {"day", "by", "at"}:
        _refuse('write a day and a time, as {day: +1 business, by: "17:00"}')
    day, time = value.get("day", 0), value.get("by", value.get("at", "24:00"))
    text = str(day).strip().lower().replace(_NEXT, "+1 business")
    match = _DAY_AHEAD.match(text)
    if match is None:
        _refuse(f"{day} is no day; write 0, +1 or +1 business")
    return DayTime(days=int(match[1]), business=bool(match[2]), minute=minute_of_day(time))


def within(value: object) -> Within:
    """`2h`, or `{by_service: {ground: 48h, express: 24h, otherwise: 72h}}`."""
    if not isinstance(value, dict):
        return Within(minutes=some_minutes(value))
    key, table = next(iter(value.items()), ("", None))
    if len(value) != 1 or not str(key).startswith(_BY) or not isinstance(table, dict) or not table:
        _refuse("write within as 2h, or as {by_service: {ground: 48h, otherwise: 24h}}")
    by_value = {str(name).lower(): some_minutes(time) for name, time in table.items()}
    longest = by_value.pop(_OTHERWISE, max(by_value.values()))
    return Within(minutes=longest, by_key=str(key).removeprefix(_BY), by_value=by_value)


def by_minutes(value: object) -> object:
    """`{4h: HIGH}` with the durations as minutes."""
    if not isinstance(value, dict):
        _refuse("write it as {4h: HIGH, 24h: CRITICAL}")
    return {some_minutes(after): level for after, level in value.items()}


def month_day(value: object) -> tuple[int, int]:
    """`11-15` as month and day."""
    match = _MONTH_DAY.match(str(value).strip())
    if match is None:
        _refuse(f'{value} is no day of a year; write "11-15" for 15 November')
    return (int(match[1]), int(match[2]))


def instant(value: object, zone: str = "UTC") -> datetime:
    """A date (its beginning in `zone`), or a time with an offset."""
    if isinstance(value, datetime):
        _check_year(value)
        return value.astimezone(UTC) if value.tzinfo else local(value, zone)
    text = value.isoformat() if isinstance(value, date) else str(value)
    moment = stated_instant(text, zone, from_start=True)
    return moment or _refuse(f"{value} is no date; write 2026-01-31, or 2026-01-31T06:00:00Z")


def local(value: datetime, zone: str) -> datetime:
    """A wall time of a zone as the instant it means."""
    midnight = at_local(value.date(), value.hour * 60 + value.minute, zone)
    return midnight + timedelta(seconds=value.second, microseconds=value.microsecond)


def wall_time(value: object) -> datetime:
    """`2026-01-25T06:00` as a wall time without zone; a date is its midnight."""
    if isinstance(value, datetime):
        wall = value.replace(tzinfo=None)
    elif isinstance(value, date):
        wall = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a wall time
    else:
        try:
            wall = datetime.fromisoformat(str(value)).replace(tzinfo=None)
        except ValueError:
            _refuse(f"{value} is no local time; write 2026-01-25T06:00")
    _check_year(wall)
    return wall


def _check_year(moment: datetime) -> None:
    if moment.year not in YEARS:
        _refuse(f"nobody means the year {moment.year}; write one of {YEARS[0]} to {YEARS[-1]}")
