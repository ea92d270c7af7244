"""Looks at targets over a period: what they name, and whether their figures make sense.

Must not measure anything.
"""

from collections.abc import Iterator
from itertools import pairwise

from policies.lint.check import Check, PolicyCheck, Spot
from policies.lint.draft import Draft
from policies.lint.event_names import nearest
from policies.lint.finding import Level
from policies.lint.overlaps import may_share
from policies.money.remedy import tier_pct
from policies.yaml_text import Step

_LOW = 50
_WHOLE = 100


def unknown_rule(draft: Draft) -> Iterator[Spot]:
    """A target for a rule that is not in this policy."""
    known = [rule.sla_id for rule in draft.book.rules]
    for place, target in enumerate(draft.book.targets):
        if target.sla_id not in known:
            near = nearest(target.sla_id, known)
            proposal = f"Did you mean {near}?" if near else f"Write one of {', '.join(known)}."
            message = f"there is no rule named {target.sla_id}, so the target counts nothing"
            remedy = f"{proposal} Else add the rule, or remove the target"
            yield Spot(message, remedy, _at(place, "sla"))


def only_watched(draft: Draft) -> Iterator[Spot]:
    """A target whose rule does not open exceptions yet."""
    for place, target in enumerate(draft.book.targets):
        rule = draft.book.rule(target.sla_id)
        if rule is not None and rule.enforce_from is not None and rule.enforce_from > draft.now:
            message = (
                f"until {rule.enforce_from:%Y-%m-%d} {rule.sla_id} is only watched: "
                "what is late opens no exception, yet it uses up this target"
            )
            yield Spot(
                message, "Expect it, or let the policy start with `enforce_from`", _at(place)
            )


def fits_nothing(draft: Draft) -> Iterator[Spot]:
    """A target for orders that its rule is not for."""
    for place, target in enumerate(draft.book.targets):
        rule = draft.book.rule(target.sla_id)
        if rule is not None and not may_share(rule.when, target.when):
            message = f"no order fits both this target and the rule {rule.sla_id}"
            yield Spot(message, "Correct `when` of the one or of the other", _at(place, "when"))


def not_measured(draft: Draft) -> Iterator[Spot]:
    """A target for orders that cannot be counted apart from the others."""
    for place, target in enumerate(draft.book.targets):
        if not target.measurable:
            message = "targets are counted by client and channel only: this one is not measured"
            remedy = "Restrict it by client and channel, or give those orders a rule of their own"
            yield Spot(message, remedy, _at(place, "when"))


def no_budget(draft: Draft) -> Iterator[Spot]:
    """A target of everything: the first late order misses it."""
    for place, target in enumerate(draft.book.targets):
        if target.at_least == _WHOLE and not target.allowance:
            message = "100 % leaves no error budget: the first late order misses the target"
            remedy = "Write what the contract says, as 99.5, or an `allowance` of late orders"
            yield Spot(message, remedy, _at(place, "at_least"))


def low(draft: Draft) -> Iterator[Spot]:
    """A target that half of the orders may miss."""
    for place, target in enumerate(draft.book.targets):
        if target.at_least < _LOW:
            message = f"{target.at_least} % means that most orders may be late"
            share = 0 < target.at_least <= 1
            meant = f"{(target.at_least * _WHOLE).normalize():f}" if share else "99.5"
            remedy = f"Write percent, as at_least: {meant}"
            yield Spot(message, remedy, _at(place, "at_least"))


def alarms_crossed(draft: Draft) -> Iterator[Spot]:
    """Alarms that are not written in growing order, or twice."""
    for place, target in enumerate(draft.model.targets):
        if any(other <= one for one, other in pairwise(target.budget_alert)):
            message = "the alarms of the error budget do not grow"
            remedy = "Write each once and in order, as `budget_alert: [50%, 80%]`"
            yield Spot(message, remedy, _at(place, "budget_alert"))


def free_misses(draft: Draft) -> Iterator[Spot]:
    """Tiers by which a missed target gives nothing back, or a kept one does."""
    for place, target in enumerate(draft.book.targets):
        if target.remedy is None:
            continue
        steps, tiers = _at(place, "remedy", "tiered"), target.remedy.tiers
        free = min((tier.at_least for tier in tiers if tier.pct == 0), default=None)
        if tier_pct(target.at_least, tiers):
            message = f"a month that keeps the target of {target.at_least} % gives credit, too"
            yield Spot(message, f"Add the tier [{target.at_least}, 0]", steps)
        elif free is not None and free < target.at_least:
            message = f"from {free} % to {target.at_least} % the target is missed for free"
            yield Spot(
                message, f"Let the free tier begin at the target: [{target.at_least}, 0]", steps
            )


def _at(place: int, *steps: Step) -> tuple[Step, ...]:
    return ("targets", place, *steps)


CHECKS: tuple[Check, ...] = (
    PolicyCheck("target-without-rule", Level.WARNING, unknown_rule),
    PolicyCheck("target-only-watched", Level.NOTE, only_watched),
    PolicyCheck("target-fits-no-order", Level.WARNING, fits_nothing),
    PolicyCheck("target-not-measured", Level.WARNING, not_measured),
    PolicyCheck("target-without-budget", Level.NOTE, no_budget),
    PolicyCheck("target-very-low", Level.WARNING, low),
    PolicyCheck("alarms-crossed", Level.WARNING, alarms_crossed),
    PolicyCheck("tiers-beside-target", Level.WARNING, free_misses),
)
