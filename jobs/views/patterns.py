"""What an insight shows, gathered into values so that drawing looks nothing up.

Must not hold blocks or markup: handlers/blocks/insight.py draws these.
"""

from dataclasses import dataclass
from datetime import datetime

from policies.pattern_finding import Finding
from policies.pattern_news import News
from policies.patterns import Patterns
from policies.records import JsonObject, Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightView:
    """What is new of a client, and by their names what is over since it was told."""

    tenant: Tenant
    fresh: tuple[Finding, ...]
    over: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternsView:
    """All that there is to tell of a client now, for somebody who asks.

    `news` is as the channel knows it that they ask in; None elsewhere. `known_since` is since when
    there are exceptions.
    """

    tenant: Tenant
    patterns: Patterns
    now: datetime
    news: News | None = None
    known_since: datetime | None = None
