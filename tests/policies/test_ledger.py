"""Clocks over time: what time alone changes, when to look again, and what late evidence does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.clock import Clock
from policies.condition import read_condition
from policies.facts import OrderEvent, Timeline
from policies.instants import us_of
from policies.ledger import LedgerKind, ledger, stretches
from policies.order_facts import Around, Silence
from policies.promise import SlaRule
from policies.reasons import ClockState, ClockVerdict, Fault, Severity
from policies.sla import evaluate
from tests.policies.builders import at, book, clocks, event, timeline
from tests.policies.many_kinds import BOOK, MOMENTS, timelines

_NEXT: Mapping[ClockState, frozenset[ClockState]] = {
    ClockState.RUNNING: frozenset({ClockState.MET, ClockState.BREACHED}),
    ClockState.PAUSED: frozenset({ClockState.RUNNING, ClockState.MET, ClockState.BREACHED}),
    ClockState.MET: frozenset(),
    ClockState.BREACHED: frozenset(),
    ClockState.CANCELLED: frozenset(),
}
"""What time alone may make of a state: a cured one is met at the moment it would be breached."""
Seen = tuple[ClockState, ClockVerdict | None, bool, Severity, OrderEvent | None]


def seen(clock: Clock) -> Seen:
    """What a row of a clock says that time can change."""
    return clock.state, clock.verdict, clock.at_risk, clock.severity, paused_by(clock)


def paused_by(clock: Clock) -> OrderEvent | None:
    """The event that began the hold in which a clock stands, if it does."""
    if clock.state is not ClockState.PAUSED:
        return None
    at = us_of(clock.counted_until)
    return next((hold.begun_by for hold in clock.course.holds if hold.covers(at)), None)


def judged(order: Timeline, now: datetime) -> dict[tuple[str, str], Clock]:
    """All clocks by rule and subject."""
    return {(c.rule.sla_id, c.subject): c for c in evaluate(order, BOOK.rules, now)}


@settings(max_examples=80)
@given(timelines(), MOMENTS, st.lists(st.integers(1, 20_000), min_size=1, max_size=6))
def test_time_alone_never_mends_a_breach(order: Timeline, now: datetime, steps: list[int]) -> None:
    """While nothing is heard, states go forward only and deadlines stay where they are."""
    known = order.until(now)
    before = judged(known, now)
    for step in steps:
        now += timedelta(minutes=step)
        after = judged(known, now)
        assert after.keys() == before.keys()
        for key, clock in after.items():
            was = before[key]
            assert clock.state is was.state or clock.state in _NEXT[was.state]
            assert (clock.deadline_at, clock.at_risk_at) == (was.deadline_at, was.at_risk_at)
            assert clock.delay_minutes >= was.delay_minutes
        before = after


@settings(max_examples=80)
@given(timelines(), MOMENTS, st.integers(0, 999))
def test_check_at_is_when_time_changes_it(order: Timeline, now: datetime, share: int) -> None:
    """Between now and `check_at` a clock says the same, and right after it something else."""
    known = order.until(now)
    for key, clock in judged(known, now).items():
        end = clock.check_at or now + timedelta(days=400)
        assert end >= now
        between = judged(known, now + (end - now) * share / 1000)[key]
        if clock.stop_event or clock.cancel_event is None:
            assert seen(between) == seen(clock)
        assert (between.state, between.at_risk) == (clock.state, clock.at_risk)
        if clock.check_at is not None:
            after = judged(known, clock.check_at + timedelta(microseconds=1))[key]
            assert seen(after) != seen(clock)


@settings(max_examples=60)
@given(timelines(), MOMENTS)
def test_the_same_history_gives_the_same_clocks(order: Timeline, now: datetime) -> None:
    """Judging is a pure function: a second time gives equal clocks, with equal ledgers."""
    once, again = evaluate(order, BOOK.rules, now), evaluate(order, BOOK.rules, now)
    assert once == again
    assert [ledger(clock) for clock in once] == [ledger(clock) for clock in again]


@settings(max_examples=60)
@given(timelines(), MOMENTS)
def test_a_ledger_tells_a_story(order: Timeline, now: datetime) -> None:
    """Entries are in time order, begin once, and say breached as often as the clock was."""
    for clock in evaluate(order, BOOK.rules, now):
        entries = ledger(clock)
        kinds = [entry.kind for entry in entries]
        assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
        assert kinds.count(LedgerKind.STARTED) == 1
        assert kinds.count(LedgerKind.RESET) == len(clock.restarts)
        was_breached = ClockState.BREACHED in (clock.state, clock.first_verdict)
        assert kinds.count(LedgerKind.BREACHED) == was_breached
        lasting = kinds.count(LedgerKind.PAUSED) - kinds.count(LedgerKind.RESUMED)
        assert lasting in (0, 1)
        if clock.state is ClockState.PAUSED and clock.counted_until >= clock.started_at:
            assert lasting == 1


def pick(**changes: object) -> SlaRule:
    """The packaged rule for picking, changed."""
    return replace(book().rules[0], **changes)  # type: ignore[arg-type]


def one(rule: SlaRule, *events: OrderEvent, now: float, around: Around | None = None) -> Clock:
    """The rule's clock."""
    (clock,) = evaluate(timeline(*events), [rule], at(now), around or Around())
    return clock


