"""Runs the examples that rules carry, by the engine that judges orders. Must not judge itself.

Examples are judged as if the policy had always been in force, among all rules of the rule's group.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from policies.book.examples import Example
from policies.calendar import CalendarExhaustedError
from policies.clock import Clock
from policies.durations import duration
from policies.facts import Timeline, timeline_of
from policies.lint.check import Check, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.event_names import known_names, names_in, unknown_name
from policies.lint.finding import Level
from policies.order_facts import ALONE, order_facts
from policies.promise import SlaRule
from policies.reasons import ClockState
from policies.sla import evaluate

_NEAR = timedelta(minutes=1)
"""What nobody writes in an example: 24:00 is a microsecond before the next day."""
_NONE = "none"
_DUE = ["deadline"]


_CORRECT = "Correct the rule, or the example if the rule is right"


def failing(draft: Draft, written: Written) -> Iterator[Spot]:
    """Examples of which something else comes out; one finding where one misspelt name is why."""
    found = list(_failures(draft, written))
    strange = _strange_ends(draft, written)
    if strange and len(found) > 1:
        message = f"{len(found)} of {len(written.examples)} examples fail: nothing tells "
        message += " and ".join(strange)
        remedy = "Correct that name first; the examples are tried again then"
        yield Spot(message, remedy, ("examples",))
        return
    for place, example, said in found:
        names = [kind for kind in _strange_given(draft, written, example) if kind not in strange]
        if names:
            spot = unknown_name(draft, ("examples", place), names[0])
            yield Spot(f"{example.name}: {spot.message}", spot.remedy, spot.steps)
        else:
            yield Spot(f"{example.name}: {said}", _CORRECT, ("examples", place))


def unknown_given(draft: Draft, written: Written) -> Iterator[Spot]:
    """Events that an example gives and nothing is known to tell, though it holds all the same."""
    failed = {place for place, _, _ in _failures(draft, written)}
    for place, example in enumerate(written.examples):
        for kind in () if place in failed else _strange_given(draft, written, example):
            yield unknown_name(draft, ("examples", place), kind)


def holding(draft: Draft, written: Written) -> int:
    """How many of its examples come out as they say."""
    return len(written.examples) - sum(1 for _ in _failures(draft, written))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came out of an example, in words, and whether it is what was expected."""

    words: str
    holds: bool


def judged(draft: Draft, written: Written, example: Example) -> Judged | None:
    """What the engine makes of an example, whoever wrote it; None where nothing tells its events.

    Raises:
        CalendarExhaustedError: a calendar runs out.
    """
    if _strange_given(draft, written, example):
        return None
    timeline = timeline_of("example", example.events)
    clock = the_clock(evaluate(timeline, _rivals(draft, written.rule), example.now), example.sla_id)
    if clock is None:
        why = _why_none(draft, written, timeline)
        return Judged(words=f"no clock: {why}", holds=example.expect.get("state") == _NONE)
    return Judged(words=told(clock), holds=not dict(_differences(example, clock)))


def _failures(draft: Draft, written: Written) -> Iterator[tuple[int, Example, str]]:
    for place, example in enumerate(written.examples):
        said = _mismatch(draft, written, example)
        if said is not None:
            yield place, example, said


def _strange_ends(draft: Draft, written: Written) -> list[str]:
    """What starts or stops the rule and is a name that nothing is known to tell."""
    known = known_names(draft)
    return [kind for kind in (*written.rule.start, *written.rule.stop) if kind not in known]


def _strange_given(draft: Draft, written: Written, example: Example) -> list[str]:
    """Given events that nothing is known to tell and that the rule does not name itself."""
    known = known_names(draft).union(name for _, name in names_in(written))
    kinds = dict.fromkeys(event.event_type for event in example.events)
    return [kind for kind in kinds if kind not in known]


