"""Targets over a period: what share of promises must be kept, and how many may still be late.

Must not judge single orders, and must not count rows: counts are handed in.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from policies.matching import When
from policies.money.remedy import TieredRemedy


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
