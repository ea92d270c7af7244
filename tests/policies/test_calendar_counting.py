"""Business time against an oracle that counts minute by minute, on generated cases.

1,500 in each run of the suite; 10,000 with `make soak`.
"""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.calendar import Calendar
from policies.calendar_plan import CalendarPlan, Closure
from policies.instants import MINUTE, moment_of, us_of

LONG = bool(os.environ.get("E2A_TEST_SOAK"))
NEW_YORK = "America/New_York"
DAY_SHIFT, NIGHT_SHIFT, ALL_DAY = (360, 1320), (1320, 1800), (0, 1440)
Shifts = tuple[tuple[int, int], ...]
naive, day_of = datetime.fromisoformat, date.fromisoformat


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Ten days in a zone, around a day that is special there; the holidays are by hand."""

    zone: str
    day: date
    holidays: tuple[str, ...] = ()
    holiday_dates: tuple[int, ...] = ()  # days from `day`

    @property
    def start(self) -> datetime:
        """The first minute."""
        return datetime.combine(self.day, naive("2026-01-01").time(), UTC) - timedelta(days=5)


SCENES = (
    Scene(zone="UTC", day=day_of("2026-07-04"), holidays=("US",), holiday_dates=(-1, 0)),
    Scene(zone=NEW_YORK, day=day_of("2026-03-08")),
    Scene(zone=NEW_YORK, day=day_of("2026-11-01"), holidays=("us-federal",)),
    Scene(
        zone="Europe/Berlin", day=day_of("2024-03-31"), holidays=("DE-BY",), holiday_dates=(-2, 1)
    ),
    Scene(zone="Europe/Berlin", day=day_of("2026-10-25")),
    Scene(
        zone="Australia/Lord_Howe",
        day=day_of("2026-04-05"),
        holidays=("AU-NSW",),
        holiday_dates=(-2, -1, 0, 1),
    ),
    Scene(
        zone="Australia/Lord_Howe",
        day=day_of("2026-10-04"),
        holidays=("AU-NSW", "US"),
        holiday_dates=(1,),
    ),
)
MINUTES = 10 * 1440


@lru_cache
def _walls(scene: Scene) -> tuple[list[int], list[int]]:
    """The first and the last minute of the scene at which the wall shows each local minute."""
    first, last = [MINUTES] * (MINUTES + 2880), [-1] * (MINUTES + 2880)
    zero = naive(scene.start.date().isoformat()) - timedelta(days=1)
    for minute in range(MINUTES):
        local = (scene.start + timedelta(minutes=minute)).astimezone(ZoneInfo(scene.zone))
        wall = (local.replace(tzinfo=None) - zero) // timedelta(minutes=1)
        first[wall], last[wall] = min(first[wall], minute), minute
    return first, last


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A calendar in a scene, told in offsets from it."""

    scene: Scene
    shifts: tuple[Shifts, Shifts]
    off: frozenset[int]
    on: frozenset[int]
    closed: list[tuple[int, int]]

    def calendar(self) -> Calendar:
        """The real one."""
        zero = naive(self.scene.start.date().isoformat()) - timedelta(days=1)
        plan = CalendarPlan(
            name="case",
            timezone=self.scene.zone,
            week={number: self.on_weekday(number) for number in range(7)},
            holidays=self.scene.holidays,
            days_off=tuple(self.scene.day + timedelta(days=day) for day in self.off),
            days_on=tuple(self.scene.day + timedelta(days=day) for day in self.on),
            closures=tuple(
                Closure(
                    starts=zero + timedelta(minutes=start),
                    ends=zero + timedelta(minutes=end),
                    why="case",
                )
                for start, end in self.closed
            ),
        )
        return Calendar(plan, version="1")

    def on_weekday(self, number: int) -> Shifts:
        """The shifts of a weekday."""
        return self.shifts[number % len(self.shifts)]

    def minutes(self) -> bytearray:
        """For each minute of the scene whether it counts.

        A shift is what lies between its first and its last minute on the wall.
        """
        first, last = _walls(self.scene)
        flags = bytearray(MINUTES)
        closed_days = self.off.union(self.scene.holiday_dates) - self.on
        spans = [
            ((day + 6) * 1440 + start, (day + 6) * 1440 + end, 1)
            for day in range(-4, 3)
            if day not in closed_days
            for start, end in self.on_weekday((self.scene.day + timedelta(days=day)).weekday())
        ]
        for start, end, flag in [*spans, *((start, end, 0) for start, end in self.closed)]:
            begin, until = min(first[start:end]), max(last[start:end]) + 1
            flags[begin:until] = bytes([flag]) * (until - begin)
        return flags


