"""What was promised, as values: one rule with its deadline, pauses, warnings and what a breach is.

Must not judge an order: sla.py does. Must not know YAML: the book reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from policies.calendar import ALWAYS, Calendar
from policies.condition import Condition
from policies.matching import When
from policies.money.remedy import Remedy
from policies.reasons import ClockKind, Fault, ReasonCode, Severity, Stage
from policies.sites import CalendarChoice, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """A factor on a duration, where its condition holds for the order (original.md, presets).

    `on` is weekend, holiday, season (with `season` as first and last month-day), volume (more
    than `over` orders in the hour before the start) or flag (with `flag`). A holiday is one of
    the rule's calendar, or of the codes in `holidays` where that calendar names none.
    """

    name: str
    factor: Decimal
    on: Literal["weekend", "holiday", "season", "volume", "flag"]
    flag: str = ""
    over: int = 0
    season: tuple[tuple[int, int], tuple[int, int]] | None = None
    holidays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A duration: counted minutes of the rule's calendar, perhaps by a payload key's value."""

    minutes: int
    by_key: str | None = None
    by_value: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTime:
    """A wall time some days ahead. `minute` 1440 is the last instant of that day."""

    days: int
    business: bool
    minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """Started before `at` of a business day: `before`; later: `after`. Without `at`: `before`.

    What starts on a closed day counts as started at the beginning of the next business day.
    """

    at: int | None
    before: DayTime
    after: DayTime
    zone: Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseDate:
    """The date or instant that the first event stating `key` promised."""

    key: str
    end_of_day: bool
    zone: Zone


Deadline = Within | CutOff | PromiseDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What stops the counting: holds by reason, or events; and who is at fault meanwhile.

    A hold begins with an event that states it (`order_held`, or `stock_short` for stockout) and
    ends with `order_released` of that reason or of none. An event pause ends with one of
    `until`, or after `max_minutes` plain minutes.
    """

    holds: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    fault: Fault = Fault.NONE
    only_if: Condition | None = None
    max_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A point on the way to a deadline: a share of the time, or minutes before the end."""

    share: float | None = None
    minutes_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """Something that ought to have happened by a part of the time, or the order is at risk."""

    events: tuple[str, ...]
    within: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Whom a breach is told to after it has lasted that long."""

    after_minutes: int
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What takes a breach out of remedies and targets."""

    fault: Fault | None = None
    over_orders_a_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaRule:
    """One promise: from a start event to a stop event, no later than its deadline.

    Late means strictly after the deadline unless `inclusive` is off. `calendar` says which
    minutes count, `pick_calendar` chooses another one by the order's site or carrier. A clock
    is judged by the rule that was in force (`valid_from` <= start < `valid_until`) at its start.
    Clocks started before `enforce_from` are shown and open nothing. `growth` is severity by
    minutes late, least first. `grace_minutes` waits for evidence that is told late.
    A problem begins once its start was said `times` times; `worse` is severity by how often.
    """

    sla_id: str
    stage: Stage
    promise: str
    start: tuple[str, ...]
    stop: tuple[str, ...]
    cancel: tuple[str, ...]
    deadline: Deadline
    reason_code: ReasonCode
    severity: Severity
    kind: ClockKind = ClockKind.SLA
    when: When | None = None
    group: str | None = None
    priority: int = 0
    start_if: Condition | None = None
    not_before: str | None = None
    stop_if: Condition | None = None
    reset: tuple[str, ...] = ()
    reset_if: Condition | None = None
    repeat: bool = False
    split: Literal["any", "all", "each"] = "any"
    pauses: tuple[Pause, ...] = ()
    multipliers: tuple[Multiplier, ...] = ()
    inclusive: bool = True
    grace_minutes: int = 0
    late_evidence_counts: bool = True
    cure: Condition | None = None
    warn: tuple[Part, ...] = (Part(share=0.75),)
    warn_risk: float | None = None
    post_warning: bool = False
    milestones: tuple[Milestone, ...] = ()
    growth: tuple[tuple[int, Severity], ...] = ()
    times: int = 1
    worse: tuple[tuple[int, Severity], ...] = ()
    escalate: tuple[Escalation, ...] = ()
    settle_auto: bool = True
    fault: Fault | None = None
    remedy: Remedy | None = None
    exclude: tuple[Exclusion, ...] = ()
    calendar: Calendar = field(default=ALWAYS)
    pick_calendar: CalendarChoice | None = None
    version: str = "1"
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    enforce_from: datetime | None = None
    remedies_from: datetime | None = None
    interrupting: frozenset[str] = frozenset()
    """Kinds that pause or reset; filled at birth."""

    def __post_init__(self) -> None:
        """Notes what can interrupt the clock, so that most orders need no second look."""
        kinds = set(self.reset)
        for pause in self.pauses:
            kinds.update(pause.events)
            if pause.holds:
                kinds.update(HOLD_KINDS)
        object.__setattr__(self, "interrupting", frozenset(kinds))

    @property
    def problem(self) -> bool:
        """Whether it is something that went wrong, and no promise."""
        return self.kind is ClockKind.PROBLEM

    def severity_at(self, delay_minutes: float, said: int = 1) -> Severity:
        """How bad it is once it is that late, or was said that often."""
        severity = self.severity
        for often, grown in self.worse:
            if said >= often:
                severity = grown
        for after, grown in self.growth:
            if delay_minutes >= after:
                severity = grown
        return severity


HOLD_KINDS = ("order_held", "stock_short", "payment_failed", "address_invalid")
"""Events that may begin a hold; the packaged ones and the reason each of them means."""
