"""Instants as whole microseconds since 1970 (UTC), in which all counting is done.

Must not know time zones: local_time.py does.
"""

from datetime import UTC, date, datetime, timedelta

from policies.local_time import at_local, end_of_local_day

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
"""Microseconds."""
YEARS = range(1971, 2200)
"""In which orders are promised."""


def us_of(moment: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    return (moment - EPOCH) // _MICROSECOND


def moment_of(us: int) -> datetime:
    """The same the other way round, in UTC."""
    return EPOCH + timedelta(0, 0, us)


def stated_instant(value: object, zone: str, *, from_start: bool = False) -> datetime | None:
    """An instant that a payload states: RFC 3339, or a date, which means its end in `zone`.

    `from_start` takes a date's beginning instead. None where the value is neither, or of a year
    that nobody means: counting up to the year 9999 would take for ever.
    """
    if not isinstance(value, str):
        return None
    try:
        if len(value) == len("2026-03-02"):
            day = date.fromisoformat(value)
            if day.year not in YEARS:
                return None
            return at_local(day, 0, zone) if from_start else end_of_local_day(day, zone)
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo and moment.year in YEARS else None
