"""A clock's span as a bar of characters, and how its minutes add up.

Must not judge or word anything: it measures what a clock says, cell by cell.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from policies.clock import Clock
from policies.instants import MINUTE, moment_of, us_of
from policies.ledger import stretches
from policies.promise import Within
from policies.reasons import ClockState, Fault

CELLS = {"counted": "█", "paused": "░", "closed": "·", "to_come": "─"}
"""What each minute was, and the character for it."""
MARK = "┃"
"""The deadline. It is the last character unless the clock is or was late."""


class Part(NamedTuple):
    """A stretch of the span with the number of characters that it takes, 0 where it is short."""

    what: str
    starts: datetime
    ends: datetime
    fault: Fault
    cells: int


class Bar(NamedTuple):
    """The characters, and the stretches that they stand for."""

    text: str
    parts: tuple[Part, ...]


def bar(clock: Clock, width: int) -> Bar:
    """The span from the start to the deadline or, if later, to where counting ended.

    Args:
        clock: as judged; what is still to come begins at the moment it was judged at.
        width: number of characters, 2 or more. One of them is the deadline; each of the others
            stands for an equal part of the span and shows what its middle was, so that every
            stretch longer than one of them is seen.
    """
    cells = width - 1
    start, until, due = us_of(clock.started_at), us_of(clock.counted_until), _due(clock)
    end = max(due, until, start)
    middles = [start + (end - start) * (2 * cell + 1) // (2 * cells) for cell in range(cells)]
    parts = _parts(clock, end, middles)
    drawn = "".join(CELLS[part.what] * part.cells for part in parts) or CELLS["to_come"] * cells
    place = cells
    if until > due:
        place = max(0, min(cells - 1, round((due - start) * cells / max(1, end - start))))
    return Bar(drawn[:place] + MARK + drawn[place:], parts)


class Paused(NamedTuple):
    """Minutes of the calendar that one hold kept from counting."""

    fault: Fault
    reason: str
    minutes: float


class Sums(NamedTuple):
    """Minutes up to where counting ended; together they are the whole span."""

    counted: float
    paused: tuple[Paused, ...]
    closed: float


def sums(clock: Clock) -> Sums:
    """How the minutes add up; pauses for the same reason are one, in order of appearance."""
    start, until = us_of(clock.started_at), us_of(clock.counted_until)
    found: dict[tuple[Fault, str], float] = {}
    for hold in clock.course.holds:
        ends = until if hold.ends is None else min(hold.ends, until)
        minutes = clock.calendar.between_us(max(hold.starts, start), ends) / MINUTE
        if minutes > 0:
            why = hold.fault, hold.reason
            found[why] = found.get(why, 0.0) + minutes
    closed = sum(stretch.minutes for stretch in stretches(clock) if stretch.what == "closed")
    paused = tuple(Paused(fault, why, minutes) for (fault, why), minutes in found.items())
    return Sums(max(0.0, clock.elapsed_minutes), paused, closed)


def _due(clock: Clock) -> int:
    """The deadline; of a clock that stands still what it would be if it went on now."""
    until = us_of(clock.counted_until)
    if clock.state is not ClockState.PAUSED:
        return us_of(clock.deadline_at)
    if not isinstance(clock.rule.deadline, Within):
        return max(until, us_of(clock.deadline_at))
    left = max(0, clock.target_us - clock.course.counted(until))
    return clock.calendar.add_us(until, left)


def _parts(clock: Clock, end: int, middles: Sequence[int]) -> tuple[Part, ...]:
    known = [(each.what, each.starts, each.ends, each.fault) for each in stretches(clock)]
    come = max(clock.started_at, clock.counted_until)
    if us_of(come) < end:
        known.append(("to_come", come, moment_of(end), Fault.NONE))
    if not known:
        return ()
    begins = [us_of(starts) for _, starts, _, _ in known]
    shown = [max(0, bisect_right(begins, middle) - 1) for middle in middles]
    return tuple(Part(*each, shown.count(place)) for place, each in enumerate(known))
