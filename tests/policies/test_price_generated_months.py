"""Generated months: whatever the tariff, the lines sum, and every part agrees with fractions.

`E2A_TEST_MONTHS=10000 pytest tests/policies/test_price_generated_months.py` runs so many.
"""

import os
from dataclasses import replace
from fractions import Fraction
from math import floor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.money.lines import Counted, Freight, TariffLine
from policies.money.month import MonthBill, price_month
from policies.money.month_lines import BillLine
from policies.money.order_lines import counted, price_order
from policies.money.tariff import Tariff
from tests.policies.generated_months import MARCH, Month, months

MONTHS = int(os.environ.get("E2A_TEST_MONTHS", "25"))
many = settings(max_examples=MONTHS, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def bill_of(month: Month) -> MonthBill:
    """What the month costs."""
    return price_month(month.usages, month.snapshots, month.tariffs, month=MARCH)


def half_up(exact: Fraction) -> int:
    """Whole cents; half a cent goes away from zero."""
    size = floor(abs(exact) + Fraction(1, 2))
    return size if exact >= 0 else -size


def of_version(bill: MonthBill, tariff: Tariff) -> list[BillLine]:
    """The lines that a version priced."""
    return [line for line in bill.lines if line.version == tariff.version]


@many
@given(month=months())
def test_lines_sum_exactly(month: Month) -> None:
    """The amount is the sum of whole cents, net, tax and all, and no part is lost between them."""
    bill = bill_of(month)
    assert {type(line.amount_cents) for line in bill.lines} <= {int}
    assert bill.amount_cents == sum(line.amount_cents for line in bill.lines)
    for tariff in month.tariffs.versions:
        lines = of_version(bill, tariff)
        net = [line for line in lines if not line.code.startswith("tax.")]
        taxed = {line.tax_class: line.amount_cents for line in lines if line not in net}
        for name, pct in tariff.tax.items():
            mine = [line for line in net if line.tax_class == name]
            base = sum(line.amount_cents for line in mine)
            due = half_up(Fraction(base) * Fraction(pct) / 100)
            assert taxed.get(name, 0) == due == sum(line.tax_cents for line in mine)


@many
@given(month=months())
def test_volume_lines_come_to_the_price_of_the_whole_month(month: Month) -> None:
    """What orders were charged, corrected, is the tier of the month's volume in fractions."""
    bill = bill_of(month)
    for tariff in month.tariffs.versions:
        for line in tariff.lines:
            if isinstance(line.rule, Counted) and line.rule.by == "month":
                _check_volume(month, bill, tariff, line)


def _check_volume(month: Month, bill: MonthBill, tariff: Tariff, line: TariffLine) -> None:
    rule = line.rule
    assert isinstance(rule, Counted)
    others = [one for one in month.tariffs.versions if one is not tariff]
    shared = any(one.code == line.code for other in others for one in other.lines)
    mine = [u for u in month.usages if u.day and month.tariffs.tariff_for("", u.day) is tariff]
    count = sum((Fraction(counted(rule, usage)[0]) for usage in mine), start=Fraction(0))
    rates = rule.rates.since[0][1]
    codes = (line.code, f"{line.code}_true_up")
    total = sum(one.amount_cents for one in of_version(bill, tariff) if one.code in codes)
    if shared or not count:
        assert total == 0 or count
        return
    units = count / (60 if rule.per == "receiving_hours" else 1)
    steps = [(Fraction(after), Fraction(cents)) for after, cents in rates.steps]
    if rates.all_units:
        exact = units * [cents for after, cents in steps if after < units][-1]
    else:
        ends = [after for after, _ in steps[1:]] + [Fraction(10**9)]
        pairs = zip(steps, ends, strict=True)
        exact = sum(
            (max(Fraction(0), min(units, end) - after) * cents for (after, cents), end in pairs),
            start=Fraction(0),
        )
    assert total == half_up(exact)


@many
@given(month=months(), data=st.data())
def test_the_order_of_arrival_does_not_matter(month: Month, data: st.DataObject) -> None:
    """The same work makes the same bill however it is handed in."""
    usages = tuple(data.draw(st.permutations(month.usages)))
    snapshots = tuple(data.draw(st.permutations(month.snapshots)))
    assert bill_of(replace(month, usages=usages, snapshots=snapshots)) == bill_of(month)


@many
@given(month=months())
def test_an_order_costs_in_a_month_what_it_costs_alone(month: Month) -> None:
    """Lines that do not look at the month are the same in a bill of one order."""
    bill = bill_of(month)
    worked = sum(not usage.nothing_done for usage in month.usages)
    for usage in month.usages:
        assert usage.day is not None
        tariff = month.tariffs.tariff_for("", usage.day)
        alone = price_order(replace(usage, monthly_orders=worked), month.tariffs)
        own = _codes_of_one_order(tariff)
        there = [
            (line.code, line.amount_cents)
            for line in bill.lines
            if line.order == usage.order and line.code in own
        ]
        assert there == [(one.code, one.amount_cents) for one in alone.lines if one.code in own]


def _codes_of_one_order(tariff: Tariff) -> set[str]:
    lines = {
        line.code
        for line in tariff.lines
        if isinstance(line.rule, Freight)
        or (isinstance(line.rule, Counted) and line.rule.by == "order")
    }
    return lines | {price.code for price in tariff.prices} | {"order_minimum", "volume_discount"}


@many
@given(month=months())
def test_a_month_is_never_below_its_minimum(month: Month) -> None:
    """Before tax each version's lines come to its minimum for its days."""
    bill = bill_of(month)
    for tariff in month.tariffs.versions:
        days = [
            day
            for day in range(31)
            if month.tariffs.tariff_for("", MARCH.replace(day=day + 1)) is tariff
        ]
        least = half_up(Fraction(tariff.month_minimum_cents * len(days), 31))
        net = [one for one in of_version(bill, tariff) if not one.code.startswith("tax.")]
        assert sum(one.amount_cents for one in net) >= least or not least
