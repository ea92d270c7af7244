"""What a broken promise gives back: credits for an order or a period, allowances and caps.

Must not decide that a promise was broken, and must not write anything to an invoice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from policies.money.cents import down, half_up, percent_of
from policies.money.fees import Fees

PctOf = Literal["pick_pack_fee", "fulfilment_fees", "order_value"]
"""What a credit in percent is a share of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What one breach gives back: fixed cents, or a percentage of something.

    `per` says for what: the order once, or each unit concerned (fixed cents only).
    """

    per: Literal["order", "unit"] = "order"
    cents: int | None = None
    pct: Decimal | None = None
    pct_of: PctOf | None = None

    def __post_init__(self) -> None:
        """Refuses a credit that says nothing, two things, or less than nothing."""
        _check((self.pct is None) == (self.pct_of is None), "a credit's pct needs its pct_of")
        _check((self.cents is None) != (self.pct is None), "a credit has either cents or pct")
        _check(self.per == "order" or self.pct is None, "a credit per unit is in cents")
        _check((self.cents or 0) >= 0, "a credit's cents are 0 or more")
        _check((self.pct or 0) >= 0, "a credit's pct is 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most that is given back, per order or per month; of two limits the lower one counts."""

    per: Literal["order", "month"]
    cents: int | None = None
    pct_of_invoice: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuses a cap without a limit, below zero, or of an invoice that an order has not."""
        known = self.cents is not None or self.pct_of_invoice is not None
        _check(known, "a cap has cents or pct_of_invoice")
        _check(self.per == "month" or self.pct_of_invoice is None, "a cap per order is in cents")
        _check((self.cents or 0) >= 0, "a cap's cents are 0 or more")
        _check((self.pct_of_invoice or 0) >= 0, "a cap's pct_of_invoice is 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What breaches of one promise give back.

    `code` is the code of the credit's line; the first `allowance` breaches of a month are free.
    """

    credit: Credit | None = None
    cap: Cap | None = None
    code: str | None = None
    allowance: int = 0

    def __post_init__(self) -> None:
        """Refuses an allowance below zero."""
        _check(self.allowance >= 0, "an allowance is 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """The percentage given back when at least that percentage of a period was kept."""

    at_least: Decimal
    pct: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TieredRemedy:
    """What a missed target of a period gives back, by how far it was missed."""

    tiers: tuple[Tier, ...]
    pct_of: PctOf

    def __post_init__(self) -> None:
        """Refuses tiers by which keeping less would give back less, or that repeat a limit."""
        _check(bool(self.tiers), "a tiered remedy has at least one tier")
        _check(all(tier.pct >= 0 for tier in self.tiers), "a tier's pct is 0 or more")
        for worse, better in pairwise(sorted(self.tiers, key=lambda tier: tier.at_least)):
            _check(worse.at_least < better.at_least, f"two tiers begin at {worse.at_least}")
            _check(worse.pct >= better.pct, f"tier {worse.at_least} gives less than a better one")


def credit_of(
    remedy: Remedy, fees: Fees, order_value_cents: int | None = None, units: int = 1
) -> int | None:
    """The cents due for one breach, with a cap per order applied.

    A percentage is rounded half up. None says that the credit is a share of the order's value
    and that value is not known: then nobody can say what is due.
    """
    if remedy.credit is None:
        return 0
    due = _uncapped(remedy.credit, fees, order_value_cents, units)
    cap = remedy.cap
    if due is None or cap is None or cap.per != "order" or cap.cents is None:
        return due
    return min(due, cap.cents)


def credits_due(
    breaches: Sequence[int], remedy: Remedy, invoice_cents: int | None = None
) -> tuple[int, ...]:
    """What each breach of a month is really given, from its credits in the order of time.

    The allowance takes the first ones off, the cap per month cuts the last ones. While a month
    is not invoiced (None), a cap in percent of the invoice does not cut yet.
    """
    left = _month_limit(remedy.cap, invoice_cents)
    due: list[int] = []
    for place, cents in enumerate(breaches):
        wanted = 0 if place < remedy.allowance else cents
        given = wanted if left is None else min(wanted, left)
        left = left if left is None else left - given
        due.append(given)
    return tuple(due)


def tier_pct(compliance_pct: Decimal, tiers: Sequence[Tier]) -> Decimal:
    """The percentage of the highest tier that was reached, of the lowest where none was."""
    rising = sorted(tiers, key=lambda tier: tier.at_least)
    reached = [tier for tier in rising if tier.at_least <= compliance_pct]
    chosen = reached[-1:] or rising[:1]
    return chosen[0].pct if chosen else Decimal(0)


def period_credit(
    remedy: TieredRemedy, compliance_pct: Decimal, fees: Fees, order_value_cents: int | None = None
) -> int | None:
    """The cents due for a period that was kept to that percentage; None as for `credit_of`.

    `fees` and `order_value_cents` are the period's sums. A percentage is rounded half up.
    """
    pct = tier_pct(compliance_pct, remedy.tiers)
    return _share(pct, remedy.pct_of, fees, order_value_cents)


def _uncapped(credit: Credit, fees: Fees, order_value_cents: int | None, units: int) -> int | None:
    if credit.pct is not None and credit.pct_of is not None:
        return _share(credit.pct, credit.pct_of, fees, order_value_cents)
    return (credit.cents or 0) * (units if credit.per == "unit" else 1)


def _share(pct: Decimal, pct_of: PctOf, fees: Fees, order_value_cents: int | None) -> int | None:
    whole = {
        "pick_pack_fee": fees.pick_pack_cents,
        "fulfilment_fees": fees.fulfilment_cents,
        "order_value": order_value_cents,
    }[pct_of]
    return None if whole is None else half_up(percent_of(whole, pct))


def _month_limit(cap: Cap | None, invoice_cents: int | None) -> int | None:
    if cap is None or cap.per != "month":
        return None
    limits = [] if cap.cents is None else [cap.cents]
    if cap.pct_of_invoice is not None and invoice_cents is not None:
        limits.append(max(0, down(percent_of(invoice_cents, cap.pct_of_invoice))))
    return min(limits, default=None)


def _check(holds: bool, message: str) -> None:  # noqa: FBT001 - the statement that must hold
    if not holds:
        raise ValueError(message)
