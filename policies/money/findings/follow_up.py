"""What follows from billed lines by the tariff: minimum, multipliers, discount, shares and tax.

Must not compare: it says what each line would be, given those above it as they were billed.
"""

from collections.abc import Mapping
from decimal import Decimal, localcontext

from policies.money.cents import EXACT, down, half_up, percent_of
from policies.money.lines import STANDARD, TAX, Least, Share, fits
from policies.money.order_lines import share_of
from policies.money.tariff import Tariff
from policies.money.usage import Usage
from policies.money.written import ORDER_MINIMUM, VOLUME_DISCOUNT

Amounts = Mapping[str, int]
"""Billed amounts by the code of their line."""


def follows(code: str, tariff: Tariff) -> bool:
    """Whether a line is computed from other lines, and counts nothing itself."""
    if code in (ORDER_MINIMUM, VOLUME_DISCOUNT) or code.startswith(TAX):
        return True
    if any(one.flag == code for one in tariff.multipliers):
        return True
    return any(one.code == code and isinstance(one.rule, Share | Least) for one in tariff.lines)


def following(billed: Amounts, usage: Usage, tariff: Tariff) -> dict[str, int]:
    """The amount of each line that follows from others, by its code, in the tariff's order."""
    found = _of_work(billed, usage, tariff)
    above = [one.code for one in tariff.prices] + list(found)
    for line in tariff.lines:
        if line.is_for_orders and isinstance(line.rule, Share | Least):
            found[line.code] = _added(line.rule, billed, above, usage)
        above.append(line.code)
    classes = {line.code: line.tax_class for line in tariff.lines}
    for name, pct in tariff.tax.items():
        base = sum(
            cents
            for code, cents in billed.items()
            if not code.startswith(TAX) and classes.get(code, STANDARD) == name
        )
        found[TAX + name] = half_up(percent_of(base, pct))
    return found


def _of_work(billed: Amounts, usage: Usage, tariff: Tariff) -> dict[str, int]:
    """Minimum, multipliers and discount. What was billed wrongly is taken as it was billed."""
    total = sum(billed.get(one.code, 0) for one in tariff.prices)
    idle = usage.nothing_done and not total
    found = {ORDER_MINIMUM: 0 if idle else max(0, tariff.order_minimum_cents - total)}
    total += billed.get(ORDER_MINIMUM, 0)
    exact = Decimal(total)
    with localcontext(EXACT):
        for one in tariff.multipliers:
            after = exact * one.times if one.flag in usage.flags else exact
            found[one.flag] = half_up(after) - half_up(exact)
            asked = billed.get(one.flag, 0)
            total += asked
            exact = after if asked == found[one.flag] else Decimal(total)
    pct = tariff.discount_pct(usage.monthly_orders)
    found[VOLUME_DISCOUNT] = down(percent_of(total, 100 - pct)) - total
    return found


def _added(rule: Share | Least, billed: Amounts, above: list[str], usage: Usage) -> int:
    patterns = rule.of if isinstance(rule, Share) else rule.counts
    meant = [cents for code, cents in billed.items() if code in above and fits(code, patterns)]
    if isinstance(rule, Least):
        return max(0, rule.cents - sum(meant)) if meant else 0
    pct = rule.pct.on(usage.day)
    return share_of(sum(meant), pct) if pct is not None and rule.when.holds(usage) else 0
