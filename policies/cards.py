"""Says when an alert's thread is also told to its channel: when it gets worse or opens again.

Must not know YAML or Slack: the book reads the one, the jobs tell the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from policies.promise import SlaRule
from policies.reasons import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """What of an alert is told to the channel a second time; the card itself changes silently."""

    severity_rises: bool = False
    reopens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """What channels want to hear: all of them, and those that are named (`#ops`, or an id)."""

    broadcast: Broadcast = Broadcast()
    channels: Mapping[str, Broadcast] = field(default_factory=dict)

    def of(self, *names: str | None) -> Broadcast:
        """What a channel that is known by these names wants to hear."""
        known = (self.channels[name] for name in names if name and name in self.channels)
        return next(known, self.broadcast)


SILENT = Cards()
"""Nothing is told a second time."""


def worse(after: Severity, before: Severity) -> bool:
    """Whether it is graver than before."""
    ranks = list(Severity)
    return ranks.index(after) > ranks.index(before)


def worst(severities: Iterable[Severity]) -> Severity:
    """The gravest of them; there is at least one."""
    return max(severities, key=list(Severity).index)


def risen_at(
    rule: SlaRule | None, deadline_at: datetime, severity: Severity, now: datetime
) -> datetime:
    """Since when a breach of that deadline is so grave; `now` where the rule does not say."""
    grown = [after for after, name in rule.growth if name is severity] if rule else []
    since = deadline_at + timedelta(minutes=min(grown)) if grown else now
    return min(since, now)
