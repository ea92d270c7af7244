"""Looks at durations whose unit or size is probably not what was meant. Must not count time."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from policies.book.words import minutes
from policies.calendar import Calendar, CalendarExhaustedError
from policies.calendar_plan import DAY
from policies.durations import duration
from policies.lint.check import Check, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.finding import Level
from policies.promise import CutOff, Within
from policies.reasons import Stage
from policies.yaml_text import Step

_SHORTEST = 5
_LONGEST: Mapping[Stage, int] = {
    Stage.PICK: 14 * DAY,
    Stage.PACK: 14 * DAY,
    Stage.SHIP: 30 * DAY,
    Stage.DELIVER: 60 * DAY,
}
"""Minutes beyond which nobody promises a stage."""
_IN_DAYS = re.compile(r"^\s*([0-9]+)\s*d\s*$")


def unlikely(draft: Draft, written: Written) -> Iterator[Spot]:
    """A duration that is far too short or far too long for its stage."""
    stage = written.rule.stage
    for steps, text in _durations(draft, written):
        given = minutes(text)
        if given < _SHORTEST:
            message = f"{text} is less than anybody can keep"
            yield Spot(message, "Check the unit: m is minutes, h hours, d days", steps)
        elif given > _LONGEST[stage]:
            message = f"{text} is far longer than {stage.value} ever takes"
            yield Spot(message, "Check the unit: m is minutes, h hours, d days", steps)


def days_of_shifts(draft: Draft, written: Written) -> Iterator[Spot]:
    """Days on a calendar that is open for less than a day: 24 counted hours are several shifts."""
    short = [one for one in written.calendars if 0 < _open_minutes(one) < DAY]
    if not short:
        return
    calendar = min(short, key=_open_minutes)
    daily = _open_minutes(calendar)
    for steps, text in _durations(draft, written):
        match = _IN_DAYS.match(text)
        if match:
            days = int(match[1])
            took = round(days * DAY / daily, 1)
            message = (
                f"{text} is {days * 24} counted hours: that is {took:g} working days of "
                f"{calendar.name}, which is open {duration(daily)} a day"
            )
            remedy = (
                f"Write {round(days * daily / 60)}h for {days} working days, "
                f'or `by: {{day: +{days} business, by: "24:00"}}`'
            )
            yield Spot(message, remedy, steps)


def never_due(draft: Draft, written: Written) -> Iterator[Spot]:
    """A deadline for which its calendar has too little open time."""
    for calendar in written.calendars:
        try:
            _try_out(draft.now, written, calendar)
        except CalendarExhaustedError:
            message = f"{calendar.name} has too little open time: this never falls due"
            yield Spot(message, "Give the calendar more shifts, or promise less", ("deadline",))


def _try_out(now: datetime, written: Written, calendar: Calendar) -> None:
    deadline = written.rule.deadline
    if isinstance(deadline, Within):
        calendar.add_minutes(now, max(deadline.minutes, *deadline.by_value.values(), 0))
    elif isinstance(deadline, CutOff):
        calendar.business_day(now.date(), max(deadline.before.days, deadline.after.days))


def idle_multipliers(_draft: Draft, written: Written) -> Iterator[Spot]:
    """Multipliers of a deadline that is no duration."""
    if written.model.multipliers and not isinstance(written.rule.deadline, Within):
        message = "multipliers lengthen `within` only; this deadline is a time of day or a date"
        yield Spot(message, "Remove `multipliers` here", ("multipliers",))


def _durations(draft: Draft, written: Written) -> Iterator[tuple[tuple[Step, ...], str]]:
    """The durations of a deadline as written."""
    if written.shortest is None:
        return
    here = ("deadline", "within")
    given: Any = draft.document["slas"][written.index]["deadline"]["within"]
    if not isinstance(given, Mapping):
        yield here, str(given)
        return
    for key, table in given.items():
        for name, time in table.items():
            yield (*here, key, name), str(time)


def _open_minutes(calendar: Calendar) -> float:
    """Minutes of an average day on which it is open at all."""
    days = [shifts for shifts in calendar.plan.week.values() if shifts]
    total = sum(end - start for shifts in days for start, end in shifts)
    return total / len(days) if days else 0


CHECKS: tuple[Check, ...] = (
    RuleCheck("unlikely-duration", Level.WARNING, unlikely),
    RuleCheck("days-on-short-shifts", Level.WARNING, days_of_shifts),
    RuleCheck("never-due", Level.ERROR, never_due),
    RuleCheck("idle-multipliers", Level.NOTE, idle_multipliers),
)
