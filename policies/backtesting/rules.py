"""Which rules are compared with each other, and which clocks of one order.

Must not judge an order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from policies.clock import Clock
from policies.promise import SlaRule

Pair = tuple[Clock | None, Clock | None]
"""A clock by the new rules and the one by the old rules that it takes the place of."""


class Row(NamedTuple):
    """One line of a comparison: a rule as it would be, as it was, or both.

    `same` says that both judge alike, so that one clock is both.
    """

    new: SlaRule | None
    old: SlaRule | None
    same: bool

    @property
    def rule(self) -> SlaRule:
        """The new rule, or the old one where it is gone."""
        found = self.new or self.old
        if found is None:  # pragma: no cover - a row is made from a rule
            raise AssertionError
        return found

    @property
    def was(self) -> str | None:
        """The name of the rule before, None where there was none."""
        return self.old.sla_id if self.old else None


def as_if_always(rules: Iterable[SlaRule]) -> tuple[SlaRule, ...]:
    """The rules as if they had been in force, and enforced, at all times."""
    return tuple(
        replace(rule, valid_from=None, valid_until=None, enforce_from=None) for rule in rules
    )


def governing(rules: Sequence[SlaRule], at: datetime) -> tuple[SlaRule, ...]:
    """Of all versions of a policy the rules in force at that instant, else those of the last."""
    found = tuple(
        rule
        for rule in rules
        if (rule.valid_from is None or rule.valid_from <= at)
        and (rule.valid_until is None or at < rule.valid_until)
    )
    return found or tuple(rule for rule in rules if rule.version == rules[-1].version)


def rows_of(new: Sequence[SlaRule], old: Sequence[SlaRule]) -> tuple[Row, ...]:
    """The rules to compare: by name, and a renamed one by what it starts and stops with.

    A rule is renamed when its name is new, and exactly one rule of the same start, stop and
    stage has gone. New rules come in their order, then those that are gone.
    """
    before = {rule.sla_id: rule for rule in old}
    names = {rule.sla_id for rule in new}
    gone = [rule for rule in old if rule.sla_id not in names]
    rows: list[Row] = []
    for rule in new:
        was = before.get(rule.sla_id) or _renamed(rule, gone)
        if was in gone:
            gone.remove(was)
        rows.append(Row(rule, was, _same(rule, was)))
    return tuple(rows + [Row(None, rule, same=False) for rule in gone])


def paired(
    new: Iterable[Clock], old: Iterable[Clock], renamed: Mapping[str, str]
) -> Iterator[Pair]:
    """The clocks of one order, each with its counterpart where there is one.

    First by rule (`renamed` has the old name of a new one) and part of the order; what is left
    over by start, stop, stage and part: an order may have come under another rule.
    """
    before = {(clock.rule.sla_id, clock.subject): clock for clock in old}
    alone: list[Clock] = []
    for clock in new:
        name = renamed.get(clock.rule.sla_id, clock.rule.sla_id)
        was = before.pop((name, clock.subject), None)
        if was is None:
            alone.append(clock)
        else:
            yield clock, was
    left = {(_meaning(clock.rule), clock.subject): clock for clock in before.values()}
    for clock in alone:
        was = left.pop((_meaning(clock.rule), clock.subject), None) if left else None
        if was is not None:
            del before[was.rule.sla_id, was.subject]
        yield clock, was
    for clock in before.values():
        yield None, clock


def _renamed(rule: SlaRule, gone: Sequence[SlaRule]) -> SlaRule | None:
    alike = [other for other in gone if _meaning(other) == _meaning(rule)]
    return alike[0] if len(alike) == 1 else None


def _meaning(rule: SlaRule) -> tuple[object, ...]:
    return rule.start, rule.stop, rule.stage


def _same(rule: SlaRule, was: SlaRule | None) -> bool:
    """Whether both give every order the same clock; within a group others have a say in it."""
    if was is None or rule.group is not None:
        return False
    return rule == replace(was, version=rule.version)