def _counted(flags: bytearray, start_us: int, end_us: int) -> int:
    """Microseconds that count between two of the scene, minute by minute."""
    begin, until = start_us // MINUTE, end_us // MINUTE
    whole = sum(flags[begin:until]) * MINUTE
    return whole - flags[begin] * (start_us % MINUTE) + flags[until] * (end_us % MINUTE)


hours: list[Shifts] = [
    (ALL_DAY,),
    (DAY_SHIFT,),
    (NIGHT_SHIFT,),
    ((480, 720), (780, 1020)),
    ((60, 105),),
    ((90, 150),),
    ((0, 60), (120, 180)),
    ((0, 120), (180, 2880)),
]
shifts = st.one_of(
    st.sampled_from(hours),
    st.integers(0, 1439).map(lambda start: ((start, start + 1439), DAY_SHIFT)),
)
some_days = st.sampled_from([frozenset(days) for days in [(), (0,), (-1, 1), (-2, 0), (1, 2)]])
closures = st.integers(0, 13_000).map(
    lambda start: [(start, start + 333), (8640 + start % 240, 8670 + start % 240)][: start // 4000]
)
cases = st.builds(
    Case,
    scene=st.sampled_from(SCENES),
    shifts=st.tuples(shifts, st.sampled_from([(), *hours])),
    off=some_days,
    on=some_days,
    closed=closures,
)
BEGIN, END = 3 * 1440 * MINUTE, 7 * 1440 * MINUTE  # the four days in the middle
HALF_HOUR = 30 * MINUTE


def _round_or_odd(us: int) -> int:
    """Half of all figures fall on half hours, where shifts begin and end."""
    return us if us % 2 else us // HALF_HOUR * HALF_HOUR


places = st.integers(BEGIN, END - 1).map(_round_or_odd)
amounts = st.integers(HALF_HOUR, 2 * 1440 * MINUTE).map(_round_or_odd)


@pytest.mark.soak
@settings(max_examples=6000 if LONG else 900)
@given(case=cases, points=st.tuples(places, places, places))
def test_minutes_between_equals_counting(case: Case, points: tuple[int, int, int]) -> None:
    """Each span counts what a count minute by minute finds, and the whole what its parts do."""
    calendar, flags, zero = case.calendar(), case.minutes(), us_of(case.scene.start)
    a, b, c = sorted(points)
    parts = _counted(flags, a, b), _counted(flags, b, c)
    assert calendar.between_us(zero + a, zero + b) == parts[0]
    assert calendar.between_us(zero + b, zero + c) == parts[1]
    assert calendar.between_us(zero + a, zero + c) == sum(parts)


@pytest.mark.soak
@settings(max_examples=4000 if LONG else 600)
@given(case=cases, start=places, counted=amounts)
def test_adding_is_the_inverse_of_counting(case: Case, start: int, counted: int) -> None:
    """From start to the deadline exactly what was promised counts, and at no instant before."""
    calendar, flags, zero = case.calendar(), case.minutes(), us_of(case.scene.start)
    found = calendar.add_us(zero + start, counted) - zero
    assert calendar.between_us(zero + start, zero + found) == counted
    if _counted(flags, start, END) < counted:
        assert found > END
    else:
        assert _counted(flags, start, found) == counted
        assert _counted(flags, start, found - 1) == counted - 1


@settings(max_examples=300)
@given(case=cases, one=places, other=places)
def test_datetimes_tell_the_same(case: Case, one: int, other: int) -> None:
    """Open spans are in order, apart, and as long as what counts; an instant in one is open."""
    calendar, zero = case.calendar(), us_of(case.scene.start)
    start, end = sorted((zero + one, zero + other))
    first, last, counted = moment_of(start), moment_of(end), calendar.between_us(start, end)
    spans = list(calendar.open_spans(first, last))
    edges = [us_of(edge) for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert sum(edges[1::2]) - sum(edges[::2]) == counted
    assert calendar.minutes_between(first, last) == counted / MINUTE
    assert calendar.is_open(first) == bool(case.minutes()[(start - zero) // MINUTE])
    assert start == end or calendar.is_open(first) == (start in edges[:1])
