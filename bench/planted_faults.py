"""What a billing system may do wrong with the lines of one order, each fault with its cause.

Must not look for faults: policies/money/findings does.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from policies.money.findings.finding import Cause
from policies.money.findings.orders import Due
from policies.money.order_lines import price_order
from policies.money.pricing import ChargeLine
from policies.money.tariff import PriceStep, Tariff
from policies.money.usage import Usage
from policies.money.versions import only

Lines = tuple[ChargeLine, ...]
Fault = Callable[[Due, random.Random], Lines | None]
"""What was billed instead; None where the order offers no place for the fault."""


def _priced(usage: Usage, tariff: Tariff) -> Lines:
    return price_order(usage, only(tariff)).lines


def _more(operation: str, many: int) -> Fault:
    def fault(due: Due, rng: random.Random) -> Lines | None:
        del rng
        there = due.usage.count(operation)
        if (operation == "kitting") == bool(there):
            return None
        operations = {**due.usage.operations, operation: there + many}
        return _priced(replace(due.usage, operations=operations), due.tariff)

    return fault


def _less(due: Due, rng: random.Random) -> Lines | None:
    del rng
    operations = {**due.usage.operations, "label": 0}
    return _priced(replace(due.usage, operations=operations), due.tariff)


def _price(code: str, cents: int) -> Fault:
    def fault(due: Due, rng: random.Random) -> Lines | None:
        del rng
        prices = tuple(
            replace(one, steps=(PriceStep(after=0, cents=cents),)) if one.code == code else one
            for one in due.tariff.prices
        )
        if not any(line.code == code for line in due.lines):
            return None
        return _priced(due.usage, replace(due.tariff, prices=prices))

    return fault


def _flags(*, charged: bool) -> Fault:
    def fault(due: Due, rng: random.Random) -> Lines | None:
        del rng
        if ("rush" in due.usage.flags) == charged:
            return None
        flags = due.usage.flags | {"rush"} if charged else due.usage.flags - {"rush"}
        return _priced(replace(due.usage, flags=flags), due.tariff)

    return fault


def _without_discount(due: Due, rng: random.Random) -> Lines | None:
    del rng
    return _priced(replace(due.usage, monthly_orders=0), due.tariff)


def _minimum(due: Due, rng: random.Random) -> Lines | None:
    del rng
    lines = _priced(due.usage, replace(due.tariff, order_minimum_cents=1000))
    return lines if any(line.code == "order_minimum" for line in lines) else None


def _off(code: str, cents: int) -> Fault:
    def fault(due: Due, rng: random.Random) -> Lines | None:
        del rng
        if not any(line.code == code for line in due.lines):
            return None
        return tuple(
            replace(line, unit_cents=line.unit_cents + cents) if line.code == code else line
            for line in due.lines
        )

    return fault


def _again(due: Due, rng: random.Random) -> Lines | None:
    first = rng.choice([line for line in due.lines if line.code in ("pick", "label")])
    return (*due.lines, first)


def _strange(due: Due, rng: random.Random) -> Lines | None:
    del rng
    return (*due.lines, ChargeLine(code="handling", quantity=1, unit_cents=75))


def _fuel(due: Due, rng: random.Random) -> Lines | None:
    del rng
    other = date(2026, 11, 12) if due.usage.day and due.usage.day.day < 9 else date(2026, 11, 1)  # noqa: PLR2004
    day = due.usage.day
    if day is None or day.day >= 15:  # noqa: PLR2004 - the peak surcharge would change with it
        return None
    return _priced(replace(due.usage, day=other), due.tariff)


def _peak(due: Due, rng: random.Random) -> Lines | None:
    del rng
    if due.usage.day is None or due.usage.day.day >= 15:  # noqa: PLR2004 - it is due from there on
        return None
    lines = [line for line in due.lines if not line.code.startswith("tax.")]
    peak = ChargeLine(code="peak", quantity=due.usage.count("pick"), unit_cents=8, unit="pick")
    net = sum(line.amount_cents for line in lines) + peak.amount_cents
    tax = (net * 75 + 500) // 1000
    return (*lines, peak, ChargeLine(code="tax.standard", quantity=1, unit_cents=tax, unit="tax"))


FAULTS: dict[str, tuple[Cause, Fault]] = {
    "never done": (Cause.NO_EVENT, _more("kitting", 1)),
    "counted too often": (Cause.QUANTITY, _more("pick", 2)),
    "left out": (Cause.NOT_BILLED, _less),
    "line twice": (Cause.TWICE, _again),
    "last year's label": (Cause.OTHER_VERSION, _price("label", 12)),
    "fuel of another week": (Cause.OTHER_VERSION, _fuel),
    "price of nowhere": (Cause.RATE, _price("pack", 23)),
    "all days at the first step": (Cause.TIER, _price("storage", 5)),
    "minimum too high": (Cause.MINIMUM, _minimum),
    "not in rush": (Cause.SURCHARGE, _flags(charged=True)),
    "peak out of season": (Cause.SURCHARGE, _peak),
    "rush for nothing": (Cause.MULTIPLIER, _flags(charged=False)),
    "no discount": (Cause.DISCOUNT, _without_discount),
    "tax too high": (Cause.TAX, _off("tax.standard", 9)),
    "a cent of discount": (Cause.ROUNDING, _off("volume_discount", 1)),
    "not in the tariff": (Cause.NO_TARIFF_LINE, _strange),
}
"""What may be wrong with the lines of an order, and its cause."""
