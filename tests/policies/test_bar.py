"""The bar of a clock: always as wide, in order, nothing that matters too small to be seen."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.bar import CELLS, MARK, bar, sums
from policies.book.read import read_sla_book
from policies.clock import Clock
from policies.facts import OrderEvent, timeline_of
from policies.reasons import ClockState
from policies.sla import evaluate
from tests.policies.builders import at, event

POLICY = """
version: "1"
calendars:
  site: {tz: Europe/Berlin, shifts: {mon-fri: ["08:00-16:00"], sat: ["22:00-02:00"]}}
slas:
  - {id: hours, stage: PICK, start: [order_paid], stop: [pick_completed], fault: 3pl,
     pause: [{hold: [awaiting_payment], fault: client}, {hold: [fraud_review], fault: none}],
     deadline: {within: 10h, calendar: site}, on_breach: {exception: PICK_LATE}}
  - {id: plain, stage: PICK, start: [order_paid], stop: [pick_completed],
     pause: [{hold: [awaiting_payment], fault: client}],
     deadline: {within: 3h}, on_breach: {exception: PICK_LATE}}
  - {id: today, stage: SHIP, start: [order_paid], stop: [pick_completed],
     pause: [{hold: [awaiting_payment], fault: client}],
     deadline: {cutoff: {at: "14:00"}, calendar: site}, on_breach: {exception: SHIP_LATE}}
  - {id: day, stage: DELIVER, start: [order_paid], stop: [delivered],
     deadline: {promise: promised_delivery, end_of: local_day},
     on_breach: {exception: DELIVERY_LATE}}
"""
RULES = read_sla_book(POLICY).rules
MINUTES = st.integers(min_value=0, max_value=5 * 1440)
WIDTHS = st.integers(min_value=2, max_value=80)


@st.composite
def histories(draw: st.DrawFn) -> list[OrderEvent]:
    """An order that is held a few times and perhaps picked."""
    events = [
        event(
            "order_paid", 0, promised_delivery=draw(st.sampled_from(["2026-03-01", "2026-03-04"]))
        )
    ]
    for number, (begin, length) in enumerate(
        draw(st.lists(st.tuples(MINUTES, st.integers(1, 900)), max_size=4))
    ):
        why = draw(st.sampled_from(["awaiting_payment", "fraud_review"]))
        events.append(event("order_held", begin, f"h{number}", hold=why))
        if draw(st.booleans()):
            events.append(event("order_released", begin + length, f"r{number}", hold=why))
    if draw(st.booleans()):
        events.append(event("pick_completed", draw(MINUTES)))
    return events


@st.composite
def any_clock(draw: st.DrawFn) -> Clock:
    """A clock of any rule at any moment."""
    found = judged(draw(histories()), draw(MINUTES))
    return draw(st.sampled_from(found))


def judged(events: list[OrderEvent], now: float) -> tuple[Clock, ...]:
    """The clocks of an order, `now` minutes after it was paid."""
    return evaluate(timeline_of("SO-1", events), RULES, at(now))


def one(sla_id: str, now: float, *events: OrderEvent) -> Clock:
    """The clock of a rule."""
    found = judged([event("order_paid", 0), *events], now)
    return next(clock for clock in found if clock.rule.sla_id == sla_id)


@given(clock=any_clock(), width=WIDTHS)
def test_a_bar_is_always_as_wide_and_has_one_deadline(clock: Clock, width: int) -> None:
    """Bars stand below one another: same width, one mark, nothing but the known characters."""
    drawn = bar(clock, width).text
    assert len(drawn) == width
    assert drawn.count(MARK) == 1
    assert set(drawn) <= {*CELLS.values(), MARK}


@given(clock=any_clock(), width=WIDTHS)
def test_the_parts_are_the_characters_in_order(clock: Clock, width: int) -> None:
    """What is drawn is what the parts say, from left to right, and they leave no gap."""
    drawn = bar(clock, width)
    if drawn.parts:
        shown = "".join(CELLS[part.what] * part.cells for part in drawn.parts)
        assert drawn.text.replace(MARK, "") == shown
    for before, after in zip(drawn.parts, drawn.parts[1:], strict=False):
        assert before.ends == after.starts


@given(clock=any_clock(), width=WIDTHS)
def test_a_stretch_longer_than_a_character_is_seen(clock: Clock, width: int) -> None:
    """Nobody is told of a pause that the bar hides, unless it is shorter than one character."""
    drawn = bar(clock, width)
    if not drawn.parts:
        return
    whole = drawn.parts[-1].ends - drawn.parts[0].starts
    for part in drawn.parts:
        if (part.ends - part.starts) > whole / (width - 1) + timedelta(microseconds=width):
            assert part.cells >= 1, part


@given(history=histories(), moments=st.lists(MINUTES, min_size=2, max_size=6), width=WIDTHS)
def test_time_only_fills_a_bar(history: list[OrderEvent], moments: list[int], width: int) -> None:
    """As long as the deadline stays, what is still to come never grows."""
    for sla_id in ("hours", "plain", "today", "day"):
        seen: dict[object, int] = {}
        for moment in sorted(moments):
            for clock in judged(history, moment):
                if clock.rule.sla_id != sla_id or clock.state is ClockState.PAUSED:
                    continue
                left = bar(clock, width).text.count(CELLS["to_come"])
                assert left <= seen.get(clock.deadline_at, width), (sla_id, moment)
                seen[clock.deadline_at] = left


@given(clock=any_clock(), width=WIDTHS)
def test_the_deadline_stands_last_unless_it_was_missed(clock: Clock, width: int) -> None:
    """Whoever sees something behind the mark knows that the deadline has passed."""
    over = clock.counted_until > clock.deadline_at and clock.state is not ClockState.PAUSED
    assert (not bar(clock, width).text.endswith(MARK)) == over


@given(clock=any_clock())
def test_the_sums_are_the_whole_span(clock: Clock) -> None:
    """Counted, paused and closed minutes leave nothing out and nothing twice."""
    found = sums(clock)
    span = max(0.0, (clock.counted_until - clock.started_at).total_seconds() / 60)
    total = found.counted + sum(one.minutes for one in found.paused) + found.closed
    assert total == pytest.approx(span)
    assert sum(one.minutes for one in found.paused) == pytest.approx(clock.paused_minutes)


HELD = event("order_held", 60, hold="awaiting_payment")
FREED = event("order_released", 90, hold="awaiting_payment")
DRAWN = {
    "one third over": ("plain", 60, [], "████────────┃"),
    "held and going on": ("plain", 120, [HELD, FREED], "███░░██─────┃"),
    "over": ("plain", 240, [], "█████████┃███"),
    "hardly over": ("plain", 181, [], "███████████┃█"),
    "picked in time": ("plain", 240, [event("pick_completed", 90)], "██████──────┃"),
    "stands still": ("plain", 90, [HELD], "███░░───────┃"),
    "overnight": ("hours", 600, [], "██···───────┃"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_bars_as_people_see_them(name: str) -> None:
    """A few bars, drawn by hand."""
    sla_id, now, events, drawn = DRAWN[name]
    assert bar(one(sla_id, now, *events), 13).text == drawn
