"""Turns local wall-clock times into UTC instants, with both clock changes defined.

Must not count time: calendar.py does.

Where clocks go forward, a wall time that does not exist means the first instant after
the gap. Where they go back, a wall time that is there twice means the earlier one as a
beginning and the later one as an end, so that what spans the repeated hour contains it
whole. An end is exclusive: one at the first minute of the repeated hour (work until
01:00, and the clock shows 01:00 twice) is reached when 00:59 is over, the first time.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_TICK = timedelta(microseconds=1)
_MIDNIGHT = time()


def at_local(day: date, minute: int, timezone: str, *, last: bool = False) -> datetime:
    """The UTC instant at which a local day's wall clock shows `minute` minutes after 00:00.

    Args:
        day: the local date that the minutes belong to.
        minute: 0 to 2880; 1440 and more are on the next date.
        timezone: IANA name.
        last: whether it is an end, which the repeated hour belongs to.
    """
    wall = datetime.combine(day, _MIDNIGHT) + timedelta(minutes=minute)
    return from_wall(wall, timezone, last=last)


def from_wall(wall: datetime, timezone: str, *, last: bool = False) -> datetime:
    """The UTC instant of a naive local time; `last` as in `at_local`."""
    zone = ZoneInfo(timezone)
    shown = wall - _TICK if last else wall
    first = shown.replace(tzinfo=zone).astimezone(UTC)
    second = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if second < first:  # read with the offset before the gap, and with the one after it
        return _end_of_gap(second, first, zone)
    return second + _TICK if last else first


def local_date(moment: datetime, timezone: str) -> date:
    """The date that a calendar on the wall shows at that instant."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def end_of_local_day(day: date, timezone: str) -> datetime:
    """The day's last microsecond in UTC, whether it has 23, 24 or 25 hours."""
    return at_local(day, 1440, timezone, last=True) - _TICK


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant with the new offset, between one under the old and one under it."""
    new = after.astimezone(zone).utcoffset()
    while after - before > _TICK:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == new:
            after = middle
        else:
            before = middle
    return after
