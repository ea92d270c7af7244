"""What business calendars promise, in tables; test_calendar_counting.py counts by the minute."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calendar import (
    ALWAYS,
    BUSINESS_DAYS_UTC,
    CALENDARS,
    Calendar,
    CalendarExhaustedError,
)
from policies.calendar_plan import CalendarPlan, Closure
from policies.holiday_dates import UnknownHolidaysError

NEW_YORK = "America/New_York"
DAY_SHIFT, NIGHT_SHIFT, ALL_DAY = (360, 1320), (1320, 1800), (0, 1440)
naive, day_of = datetime.fromisoformat, date.fromisoformat


def _utc(text: str) -> datetime:
    return naive(text).replace(tzinfo=UTC)


def _plan(*shifts: tuple[int, int], days: Sequence[int] = range(7)) -> CalendarPlan:
    return CalendarPlan(name="ATL1", timezone=NEW_YORK, week=dict.fromkeys(days, shifts))


ATL1 = replace(
    _plan(DAY_SHIFT, days=range(5)),
    holidays=("us-federal",),
    days_off=(day_of("2026-03-11"),),
    days_on=(day_of("2026-11-11"),),
    closures=(
        Closure(starts=naive("2026-01-25T06:00"), ends=naive("2026-01-26T12:00"), why="ice"),
    ),
    pickups={"ATL1": 1110},
)


def _minutes(plan: CalendarPlan, start: str, end: str) -> float:
    return Calendar(plan).minutes_between(_utc(start), _utc(end))


@pytest.mark.parametrize(
    ("zone", "day", "shift", "minutes"),
    [
        (NEW_YORK, "2026-03-08", DAY_SHIFT, 960),
        (NEW_YORK, "2026-03-08", ALL_DAY, 23 * 60),
        (NEW_YORK, "2026-03-08", (120, 180), 0),
        (NEW_YORK, "2026-03-07", NIGHT_SHIFT, 7 * 60),
        (NEW_YORK, "2026-11-01", ALL_DAY, 25 * 60),
        (NEW_YORK, "2026-11-01", (60, 120), 120),
        (NEW_YORK, "2026-10-31", NIGHT_SHIFT, 9 * 60),
        (NEW_YORK, "2026-10-31", (1320, 1500), 180),
        ("Australia/Lord_Howe", "2026-10-04", ALL_DAY, 23.5 * 60),
        ("Australia/Lord_Howe", "2026-04-05", ALL_DAY, 24.5 * 60),
        ("UTC", "2026-03-08", ALL_DAY, 24 * 60),
    ],
)
def test_a_shift_counts_what_it_really_lasts(
    zone: str, day: str, shift: tuple[int, int], minutes: float
) -> None:
    """In spring a shift over the change is shorter, in autumn longer."""
    calendar = Calendar(_plan(shift, days=[day_of(day).weekday()]).in_timezone(zone))
    middle = _utc(f"{day}T12:00")
    around = (middle - timedelta(days=3), middle + timedelta(days=3))
    assert calendar.minutes_between(*around) == minutes
    assert calendar.is_business_day(day_of(day)) == (minutes > 0)


def test_a_holiday_closes_the_shifts_that_start_on_it() -> None:
    """The night before a holiday is worked to its end in the morning, the holiday's is not."""
    nights = replace(_plan(NIGHT_SHIFT, days=range(5)), holidays=("US",))  # 2026-07-03, a Friday
    assert _minutes(nights, "2026-07-03T02:00", "2026-07-03T10:00") == 480
    assert _minutes(nights, "2026-07-03T10:00", "2026-07-07T02:00") == 0
    assert not Calendar(nights).is_business_day(day_of("2026-07-03"))


def test_a_closure_cuts_a_shift() -> None:
    """What lies in a closure does not count; what lies before and after it does."""
    assert _minutes(replace(ATL1, closures=()), "2026-01-26T00:00", "2026-01-27T00:00") == 780
    assert _minutes(ATL1, "2026-01-26T00:00", "2026-01-27T00:00") == 780 - 360
    deadline = Calendar(ATL1).add_minutes(_utc("2026-01-26T11:30"), 1)
    assert deadline == _utc("2026-01-26T17:01")


@pytest.mark.parametrize(
    ("day", "holiday", "works"),
    [
        ("2026-03-10", False, True),
        ("2026-03-11", True, False),
        ("2026-03-14", False, False),
        ("2026-07-03", True, False),
        ("2026-10-12", True, False),
        ("2026-11-11", False, True),
    ],
    ids=["plain", "day off", "weekend", "observed on Friday", "holiday", "works in spite of it"],
)
def test_days_that_work(day: str, holiday: bool, works: bool) -> None:  # noqa: FBT001 - a table
    """Holidays and days off are closed, unless the plan says that the day works."""
    calendar = Calendar(ATL1)
    assert calendar.is_holiday(day_of(day)) == holiday
    assert calendar.is_business_day(day_of(day)) == works
    assert (_minutes(ATL1, f"{day}T08:00", f"{day}T23:00") > 0) == works


@pytest.mark.parametrize(
    ("day", "ahead", "expected"),
    [
        ("2026-09-04", 0, "2026-09-04"),
        ("2026-09-05", 0, "2026-09-08"),
        ("2026-09-04", 1, "2026-09-08"),
        ("2026-09-05", 1, "2026-09-08"),
        ("2026-09-04", 5, "2026-09-14"),
        ("2026-01-23", 1, "2026-01-26"),
    ],
)
def test_business_days_ahead(day: str, ahead: int, expected: str) -> None:
    """Weekends and Labor Day are stepped over; a day that is closed in part is not."""
    assert Calendar(ATL1).business_day(day_of(day), ahead) == day_of(expected)


