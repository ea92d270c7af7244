"""Looks at rules that are for the same orders: hidden, ambiguous or doubled ones.

Must not decide which rule counts for an order: sla.py does.
"""

from collections.abc import Iterator

from policies.lint.check import Check, RuleCheck, Spot
from policies.lint.draft import Draft, Written
from policies.lint.finding import Level
from policies.matching import When
from policies.promise import SlaRule


def unreachable(draft: Draft, written: Written) -> Iterator[Spot]:
    """A rule of a group that is never timed, because one before it takes all its orders."""
    rule = written.rule
    taker = next((one for one in _before(draft, rule) if covers(one.when, rule.when)), None)
    if taker is not None:
        message = (
            f"{rule.sla_id} is never timed: in group {rule.group} {taker.sla_id} comes first "
            "and takes every order that this is for"
        )
        remedy = f"Give it a priority above {taker.priority}, or narrow `when` of {taker.sla_id}"
        yield Spot(message, remedy)


def equal_priority(draft: Draft, written: Written) -> Iterator[Spot]:
    """Two rules of a group that can fit one order, where only their place in the file decides.

    A general rule after a special one is a usual fallback and said plainly by the file.
    """
    rule = written.rule
    for one in _before(draft, rule):
        if one.priority != rule.priority or not may_share(one.when, rule.when):
            continue
        if not (covers(one.when, rule.when) or covers(rule.when, one.when)):
            message = (
                f"an order can fit {one.sla_id} and {rule.sla_id}, which have the same "
                f"priority in group {rule.group}: the one written first wins"
            )
            yield Spot(message, "Give the one that should win a higher `priority`", ("priority",))


def timed_twice(draft: Draft, written: Written) -> Iterator[Spot]:
    """Two promises of one kind that time the same thing for the same order."""
    rule = written.rule
    for other in draft.rules[: written.index]:
        one = other.rule
        together = one.group is not None and one.group == rule.group
        if not together and _measured(one) == _measured(rule) and may_share(one.when, rule.when):
            message = (
                f"{one.sla_id} and {rule.sla_id} time the same thing, and an order can fit "
                f"both: one late order opens {rule.reason_code.value} twice"
            )
            yield Spot(message, "Put both into one `group`, narrow their `when`, or remove one")


def fits_nothing(_draft: Draft, written: Written) -> Iterator[Spot]:
    """A `when` that no order can fit."""
    when = written.rule.when
    if when is None:
        return
    empty = next((key for key, wanted in when.values if not wanted), None)
    if empty is not None:
        remedy = f'List the values that are meant, or leave {empty} out: "*" is everything'
        yield Spot(f"no order fits: {empty} has no values", remedy, ("when", empty))
    if when.having and when.having <= when.lacking:
        labels = ", ".join(sorted(when.having))
        message = f"no order fits: {labels} must be there and must not"
        yield Spot(message, "Take it out of `tags` or out of `tags_none`", ("when",))


def covers(one: When | None, other: When | None) -> bool:
    """Whether every order that fits `other` fits `one`."""
    return one is None or one.covers(other or When())


def may_share(one: When | None, other: When | None) -> bool:
    """Whether some order may fit both."""
    first, second = one or When(), other or When()
    theirs = dict(second.values)
    return (
        all(key not in theirs or wanted & theirs[key] for key, wanted in first.values)
        and not (first.having and first.having <= second.lacking)
        and not (second.having and second.having <= first.lacking)
    )


def _before(draft: Draft, rule: SlaRule) -> Iterator[SlaRule]:
    """The rules of its group that are tried before it."""
    for one in draft.book.rules:
        if one.sla_id == rule.sla_id:
            return
        if rule.group is not None and one.group == rule.group:
            yield one


def _measured(rule: SlaRule) -> tuple[object, ...]:
    return (
        rule.kind,
        rule.reason_code,
        frozenset(rule.start),
        frozenset(rule.stop),
        rule.start_if,
        rule.stop_if,
        rule.repeat,
        rule.split,
    )


CHECKS: tuple[Check, ...] = (
    RuleCheck("unreachable-rule", Level.ERROR, unreachable),
    RuleCheck("equal-priority", Level.WARNING, equal_priority),
    RuleCheck("timed-twice", Level.WARNING, timed_twice),
    RuleCheck("fits-no-order", Level.ERROR, fits_nothing),
)
