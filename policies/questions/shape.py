"""A question about figures, as a value: what is measured, of what, split by what, and when.

Must not read words or rows: read.py reads the ones, storage answers with the others.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from policies.reasons import ReasonCode, Severity, Stage, Status


class Measure(StrEnum):
    """What is wanted to be known."""

    COUNT = "count"
    LIST = "list"
    TOP = "top"
    OLDEST = "oldest"
    WORST = "worst"
    DELAY = "delay"
    SETTLING = "settling"
    ANSWERING = "answering"
    TREND = "trend"
    COMPLIANCE = "compliance"
    MONEY = "money"
    AT_RISK = "at_risk"
    REPEATED = "repeated"
    SILENT = "silent"
    FAILED = "failed"
    FINDINGS = "findings"
    NOTES = "credit_notes"


class Split(StrEnum):
    """By what figures are told apart."""

    CLIENT = "client"
    SITE = "site"
    CARRIER = "carrier"
    REASON = "reason"
    SEVERITY = "severity"
    STATUS = "status"
    OWNER = "owner"
    STAGE = "stage"
    SERVICE = "service"
    WAVE = "wave"
    HOUR = "hour"
    DAY = "day"
    WEEKDAY = "weekday"
    WEEK = "week"
    PROMISE = "promise"


BY_TIME = (Split.HOUR, Split.DAY, Split.WEEKDAY, Split.WEEK)
FACT_OF = {
    Split.SITE: "warehouse",
    Split.CARRIER: "carrier",
    Split.SERVICE: "service",
    Split.WAVE: "wave",
}
"""Splits by what the order states, each with its payload key."""


class Dated(StrEnum):
    """Which of an exception's instants a window is about."""

    OPENED = "opened"
    SETTLED = "settled"
    DUE = "due"


OPEN_ONES = (Status.OPEN, Status.ACKNOWLEDGED, Status.IN_PROGRESS)
SETTLED_ONES = (Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span of time, from `since` up to but without `until`, and how people call it."""

    since: datetime
    until: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Which exceptions or orders count; what is empty does not restrict.

    `severities` hold all that are meant: `high and up` is two of them. `owner` is a person's id,
    `ME` for whoever asks, `NOBODY` for nobody. Whatever states a name of `but` does not count.
    """

    statuses: tuple[Status, ...] = ()
    severities: tuple[Severity, ...] = ()
    reasons: tuple[ReasonCode, ...] = ()
    stages: tuple[Stage, ...] = ()
    clients: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    owner: str | None = None
    snoozed: bool = False
    over_minutes: int | None = None
    but: "Names | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of clients, sites, carriers, services and waves."""

    clients: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()


ME, NOBODY = "me", "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A question that was understood in full.

    `against` is a second window to be compared with the first. `least` turns an order around:
    the fewest, the shortest. `limit` is how many rows are wanted at most. `now` is when it was
    asked, for what is over its deadline and not settled. `promise` is the only one that counts,
    where a share of kept promises is asked for; `state` is how far findings or notes are.
    """

    measure: Measure
    only: Only = field(default_factory=Only)
    split: Split | None = None
    window: Window | None = None
    against: Window | None = None
    dated: Dated = Dated.OPENED
    least: bool = False
    limit: int | None = None
    now: datetime | None = None
    promise: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A question about figures with words that were not understood, which are asked about."""

    words: tuple[str, ...]
    understood: Figures | None = None
