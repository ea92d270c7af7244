"""Who is on shift: local weekly shifts as instants, across midnight and both clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.shifts import Shift, ShiftBook, next_change, next_shift, on_shift

NEW_YORK = "America/New_York"
ALL_DAYS = (0, 1, 2, 3, 4, 5, 6)
DAY = Shift(
    name="day", zone=NEW_YORK, days=ALL_DAYS, begins=360, ends=840, sites=("ATL1",), group="S1"
)
LATE = Shift(
    name="late", zone=NEW_YORK, days=(0, 1, 2, 3, 4), begins=840, ends=1320, sites=("atl1 ",)
)
NIGHT = Shift(name="night", zone=NEW_YORK, days=ALL_DAYS, begins=1320, ends=1800, people=("U9",))
BOOK = ShiftBook(shifts=(DAY, LATE, NIGHT))


def local(text: str, zone: str = NEW_YORK) -> datetime:
    """A wall time of a zone as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("wall", "site", "names"),
    [
        ("2026-03-03 05:59", "ATL1", ["night"]),
        ("2026-03-03 06:00", "ATL1", ["day"]),
        ("2026-03-03 06:00", "Atl1", ["day"]),
        ("2026-03-03 06:00", "DAL2", []),
        ("2026-03-03 06:00", None, []),
        ("2026-03-03 14:00", "ATL1", ["late"]),
        ("2026-03-07 14:00", "ATL1", []),
        ("2026-03-03 23:59", "DAL2", ["night"]),
        ("2026-03-04 00:01", None, ["night"]),
    ],
)
def test_who_is_on(wall: str, site: str | None, names: list[str]) -> None:
    """A shift is on from its beginning to just before its end, at its sites, also over midnight."""
    turns = on_shift(BOOK, site, local(wall))
    assert [turn.shift.name for turn in turns] == names
    assert all(turn.run.start <= local(wall) < turn.run.end for turn in turns)


@pytest.mark.parametrize(
    ("wall", "hours"),
    [
        ("2026-03-07 23:00", 7),  # clocks go forward in that night
        ("2026-03-08 23:00", 8),
        ("2026-10-31 23:00", 9),  # and back in this one
    ],
)
def test_a_night_shift_has_the_hours_of_its_night(wall: str, hours: int) -> None:
    """The night in which clocks change is an hour shorter or longer, and nobody is off early."""
    run = NIGHT.occurrence_at(local(wall))
    assert run is not None
    assert run.end - run.start == timedelta(hours=hours)


def test_a_shift_within_the_missing_hour_is_left_out() -> None:
    """A shift whose whole time the clocks skip has no run that day."""
    swallowed = Shift(name="odd", zone=NEW_YORK, days=(6,), begins=120, ends=150, people=("U1",))
    after = swallowed.next_after(local("2026-03-07 12:00"))
    assert after is not None
    assert after.start == local("2026-03-15 02:00")


def test_what_comes_next() -> None:
    """The next shift of a site and the next change are those that its own shifts bring."""
    friday = local("2026-03-06 20:00")
    coming = next_shift(BOOK, "ATL1", friday)
    assert coming is not None
    assert (coming.shift.name, coming.run.start) == ("night", local("2026-03-06 22:00"))
    assert next_change(BOOK, "ATL1", friday) == local("2026-03-06 22:00")
    saturday = local("2026-03-07 15:00")
    assert next_change(BOOK, "ATL1", saturday) == local("2026-03-07 22:00")
    assert next_change(ShiftBook(), "ATL1", saturday) is None
    assert next_shift(ShiftBook(shifts=(DAY,)), "DAL2", saturday) is None


def test_the_run_before() -> None:
    """What was over last is found too."""
    over = DAY.last_before(local("2026-03-03 14:00"))
    assert over == (local("2026-03-03 06:00"), local("2026-03-03 14:00"))


ZONES = st.sampled_from(
    [NEW_YORK, "Europe/Berlin", "UTC", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"]
)
INSTANTS = st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    """Any shift that somebody could write."""
    begins = draw(st.integers(0, 1439))
    length = draw(st.integers(1, 1440))
    days = draw(st.sets(st.integers(0, 6), min_size=1))
    return Shift(
        name="any", zone=draw(ZONES), days=tuple(days), begins=begins, ends=begins + length
    )


@given(shifts(), INSTANTS)
def test_a_run_holds_its_instants_and_no_others(shift: Shift, now: datetime) -> None:
    """Whatever the zone: a run holds `now`, begins on one of its days and is found all along."""
    run = shift.occurrence_at(now)
    coming = shift.next_after(now)
    assert coming is not None
    assert coming.start > now
    if run is None:
        assert shift.occurrence_at(coming.start - timedelta(microseconds=1)) is None
        return
    assert run.start <= now < run.end
    assert run.start.astimezone(ZoneInfo(shift.zone)).weekday() in shift.days
    hours = (run.end - run.start) / timedelta(hours=1)
    assert abs(hours - (shift.ends - shift.begins) / 60) <= 1
    assert shift.occurrence_at(run.end - timedelta(microseconds=1)) is not None


@given(ZONES, INSTANTS, st.integers(0, 1439))
def test_three_shifts_in_a_row_leave_nobody_alone(zone: str, now: datetime, first: int) -> None:
    """Shifts that follow each other cover every instant, also when clocks change."""
    rota = tuple(
        Shift(name=f"{n}", zone=zone, days=ALL_DAYS, begins=start % 1440, ends=start % 1440 + 480)
        for n, start in enumerate((first, first + 480, first + 960))
    )
    book = ShiftBook(shifts=rota)
    assert on_shift(book, None, now)
    change = next_change(book, None, now)
    assert change is not None
    assert now < change <= now + timedelta(hours=9)
