"""What a back-test found, as values. Must not count or judge."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from policies.backtesting.trial import Span
from policies.clock import Clock
from policies.reasons import ClockState
from policies.targets import Target


class Margins(NamedTuple):
    """How promised dates were kept, by the receiver's day: before it, on it, after it."""

    early: int = 0
    same_day: int = 0
    late: int = 0


class Counts(NamedTuple):
    """How the clocks of one rule ended.

    Cured ones and those that late evidence proved kept are among the met. The late minutes are
    those of the breached: at most so late were half of them, and nine in ten of them.
    """

    orders: int
    clocks: int
    met: int
    breached: int
    cancelled: int
    running: int
    paused: int
    cured: int
    late_evidence: int
    no_data: int
    excluded: int
    late_median_minutes: float | None
    late_p90_minutes: float | None
    margins: Margins | None


class Example(NamedTuple):
    """An order for which the change makes a difference, with its clock by either rule."""

    order_id: str
    new: Clock | None
    old: Clock | None


class RuleChange(NamedTuple):
    """One rule, as it would have been and as it was (None where there is none).

    `was` is its old name. Of the `newly_breached` and the `saved`, `unsettled` still run by the
    other rule, so that nobody knows yet. `dropped` were breached and are promised by no rule any
    more: that is cover lost, not saved. `only_new` and `only_old` clocks have no counterpart.
    Examples come worst first. Credits are cents, None where nothing is priced.
    """

    sla_id: str
    was: str | None
    stage: str
    promise: str
    new: Counts | None
    old: Counts | None
    newly_breached: int
    saved: int
    dropped: int
    unsettled: int
    only_new: int
    only_old: int
    newly_breached_examples: tuple[Example, ...]
    saved_examples: tuple[Example, ...]
    dropped_examples: tuple[Example, ...]
    new_credit_cents: int | None
    old_credit_cents: int | None

    @property
    def changed(self) -> bool:
        """Whether the change makes any difference here."""
        return self.new != self.old or bool(self.newly_breached or self.saved or self.dropped)


class Month(NamedTuple):
    """How a target was kept for one client in one month, and what that gives back.

    The credit is `credit_pct` of `base_cents`, the fees of these `orders`: those whose promise
    counts here. Both are None where nothing is priced.
    """

    client: str
    month: str
    kept: int
    late: int
    pct: Decimal | None
    orders: int
    credit_pct: Decimal
    base_cents: int | None
    credit_cents: int | None


class Periods(NamedTuple):
    """How a target was kept: over the whole span, and in each of its windows.

    A window is a client's calendar month, or its trailing days up to each day of the span.
    `months` has each of the former. `credit_cents` is None where nothing is priced.
    """

    kept: int
    late: int
    pct: Decimal | None
    windows: int
    missed: int
    worst: str | None
    worst_pct: Decimal | None
    credit_cents: int | None
    clients: int = 1
    months: tuple[Month, ...] = ()


class TargetChange(NamedTuple):
    """A target under both policies; a side is None where that policy has no such target.

    `measured` is False where its `when` asks for more than client and channel.
    """

    name: str
    sla_id: str
    new: Target | None
    old: Target | None
    measured: bool
    new_periods: Periods | None
    old_periods: Periods | None


class Credits(NamedTuple):
    """What broken promises would have given back, in cents.

    `ramp_cents` would be due but for the time before `remedies_from`. `unknown` counts what could
    not be priced because the order's value is not known.
    """

    breaches_cents: int
    targets_cents: int
    ramp_cents: int
    unknown: int

    @property
    def due_cents(self) -> int:
        """All that is due."""
        return self.breaches_cents + self.targets_cents


class Money(NamedTuple):
    """The credits by the new and by the old rules."""

    currency: str
    new: Credits
    old: Credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the change would have done. `complete` is False where a limit cut orders off."""

    now: datetime
    span: Span
    orders: int
    rules: tuple[RuleChange, ...]
    targets: tuple[TargetChange, ...]
    money: Money | None
    complete: bool = True

    @property
    def newly_breached(self) -> int:
        """Clocks that would have been breached and were not."""
        return sum(rule.newly_breached for rule in self.rules)

    @property
    def saved(self) -> int:
        """Clocks that were breached and would not have been."""
        return sum(rule.saved for rule in self.rules)

    @property
    def dropped(self) -> int:
        """Clocks that were breached and that no rule would have promised."""
        return sum(rule.dropped for rule in self.rules)

    @property
    def gone(self) -> tuple[str, ...]:
        """The rules of the old policy that the new one does not have."""
        return tuple(rule.sla_id for rule in self.rules if rule.new is None)


def is_open(clock: Clock | None) -> bool:
    """Whether it may still end either way."""
    return clock is not None and clock.state in (ClockState.RUNNING, ClockState.PAUSED)
