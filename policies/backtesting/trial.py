"""What a back-test is asked: which rules against which, on what span, as of when.

Must not hold orders.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from policies.money.tariff import Tariff
from policies.promise import SlaRule
from policies.targets import Target


class Span(NamedTuple):
    """Which clocks count: those whose start event lies in [since, until); None has no end.

    `zone` is the one in which months and days begin.
    """

    since: datetime | None = None
    until: datetime | None = None
    zone: str = "UTC"


WHOLE = Span()


class Targets(NamedTuple):
    """The targets of both policies."""

    new: Sequence[Target] = ()
    old: Sequence[Target] = ()


NO_TARGETS = Targets()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A change of rules to be tried.

    Rules come in the order in which they are tried, all of one version. A promise without its
    stop event is broken only by `now`. `pricing` is the tariff that credits are shares of;
    without it nothing is priced.
    """

    new: Sequence[SlaRule]
    old: Sequence[SlaRule]
    now: datetime
    pricing: Tariff | None = None
    span: Span = WHOLE
    targets: Targets = NO_TARGETS
