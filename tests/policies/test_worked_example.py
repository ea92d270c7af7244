"""An order is walked through the worked example: when its promise starts, stands still and ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.book.read import read_sla_book
from policies.facts import timeline_of
from policies.ledger import LedgerKind, ledger
from policies.reasons import ClockKind, ClockState, Fault
from policies.sla import evaluate
from tests.policies.worked_example import (
    BOOK,
    MONDAY,
    SAME_DAY,
    TEXT,
    events_of,
    ny,
    same_day,
    walked,
)


def test_version_and_dates_bind_the_clock() -> None:
    """`version`, `effective`: what starts before is not judged, at first only watched."""
    rule = BOOK.rule(SAME_DAY)
    assert rule is not None
    assert SAME_DAY not in walked(("order_released", "2025-12-31 10:00"))
    watched = same_day(("order_released", "2026-01-05 10:00"))
    assert (watched.rule.version, watched.state) == ("3", ClockState.BREACHED)
    assert not watched.enforced
    assert same_day(("order_released", "2026-02-02 10:00")).enforced
    assert rule.remedies_from == datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=90)


def test_kind_and_group() -> None:
    """`kind`, `priority`, `group`: a client's promise that is tried before those below it."""
    rule = BOOK.rule(SAME_DAY)
    assert rule is not None
    assert (rule.kind, rule.priority, rule.group) == (ClockKind.SLA, 50, "ship")
    assert BOOK.rules[0] is rule
    text = TEXT.replace("- id: firstscan\n", "- id: firstscan\n  group: ship\n")
    events = events_of(MONDAY, ("carrier_picked_up", "2026-03-02 18:00"))
    grouped = evaluate(timeline_of("SO-1", events), read_sla_book(text).rules, ny("2026-03-03"))
    assert [clock.rule.sla_id for clock in grouped] == [SAME_DAY]


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ({}, True),
        ({"client": "ACME"}, True),
        ({"client": "other"}, False),
        ({"channel": "amazon"}, False),
        ({"service": "2day"}, True),
        ({"service": "overnight"}, False),
        ({"tags": ["gift"]}, True),
        ({"tags": ["Gift", "Preorder"]}, False),
    ],
)
def test_when(stated: dict[str, Any], *, meant: bool) -> None:
    """`when`: client, channel, service and tags_none must all fit."""
    assert (SAME_DAY in walked(MONDAY, **stated)) is meant


def test_start_waits_for_the_ship_date() -> None:
    """`start.not_before`: an order for later starts when that day begins at the receiver."""
    clock = same_day(MONDAY, future_ship_at="2026-03-05", destination_timezone="America/New_York")
    assert clock.started_at == ny("2026-03-05 00:00")
    assert clock.deadline_at == ny("2026-03-05 23:59")
    edited = ("order_edited", "2026-03-03 10:00", {"lines_changed": True})
    still = same_day(
        MONDAY, edited, future_ship_at="2026-03-05", destination_timezone="America/New_York"
    )
    assert (still.started_at, still.deadline_at) == (clock.started_at, clock.deadline_at)


@pytest.mark.parametrize(
    ("released", "due"),
    [
        ("2026-03-02 13:59:59", "2026-03-02 23:59"),
        ("2026-03-02 14:00", "2026-03-03 23:59"),
        ("2026-03-06 13:59", "2026-03-06 23:59"),
        ("2026-03-06 14:00", "2026-03-07 23:59"),
        ("2026-03-07 13:00", "2026-03-07 23:59"),
        ("2026-03-07 15:00", "2026-03-09 23:59"),
        ("2026-03-08 10:00", "2026-03-09 23:59"),
        ("2026-02-16 10:00", "2026-02-17 23:59"),
        ("2026-05-22 15:00", "2026-05-23 23:59"),
        ("2026-05-23 15:00", "2026-05-26 23:59"),
        ("2026-01-26 09:00", "2026-01-26 23:59"),
        ("2026-01-25 09:00", "2026-01-26 23:59"),
        ("2026-11-01 12:00", "2026-11-02 23:59"),
    ],
    ids=[
        "before the cut-off: the same day",
        "at the cut-off: the next day",
        "Friday before it",
        "Friday after it: Saturday is a business day",
        "Saturday before it",
        "Saturday after it: Monday",
        "Sunday: as if it came on Monday, over the spring change",
        "holiday: the day after it",
        "Friday after it, before a long weekend",
        "Saturday after it, Monday is Memorial Day",
        "a closure for the morning leaves the day",
        "Sunday of the closure",
        "the Sunday on which clocks go back",
    ],
)
def test_cut_off(released: str, due: str) -> None:
    """`calendars` and `deadline.cutoff`: shifts, holidays and closures decide on the day."""
    clock = same_day(("order_released", released), now=released)
    assert clock.deadline_at == ny(due)
    assert clock.state is ClockState.RUNNING


