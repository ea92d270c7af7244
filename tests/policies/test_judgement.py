"""What clocks mean for exceptions: opened once, settled by themselves, never doubled."""

from dataclasses import replace

from policies.facts import OrderEvent
from policies.judgement import Corrected, Decision, Opened, Settled, judge
from policies.lifecycle import Act, take
from policies.reasons import Severity, Status
from policies.records import ExceptionRecord
from policies.sla import evaluate
from tests.policies.builders import at, book, event, timeline

PAID = event("order_paid", 0, client="acme", note="<!channel> free text")


def decide(
    *events: OrderEvent, now: float, records: tuple[ExceptionRecord, ...] = ()
) -> list[Decision]:
    """The decisions about SO-1."""
    known = timeline(*events)
    return judge(1, known, evaluate(known, book().rules, at(now)), records, at(now))


def a_record() -> ExceptionRecord:
    """The pick delay of an order that was paid and is silent, opened a minute late."""
    (decision,) = decide(PAID, now=121)
    return replace(decision.record, id=1)


def test_silence_opens() -> None:
    """An order that is paid and silent has one open exception once its deadline has passed."""
    (decision,) = decide(PAID, now=121)
    assert isinstance(decision, Opened)
    record = decision.record
    assert (record.status, record.severity, record.delay_minutes) == (
        Status.OPEN,
        Severity.MEDIUM,
        1,
    )


def test_nothing_twice() -> None:
    """What is on record is not opened again, whatever its status."""
    for status in Status:
        assert decide(PAID, now=500, records=(replace(a_record(), status=status),)) == []


def test_late_event_settles_with_the_real_delay() -> None:
    """The late event settles its exception by itself and the true delay is kept."""
    picked = event("pick_completed", 155)
    (decision,) = decide(PAID, picked, now=160, records=(a_record(),))
    assert isinstance(decision, Settled)
    record = decision.record
    assert (record.status, record.resolution) == (Status.RESOLVED, "settled_late")
    assert (record.delay_minutes, record.version) == (35, 2)


def test_known_in_retrospect() -> None:
    """A breach that was over when it became known is opened and settled in one step."""
    (decision,) = decide(PAID, event("pick_completed", 155), now=160)
    assert isinstance(decision, Opened)
    record = decision.record
    assert (record.status, record.resolution) == (Status.RESOLVED, "settled_late")


def test_late_evidence_withdraws() -> None:
    """Evidence that it was in time after all settles the exception without a delay."""
    picked = event("pick_completed", 100)
    (decision,) = decide(PAID, picked, now=200, records=(a_record(),))
    assert isinstance(decision, Settled)
    assert (decision.record.resolution, decision.record.delay_minutes) == ("late_evidence", 0)


def test_cancelled_order_settles() -> None:
    """A cancelled order's exception is settled, and says why."""
    (decision,) = decide(PAID, event("order_cancelled", 130), now=140, records=(a_record(),))
    assert isinstance(decision, Settled)
    assert decision.record.resolution == "order_cancelled"


def test_cancelled_before_the_deadline_opens_nothing() -> None:
    """An order that was cancelled in time has no exception."""
    assert decide(PAID, event("order_cancelled", 100), now=500) == []


def test_reopened_stays_open() -> None:
    """What a person reopened after it was settled is not settled again by the same event."""
    picked = event("pick_completed", 155)
    reopened = replace(a_record(), stopped_at=picked.occurred_at, status=Status.OPEN)
    assert not [
        d for d in decide(PAID, picked, now=300, records=(reopened,)) if isinstance(d, Settled)
    ]


def test_resolved_by_a_person_learns_the_delay() -> None:
    """A record that a person resolved early is corrected when the event comes, not reopened."""
    resolved = replace(a_record(), status=Status.RESOLVED, resolved_at=at(125), resolution="done")
    (decision,) = decide(PAID, event("pick_completed", 150), now=160, records=(resolved,))
    assert isinstance(decision, Corrected)
    assert (decision.record.status, decision.record.delay_minutes) == (Status.RESOLVED, 30)


def test_free_text_is_no_fact() -> None:
    """Only the payload keys that texts may use are kept with an exception."""
    assert a_record().facts == {"client": "acme"}


def test_reopened_after_a_cancellation_stays_open() -> None:
    """What a person reopened although the order was cancelled is not settled again by that."""
    cancelled = event("order_cancelled", 130)
    (settled,) = decide(PAID, cancelled, now=140, records=(a_record(),))
    act = Act(verb="reopen", exception_id=1, actor="slack:U1", tenant_ids=(1,))
    reopened = take(settled.record, act, at(150))
    assert isinstance(reopened, ExceptionRecord)
    later = decide(PAID, cancelled, event("note_added", 160), now=170, records=(reopened,))
    assert not [decision for decision in later if isinstance(decision, Settled)]
