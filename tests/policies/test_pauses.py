"""Holds: what begins and ends them, and that no minute is left out twice."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings

from policies.deadlines import Course
from policies.facts import OrderEvent, Timeline, timeline_of
from policies.instants import MINUTE, us_of
from policies.ledger import stretches
from policies.order_facts import ALONE, order_facts
from policies.pauses import holds_in
from policies.promise import Pause, SlaRule, Within
from policies.reasons import Fault
from policies.sla import evaluate
from tests.policies.builders import at, book, event, timeline
from tests.policies.many_kinds import BOOK, MOMENTS, timelines

CLIENT = Pause(holds=("awaiting_payment", "fraud_review", "stockout"), fault=Fault.CLIENT)
STORM = Pause(events=("storm",), until=("storm_over",), max_minutes=120)
Spans = list[tuple[float, float | None, Fault]]


def spans(*events: OrderEvent, pauses: tuple[Pause, ...] = (CLIENT, STORM)) -> Spans:
    """The holds of an order, in minutes."""
    rule = replace(book().rules[0], pauses=pauses)
    found = holds_in(rule, order_facts(timeline(*events), ALONE))
    begin = us_of(at(0))
    return [
        (
            (hold.starts - begin) / MINUTE,
            None if hold.ends is None else (hold.ends - begin) / MINUTE,
            hold.fault,
        )
        for hold in found
    ]


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([("order_held", 0, "fraud_review")], [(0, None)]),
        ([("order_held", 0, "HIGH_RISK_OF_FRAUD"), ("order_released", 9, "")], [(0, 9)]),
        ([("order_held", 0, "fraud_review"), ("order_released", 9, "stockout")], [(0, None)]),
        ([("order_held", 0, "something_else")], []),
        ([("stock_short", 0, ""), ("allocated", 9, "")], [(0, 9)]),
        ([("payment_failed", 0, ""), ("order_paid", 9, "")], [(0, 9)]),
        ([("payment_failed", 0, ""), ("allocated", 9, "")], [(0, None)]),
        (
            [
                ("order_held", 0, "stockout"),
                ("order_held", 5, "stockout"),
                ("order_released", 9, ""),
            ],
            [(0, 9)],
        ),
        (
            [
                ("order_held", 0, "stockout"),
                ("order_held", 5, "fraud_review"),
                ("order_released", 9, "stockout"),
                ("order_released", 20, "fraud_review"),
            ],
            [(0, 9), (9, 20)],
        ),
        (
            [
                ("order_held", 0, "stockout"),
                ("order_held", 5, "fraud_review"),
                ("order_released", 6, "fraud_review"),
                ("order_released", 9, "stockout"),
            ],
            [(0, 9)],
        ),
        ([("order_released", 0, "stockout"), ("order_held", 5, "stockout")], [(5, None)]),
        ([("storm", 0, ""), ("storm", 60, ""), ("storm_over", 90, "")], [(0, 90)]),
        ([("storm", 0, "")], [(0, 120)]),
        ([("storm", 0, ""), ("storm", 130, ""), ("storm_over", 140, "")], [(0, 120), (130, 140)]),
        ([("storm", 0, ""), ("storm_over", 130, "")], [(0, 120)]),
        ([("storm", 0, ""), ("storm_over", 0, "")], []),
    ],
    ids=[
        "a hold lasts until it is released",
        "a shop's word for it, and a release of all",
        "a release of another hold",
        "a hold that the rule does not name",
        "no stock until allocated",
        "no payment until paid",
        "no payment, and what does not mend it",
        "told twice",
        "two that overlap are one after the other",
        "one within another",
        "released before it began",
        "a storm that is over",
        "a storm lasts no longer than it may",
        "a second storm after the first",
        "over when it had ended by itself",
        "no time at all",
    ],
)
def test_holds(
    moves: list[tuple[str, float, str]], expected: list[tuple[float, float | None]]
) -> None:
    """What begins a hold and what ends it, without overlap."""
    events = [
        event(kind, minutes, f"e{n}", hold=hold) for n, (kind, minutes, hold) in enumerate(moves)
    ]
    assert [(starts, ends) for starts, ends, _ in spans(*events)] == expected


def test_the_earliest_hold_says_whose_time_it_is() -> None:
    """Of a client's hold that begins within a storm, the client has what follows the storm."""
    found = spans(event("storm", 0), event("order_held", 60, hold="stockout"))
    assert found == [(0, 120, Fault.NONE), (120, None, Fault.CLIENT)]


