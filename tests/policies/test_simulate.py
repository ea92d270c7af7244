"""What if it had come then: clocks under small changes of an order's events."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from policies.book.read import SlaBook, read_sla_book
from policies.facts import Timeline
from policies.reasons import ClockState
from policies.simulate import (
    Added,
    Change,
    Moved,
    NoSuchEventError,
    compare,
    simulate_start,
    starters,
    what_if,
)
from tests.policies.builders import at, book, event, timeline

NEW_YORK = ZoneInfo("America/New_York")
CUT_OFF = """
version: "1"
effective: {from: 2030-01-01}
calendars: {ATL1: {tz: America/New_York, shifts: {mon-fri: ["06:00-22:00"]}}}
slas:
  - id: same_day
    when: {client: acme}
    start: [order_released]
    stop: [carrier_scan]
    deadline:
      cutoff: {at: "14:00", before: {day: 0, by: "23:59"}, after: {day: +1 business, by: "23:59"}}
      calendar: ATL1
"""


def cut_off() -> SlaBook:
    """Released before 14:00 in Atlanta: scanned the same day."""
    return read_sla_book(CUT_OFF)


def paid_and_picked() -> Timeline:
    """Picked in time by the packaged promise of two hours."""
    return timeline(event("order_paid", 0, "paid"), event("pick_completed", 90, "picked"))


def test_a_minute_decides_on_the_day() -> None:
    """At 13:59 it is due the same day, at 14:01 the next business day: a Friday's on Monday."""
    moments = [datetime(2026, 3, 6, *clock, tzinfo=NEW_YORK) for clock in ((13, 59), (14, 1))]
    before, after = simulate_start(cut_off().rules, "order.released", moments, {"client": "acme"})
    assert [one.at for one in (before, after)] == moments
    deadlines = [one.clocks[0].deadline_at.astimezone(NEW_YORK) for one in (before, after)]
    assert [f"{due:%a %H:%M}" for due in deadlines] == ["Fri 23:59", "Mon 23:59"]
    assert before.clocks[0].state is ClockState.RUNNING


def test_facts_decide_whose_promise_it_is() -> None:
    """An order that a rule is not for starts nothing."""
    moment = datetime(2026, 3, 6, 15, tzinfo=UTC)
    (other,) = simulate_start(cut_off().rules, "order_released", [moment], {"client": "globex"})
    assert other.clocks == ()


@pytest.mark.parametrize(("now", "state"), [(None, ClockState.RUNNING), (200, ClockState.BREACHED)])
def test_a_start_can_be_looked_at_later(now: float | None, state: ClockState) -> None:
    """As of its own moment a clock runs; as of a later one it may be late."""
    later = None if now is None else at(now)
    (started,) = simulate_start(book().rules, "order_paid", [at(0)], {}, later)
    assert [clock.state for clock in started.clocks] == [state]


def test_the_kinds_that_start_something_are_known() -> None:
    """What may be asked for is told: every kind that starts a clock."""
    assert starters(cut_off().rules) == ("order_released",)


def test_an_event_can_be_moved() -> None:
    """Moved past the deadline, the pick is late; nothing else about the order changes."""
    order, rules = paid_and_picked(), book().rules
    as_it_is = {clock.rule.sla_id: clock for clock in what_if(order, rules, at(300))}
    moved = what_if(order, rules, at(300), Moved("wms", "picked", at(150)))
    late = {clock.rule.sla_id: clock for clock in moved}
    assert as_it_is["pick"].state is ClockState.MET
    assert (late["pick"].state, late["pick"].delay_minutes) == (ClockState.BREACHED, 30)
    assert (late["pack"].started_at, as_it_is["pack"].started_at) == (at(150), at(90))


def test_an_event_can_be_added() -> None:
    """With a pack scan that there was not, the pack clock is met."""
    packed = Added(event("pack_completed", 120, "packed"))
    clocks = what_if(paid_and_picked(), book().rules, at(300), packed)
    assert {c.rule.sla_id: c.state for c in clocks}["pack"] is ClockState.MET


def test_an_event_that_is_not_there_cannot_be_moved() -> None:
    """Moving an unknown event is refused and named."""
    with pytest.raises(NoSuchEventError, match="no event gone of wms"):
        what_if(paid_and_picked(), book().rules, at(300), Moved("wms", "gone", at(0)))


def test_variants_stand_side_by_side() -> None:
    """Each clock as it is and by each change; one that only a variant has stands there too."""
    changes: list[Change] = [
        Moved("wms", "picked", at(150)),
        Added(event("pack_completed", 120, "packed")),
    ]
    rows = {row.sla_id: row for row in compare(paid_and_picked(), book().rules, at(300), changes)}
    assert list(rows) == ["pick", "pack", "ship", "missing_scan"]
    assert [c.state if c else None for c in rows["pick"].clocks] == ["met", "breached", "met"]
    assert [c.state if c else None for c in rows["ship"].clocks] == [None, None, "running"]
    assert all(row.differs for row in rows.values())


def test_a_change_without_effect_is_told_as_none() -> None:
    """A clock that no variant changes does not differ."""
    (row,) = compare(timeline(event("order_paid", 0)), book().rules, at(30), [])
    assert not row.differs
