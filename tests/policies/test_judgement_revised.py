"""What revised verdicts mean for exceptions: late evidence, growth, cures, vanished promises."""

from dataclasses import replace

from policies.as_told import as_told
from policies.book.read import read_sla_book
from policies.facts import OrderEvent
from policies.judgement import Corrected, Decision, Dropped, Opened, Reopened, Settled, judge
from policies.order_facts import ALONE, Around, Silence
from policies.reasons import ClockState, ClockVerdict, Severity, Status
from policies.records import ExceptionRecord
from policies.sla import evaluate
from tests.policies.builders import at, event, timeline

POLICY = """
version: "1"
{effective}
slas:
  - id: ship
    {when}
    start: [order_paid]
    stop: [carrier_scan]
    cancel: [order_cancelled]
    deadline: {{within: 2h}}
    pause: [{{hold: awaiting_payment, fault: client}}]
    cure: {{if: "delivered_at <= promised_delivery"}}
    on_breach: {{exception: SHIP_DELAY, severity: LOW, grows: {{1h: HIGH, 3h: CRITICAL}}}}
"""
PAID = event("order_paid", 0, client="acme", promised_delivery="2026-03-05")


def decide(
    *events: OrderEvent,
    now: float,
    records: tuple[ExceptionRecord, ...] = (),
    effective: str = "",
    when: str = "",
    around: Around = ALONE,
) -> list[Decision]:
    """The decisions about SO-1 under the policy above."""
    rules = read_sla_book(POLICY.format(effective=effective, when=when)).rules
    known = timeline(*events)
    return judge(1, known, evaluate(known, rules, at(now), around), records, at(now))


def a_record() -> ExceptionRecord:
    """The ship delay, opened a minute late."""
    (decision,) = decide(PAID, now=121)
    return replace(decision.record, id=1)


def test_severity_grows_with_the_delay() -> None:
    """An exception that stays open gets worse at the steps that its rule names."""
    assert a_record().severity is Severity.LOW
    (decision,) = decide(PAID, now=181, records=(a_record(),))
    assert isinstance(decision, Corrected)
    assert (decision.record.severity, decision.record.version) == (Severity.HIGH, 1)
    (worse,) = decide(PAID, now=301, records=(decision.record,))
    assert worse.record.severity is Severity.CRITICAL


def test_a_settled_one_does_not_grow() -> None:
    """Nobody has to act any more, so nothing gets worse."""
    settled = replace(a_record(), status=Status.RESOLVED, resolution="done")
    assert decide(PAID, now=181, records=(settled,)) == []


def test_a_cure_settles() -> None:
    """Late, but delivered as promised: the breach is made good by itself."""
    delivered = event("delivered", 2000)
    (decision,) = decide(PAID, delivered, now=2001, records=(a_record(),))
    assert isinstance(decision, Settled)
    assert decision.record.resolution == "cured"


def test_a_hold_told_late_disproves_a_breach() -> None:
    """A hold that we hear of afterwards stops the clock, and the exception settles."""
    held = event("order_held", 60, hold="awaiting_payment")
    (decision,) = decide(PAID, held, now=130, records=(a_record(),))
    assert isinstance(decision, Settled)
    assert decision.record.resolution == "late_evidence"


def test_a_disproved_breach_can_be_one_after_all() -> None:
    """When the hold is over and the time runs out again, the same exception opens again."""
    held = event("order_held", 60, hold="awaiting_payment")
    (settled,) = decide(PAID, held, now=130, records=(a_record(),))
    released = event("order_released", 200, hold="awaiting_payment")
    (before,) = decide(PAID, held, released, now=259, records=(settled.record,))
    assert isinstance(before, Corrected)
    assert before.record.status is Status.RESOLVED
    (again,) = decide(PAID, held, released, now=261, records=(settled.record,))
    assert isinstance(again, Reopened)
    assert (again.record.status, again.record.resolution) == (Status.OPEN, None)
    assert again.record.version == settled.record.version + 1


def test_a_promise_that_no_longer_applies_settles() -> None:
    """When an order turns out to be another client's, its exception is dropped."""
    (decision,) = decide(PAID, now=130, records=(a_record(),), when="when: {client: globex}")
    assert isinstance(decision, Dropped)
    assert decision.record.resolution == "no_longer_applies"


def test_a_watched_rule_opens_nothing() -> None:
    """Before `enforce_from` a clock is shown and no exception opens."""
    watched = "effective: {enforce_from: 2026-03-03}"
    assert decide(PAID, now=130, effective=watched) == []
    late = event("order_paid", 1440)
    assert isinstance(decide(late, now=1440 + 130, effective=watched)[0], Opened)


def test_silence_of_the_source_opens_nothing() -> None:
    """Absence of data is no breach: while the carrier is silent nobody knows."""
    around = Around(
        silences={"carrier": Silence(source="carrier", since=at(50), reported_at=at(60))},
        speakers={"carrier_scan": frozenset({"carrier"})},
    )
    assert decide(PAID, now=500, around=around) == []


def test_what_was_told_before_the_silence_stands() -> None:
    """A breach before the silence was noticed stays one."""
    around = Around(
        silences={"carrier": Silence(source="carrier", since=at(50), reported_at=at(130))},
        speakers={"carrier_scan": frozenset({"carrier"})},
    )
    assert isinstance(decide(PAID, now=500, around=around)[0], Opened)


def test_the_reason_of_a_settlement_is_kept_right() -> None:
    """An order called off by its delivery, whose scan is told afterwards, was settled late."""
    cancelled = event("order_cancelled", 300)
    (gone,) = decide(PAID, cancelled, now=301, records=(a_record(),))
    assert gone.record.resolution == "order_cancelled"
    scan = event("carrier_scan", 200)
    (decision,) = decide(PAID, scan, cancelled, now=400, records=(gone.record,))
    assert isinstance(decision, Corrected)
    assert (decision.record.resolution, decision.record.delay_minutes) == ("settled_late", 80)


def test_a_first_verdict_that_was_told_is_kept() -> None:
    """A clock that is met after its exception had opened says that it was called breached."""
    known = timeline(PAID, event("carrier_scan", 100))
    rules = read_sla_book(POLICY.format(effective="", when="")).rules
    (clock,) = as_told(evaluate(known, rules, at(130)), [a_record()])
    assert (clock.state, clock.verdict) == (ClockState.MET, ClockVerdict.LATE_EVIDENCE)
    assert clock.first_verdict is ClockState.BREACHED
    (untold,) = as_told(evaluate(known, rules, at(130)), [])
    assert untold.verdict is None