def heard(event: OrderEvent, minutes: float) -> OrderEvent:
    """The event, received so many minutes after T0."""
    return replace(event, received_at=at(minutes))


@pytest.mark.parametrize(
    ("told_at", "keep", "state", "verdict"),
    [
        (119, False, ClockState.MET, None),
        (150, False, ClockState.MET, None),
        (150.1, False, ClockState.MET, ClockVerdict.LATE_EVIDENCE),
        (150.1, True, ClockState.BREACHED, ClockVerdict.LATE_EVIDENCE),
    ],
)
def test_late_evidence(
    told_at: float, state: ClockState, verdict: ClockVerdict | None, *, keep: bool
) -> None:
    """What was in time but heard after deadline and grace revises the verdict, where it may."""
    rule = pick(grace_minutes=30, late_evidence_counts=not keep)
    done = heard(event("pick_completed", 110), told_at)
    clock = one(rule, event("order_paid", 0), done, now=600)
    assert (clock.state, clock.verdict, clock.delay_minutes) == (state, verdict, 0)
    assert clock.first_verdict is (ClockState.BREACHED if verdict else None)


def test_a_history_loaded_in_one_go_is_not_late_evidence() -> None:
    """Of an order whose start we heard of after its deadline nobody had said that it was late."""
    paid, picked = heard(event("order_paid", 0), 900), heard(event("pick_completed", 110), 900)
    clock = one(pick(), paid, picked, now=901)
    assert (clock.state, clock.verdict, clock.first_verdict) == (ClockState.MET, None, None)


def test_another_stop_heard_in_time_is_enough() -> None:
    """Nobody had to call it breached where one of several proofs came in time."""
    slow, quick = event("pick_completed", 100, "p"), event("pick_completed", 110, "q")
    told = (heard(slow, 300), heard(quick, 111))
    clock = one(pick(), heard(event("order_paid", 0), 1), *told, now=600)
    assert (clock.state, clock.verdict) == (ClockState.MET, None)


def test_grace_waits_and_forgives_nothing() -> None:
    """While evidence may still come nothing is breached; what was late is late all the same."""
    rule = pick(grace_minutes=30)
    waiting = one(rule, event("order_paid", 0), now=150)
    assert (waiting.state, waiting.check_at) == (ClockState.RUNNING, at(150))
    late = one(rule, event("order_paid", 0), event("pick_completed", 121), now=122)
    assert (late.state, late.delay_minutes) == (ClockState.BREACHED, 1)
    missing = one(rule, event("order_paid", 0), now=151)
    assert (missing.state, missing.delay_minutes) == (ClockState.BREACHED, 31)


def test_exclusive_boundary() -> None:
    """With an exclusive boundary the deadline itself is late."""
    paid = event("order_paid", 0)
    rule = pick(inclusive=False)
    assert one(rule, paid, event("pick_completed", 119.9), now=200).state is ClockState.MET
    assert one(rule, paid, event("pick_completed", 120), now=200).state is ClockState.BREACHED
    assert one(rule, paid, now=120).state is ClockState.BREACHED


