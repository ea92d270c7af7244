"""An order is walked through the worked example: evidence, cure, warnings, breach, exclusions."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from policies.book.read import read_sla_book
from policies.facts import timeline_of
from policies.ledger import LedgerKind, ledger
from policies.money.remedy import Cap, Credit
from policies.order_facts import Around, Silence
from policies.promise import Escalation
from policies.reasons import ClockState, ClockVerdict, ReasonCode, Severity
from policies.sla import evaluate
from tests.policies.worked_example import (
    MONDAY,
    SAME_DAY,
    TEXT,
    Move,
    events_of,
    ny,
    same_day,
    walked,
)


def test_evidence_grace_and_late_arrival() -> None:
    """`evidence`: a breach waits 30 minutes; a scan heard later makes it met all the same."""
    waiting = same_day(MONDAY, now="2026-03-03 00:29")
    assert (waiting.state, waiting.check_at) == (ClockState.RUNNING, ny("2026-03-03 00:29"))
    assert same_day(MONDAY, now="2026-03-03 00:30").state is ClockState.BREACHED
    soon = ("carrier_scan", "2026-03-02 20:00", {"told": "2026-03-03 00:29"})
    late = ("carrier_scan", "2026-03-02 20:00", {"told": "2026-03-03 09:00"})
    assert (same_day(MONDAY, soon).state, same_day(MONDAY, soon).verdict) == (ClockState.MET, None)
    revised = same_day(MONDAY, late)
    assert (revised.state, revised.verdict) == (ClockState.MET, ClockVerdict.LATE_EVIDENCE)
    assert revised.first_verdict is ClockState.BREACHED
    assert [(entry.kind, entry.at) for entry in ledger(revised)] == [
        (LedgerKind.STARTED, ny("2026-03-02 10:00")),
        (LedgerKind.BREACHED, ny("2026-03-02 23:59")),
        (LedgerKind.LATE_EVIDENCE, ny("2026-03-03 09:00")),
    ]


@pytest.mark.parametrize(
    ("promised", "state"), [("2026-03-05", ClockState.MET), ("2026-03-04", ClockState.BREACHED)]
)
def test_cure(promised: str, state: ClockState) -> None:
    """`cure`: shipped late but delivered by the promised date is made good."""
    moves = (MONDAY, ("carrier_scan", "2026-03-03 09:00"), ("delivered", "2026-03-05 12:00"))
    clock = same_day(*moves, promised_delivery=promised)
    assert clock.state is state
    cured = (ClockVerdict.CURED, ClockState.BREACHED) if state is ClockState.MET else (None, None)
    assert (clock.verdict, clock.first_verdict) == cured


def test_warnings() -> None:
    """`warn`: at risk with a quarter of the time left (2 hours left come later), and the risk."""
    on_the_way = (("pick_completed", "2026-03-02 11:00"), ("packed", "2026-03-02 12:00"))
    clock = same_day(MONDAY, *on_the_way, now="2026-03-02 18:59")
    assert clock.target_minutes == 12 * 60
    assert (clock.at_risk, clock.at_risk_at) == (False, ny("2026-03-02 19:00"))
    assert same_day(MONDAY, *on_the_way, now="2026-03-02 19:00").at_risk
    assert clock.rule.warn_risk == 0.6
    short = same_day(("order_released", "2026-03-07 13:00"), now="2026-03-07 13:00")
    assert short.at_risk_at == ny("2026-03-07 13:00"), "an hour is less than 2 hours left"


@pytest.mark.parametrize(
    ("done", "at_risk_from"),
    [
        ((), "2026-03-02 16:00"),
        ((("pick_completed", "2026-03-02 15:59"),), "2026-03-02 19:00"),
        ((("pick_completed", "2026-03-02 16:01"),), "2026-03-02 16:00"),
    ],
    ids=["not picked by half time", "picked in time", "picked a minute after half time"],
)
def test_milestones(done: tuple[Move, ...], at_risk_from: str) -> None:
    """`milestones`: not picked at half of the time is at risk before any deadline is missed."""
    assert same_day(MONDAY, *done, now="2026-03-02 18:00").at_risk_at == ny(at_risk_from)


def test_on_breach_and_remedy() -> None:
    """`on_breach`, `remedy`: what a breach opens, whom it is told to, and what it costs."""
    clock = same_day(MONDAY)
    rule = clock.rule
    assert (rule.reason_code, clock.severity) == (ReasonCode.SHIP_DELAY, Severity.HIGH)
    assert rule.escalate == (
        Escalation(after_minutes=0, to="#acme-ops"),
        Escalation(after_minutes=30, to="@ops-lead"),
    )
    assert rule.remedy is not None
    assert rule.remedy.credit == Credit(pct=Decimal(100), pct_of="pick_pack_fee")
    assert rule.remedy.cap == Cap(per="month", pct_of_invoice=Decimal(10))
    assert rule.remedy.code == "CR-SHIP"


@pytest.mark.parametrize(("fault", "excluded"), [("carrier", True), ("3pl", False), (None, False)])
def test_exclude(fault: str | None, *, excluded: bool) -> None:
    """`exclude`: what is the carrier's fault counts for no target and no credit."""
    clock = same_day(MONDAY, ("carrier_scan", "2026-03-03 09:00", {"fault": fault}))
    assert (clock.state, clock.excluded) == (ClockState.BREACHED, excluded)


def test_exclude_above_the_forecast() -> None:
    """`exclude.volume_over_forecast_pct`: 20 % over the agreed volume of a day is not judged."""
    book = read_sla_book(TEXT + "forecast: {orders_per_day: 100}\n")
    rule = book.rule(SAME_DAY)
    assert rule is not None
    assert [one.over_orders_a_day for one in rule.exclude] == [None, 120]
    timeline = timeline_of("SO-1", events_of(MONDAY))
    for orders, excluded in ((120, False), (121, True)):
        around = Around(volume=partial(_always, orders))
        found = evaluate(timeline, (rule,), ny("2026-03-04"), around)
        assert [clock.excluded for clock in found] == [excluded]


def _always(orders: int, _moment: datetime, _window: timedelta) -> int:
    return orders


def test_no_data_while_the_carrier_is_silent() -> None:
    """A breach is not called while all who could tell of the scan are silent."""
    silence = Silence(
        source="ups", since=ny("2026-03-02 12:00"), reported_at=ny("2026-03-02 13:00")
    )
    around = Around(silences={"ups": silence}, speakers={"carrier_scan": frozenset({"ups"})})
    clock = walked(MONDAY, now="2026-03-03 12:00", around=around)[SAME_DAY]
    assert (clock.state, clock.verdict) == (ClockState.RUNNING, ClockVerdict.NO_DATA)
