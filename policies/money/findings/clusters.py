"""Puts findings of one cause together: most mistakes of billing are one mistake made often.

Must not word anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from policies.money.findings.finding import Cause, Finding


class ClusterKey(NamedTuple):
    """What findings have in common that came of one mistake."""

    cause: Cause
    code: str
    currency: str
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """So many findings of one cause and line of the tariff, going the same way.

    `difference_cents` is below 0 where too much was billed. `since` and `until` are the first and
    the last day of service, where any is known.
    """

    key: ClusterKey
    count: int
    difference_cents: int
    since: date | None
    until: date | None


def cluster_key(finding: Finding) -> ClusterKey:
    """Where a finding belongs."""
    return ClusterKey(finding.cause, finding.code, finding.currency, finding.difference_cents < 0)


def clusters(found: Iterable[Finding]) -> list[Cluster]:
    """All of them, most money first."""
    groups: dict[ClusterKey, list[Finding]] = {}
    for one in found:
        groups.setdefault(cluster_key(one), []).append(one)
    made = [_cluster(key, members) for key, members in groups.items()]
    return sorted(made, key=lambda one: (-abs(one.difference_cents), one.key))


def _cluster(key: ClusterKey, members: list[Finding]) -> Cluster:
    days = [one.service_date for one in members if one.service_date is not None]
    return Cluster(
        key=key,
        count=len(members),
        difference_cents=sum(one.difference_cents for one in members),
        since=min(days, default=None),
        until=max(days, default=None),
    )
