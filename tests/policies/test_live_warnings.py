"""A warning changes at few points: parts of the time that are left, what becomes of its clock."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.book.read import read_sla_book
from policies.clock import Clock
from policies.facts import OrderEvent
from policies.reasons import ClockVerdict
from policies.sla import evaluate
from policies.warnings import Standing, next_refresh, phase_of, refreshes, standing_of
from tests.policies.builders import at, clocks, event, timeline

SHIFTS = """\
version: "1"
calendars: {floor: {tz: America/New_York, shifts: {mon-fri: ["08:00-18:00"]}}}
slas:
  - {id: hours, stage: PICK, start: [order_paid], stop: [pick_completed],
     deadline: {within: 4h, calendar: floor}, on_breach: {exception: PICK_DELAY}}
"""
PAID = event("order_paid", 0)


def clock(now: float, *events: OrderEvent) -> Clock:
    """The packaged pick promise (two hours, round the clock) of SO-1."""
    return clocks(PAID, *events, now=now)["pick"]


def test_it_is_drawn_again_at_parts_of_the_time_left() -> None:
    """50, 25 and 10 % of two hours."""
    assert refreshes(clock(1)) == (at(60), at(90), at(108))


@pytest.mark.parametrize(
    ("now", "due"), [(1, at(60)), (60, at(90)), (91, at(108)), (108, None), (119, None)]
)
def test_the_next_time(now: float, due: datetime | None) -> None:
    """Each part is told of once, and after the last one the deadline speaks for itself."""
    assert next_refresh(clock(now), at(now)) == due


@settings(max_examples=25)
@given(st.lists(st.floats(0, 119.9), min_size=1, max_size=30))
def test_never_more_edits_than_parts(minutes: list[float]) -> None:
    """However often a running clock is looked at, it says at most four different things."""
    phases = {phase_of(clock(minute), at(minute)) for minute in minutes}
    assert len(phases) <= 4
    assert all(phase.startswith("running ") for phase in phases)


@pytest.mark.parametrize(
    ("found", "standing"),
    [
        (clock(10), Standing.RUNNING),
        (clock(100, event("pick_completed", 90)), Standing.MET),
        (clock(121), Standing.BROKEN),
        (clock(20, event("order_cancelled", 15)), Standing.CALLED_OFF),
        (clock(130)._replace(verdict=ClockVerdict.NO_DATA), Standing.NO_DATA),
        (clock(130)._replace(verdict=ClockVerdict.CURED), Standing.CURED),
        (clock(130)._replace(verdict=ClockVerdict.LATE_EVIDENCE), Standing.BROKEN),
        (None, Standing.CALLED_OFF),
    ],
)
def test_what_became_of_it(found: Clock | None, standing: Standing) -> None:
    """Every state and verdict of a clock has its words; time alone ends none of the others."""
    assert standing_of(found) is standing
    if standing is not Standing.RUNNING:
        assert next_refresh(found, at(10)) is None
        assert phase_of(found, at(10)) == standing.value


def test_a_late_news_that_counts_was_kept() -> None:
    """What was in time and heard of late is told as kept."""
    late = clock(130, replace(event("pick_completed", 100), received_at=at(129)))
    assert late.verdict in (None, ClockVerdict.LATE_EVIDENCE)
    told = late._replace(verdict=ClockVerdict.LATE_EVIDENCE)
    assert standing_of(told) is Standing.LATE_EVIDENCE


def test_parts_are_of_the_calendars_minutes() -> None:
    """Four working hours from 16:00: half is gone at closing, a tenth is left at 9:36 next day."""
    paid, opening = event("order_paid", 660), 1620
    (found,) = evaluate(timeline(paid), read_sla_book(SHIFTS).rules, at(661))
    assert found.deadline_at == at(opening + 120)
    half, *rest = refreshes(found)
    assert half in (at(780), at(opening))
    assert rest == [at(opening + 60), at(opening + 96)]


def test_a_new_deadline_is_news() -> None:
    """What a hold moved is said anew, though the same part of the time is left."""
    running = clock(70)
    moved = running._replace(deadline_at=running.deadline_at + timedelta(minutes=5))
    assert phase_of(running, at(70)) != phase_of(moved, at(70))
    assert phase_of(running, at(70)) == phase_of(running, at(80))
