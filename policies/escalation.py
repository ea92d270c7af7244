"""Who is called when nobody answers: ladders of steps, and the timer that climbs one.

Must not call anybody, read or write: it takes a timer, a record and `now`, returns what is due.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from policies.callees import Whom, read_whom
from policies.promise import Escalation
from policies.reasons import ReasonCode, Severity, Status
from policies.records import ExceptionRecord
from policies.shifts import NO_SHIFTS, ShiftBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A level of a ladder: whom to call after so long without an answer."""

    after: timedelta
    whom: Whom


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Levels in the order of their times, for which exceptions; empty sets do not restrict.

    `silence` is after how long without an act whoever owns it counts as silent; None for never.
    """

    name: str
    steps: tuple[Step, ...]
    severities: frozenset[Severity] = frozenset()
    reasons: frozenset[ReasonCode] = frozenset()
    silence: timedelta | None = None

    def fits(self, record: ExceptionRecord) -> bool:
        """Whether it is for that exception."""
        return (not self.severities or record.severity in self.severities) and (
            not self.reasons or record.reason_code in self.reasons
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """What the operator wrote: the ladders, tried from the top, and who is on shift."""

    ladders: tuple[Ladder, ...] = ()
    shifts: ShiftBook = NO_SHIFTS


NOBODY = Calling()
"""Nobody is ever called."""


def ladder_for(
    calling: Calling, record: ExceptionRecord, written: Sequence[Escalation] = ()
) -> Ladder | None:
    """The ladder of an exception: the steps that its promise names, else the first that fits.

    Args:
        calling: the ladders for everybody.
        record: the exception.
        written: `on_breach.escalate` of its promise.
    """
    general = next((ladder for ladder in calling.ladders if ladder.fits(record)), None)
    if not written:
        return general
    steps = [
        Step(after=timedelta(minutes=step.after_minutes), whom=read_whom(step.to))
        for step in sorted(written, key=lambda step: step.after_minutes)
    ]
    silence = general.silence if general else None
    return Ladder(name=f"rule {record.sla_id}", steps=tuple(steps), silence=silence)


class Phase(StrEnum):
    """What a timer waits for: an answer, a word from who owns it, or nothing."""

    ANSWER = "answer"
    SILENCE = "silence"
    REST = "rest"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """How far the calling has come for one exception. All times are business time.

    `since` is when this climb began, `told` how many of its levels were told, `due_at` when the
    next one is. `next_at` is when to look: at once after a change, which `touched_at` dates.
    """

    tenant_id: int
    exception_id: int
    touched_at: datetime
    phase: Phase = Phase.REST
    ladder: str = ""
    severity: Severity = Severity.LOW
    told: int = 0
    since: datetime | None = None
    due_at: datetime | None = None
    next_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look at a timer came to: the timer as it goes on, and the level that is due now.

    `timer` is None where nobody is ever called for that exception.
    """

    timer: Timer | None
    due: Step | None = None


def look(timer: Timer, record: ExceptionRecord, ladder: Ladder | None, now: datetime) -> Looked:
    """Whether a level is due. What became of the exception is read from its record.

    An answer ends the climb, so does a snooze or the end of the exception. A new climb begins with
    each phase, and where it got worse: then no later than the next level was due.
    """
    if ladder is None or not ladder.steps:
        return Looked(timer=None)
    phase = phase_of(record, ladder)
    known = replace(timer, phase=phase, ladder=ladder.name, severity=record.severity)
    if phase in (Phase.REST, Phase.OVER):
        return Looked(timer=replace(known, told=0, since=None, due_at=None, next_at=None))
    if phase is not timer.phase or timer.since is None or _was_touched(timer):
        known = _begun(known, ladder)
    elif _rank(record.severity) > _rank(timer.severity):
        anew = _begun(known, ladder)
        soonest = min(at for at in (anew.due_at, timer.due_at) if at is not None)
        known = replace(anew, due_at=soonest)
    due_at = known.due_at if known.told < len(ladder.steps) else None
    known = replace(known, due_at=due_at, next_at=due_at)
    if due_at is None or due_at > now:
        return Looked(timer=known)
    return Looked(timer=known, due=ladder.steps[known.told])


def phase_of(record: ExceptionRecord, ladder: Ladder) -> Phase:
    """What is waited for, as the exception stands."""
    if not record.active:
        return Phase.OVER
    if record.snoozed_until is not None:
        return Phase.REST
    if record.status is Status.OPEN:
        return Phase.ANSWER
    return Phase.SILENCE if ladder.silence else Phase.REST


def climbed(timer: Timer, ladder: Ladder, now: datetime, told: int | None = None) -> Timer:
    """The timer once a level was told now; the next one waits as long as lies between the two.

    `told` is how many levels were told, where that is not one more: a storm is told as one.
    """
    done = timer.told + 1 if told is None else told
    steps = ladder.steps
    due = now + steps[done].after - steps[done - 1].after if 0 < done < len(steps) else None
    return replace(timer, told=done, due_at=due, next_at=due)


def touched(timer: Timer, at: datetime, *, afresh: bool) -> Timer:
    """The timer after something was done; `afresh` begins a new climb with what is waited for."""
    phase = Phase.REST if afresh else timer.phase
    return replace(timer, touched_at=at, next_at=at, phase=phase, version=timer.version + 1)


def _begun(timer: Timer, ladder: Ladder) -> Timer:
    since = timer.touched_at
    wait = ladder.steps[0].after
    if timer.phase is Phase.SILENCE and ladder.silence is not None:
        wait = ladder.silence
    return replace(timer, since=since, told=0, due_at=since + wait)


def _was_touched(timer: Timer) -> bool:
    """Whoever owns it said or did something since."""
    return (
        timer.phase is Phase.SILENCE
        and timer.since is not None
        and (timer.touched_at > timer.since)
    )


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)
