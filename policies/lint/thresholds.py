"""Looks at what comes one after the other on a clock: warnings, milestones, severities, steps.

Must not decide when an order is at risk.
"""

from collections.abc import Iterator
from itertools import pairwise

from policies.callees import KNOWN, whom_of
from policies.durations import duration
from policies.lint.check import Check, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.finding import Level
from policies.promise import Part
from policies.reasons import Severity

_LEVELS = tuple(Severity)


def warning_at_once(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A warning that is due before the clock starts."""
    for place, warn in enumerate(written.model.warn):
        left = warn.remaining.minutes_left if warn.remaining else None
        if left is not None and written.shortest is not None and left >= written.shortest:
            message = (
                f"the promise allows {duration(written.shortest)} and warns {duration(left)} "
                "before its end: every order is at risk from the start"
            )
            remedy = "Warn later, as `{remaining: 25%}`, or promise more time"
            yield Spot(message, remedy, ("warn", place))


def milestone_at_once(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A milestone that is due before the clock starts."""
    for place, milestone in enumerate(written.rule.milestones):
        left = milestone.within.minutes_left
        if left is not None and written.shortest is not None and left >= written.shortest:
            message = f"this milestone is due {duration(left)} before the end: before the start"
            remedy = "Write the share of the time in which it must happen, as `within: 50%`"
            yield Spot(message, remedy, ("milestones", place))


def idle_milestones(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A milestone that says no more than the start or the stop does."""
    rule = written.rule
    for place, milestone in enumerate(rule.milestones):
        for name, events in (("starts", rule.start), ("stops", rule.stop)):
            if set(milestone.events) & set(events):
                message = f"{' or '.join(milestone.events)} is what {name} the clock itself"
                remedy = "Name an event on the way from start to stop"
                yield Spot(message, remedy, ("milestones", place))


def milestones_crossed(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A later milestone, in the order written, with an earlier limit."""
    for place, (one, other) in enumerate(pairwise(written.rule.milestones), start=1):
        if _before(other.within, one.within):
            message = (
                f"{' or '.join(other.events)} is due before {' or '.join(one.events)}, "
                "which was written first"
            )
            remedy = "Write milestones in the order in which they happen, with growing limits"
            yield Spot(message, remedy, ("milestones", place))


def severity_crossed(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A severity that falls while the delay grows."""
    for after, one, other in _growth(written):
        if _LEVELS.index(other) < _LEVELS.index(one):
            message = f"after {duration(after)} the severity falls from {one} to {other}"
            remedy = "Let it grow with the delay, as `grows: {4h: HIGH, 24h: CRITICAL}`"
            yield Spot(message, remedy, ("on_breach", "grows"))


def severity_unchanged(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A step of severity that changes nothing."""
    for after, one, other in _growth(written):
        if one is other:
            message = f"after {duration(after)} the severity is {other}, which it was before"
            yield Spot(
                message, "Remove the step, or name the next severity", ("on_breach", "grows")
            )


def escalation_crossed(_draft: Draft, written: Written) -> Iterator[Spot]:
    """An escalation that is written after one that comes later."""
    for place, (one, other) in enumerate(pairwise(written.rule.escalate), start=1):
        if other.after_minutes <= one.after_minutes:
            message = f"{other.to} is told no later than {one.to}, who was written first"
            remedy = "Write the steps in order, each with a longer `after` than the one before"
            yield Spot(message, remedy, ("on_breach", "escalate", place))


def escalation_to_nobody(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A step whose `to` means nobody whom E2A could call."""
    for place, step in enumerate(written.rule.escalate):
        if whom_of(step.to) is None:
            message = f"nobody is called {step.to}, so only the channel would hear of it"
            yield Spot(message, f"Write {KNOWN}", ("on_breach", "escalate", place))


def _growth(written: Written) -> Iterator[tuple[int, Severity, Severity]]:
    """Each step of severity: after how long, from which one, to which one."""
    rule = written.rule
    for (_, one), (after, other) in pairwise(((0, rule.severity), *rule.growth)):
        yield after, one, other


def _before(one: Part, other: Part) -> bool:
    """Whether a part is surely over before another one."""
    if one.share is not None and other.share is not None:
        return one.share < other.share
    if one.minutes_left is not None and other.minutes_left is not None:
        return one.minutes_left > other.minutes_left
    return False


CHECKS: tuple[Check, ...] = (
    RuleCheck("warning-at-once", Level.WARNING, warning_at_once),
    RuleCheck("milestone-at-once", Level.WARNING, milestone_at_once),
    RuleCheck("idle-milestone", Level.NOTE, idle_milestones),
    RuleCheck("milestones-crossed", Level.WARNING, milestones_crossed),
    RuleCheck("severity-crossed", Level.ERROR, severity_crossed),
    RuleCheck("severity-unchanged", Level.WARNING, severity_unchanged),
    RuleCheck("escalation-crossed", Level.WARNING, escalation_crossed),
    RuleCheck("escalation-to-nobody", Level.WARNING, escalation_to_nobody),
)
