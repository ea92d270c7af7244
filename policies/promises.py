"""What was promised to whom: the rules of every tenant, each version from when it is in force.

Must not read policies, and must not judge by them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from policies.book.read import SlaBook
from policies.order_links import OrderLink
from policies.promise import SlaRule
from policies.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """Rules and targets by tenant name; a tenant without own ones has everyone's.

    Of a policy that was changed all versions are here: a clock is judged by the one that was
    in force when it started, so an edit rewrites nothing that has begun. `links` lead to a
    tenant's orders in its own systems. `problems` are what opens an exception though nothing was
    promised: they are judged like rules and counted for no target.
    """

    rules: tuple[SlaRule, ...]
    own_rules: Mapping[str, tuple[SlaRule, ...]] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    own_targets: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    links: Mapping[str, OrderLink] = field(default_factory=dict)
    problems: tuple[SlaRule, ...] = ()
    own_problems: Mapping[str, tuple[SlaRule, ...]] = field(default_factory=dict)

    def of(self, tenant: str) -> tuple[SlaRule, ...]:
        """The rules for a tenant's orders, in the order in which they are tried."""
        return self.own_rules.get(tenant, self.rules)

    def judged(self, tenant: str) -> tuple[SlaRule, ...]:
        """All that opens exceptions for a tenant's orders: promises, and problems."""
        return self.of(tenant) + self.own_problems.get(tenant, self.problems)

    def targets_of(self, tenant: str) -> tuple[Target, ...]:
        """What share of them must be kept."""
        return self.own_targets.get(tenant, self.targets)

    def rule(self, tenant: str, sla_id: str, version: str | None = None) -> SlaRule | None:
        """A rule by its name: of that version if it is known, else the latest."""
        named = [rule for rule in self.judged(tenant) if rule.sla_id == sla_id]
        exact = next((rule for rule in named if rule.version == version), None)
        return exact or (named[-1] if named else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """A book and the instant from which it governs what starts; no book gives way to everyone's."""

    book: SlaBook | None
    since: datetime | None


def one_after_the_other(
    adopted: Iterable[Adopted], otherwise: Sequence[SlaRule] = ()
) -> tuple[SlaRule, ...]:
    """The rules of successive versions of one policy, each ending where the next begins.

    Before the first, and where there is no book, `otherwise` holds. A version's own
    `effective` dates may be narrower and hold as well.
    """
    versions = list(adopted)
    first = versions[0].since if versions else None
    rules = [_between(rule, None, first) for rule in otherwise] if first or not versions else []
    for place, version in enumerate(versions):
        ends = versions[place + 1].since if place + 1 < len(versions) else None
        theirs = version.book.rules if version.book else otherwise
        rules += [_between(rule, version.since, ends) for rule in theirs]
    return tuple(rules)


def _between(rule: SlaRule, since: datetime | None, until: datetime | None) -> SlaRule:
    if since is None and until is None:
        return rule
    begins = [moment for moment in (rule.valid_from, since) if moment is not None]
    ends = [moment for moment in (rule.valid_until, until) if moment is not None]
    return replace(rule, valid_from=max(begins, default=None), valid_until=min(ends, default=None))


def promises_of(book: SlaBook) -> Promises:
    """One policy for everyone, in force always."""
    return Promises(rules=book.rules, targets=book.targets)