@settings(max_examples=80)
@given(timelines(), MOMENTS)
def test_no_minute_counts_twice(order: Timeline, now: datetime) -> None:
    """Counted and paused minutes of a clock are the calendar's minutes of its span."""
    for clock in evaluate(order, BOOK.rules, now):
        span = clock.calendar.minutes_between(clock.started_at, clock.counted_until)
        assert clock.elapsed_minutes + clock.paused_minutes == pytest.approx(span, abs=1e-6)
        assert clock.elapsed_minutes >= 0
        assert clock.paused_minutes >= 0
        for earlier, later in pairwise(clock.course.holds):
            assert earlier.ends is not None
            assert earlier.ends <= later.starts


@settings(max_examples=80)
@given(timelines(), MOMENTS)
def test_every_minute_is_somebodys(order: Timeline, now: datetime) -> None:
    """Stretches follow on each other over the whole span, and say what was counted and paused."""
    for clock in evaluate(order, BOOK.rules, now):
        found = stretches(clock)
        span = max(0.0, (clock.counted_until - clock.started_at).total_seconds() / 60)
        assert sum(stretch.minutes for stretch in found) == pytest.approx(span, abs=1e-6)
        assert all(one.ends == other.starts for one, other in pairwise(found))
        for what, minutes in (("counted", clock.elapsed_minutes), ("paused", clock.paused_minutes)):
            told = sum(stretch.minutes for stretch in found if stretch.what == what)
            assert told == pytest.approx(minutes, abs=1e-6)
        if found:
            assert (found[0].starts, found[-1].ends) == (clock.started_at, clock.counted_until)


def _without_pauses(rule: SlaRule) -> SlaRule:
    return replace(rule, pauses=())


@settings(max_examples=100)
@given(timelines(), MOMENTS)
def test_a_pause_moves_the_deadline_by_what_it_paused(order: Timeline, now: datetime) -> None:
    """A duration is due when as many minutes as it has were counted, so later by the holds."""
    rules = tuple(replace(rule, reset=()) for rule in BOOK.rules if rule.pauses)
    with_holds = evaluate(order, rules, now)
    without = evaluate(order, [_without_pauses(rule) for rule in rules], now)
    for clock, plain in zip(with_holds, without, strict=True):
        assert clock.deadline_at >= plain.deadline_at
        if isinstance(clock.rule.deadline, Within):
            due = us_of(clock.deadline_at)
            if _all_over(clock.course):
                moved = clock.calendar.between_us(us_of(plain.deadline_at), due)
                assert moved == clock.course.paused(due)
                assert clock.course.counted(due) == clock.target_us == plain.target_us


def _all_over(course: Course) -> bool:
    """A hold that still lasts is taken to end at once, so nothing of it can be moved yet."""
    return all(hold.ends is not None for hold in course.holds)


def test_a_hold_of_one_shipment_pauses_that_one() -> None:
    """Of a split order only the clock of the held shipment stands still."""
    rule = replace(book().rules[2], split="each", pauses=(CLIENT,), interrupting=frozenset())
    order = timeline_of(
        "SO-1",
        [
            event("pack_completed", 0, "p1", shipment="S1"),
            event("pack_completed", 0, "p2", shipment="S2"),
            event("order_held", 60, shipment="S2", hold="stockout"),
        ],
    )
    states = {clock.subject: clock.state.value for clock in evaluate(order, [rule], at(100))}
    assert states == {"S1": "running", "S2": "paused"}