def test_cut_off_is_local_to_the_warehouse() -> None:
    """`tz: at(warehouse)`: 18:30 UTC is before 14:00 in Atlanta in summer only from 14:30 on."""
    winter = same_day(("order_released", "2026-03-02 13:30"))
    summer = same_day(("order_released", "2026-04-06 14:30"))
    assert winter.start_event.occurred_at.hour == summer.start_event.occurred_at.hour == 18
    assert (winter.deadline_at, summer.deadline_at) == (
        ny("2026-03-02 23:59"),
        ny("2026-04-07 23:59"),
    )


def test_boundary_is_inclusive() -> None:
    """`boundary: inclusive`: a scan at 23:59:00 is in time, one a second later is not."""
    kept = same_day(MONDAY, ("carrier_scan", "2026-03-02 23:59:00"))
    late = same_day(MONDAY, ("carrier_scan", "2026-03-02 23:59:01"))
    assert (kept.state, late.state) == (ClockState.MET, ClockState.BREACHED)
    assert late.delay_minutes == pytest.approx(1 / 60)


@pytest.mark.parametrize("kind", ["carrier_scan", "in_transit", "out_for_delivery", "delivered"])
def test_ship_event_is_the_first_scan(kind: str) -> None:
    """`facts.ship_event`, `stop: $ship_event`: a scan ends it; a label or a pickup does not."""
    moves = (MONDAY, ("label_created", "2026-03-02 11:00"), ("staged", "2026-03-02 12:00"))
    clock = same_day(*moves, ("carrier_picked_up", "2026-03-02 18:00"), (kind, "2026-03-02 20:00"))
    assert (clock.state, clock.stopped_at) == (ClockState.MET, ny("2026-03-02 20:00"))


def test_cancel() -> None:
    """`cancel`: a cancelled order has no verdict, one cancelled too late keeps its breach."""
    in_time = same_day(MONDAY, ("order_cancelled", "2026-03-02 15:00"))
    too_late = same_day(MONDAY, ("order_cancelled", "2026-03-03 15:00"))
    assert (in_time.state, too_late.state) == (ClockState.CANCELLED, ClockState.BREACHED)
    assert [entry.kind for entry in ledger(in_time)] == [LedgerKind.STARTED, LedgerKind.CANCELLED]


@pytest.mark.parametrize(
    ("changed", "due"), [(True, "2026-03-03 23:59"), (False, "2026-03-02 23:59")]
)
def test_reset(due: str, *, changed: bool) -> None:
    """`reset.if`: an edit that changes lines starts the order anew, any other does not."""
    clock = same_day(MONDAY, ("order_edited", "2026-03-02 15:00", {"lines_changed": changed}))
    assert clock.deadline_at == ny(due)
    assert bool(clock.restarts) is changed
    assert (LedgerKind.RESET in [entry.kind for entry in ledger(clock)]) is changed


@pytest.mark.parametrize(
    "reason", ["awaiting_payment", "fraud_review", "incorrect_address", "client_request"]
)
def test_pause_by_the_client(reason: str) -> None:
    """`pause.hold`: the client's holds stop the counting; a release after 14:00 is due next day."""
    held = ("order_held", "2026-03-02 12:00", {"hold": reason})
    waiting = same_day(MONDAY, held, now="2026-03-04 12:00")
    assert (waiting.state, waiting.check_at) == (ClockState.PAUSED, None)
    freed = same_day(MONDAY, held, ("order_released", "2026-03-04 15:00"), now="2026-03-04 16:00")
    assert (freed.state, freed.deadline_at) == (ClockState.RUNNING, ny("2026-03-05 23:59"))
    paused = [entry for entry in ledger(freed) if entry.kind is LedgerKind.PAUSED]
    assert [entry.fault for entry in paused] == [Fault.CLIENT]
    assert freed.paused_minutes == (10 + 16 + 9) * 60


@pytest.mark.parametrize(("owner", "pauses"), [("client", True), ("3pl", False), (None, False)])
def test_stockout_pauses_where_the_client_owns_the_stock(
    owner: str | None, *, pauses: bool
) -> None:
    """`pause.if`: a stockout is the client's time only if the stock is."""
    clock = same_day(
        MONDAY, ("stock_short", "2026-03-02 11:00"), now="2026-03-03 11:00", inventory_owner=owner
    )
    assert (clock.state is ClockState.PAUSED) is pauses
    assert (clock.state is ClockState.BREACHED) is not pauses


def test_force_majeure_pauses_48_hours_at_most() -> None:
    """`pause.max`: a declared emergency ends by itself after 48 hours; another begins anew."""
    declared = ("force_majeure.declared", "2026-03-02 12:00")
    clock = same_day(MONDAY, declared, now="2026-03-03 12:00")
    assert (clock.state, clock.check_at) == (ClockState.PAUSED, ny("2026-03-04 12:00"))
    after = same_day(MONDAY, declared, now="2026-03-04 12:00")
    assert (after.state, after.deadline_at) == (ClockState.RUNNING, ny("2026-03-04 23:59"))
    again = same_day(
        MONDAY, declared, ("force_majeure.declared", "2026-03-04 18:00"), now="2026-03-05 12:00"
    )
    assert (again.state, again.check_at) == (ClockState.PAUSED, ny("2026-03-06 18:00"))
    assert {hold.fault for hold in again.course.holds} == {Fault.NONE}