def test_cured_when_the_event_came_that_made_it_good() -> None:
    """A breach without its stop event is cured at one moment, whenever it is looked at."""
    rule = pick(cure=read_condition("pack_completed_at <= promised_delivery"))
    moves = (
        event("order_paid", 0, promised_delivery="2026-03-04T00:00:00Z"),
        event("pack_completed", 300),
        event("label_created", 400),
    )
    early, later = one(rule, *moves, now=500), one(rule, *moves, now=5000)
    assert (early.state, early.verdict) == (ClockState.MET, ClockVerdict.CURED)
    assert early.first_verdict is ClockState.BREACHED
    assert ledger(early) == ledger(later)
    assert [(entry.kind, entry.at) for entry in ledger(early)] == [
        (LedgerKind.STARTED, at(0)),
        (LedgerKind.BREACHED, at(120)),
        (LedgerKind.CURED, at(300)),
    ]
    assert one(rule, *moves, now=299).state is ClockState.BREACHED


SILENT = Silence(source="wms", since=at(60), reported_at=at(90))
SPEAKERS = {"pick_completed": frozenset({"wms"})}


@pytest.mark.parametrize(
    ("silence", "now", "verdict", "check_at"),
    [
        (SILENT, 121, ClockVerdict.NO_DATA, 136),
        (replace(SILENT, ended_at=at(115)), 121, ClockVerdict.NO_DATA, 125),
        (replace(SILENT, ended_at=at(115)), 125, None, None),
        (replace(SILENT, reported_at=at(121)), 130, None, None),
    ],
    ids=["silent", "catching up", "caught up", "noticed after the verdict"],
)
def test_no_data(
    silence: Silence, now: float, verdict: ClockVerdict | None, check_at: float | None
) -> None:
    """While all who tell of the stop are silent nothing is breached; then they may catch up."""
    around = Around(silences={"wms": silence}, speakers=SPEAKERS)
    clock = one(pick(), event("order_paid", 0), now=now, around=around)
    assert clock.verdict is verdict
    assert clock.state is (ClockState.RUNNING if verdict else ClockState.BREACHED)
    assert clock.check_at == (None if check_at is None else at(check_at))


def test_one_of_two_speakers_is_enough() -> None:
    """A silence excuses nothing while another source tells of the same."""
    speakers = {"pick_completed": frozenset({"wms", "robot"})}
    around = Around(silences={"wms": SILENT}, speakers=speakers)
    assert one(pick(), event("order_paid", 0), now=130, around=around).state is ClockState.BREACHED


def test_severity_grows_with_the_delay() -> None:
    """A breach is looked at again when it comes to be worse, until it cannot."""
    rule = pick(growth=((30, Severity.HIGH), (60, Severity.CRITICAL)))
    found = [one(rule, event("order_paid", 0), now=now) for now in (121, 150, 200)]
    assert [clock.severity for clock in found] == [
        Severity.MEDIUM,
        Severity.HIGH,
        Severity.CRITICAL,
    ]
    assert [clock.check_at for clock in found] == [at(150), at(180), None]


def test_stretches_of_what_ended_before_it_began() -> None:
    """What was picked before it was paid has no minutes to tell of."""
    clock = clocks(event("order_paid", 0), event("pick_completed", -30), now=10)["pick"]
    assert (clock.state, clock.elapsed_minutes, stretches(clock)) == (ClockState.MET, 0, ())


def test_ledger_of_a_clock_that_was_paused() -> None:
    """The story of a held order: who was at fault while it did not count."""
    moves = (
        event("order_paid", 0),
        event("order_held", 30, hold="fraud_review"),
        event("order_released", 90),
        event("pick_completed", 181),
    )
    held = BOOK.rule("plain")
    assert held is not None
    clock = one(pick(pauses=held.pauses), *moves, now=200)
    assert [(entry.kind.value, entry.at, entry.fault) for entry in ledger(clock)] == [
        ("started", at(0), None),
        ("paused", at(30), Fault.CLIENT),
        ("resumed", at(90), Fault.CLIENT),
        ("breached", at(180), None),
        ("stopped_late", at(181), None),
    ]
    assert [(one.what, one.minutes, one.fault) for one in stretches(clock)] == [
        ("counted", 30, Fault.THREE_PL),
        ("paused", 60, Fault.CLIENT),
        ("counted", 91, Fault.THREE_PL),
    ]
