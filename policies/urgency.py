"""Says what saves most if it is done next: points from time, money, tier and severity.

Must not gather or draw: the figures are handed in. The points of the four add up, and each grows
(or stays) as its figure gets worse, so that all else equal less time left never comes later, nor
more money, a better tier or a higher severity.

    time      40 at the deadline; before it 40 x 60 / (60 + minutes left): an hour before it is 20;
              after it up to 10 more, half of them 8 hours over: what is lost can wait a little
    money     25 x cents / (cents + 50,000): half of them at 500.00, never more than 25
    tier      by TIERS: vip 10, gold 8, silver 4, any other or none 0
    severity  LOW 0, MEDIUM 5, HIGH 10, CRITICAL 15
"""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.reasons import Severity

_AT_DEADLINE, _HALVES_AFTER = 40.0, 60.0
_OVER, _OVER_HALF = 10.0, 480.0
_MONEY, _MONEY_HALF = 25.0, 50_000
TIERS: Mapping[str, float] = {
    "vip": 10.0,
    "platinum": 10.0,
    "enterprise": 10.0,
    "gold": 8.0,
    "premium": 8.0,
    "silver": 4.0,
}
"""Points by `customer_tier` in small letters; a word that is not here has none."""
SEVERITIES: Mapping[Severity, float] = {
    Severity.LOW: 0.0,
    Severity.MEDIUM: 5.0,
    Severity.HIGH: 10.0,
    Severity.CRITICAL: 15.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What is at stake with one promise.

    `minutes_left` is less than 0 once it is broken. `cents` is the order's value and the credit
    that the breach gives back, as far as they are known. `tier` is the customer's, as told.
    """

    minutes_left: float
    severity: Severity
    cents: int = 0
    tier: str | None = None


def urgency(stake: Stake) -> float:
    """The points; more is to be done earlier."""
    tier = TIERS.get(stake.tier.strip().casefold(), 0.0) if stake.tier else 0.0
    return _time(stake.minutes_left) + _money(stake.cents) + tier + SEVERITIES[stake.severity]


def _time(left: float) -> float:
    if left >= 0:
        return _AT_DEADLINE * _HALVES_AFTER / (_HALVES_AFTER + left)
    return _AT_DEADLINE + _OVER * -left / (-left + _OVER_HALF)


def _money(cents: int) -> float:
    worth = max(0, cents)
    return _MONEY * worth / (worth + _MONEY_HALF)
