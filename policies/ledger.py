"""The ledger of a clock: what became of it and when, with the event behind each entry.

Must not judge: the entries are read off a clock, so the same history gives the same ledger.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from policies.clock import Clock
from policies.facts import OrderEvent
from policies.instants import moment_of, us_of
from policies.reasons import ClockState, ClockVerdict, Fault


class LedgerKind(StrEnum):
    """What can become of a clock."""

    STARTED = "started"
    RESET = "reset"
    PAUSED = "paused"
    RESUMED = "resumed"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"
    CURED = "cured"
    LATE_EVIDENCE = "late_evidence"
    STOPPED_LATE = "stopped_late"


class Entry(NamedTuple):
    """One line of a ledger; `event` is None where time alone did it. `fault` is a pause's."""

    kind: LedgerKind
    at: datetime
    event: OrderEvent | None
    fault: Fault | None = None


def ledger(clock: Clock) -> tuple[Entry, ...]:
    """The entries of a clock in time order."""
    entries = sorted(_entries(clock), key=lambda entry: (entry.at, _ORDER[entry.kind]))
    return tuple(entries)


_ORDER = {kind: place for place, kind in enumerate(LedgerKind)}


def _entries(clock: Clock) -> Iterator[Entry]:
    began = clock.start_event.occurred_at if clock.restarts else clock.started_at
    yield Entry(LedgerKind.STARTED, began, clock.start_event)
    for event in clock.restarts:
        yield Entry(LedgerKind.RESET, event.occurred_at, event)
    yield from _pauses(clock, us_of(began))
    stop = clock.stop_event
    revised = clock.first_verdict is ClockState.BREACHED
    if clock.state is ClockState.BREACHED or revised:
        yield Entry(LedgerKind.BREACHED, clock.deadline_at, None)
    if clock.verdict is ClockVerdict.CURED:
        yield Entry(LedgerKind.CURED, clock.counted_until, stop or clock.cancel_event)
    elif clock.verdict is ClockVerdict.LATE_EVIDENCE and stop is not None:
        yield Entry(LedgerKind.LATE_EVIDENCE, stop.received_at or stop.occurred_at, stop)
    elif stop is not None:
        late = clock.state is ClockState.BREACHED
        yield Entry(LedgerKind.STOPPED_LATE if late else LedgerKind.MET, stop.occurred_at, stop)
    if clock.state is ClockState.CANCELLED and clock.cancel_event is not None:
        yield Entry(LedgerKind.CANCELLED, clock.cancel_event.occurred_at, clock.cancel_event)


def _pauses(clock: Clock, began: int) -> Iterator[Entry]:
    until = us_of(clock.counted_until)
    for hold in clock.course.holds:
        if hold.starts > until or (hold.ends is not None and hold.ends <= began):
            continue
        starts = moment_of(max(hold.starts, began))
        yield Entry(LedgerKind.PAUSED, starts, hold.begun_by, hold.fault)
        if hold.ends is not None and hold.ends <= until:
            yield Entry(LedgerKind.RESUMED, moment_of(hold.ends), hold.ended_by, hold.fault)


class Stretch(NamedTuple):
    """A part of a clock's span. `what` is counted, paused or closed; `fault` whose time it is."""

    starts: datetime
    ends: datetime
    what: str
    fault: Fault

    @property
    def minutes(self) -> float:
        """Plain minutes."""
        return (self.ends - self.starts).total_seconds() / 60


def stretches(clock: Clock) -> tuple[Stretch, ...]:
    """Every minute from start to end, in time order, with whose minute it was.

    A minute outside the calendar is closed, also during a hold, so that nothing counts twice.
    There is none where the end came before the start.
    """
    start, end = us_of(clock.started_at), us_of(clock.counted_until)
    if end <= start:
        return ()
    marks = {start, end}
    for hold in clock.course.holds:
        marks.update(us for us in (hold.starts, hold.ends) if us is not None and start < us < end)
    for opens, closes in clock.calendar.open_spans(moment_of(start), moment_of(end)):
        marks.update(us for us in (us_of(opens), us_of(closes)) if start < us < end)
    ordered = sorted(marks)
    pieces = [_piece(clock, first, last) for first, last in pairwise(ordered)]
    return tuple(_joined(pieces))


def _piece(clock: Clock, first: int, last: int) -> Stretch:
    middle = moment_of((first + last) // 2)
    what, fault = "counted", clock.rule.fault or Fault.NONE
    if not clock.calendar.is_open(middle):
        what, fault = "closed", Fault.NONE
    else:
        hold = next((h for h in clock.course.holds if h.covers(us_of(middle))), None)
        if hold is not None:
            what, fault = "paused", hold.fault
    return Stretch(moment_of(first), moment_of(last), what, fault)


def _joined(pieces: list[Stretch]) -> Iterator[Stretch]:
    """Neighbours that are alike become one."""
    waiting: Stretch | None = None
    for piece in pieces:
        if waiting and (waiting.what, waiting.fault) == (piece.what, piece.fault):
            waiting = waiting._replace(ends=piece.ends)
        else:
            if waiting:
                yield waiting
            waiting = piece
    if waiting:
        yield waiting
