"""When promises are due: cut-offs, promise dates and durations, on calendars and with holds."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.book.read import read_sla_book
from policies.calendar import Calendar
from policies.clock import Clock
from policies.deadlines import Course, cut_off_deadline
from policies.facts import timeline_of
from policies.instants import MINUTE, moment_of, us_of
from policies.local_time import local_date
from policies.promise import CutOff
from policies.reasons import ClockState
from policies.sla import evaluate
from tests.policies.many_kinds import BEGIN, BOOK
from tests.policies.worked_example import Move, events_of, ny

ATL1 = BOOK.calendars["ATL1"]
NIGHT = BOOK.calendars["night"]


def clock_of(name: str, *moves: Move, now: str = "2026-03-03 08:00", **stated: object) -> Clock:
    """The clock of a rule of the book of many kinds."""
    timeline = timeline_of("SO-1", events_of(*moves, **stated))
    rule = BOOK.rule(name)
    assert rule is not None
    (clock,) = evaluate(timeline, [rule], ny(now))
    return clock


def _cut_off() -> CutOff:
    rule = BOOK.rule("cut_off")
    assert rule is not None
    assert isinstance(rule.deadline, CutOff)
    return rule.deadline


def _due(start: datetime) -> datetime:
    due = cut_off_deadline(_cut_off(), ATL1, "America/New_York", us_of(start))
    return moment_of(due)


@given(st.integers(0, 400 * 1440))
def test_cut_off_by_its_definition(minutes: int) -> None:
    """Before 14:00 of a business day it is that day, from then on the next; closed days wait."""
    start = BEGIN + timedelta(minutes=minutes)
    day = local_date(start, "America/New_York")
    before = ATL1.is_business_day(day) and start < ny(f"{day} 14:00")
    if not before:
        day += timedelta(days=1)
        while not ATL1.is_business_day(day):
            day += timedelta(days=1)
    assert _due(start) == ny(f"{day} 23:59")


@given(st.integers(0, 60 * 1440), st.integers(0, 3 * 1440))
def test_cut_off_never_comes_sooner_for_what_starts_later(minutes: int, more: int) -> None:
    """Whoever comes later is not due earlier."""
    start = BEGIN + timedelta(minutes=minutes)
    assert start <= _due(start) <= _due(start + timedelta(minutes=more))


@pytest.mark.parametrize(
    ("held", "freed", "due"),
    [
        ("2026-03-02 11:00", "2026-03-02 13:00", "2026-03-02 23:59"),
        ("2026-03-02 11:00", "2026-03-02 15:00", "2026-03-03 23:59"),
        ("2026-03-02 11:00", "2026-03-08 15:00", "2026-03-09 23:59"),
        ("2026-03-03 01:00", "2026-03-04 15:00", "2026-03-02 23:59"),
    ],
    ids=[
        "over before the cut-off",
        "over after it",
        "over on a Sunday",
        "begun too late to matter",
    ],
)
def test_cut_off_with_a_hold(held: str, freed: str, due: str) -> None:
    """An order that was held is due as if it had come when it was released."""
    moves = (
        ("order_paid", "2026-03-02 10:00"),
        ("order_held", held, {"hold": "fraud_review"}),
        ("order_released", freed),
    )
    assert clock_of("cut_off", *moves, now="2026-03-20 00:00").deadline_at == ny(due)


@pytest.mark.parametrize(
    ("picked", "due"),
    [
        ("2026-03-02 11:59", "2026-03-02 12:00"),
        ("2026-03-02 12:01", "2026-03-03 12:00"),
        ("2026-03-06 20:00", "2026-03-07 12:00"),
        ("2026-03-07 20:00", "2026-03-09 12:00"),
    ],
)
def test_by_a_time_of_the_day(picked: str, due: str) -> None:
    """`by` without a cut-off: what comes after that time is due on the next business day."""
    clock = clock_of("by_noon", ("pick_completed", picked), now=picked)
    assert (clock.deadline_at, clock.state) == (ny(due), ClockState.RUNNING)


def test_a_hold_over_the_time_of_the_day() -> None:
    """What was held from before noon until after it is due at the next noon."""
    moves = (
        ("pick_completed", "2026-03-02 09:00"),
        ("order_held", "2026-03-02 11:00", {"hold": "stockout"}),
        ("order_released", "2026-03-02 16:00", {"hold": "stockout"}),
    )
    clock = clock_of("by_noon", *moves, now="2026-03-02 16:00")
    assert (clock.deadline_at, clock.state) == (ny("2026-03-03 12:00"), ClockState.RUNNING)


@pytest.mark.parametrize(
    ("holds", "due"),
    [
        ([], date(2026, 3, 5)),
        ([("2026-03-03 10:00", "2026-03-03 12:00")], date(2026, 3, 6)),
        ([("2026-03-03 10:00", "2026-03-04 12:00")], date(2026, 3, 7)),
        (
            [("2026-03-03 10:00", "2026-03-04 12:00"), ("2026-03-06 10:00", "2026-03-08 12:00")],
            date(2026, 3, 9),
        ),
        ([("2026-03-06 10:00", "2026-03-08 12:00")], date(2026, 3, 5)),
    ],
    ids=["none", "two hours", "26 hours", "the second before what the first moved", "too late"],
)
def test_promise_moves_with_holds(holds: list[tuple[str, str]], due: date) -> None:
    """A promised day moves on by the plain time of holds, and ends with a day again."""
    moves: list[Move] = [("order_created", "2026-03-02 10:00")]
    for held, freed in holds:
        moves += [("order_held", held, {"hold": "stockout"}), ("order_released", freed)]
    zone = {"destination_timezone": "America/New_York"}
    clock = clock_of(
        "promised", *moves, now="2026-04-01 00:00", promised_delivery="2026-03-05", **zone
    )
    midnight = ny(f"{due + timedelta(days=1)} 00:00")
    assert clock.deadline_at == midnight - timedelta(microseconds=1)


def test_promise_as_an_instant() -> None:
    """A promise with an hour is due at that hour where the rule does not say end of the day."""
    text = """
version: 1
slas: [{id: exact, deadline: {promise: promised_delivery}}]
"""
    moves = (("order_created", "2026-03-02 10:00"),)
    timeline = timeline_of("SO-1", events_of(*moves, promised_delivery="2026-03-05T15:00:00-05:00"))
    (clock,) = evaluate(timeline, read_sla_book(text).rules, ny("2026-03-02 11:00"))
    assert clock.deadline_at == ny("2026-03-05 15:00")


@given(st.sampled_from((ATL1, NIGHT)), st.integers(0, 40 * 1440), st.integers(0, 5000))
def test_course_counts_what_it_adds(calendar: Calendar, minutes: int, counted: int) -> None:
    """So much counted after a start is counted up to there, without holds."""
    course = Course(calendar, us_of(BEGIN + timedelta(minutes=minutes)))
    assert course.counted(course.after(counted * MINUTE)) == counted * MINUTE


def test_by_service_takes_the_longest_for_others() -> None:
    """A service that the table does not name has its longest time."""
    scan = ("carrier_scan", "2026-03-02 10:00", {"status": "in_transit"})
    hours = {
        service: clock_of("watchdog", scan, service=service).target_minutes / 60
        for service in ("Ground", "EXPRESS", "sea")
    }
    assert hours == {"Ground": 48, "EXPRESS": 24, "sea": 48}
