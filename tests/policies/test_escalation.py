"""When somebody is called: what a look at a timer comes to, step by step."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from policies.callees import Callees, Kind, Whom, callees, whom_of
from policies.escalation import (
    Calling,
    Ladder,
    Phase,
    Step,
    Timer,
    climbed,
    ladder_for,
    look,
    touched,
)
from policies.promise import Escalation
from policies.reasons import ReasonCode, Severity, Status
from policies.records import ExceptionRecord
from policies.shifts import Shift, ShiftBook
from tests.slack.values import NOW, record

ON_SHIFT, LEAD = Whom(kind=Kind.ON_SHIFT), Whom(kind=Kind.LEAD)


def minutes(count: float) -> timedelta:
    """That many minutes."""
    return timedelta(minutes=count)


LADDER = Ladder(
    name="critical",
    steps=(Step(after=minutes(10), whom=ON_SHIFT), Step(after=minutes(30), whom=LEAD)),
    severities=frozenset({Severity.CRITICAL}),
    silence=minutes(60),
)


def late(**changes: Any) -> ExceptionRecord:  # noqa: ANN401
    """A critical exception that nobody has answered."""
    return record(**{"severity": Severity.CRITICAL, **changes})


def begun(one: ExceptionRecord, at: datetime = NOW) -> Timer:
    """The timer of a new exception after its first look."""
    fresh = Timer(tenant_id=1, exception_id=7, touched_at=at, next_at=at)
    looked = look(fresh, one, LADDER, at)
    assert looked.timer is not None
    assert looked.due is None
    return looked.timer


def test_each_level_is_due_once_and_in_order() -> None:
    """The first level is due after 10 minutes, the second 20 minutes later, then no more."""
    timer = begun(late())
    assert (timer.phase, timer.next_at) == (Phase.ANSWER, NOW + minutes(10))
    assert look(timer, late(), LADDER, NOW + minutes(9.9)).due is None
    told: list[Whom] = []
    for minute in (10, 11, 29.9, 30, 31, 500):
        looked = look(timer, late(), LADDER, NOW + minutes(minute))
        assert looked.timer is not None
        timer = looked.timer
        if looked.due is not None:
            told.append(looked.due.whom)
            timer = climbed(timer, LADDER, NOW + minutes(minute))
    assert told == [ON_SHIFT, LEAD]
    assert timer.next_at is None


def test_after_an_outage_the_next_level_waits_its_time() -> None:
    """Whoever is called late has as long to answer as ever before the next one is."""
    timer = begun(late())
    hours = NOW + minutes(300)
    assert look(timer, late(), LADDER, hours).due == LADDER.steps[0]
    assert climbed(timer, LADDER, hours).next_at == hours + minutes(20)


@pytest.mark.parametrize(
    ("changes", "phase"),
    [
        ({"status": Status.ACKNOWLEDGED, "assignee": "U1"}, Phase.SILENCE),
        ({"status": Status.IN_PROGRESS, "assignee": "U1"}, Phase.SILENCE),
        ({"snoozed_until": NOW + minutes(99)}, Phase.REST),
        ({"status": Status.RESOLVED}, Phase.OVER),
        ({"status": Status.CLOSED}, Phase.OVER),
    ],
)
def test_an_answer_ends_the_climb(changes: dict[str, Any], phase: Phase) -> None:
    """Acknowledged, assigned, snoozed or ended: the level that was due is not told."""
    looked = look(begun(late()), late(**changes), LADDER, NOW + minutes(10))
    assert looked.due is None
    assert looked.timer is not None
    assert looked.timer.phase is phase
    assert (looked.timer.next_at is None) is (phase is not Phase.SILENCE)


def test_silence_begins_a_new_climb() -> None:
    """An hour after the last act of who has it the first level is told, the second 20 min later."""
    taken = late(status=Status.ACKNOWLEDGED, assignee="U1")
    timer = touched(begun(late()), NOW + minutes(5), afresh=True)
    looked = look(timer, taken, LADDER, NOW + minutes(5))
    assert looked.timer is not None
    assert looked.timer.next_at == NOW + minutes(65)
    again = touched(looked.timer, NOW + minutes(50), afresh=False)
    looked = look(again, taken, LADDER, NOW + minutes(50))
    assert looked.timer is not None
    assert looked.timer.next_at == NOW + minutes(110)
    due = look(looked.timer, taken, LADDER, NOW + minutes(110))
    assert due.due == LADDER.steps[0]
    assert climbed(looked.timer, LADDER, NOW + minutes(110)).next_at == NOW + minutes(130)


def test_without_a_silence_nobody_is_reminded() -> None:
    """Where the ladder names no silence, what was acknowledged rests."""
    quiet = replace(LADDER, silence=None)
    looked = look(begun(late()), late(status=Status.ACKNOWLEDGED), quiet, NOW + minutes(500))
    assert looked.timer is not None
    assert (looked.timer.phase, looked.timer.next_at) == (Phase.REST, None)


def test_waking_and_reopening_begin_anew() -> None:
    """What is open again waits its full time from then on, with the first level first."""
    timer = climbed(begun(late()), LADDER, NOW + minutes(10))
    woken = touched(timer, NOW + minutes(90), afresh=True)
    looked = look(woken, late(), LADDER, NOW + minutes(91))
    assert looked.timer is not None
    assert (looked.timer.told, looked.timer.next_at) == (0, NOW + minutes(100))


def test_getting_worse_never_puts_a_call_off() -> None:
    """A new climb begins with the worse severity, and not later than a level was due before."""
    high = replace(LADDER, name="high", steps=(Step(after=minutes(30), whom=ON_SHIFT),))
    fresh = Timer(tenant_id=1, exception_id=7, touched_at=NOW, next_at=NOW)
    before = look(fresh, late(severity=Severity.HIGH), high, NOW).timer
    assert before is not None
    for risen, due in ((5, 15), (29, 30)):
        worse = touched(before, NOW + minutes(risen), afresh=False)
        after = look(worse, late(), LADDER, NOW + minutes(risen)).timer
        assert after is not None
        assert (after.ladder, after.told, after.next_at) == ("critical", 0, NOW + minutes(due))


def test_what_no_ladder_is_for_needs_no_timer() -> None:
    """A timer for which nobody would ever be called is let go."""
    fresh = Timer(tenant_id=1, exception_id=7, touched_at=NOW, next_at=NOW)
    assert look(fresh, late(), None, NOW).timer is None
    assert look(fresh, late(), replace(LADDER, steps=()), NOW).timer is None


def test_a_shorter_ladder_ends_the_climb() -> None:
    """When the operator takes a level away, nothing is looked for beyond the last one."""
    timer = climbed(begun(late()), LADDER, NOW + minutes(10))
    short = replace(LADDER, steps=LADDER.steps[:1])
    looked = look(timer, late(), short, NOW + minutes(40))
    assert looked.due is None
    assert looked.timer is not None
    assert looked.timer.next_at is None


def test_the_promise_comes_before_the_ladders() -> None:
    """Steps of the promise are taken in their order; else the first ladder that fits."""
    pick = replace(LADDER, name="pick", reasons=frozenset({ReasonCode.PICK_DELAY}))
    calling = Calling(ladders=(pick, LADDER))
    assert ladder_for(calling, late()) == LADDER
    assert ladder_for(calling, late(severity=Severity.LOW)) is None
    written = (Escalation(after_minutes=30, to="@ops-lead"), Escalation(after_minutes=5, to="#x"))
    own = ladder_for(calling, late(), written)
    assert own is not None
    assert [(step.after, step.whom.kind) for step in own.steps] == [
        (minutes(5), Kind.POST),
        (minutes(30), Kind.LEAD),
    ]
    assert own.silence == LADDER.silence
    assert ladder_for(Calling(), late(), written) is not None


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("channel", Kind.CHANNEL),
        ("On_Shift", Kind.ON_SHIFT),
        ("@ops-lead", Kind.LEAD),
        ("#acme-ops", Kind.POST),
        ("C0123ABCD", Kind.POST),
        ("U0123ABCD", Kind.DM),
        ("S0123ABCD", Kind.DM),
        ("joe", None),
        ("<!channel>", None),
        ("#a <!here>", None),
        ("", None),
    ],
)
def test_whom_a_word_means(word: str, kind: Kind | None) -> None:
    """Words and ids have one meaning; a name or Slack's own markup has none."""
    whom = whom_of(word)
    assert (whom.kind if whom else None) is kind


def test_who_is_called_at_a_site() -> None:
    """The shift's group and people; its lead by name and directly; nobody where none is on."""
    shift = Shift(
        name="days",
        zone="UTC",
        days=(1,),
        begins=600,
        ends=1320,
        sites=("ATL1",),
        group="S1",
        people=("U1",),
        leads=("U9",),
    )
    book = ShiftBook(shifts=(shift, replace(shift, name="all", sites=(), leads=(), people=("U1",))))
    both = callees(ON_SHIFT, book, "ATL1", NOW)
    assert both == Callees(people=("U1",), groups=("S1",), shift="days, all")
    lead = callees(LEAD, book, "ATL1", NOW)
    assert (lead.people, lead.direct, lead.groups) == (("U9",), ("U9",), ())
    assert callees(LEAD, book, "DAL2", NOW).groups == ("S1",)
    assert callees(ON_SHIFT, book, "ATL1", NOW + timedelta(days=1)).nobody
    assert callees(Whom(kind=Kind.CHANNEL), book, "ATL1", NOW).nobody
