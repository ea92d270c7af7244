"""An order is walked through the worked example: first scan, watchdog, promise date, targets."""

from datetime import timedelta
from decimal import Decimal

import pytest

from policies.promise import Within
from policies.reasons import ClockState, ReasonCode
from tests.policies.worked_example import (
    BOOK,
    MONDAY,
    SAME_DAY,
    Move,
    ny,
    walked,
)


def test_first_scan_on_the_calendar_of_the_carrier() -> None:
    """`firstscan`: 24 hours of the carrier's days in the zone of the site, weekends left out."""
    clock = walked(("carrier_picked_up", "2026-03-06 18:30"), client="anyone")["firstscan"]
    assert clock.calendar.name == "carrier.ups"
    assert clock.calendar.timezone == "America/New_York"
    assert clock.deadline_at == ny("2026-03-09 18:30")
    assert (clock.state, clock.rule.reason_code) == (
        ClockState.BREACHED,
        ReasonCode.FIRST_SCAN_MISSING,
    )
    unknown = walked(("carrier_picked_up", "2026-03-06 18:30"), carrier="pigeon")["firstscan"]
    assert unknown.deadline_at == ny("2026-03-07 18:30"), "an unknown carrier works always"


SCANS: tuple[Move, ...] = (
    ("carrier_picked_up", "2026-03-02 18:30"),
    ("carrier_scan", "2026-03-02 20:00", {"status": "in_transit"}),
    ("carrier_scan", "2026-03-03 20:00", {"status": "in_transit"}),
)


@pytest.mark.parametrize(("service", "hours"), [("ground", 48), ("express", 24), ("sea", 48)])
def test_stall_is_restarted_by_each_scan(service: str, hours: int) -> None:
    """`repeat: each` and `by_service`: every scan in transit starts a new clock of its service."""
    last = walked(*SCANS, now="2026-03-03 21:00", service=service)["stall"]
    assert (last.instance, last.subject) == (2, "wms:e2")
    assert last.deadline_at == ny("2026-03-03 20:00") + timedelta(hours=hours)
    assert last.state is ClockState.RUNNING
    late = walked(*SCANS, now="2026-03-09 21:00", service=service)["stall"]
    assert (late.state, late.rule.reason_code) == (ClockState.BREACHED, ReasonCode.TRANSIT_STALL)
    done = walked(*SCANS, ("delivered", "2026-03-04 12:00"), service=service)["stall"]
    assert done.state is ClockState.CANCELLED


def test_stall_starts_in_transit_only() -> None:
    """`start.if`: a scan of another status ends the watch and starts none."""
    found = walked(*SCANS, ("carrier_scan", "2026-03-04 10:00", {"status": "held"}))["stall"]
    assert (found.instance, found.state) == (2, ClockState.MET)


@pytest.mark.parametrize(
    ("delivered", "state"),
    [
        ("2026-03-06 02:59:59", ClockState.MET),
        ("2026-03-06 03:00:00", ClockState.BREACHED),
    ],
    ids=["the last second of the day in Los Angeles", "midnight there"],
)
def test_deliver_by_the_end_of_the_day_at_the_destination(
    delivered: str, state: ClockState
) -> None:
    """`promise`, `end_of: local_day`, `tz: at(destination)`: the receiver's midnight decides."""
    clock = walked(
        MONDAY,
        ("delivered", delivered),
        promised_delivery="2026-03-05",
        destination_timezone="America/Los_Angeles",
    )["deliver"]
    assert clock.state is state


def test_deliver_keeps_the_first_promise() -> None:
    """A date that is overwritten later does not move the promise, and no date is no promise."""
    first = ("order_paid", "2026-03-02 09:00", {"promised_delivery": "2026-03-04"})
    later = ("in_transit", "2026-03-03 09:00", {"promised_delivery": "2026-03-09"})
    clock = walked(first, later, destination_timezone="America/New_York")["deliver"]
    assert clock.deadline_at == ny("2026-03-04 23:59:59.999999")
    assert "deliver" not in walked(MONDAY)


def test_targets() -> None:
    """`targets`: 99 % of a month with tiers, 99 % of seven days with alarms at 50 and 80 %."""
    month, week = BOOK.targets
    assert (month.sla_id, month.at_least, month.trailing_days) == (SAME_DAY, Decimal("99.0"), None)
    assert month.remedy is not None
    assert [(tier.at_least, tier.pct) for tier in month.remedy.tiers] == [
        (Decimal(99), Decimal(0)),
        (Decimal(98), Decimal(2)),
        (Decimal(95), Decimal(5)),
        (Decimal(0), Decimal(10)),
    ]
    assert (week.sla_id, week.trailing_days) == ("channel.sfp", 7)
    assert week.alarms == (Decimal(50), Decimal(80))


def test_everything_has_a_value() -> None:
    """The by-service table keeps its longest time for services that it does not name."""
    stall = BOOK.rule("stall")
    assert stall is not None
    assert stall.deadline == Within(
        minutes=2880, by_key="service", by_value={"ground": 2880, "express": 1440}
    )
