"""Prices what was done for one order by a tariff, as lines that sum to the amount exactly.

Must not know how work was counted, nor what was invoiced.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

from policies.money.cents import EXACT, down, half_up, percent_of
from policies.money.lines import STANDARD
from policies.money.tariff import Price, Tariff
from policies.money.usage import Usage
from policies.money.written import ORDER_MINIMUM, VOLUME_DISCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeLine:
    """One line of the bill; `amount_cents` is `quantity` times `unit_cents`.

    Where that cannot be said in whole numbers, `quantity` is 1 and `measured` how many there were.
    `unit` says what of, where a line of the tariff states it; `tax_class` how it is taxed.
    """

    code: str
    quantity: int
    unit_cents: int
    unit: str = ""
    measured: Decimal | None = None
    tax_class: str = STANDARD

    @property
    def amount_cents(self) -> int:
        """What the line costs; negative where it takes something off."""
        return self.quantity * self.unit_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What one order costs, and why: the amount is the sum of the lines."""

    currency: str
    lines: tuple[ChargeLine, ...]

    @property
    def amount_cents(self) -> int:
        """What is charged."""
        return _sum(self.lines)


def price(usage: Usage, tariff: Tariff) -> Charges:
    """What was done, then the minimum, then the multipliers in order, then the discount.

    The amount is rounded half up once after the multipliers, and down after the discount.
    Nothing done costs nothing, whatever the flags.
    """
    if usage.nothing_done:
        return Charges(currency=tariff.currency, lines=())
    lines = work_lines(usage, tariff)
    lines += _change(ORDER_MINIMUM, max(0, tariff.order_minimum_cents - _sum(lines)))
    lines += _multiplier_lines(_sum(lines), usage, tariff)
    full = _sum(lines)
    reduced = down(percent_of(full, 100 - tariff.discount_pct(usage.monthly_orders)))
    lines += _change(VOLUME_DISCOUNT, reduced - full)
    return Charges(currency=tariff.currency, lines=lines)


def work_lines(usage: Usage, tariff: Tariff) -> tuple[ChargeLine, ...]:
    """What was done at its prices, before minimum, multipliers and discount."""
    return tuple(line for one in tariff.prices for line in _graduated(one, usage.count(one.per)))


def _graduated(priced: Price, count: int) -> Iterator[ChargeLine]:
    """A line for each step that the count reaches into."""
    ends = [*(step.after for step in priced.steps[1:]), count]
    for step, end in zip(priced.steps, ends, strict=True):
        inside = min(count, end) - step.after
        if inside > 0:
            yield ChargeLine(code=priced.code, quantity=inside, unit_cents=step.cents)


def _multiplier_lines(base: int, usage: Usage, tariff: Tariff) -> tuple[ChargeLine, ...]:
    """A line for each multiplier: the step between the rounded running totals before and after.

    The running total itself is never rounded, so that only the last one decides the amount.
    """
    flags = [one for one in tariff.multipliers if one.flag in usage.flags]
    totals = [Decimal(base)]
    with localcontext(EXACT):
        for one in flags:
            totals.append(totals[-1] * one.times)
    steps = [half_up(after) - half_up(before) for before, after in pairwise(totals)]
    return tuple(
        line for one, cents in zip(flags, steps, strict=True) for line in _change(one.flag, cents)
    )


def _change(code: str, cents: int) -> tuple[ChargeLine, ...]:
    """The line that changes the total by so much; none where it changes nothing."""
    return (ChargeLine(code=code, quantity=1, unit_cents=cents),) if cents else ()


def _sum(lines: tuple[ChargeLine, ...]) -> int:
    return sum(line.amount_cents for line in lines)
