"""Snoozes that end with an event: what words mean, and when the wait is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from policies.awaiting import WORSE, awaited, event_of, woken
from policies.cut_offs import next_cut_off
from policies.facts import KINDS, OrderEvent
from policies.judgement import Corrected, Decision, Settled, Woken, judge
from policies.lifecycle import AWAITED, Act, take
from policies.promise import CutOff, DayTime
from policies.reasons import Severity
from policies.records import ExceptionRecord
from policies.sites import Zone
from policies.sla import evaluate
from tests.policies.builders import at, book, event, timeline
from tests.policies.test_judgement import PAID, a_record


def snoozed(awaits: str | None) -> ExceptionRecord:
    """The late order, made quiet at minute 130 until minute 900."""
    act = Act(
        verb="snooze",
        exception_id=1,
        actor="slack:U1",
        tenant_ids=(1,),
        until=at(900),
        awaits=awaits,
    )
    after = take(a_record(), act, at(130))
    assert isinstance(after, ExceptionRecord)
    return after


def decide(record: ExceptionRecord, *events: OrderEvent, now: float) -> list[Decision]:
    """What follows for it at that minute."""
    known = timeline(PAID, *events)
    clocks = evaluate(known, book().rules, at(now))
    return woken(judge(1, known, clocks, [record], at(now)), [record], clocks, known, at(now))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("carrier scan", "carrier_scan"),
        ("Carrier-Scan", "carrier_scan"),
        ("picked", "pick_completed"),
        ("packed", "pack_completed"),
        ("picked up", "carrier_picked_up"),
        ("order delivered", "delivered"),
        ("delivered", "delivered"),
        ("soon", None),
        ("", None),
    ],
)
def test_what_people_call_an_event(words: str, kind: str | None) -> None:
    """Everyday words, our names and the sources' names mean one kind of event."""
    assert event_of(words) == kind


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_waited_for_by_its_name(kind: str) -> None:
    """An event's own name, written with spaces, is understood."""
    assert event_of(kind.replace("_", " ")) == kind


def test_the_awaited_event_wakes_it() -> None:
    """Heard of after the snooze, the event ends it, with the event as the reason."""
    record = snoozed("label_created")
    assert awaited(record) == "label_created"
    assert decide(record, now=131) == []
    (decision,) = decide(record, event("label_created", 135), now=136)
    assert isinstance(decision, Woken)
    assert (decision.why, decision.before) == ("label_created", record)
    assert (decision.record.snoozed_until, decision.record.version) == (None, record.version + 1)
    assert AWAITED not in decision.record.facts


def test_what_was_known_before_does_not_wake_it() -> None:
    """Who waits for another scan is not woken by the one that they knew of."""
    known = event("label_created", 100)
    assert decide(snoozed("label_created"), known, now=131) == []


def test_what_is_heard_later_counts_whenever_it_happened() -> None:
    """An event of before the snooze that is told only now is news."""
    late = replace(event("label_created", 100), received_at=at(140))
    (decision,) = decide(snoozed("label_created"), late, now=141)
    assert isinstance(decision, Woken)


def test_a_later_event_proves_the_awaited_one() -> None:
    """A parcel that is out for delivery was scanned, though nobody told of the scan."""
    (decision,) = decide(snoozed("carrier_scan"), event("out_for_delivery", 200), now=201)
    assert isinstance(decision, Woken)
    assert decision.why == "carrier_scan"


def test_its_own_event_settles_it_instead() -> None:
    """What ends the exception ends the snooze with it."""
    (decision,) = decide(snoozed("pick_completed"), event("pick_completed", 200), now=201)
    assert isinstance(decision, Settled)
    assert (decision.record.snoozed_until, awaited(decision.record)) == (None, None)


@pytest.mark.parametrize("awaits", [None, "label_created"])
def test_it_wakes_when_it_gets_worse(awaits: str | None) -> None:
    """A severity that rose is not what was made quiet."""
    record = replace(snoozed(awaits), severity=Severity.LOW)
    (decision,) = decide(record, now=131)
    assert isinstance(decision, Woken)
    assert (decision.why, decision.record.severity) == (WORSE, Severity.MEDIUM)


def test_what_is_awake_or_over_is_left_alone() -> None:
    """Severity that rises on one that nobody snoozed is a correction, as ever."""
    (decision,) = decide(replace(a_record(), severity=Severity.LOW), now=131)
    assert isinstance(decision, Corrected)


def test_a_wait_that_cannot_be_read_is_over() -> None:
    """Nobody sleeps for ever by a broken note."""
    record = snoozed("label_created")
    broken = replace(record, facts={AWAITED: {"event": "label_created", "since": "?"}})
    (decision,) = decide(broken, now=131)
    assert isinstance(decision, Woken)


def test_the_next_cut_off_is_the_promise_s_own_or_the_clients() -> None:
    """Today's if it is to come, else the next business day's; none where no promise has one."""
    zone = Zone(default="America/New_York")
    day = DayTime(days=0, business=True, minute=1440)
    cut_off = CutOff(at=14 * 60, before=day, after=day, zone=zone)
    rules = [replace(rule, deadline=cut_off) for rule in book().rules[:1]]
    before = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
    after = before + timedelta(hours=2)
    assert next_cut_off(a_record(), rules, before) == datetime(2026, 3, 3, 19, 0, tzinfo=UTC)
    assert next_cut_off(a_record(), rules, after) == datetime(2026, 3, 4, 19, 0, tzinfo=UTC)
    gone = [replace(rule, valid_until=before) for rule in rules]
    assert next_cut_off(a_record(), gone, before) is None