def test_five_business_days_step_over_a_weekend() -> None:
    """What starts on Saturday has its five days from Monday to Friday night."""
    BUSINESS_DAYS_UTC.minutes_between(_utc("2026-01-01T00:00"), _utc("2026-12-31T00:00"))
    deadline = BUSINESS_DAYS_UTC.add_minutes(_utc("2026-03-07T15:00"), 5 * 1440)
    assert deadline == _utc("2026-03-14T00:00")


@pytest.mark.parametrize(
    "changed",
    [
        ATL1.in_timezone("America/Chicago"),
        replace(ATL1, week={**ATL1.week, 5: (DAY_SHIFT,)}),
        replace(ATL1, holidays=("US-NY",)),
        replace(ATL1, holidays=()),
        replace(ATL1, days_off=()),
        replace(ATL1, days_on=()),
        replace(ATL1, closures=()),
        replace(ATL1, pickups={"ATL1": 1111}),
    ],
)
def test_another_plan_is_another_version(changed: CalendarPlan) -> None:
    """Whatever changes what counts, or a pickup, changes the version."""
    assert Calendar(changed) != Calendar(ATL1)


def test_the_same_minutes_are_the_same_version() -> None:
    """Names, reasons, the order of writing and other names of holidays are no change."""
    again = replace(
        ATL1,
        name="ATL2",
        holidays=("US", "us-federal"),
        week={number: ATL1.week[number] for number in (4, 3, 2, 1, 0)},
        closures=(replace(ATL1.closures[0], why="another word"),),
    )
    assert again.version == ATL1.version
    assert replace(ATL1, holidays=()).version == "85bfea60"  # what stored clocks refer to
    assert {Calendar(ATL1), Calendar(replace(ATL1, days_on=ATL1.days_on * 2))} == {Calendar(ATL1)}


def test_the_named_calendars_stay_as_rows_know_them() -> None:
    """Rows refer to always@1 and business-days-utc@1."""
    assert {name: one.version for name, one in CALENDARS.items()} == {
        "always": "1",
        "business-days-utc": "1",
    }


@given(
    start=st.datetimes(timezones=st.just(UTC), max_value=naive("9000-01-01")),
    minutes=st.floats(0, 1e6),
)
def test_plain_minutes_are_plain(start: datetime, minutes: float) -> None:
    """Around the clock every minute counts, whatever zone the start is told in."""
    elsewhere = start.astimezone(timezone(timedelta(hours=9)))
    assert ALWAYS.add_minutes(elsewhere, minutes) == start + timedelta(minutes=minutes)


def test_what_was_asked_before_changes_nothing() -> None:
    """A calendar that has laid out other years answers as a new one does."""
    used = Calendar(ATL1)
    for text in ("2026-05-01T12:00", "2029-12-31T23:59", "2019-01-01T00:00", "2026-12-31T23:59"):
        moment = _utc(text)
        assert used.add_minutes(moment, 99_999) == Calendar(ATL1).add_minutes(moment, 99_999)
        assert used.minutes_between(_utc("2024-02-29T15:00"), moment) == _minutes(
            ATL1, "2024-02-29T15:00", text
        )


@pytest.mark.parametrize(
    ("plan", "minutes"),
    [(_plan(), 1), (_plan((0, 1), days=[0]), 600)],
    ids=["never open", "a minute a week"],
)
def test_a_calendar_that_has_no_room_says_so(plan: CalendarPlan, minutes: int) -> None:
    """The search ends after ten years, whatever was laid out before, with a name and a remedy."""
    calendar = Calendar(plan)
    calendar.minutes_between(_utc("2026-01-01T00:00"), _utc("2046-01-01T00:00"))
    for one in (calendar, Calendar(plan)):
        with pytest.raises(CalendarExhaustedError, match=r"ATL1@.*2025-12-31; give its week"):
            one.add_minutes(_utc("2026-01-01T00:00"), minutes)
    with pytest.raises(CalendarExhaustedError, match="a business day"):
        Calendar(_plan()).business_day(day_of("2026-01-01"), 1)


def test_holidays_are_known_for_some_years() -> None:
    """A lint can tell that the library ends before the plan does."""
    first = day_of("2026-01-01")
    assert Calendar(ATL1).covers_holidays(first, day_of("2100-12-31"))
    assert not Calendar(ATL1).covers_holidays(first, day_of("2101-01-01"))
    assert ALWAYS.covers_holidays(first, day_of("2101-01-01"))


def test_what_there_is_not_is_refused() -> None:
    """Unknown holidays, weekdays, shifts, and closures that are empty or not local."""
    with pytest.raises(UnknownHolidaysError, match="'US-ZZ'; write a country"):
        Calendar(replace(ATL1, holidays=("US-ZZ",)))
    with pytest.raises(ValueError, match="weekdays are 0"):
        _plan(ALL_DAY, days=[7])
    with pytest.raises(ValueError, match="no shift goes from 1320 to 360"):
        _plan((1320, 360))
    with pytest.raises(ValueError, match="swap the two"):
        Closure(starts=naive("2026-01-02"), ends=naive("2026-01-02"), why="ice")
    with pytest.raises(ValueError, match="local time"):
        Closure(starts=_utc("2026-01-01"), ends=_utc("2026-01-02"), why="ice")