def missing(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A rule that nothing proves right."""
    if not written.examples:
        message = f"{written.rule.sla_id} has no examples that prove it"
        remedy = f"Add one that you know the answer of, as {_proposal(written)}"
        yield Spot(message, remedy)


def _proposal(written: Written) -> str:
    start = (*written.rule.start, "order_created")[0]
    stop = written.rule.stop[0]
    given = f"{start}: 2026-03-02 10:00, {stop}: 2026-03-02 11:00"
    if start == stop:
        given = f"{start}: [2026-03-02 10:00, 2026-03-02 11:00]"
    return f"`examples: [{{given: {{{given}}}, expect: met}}]`"


def _mismatch(draft: Draft, written: Written, example: Example) -> str | None:
    """What came out instead, or None where it is as expected."""
    timeline = timeline_of("example", example.events)
    try:
        clocks = evaluate(timeline, _rivals(draft, written.rule), example.now)
    except CalendarExhaustedError as error:
        return str(error)
    clock = the_clock(clocks, example.sla_id)
    if clock is None:
        wanted = example.expect.get("state", "a clock")
        if wanted == _NONE:
            return None
        return f"expected {wanted}, got no clock: {_why_none(draft, written, timeline)}"
    wrong = dict(_differences(example, clock))
    if not wrong:
        return None
    due = f"due {_local(clock.deadline_at, clock)}"
    return f"expected {', '.join(wrong.values())}, got {due if [*wrong] == _DUE else told(clock)}"


def _rivals(draft: Draft, rule: SlaRule) -> Iterator[SlaRule]:
    """The rule and those of its group, in the order in which they are tried."""
    for one in draft.timeless:
        if one.sla_id == rule.sla_id or (rule.group is not None and one.group == rule.group):
            yield one


def the_clock(clocks: tuple[Clock, ...], sla_id: str) -> Clock | None:
    """The rule's clock; of several the first one that was broken, else the last one."""
    own = [clock for clock in clocks if clock.rule.sla_id == sla_id]
    broken = [clock for clock in own if clock.state is ClockState.BREACHED]
    return next(iter(broken), own[-1] if own else None)


def _differences(example: Example, clock: Clock) -> Iterator[tuple[str, str]]:
    """What was expected and did not come out, by name, in words."""
    expect = example.expect
    if "state" in expect and expect["state"] != clock.state.value:
        yield "state", expect["state"]
    if "deadline" in expect and abs(expect["deadline"] - clock.deadline_at) > _NEAR:
        yield "deadline", f"due {_local(expect['deadline'], clock)}"
    if "delay_minutes" in expect and abs(expect["delay_minutes"] - clock.delay_minutes) >= 1:
        yield "delay", f"{duration(expect['delay_minutes'])} late"
    if "verdict" in expect and expect["verdict"] != (
        clock.verdict.value if clock.verdict else None
    ):
        yield "verdict", f"verdict {expect['verdict'] or _NONE}"


def told(clock: Clock) -> str:
    """`breached 30 min late, due 2026-03-02 18:00 America/New_York`."""
    late = f" {duration(clock.delay_minutes)} late" if clock.delay_minutes else ""
    verdict = f" ({clock.verdict.value})" if clock.verdict else ""
    return f"{clock.state.value}{verdict}{late}, due {_local(clock.deadline_at, clock)}"


def _local(moment: datetime, clock: Clock) -> str:
    """To the minute, on the calendar's wall clock; the last instant of a day is its 24:00."""
    zone = clock.calendar.timezone
    local = moment.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute, local.second) == (23, 59, 59):
        return f"{local:%Y-%m-%d} 24:00 {zone}"
    return f"{local:%Y-%m-%d %H:%M} {zone}"


def _why_none(draft: Draft, written: Written, timeline: Timeline) -> str:
    """The likeliest reason why a rule does not time an order."""
    rule, order = written.rule, order_facts(timeline, ALONE)
    if rule.when is not None and not rule.when.fits(order.stated):
        return "its `order` is not one that `when` means"
    first = next((r for r in _rivals(draft, rule) if not r.when or r.when.fits(order.stated)), rule)
    if first.sla_id != rule.sla_id:
        return f"{first.sla_id} comes first in group {rule.group}"
    if rule.start and timeline.first(rule.start) is None:
        return f"`given` has no {' or '.join(rule.start)}"
    return "nothing in it starts the clock, or no promised date is stated"


CHECKS: tuple[Check, ...] = (
    RuleCheck("example-fails", Level.ERROR, failing),
    RuleCheck("unknown-event", Level.WARNING, unknown_given),
    RuleCheck("no-examples", Level.NOTE, missing),
)
