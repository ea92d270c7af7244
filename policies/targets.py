"""Targets over a period: what share of promises must be kept, and how many may still be late.

Must not judge single orders, and must not count rows: counts are handed in.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from policies.local_time import at_local, local_date
from policies.matching import When
from policies.money.fees import Fees
from policies.money.remedy import TieredRemedy, period_credit, tier_pct
from policies.queries import Tally

_HUNDRED = Decimal(100)
_COUNTED = frozenset({"client", "channel"})
"""What clocks can be counted by; a target on anything else is shown as not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`at_least` percent of the clocks of a rule are to be kept in a window.

    `trailing_days` None is the calendar month. `allowance` late ones cost nothing. `alarms`
    are the shares of the error budget, in percent, at which people are told.
    """

    sla_id: str
    at_least: Decimal
    trailing_days: int | None = None
    allowance: int = 0
    when: When = field(default_factory=When)
    remedy: TieredRemedy | None = None
    alarms: tuple[Decimal, ...] = ()

    @property
    def name(self) -> str:
        """What tells it from the other targets of its tenant, the same after every restart."""
        days = f"{self.trailing_days}d" if self.trailing_days else "month"
        meant = [f"{key}={','.join(sorted(values))}" for key, values in self.when.values]
        return ":".join((self.sla_id, days, f"{self.at_least.normalize():f}", *sorted(meant)))

    @property
    def measurable(self) -> bool:
        """Whether its clocks can be told from others: by client and channel, by nothing else."""
        keys = {key for key, _ in self.when.values}
        return keys <= _COUNTED and not self.when.having and not self.when.lacking

    def among(self, key: str) -> tuple[str, ...]:
        """The clients or channels that it is for, sorted; none is every one."""
        values: frozenset[str] = dict(self.when.values).get(key, frozenset())
        return () if "*" in values else tuple(sorted(values))


class Window(NamedTuple):
    """The deadlines that count: in [since, until). `key` names the window for ever."""

    since: datetime
    until: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a target stands as of a tally.

    `compliance` is in percent, None while nothing is decided. `allowed` late ones are there for
    as many promises as are known by now; `left` of them are not used up, less than 0 when the
    target is missed. `used_pct` may be over 100. `passed` are the target's alarms that have been
    reached. `credit_pct` is what the period's remedy gives back as it stands.
    """

    met: int
    late: int
    running: int
    compliance: Decimal | None
    allowed: int
    left: int
    used_pct: Decimal
    passed: tuple[Decimal, ...]
    credit_pct: Decimal


def window(target: Target, now: datetime, zone: str) -> Window:
    """The calendar month of `now`, or that many local days up to the end of this one."""
    today = local_date(now, zone)
    if target.trailing_days is None:
        first = today.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        since, until = at_local(first, 0, zone), at_local(following, 0, zone)
        return Window(since, until, f"{today:%Y-%m}")
    first = today - timedelta(days=target.trailing_days - 1)
    until = at_local(today + timedelta(days=1), 0, zone)
    return Window(at_local(first, 0, zone), until, today.isoformat())


def standing(target: Target, tally: Tally) -> Standing:
    """What the counts mean for the target.

    Running promises count as kept for the size of the budget: each of them may still use one up.
    """
    decided = tally.met + tally.late
    allowed = _allowed(target, decided + tally.running)
    late = tally.late
    used = _HUNDRED * late / allowed if allowed else _HUNDRED * min(late, 1)
    return Standing(
        met=tally.met,
        late=late,
        running=tally.running,
        compliance=_HUNDRED * tally.met / decided if decided else None,
        allowed=allowed,
        left=allowed - late,
        used_pct=used,
        passed=tuple(level for level in target.alarms if late and used >= level),
        credit_pct=_credit_pct(target, tally),
    )


def credit_due(
    target: Target, tally: Tally, fees: Fees, order_value_cents: int | None = None
) -> int | None:
    """The cents that the period's remedy gives back as it stands; None as for `period_credit`."""
    kept = _kept_for_remedy(target, tally)
    if target.remedy is None or kept is None:
        return 0
    return period_credit(target.remedy, kept, fees, order_value_cents)


def _allowed(target: Target, promises: int) -> int:
    share = (_HUNDRED - target.at_least) / _HUNDRED * promises
    return int(share.to_integral_value(ROUND_FLOOR)) + target.allowance


def _credit_pct(target: Target, tally: Tally) -> Decimal:
    kept = _kept_for_remedy(target, tally)
    if target.remedy is None or kept is None:
        return Decimal(0)
    return tier_pct(kept, target.remedy.tiers)


def _kept_for_remedy(target: Target, tally: Tally) -> Decimal | None:
    """The percentage by which credits go: late ones of the allowance cost nothing."""
    decided = tally.met + tally.late
    if not decided:
        return None
    return _HUNDRED * (tally.met + min(tally.late, target.allowance)) / decided
