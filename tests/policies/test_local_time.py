"""Local times become instants, on the two days on which that is not obvious as well."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.local_time import at_local, end_of_local_day, from_wall, local_date

TICK = timedelta(microseconds=1)
NEW_YORK, HOWE, HAVANA, APIA = (
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "Pacific/Apia",
)


@pytest.mark.parametrize(
    ("zone", "day", "minute", "starts", "ends"),
    [
        ("UTC", "2026-03-08", 90, "2026-03-08T01:30", "2026-03-08T01:30"),
        (NEW_YORK, "2026-03-08", 119, "2026-03-08T06:59", "2026-03-08T06:59"),
        (NEW_YORK, "2026-03-08", 120, "2026-03-08T07:00", "2026-03-08T07:00"),
        (NEW_YORK, "2026-03-08", 150, "2026-03-08T07:00", "2026-03-08T07:00"),
        (NEW_YORK, "2026-03-08", 180, "2026-03-08T07:00", "2026-03-08T07:00"),
        (NEW_YORK, "2026-03-08", 181, "2026-03-08T07:01", "2026-03-08T07:01"),
        (NEW_YORK, "2026-10-31", 1440 + 90, "2026-11-01T05:30", "2026-11-01T06:30"),
        (NEW_YORK, "2026-11-01", 60, "2026-11-01T05:00", "2026-11-01T05:00"),
        (NEW_YORK, "2026-11-01", 119, "2026-11-01T05:59", "2026-11-01T06:59"),
        (NEW_YORK, "2026-11-01", 120, "2026-11-01T07:00", "2026-11-01T07:00"),
        (HOWE, "2026-10-04", 135, "2026-10-03T15:30", "2026-10-03T15:30"),
        (HOWE, "2026-04-05", 105, "2026-04-04T14:45", "2026-04-04T15:15"),
        (HAVANA, "2026-11-01", 0, "2026-11-01T04:00", "2026-11-01T04:00"),
        (APIA, "2011-12-30", 720, "2011-12-30T10:00", "2011-12-30T10:00"),
    ],
    ids=[
        "UTC has no changes",
        "before the gap",
        "the gap begins",
        "in the gap",
        "the gap ends",
        "after the gap",
        "there twice",
        "first of the repeated hour",
        "last of the repeated hour",
        "after the repeated hour",
        "a gap of half an hour",
        "half an hour twice",
        "midnight there twice",
        "a date that there was not",
    ],
)
def test_a_local_time_is_one_instant(
    zone: str, day: str, minute: int, starts: str, ends: str
) -> None:
    """Gaps give the first instant after them; a repeated time starts early and ends late."""
    found = [at_local(date.fromisoformat(day), minute, zone, last=last) for last in (False, True)]
    assert found == [datetime.fromisoformat(f"{text}+00:00") for text in (starts, ends)]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", "2026-03-08", 24),
        (NEW_YORK, "2026-03-07", 24),
        (NEW_YORK, "2026-03-08", 23),
        (NEW_YORK, "2026-11-01", 25),
        (HOWE, "2026-10-04", 23.5),
        (HOWE, "2026-04-05", 24.5),
        (HAVANA, "2026-11-01", 25),
    ],
)
def test_a_local_day_ends_where_the_next_begins(zone: str, day: str, hours: float) -> None:
    """The end of a day is its last microsecond, however long the day is."""
    start = at_local(date.fromisoformat(day), 0, zone)
    end = end_of_local_day(date.fromisoformat(day), zone)
    assert end + TICK - start == timedelta(hours=hours)
    assert local_date(end, zone) == date.fromisoformat(day)
    assert local_date(end + TICK, zone) == date.fromisoformat(day) + timedelta(days=1)


@settings(max_examples=500)
@given(
    moment=st.datetimes(
        min_value=datetime.fromisoformat("2020-01-01"),
        max_value=datetime.fromisoformat("2030-01-01"),
        timezones=st.just(UTC),
    ),
    zone=st.sampled_from([NEW_YORK, HOWE, HAVANA, "Europe/Berlin", "Asia/Kolkata"]),
)
def test_an_instant_comes_back_from_its_local_time(moment: datetime, zone: str) -> None:
    """What a clock on the wall shows at an instant means that instant, or its repetition."""
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    first, last = from_wall(wall, zone), from_wall(wall, zone, last=True)
    assert moment in (first, last)
    assert first <= last
