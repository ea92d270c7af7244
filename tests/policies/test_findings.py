"""Invoices are proved line by line: planted faults are found with their cause, and nothing else."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.planted_faults import FAULTS
from bench.planting import WHOLE, Planted, month, tariffs
from policies.money.fees import Fees
from policies.money.findings.clusters import clusters
from policies.money.findings.credits import NOTHING, Broken, Given, credit_findings, owed_by
from policies.money.findings.finding import Cause, Finding
from policies.money.findings.orders import order_findings
from policies.money.findings.prices import OtherVersions
from policies.money.findings.tolerance import SmallOnes
from policies.money.remedy import Cap, Credit, Remedy
from policies.money.tariff import Tolerance

OTHERS = OtherVersions.of(tariffs().versions)
DUE = datetime(2026, 11, 3, 12, tzinfo=UTC)
FEES = Fees(pick_pack_cents=50, fulfilment_cents=65, total_cents=65)


def found_in(planted: Planted) -> list[Finding]:
    """What the proof says of it."""
    return order_findings(planted.due, planted.billed, OTHERS)


def test_every_planted_fault_is_found_and_nothing_else() -> None:
    """Each kind of fault is found once with its cause; rightly billed orders have no finding."""
    kinds: Counter[Cause] = Counter()
    for planted in month(400, 63, seed=7):
        causes = [one.cause for one in found_in(planted)]
        assert causes == ([planted.cause] if planted.cause else [])
        kinds.update(causes)
    assert len(kinds) >= 19
    assert sum(kinds.values()) == 63
    assert len(FAULTS) + len(WHOLE) >= 12


@pytest.mark.soak
def test_every_planted_fault_of_a_large_month_is_found() -> None:
    """500 faults of every kind among 10,000 orders: each found, its cause right, nothing else."""
    found = 0
    for planted in month(10_000, 500, seed=7):
        causes = [one.cause for one in found_in(planted)]
        assert causes == ([planted.cause] if planted.cause else [])
        found += len(causes)
    assert found == 500


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_findings_come_to_what_is_wrong(seed: int) -> None:
    """What the findings of an order say sums to what is due less what was billed."""
    for planted in month(12, 12, seed=seed):
        found = found_in(planted)
        if planted.cause is not Cause.CURRENCY:
            assert sum(one.difference_cents for one in found) == planted.difference_cents


def test_two_faults_of_one_order_are_two_findings() -> None:
    """Each with its own difference, and what follows from both shared out between them."""
    planted = next(one for one in month(60, 0, seed=3) if "rush" in one.due.usage.flags)
    wrong = []
    for one in planted.billed:
        cents = {"pick": 40, "pack": 27}.get(one.line.code, one.line.unit_cents)
        amount = cents * one.line.quantity
        wrong.append(one._replace(line=replace(one.line, unit_cents=cents, amount_cents=amount)))
    both = replace(planted, billed=tuple(wrong))
    found = found_in(both)
    assert {one.code for one in found} >= {"pick", "pack"}
    assert sum(one.difference_cents for one in found) == both.difference_cents


def test_a_finding_is_the_same_in_every_run() -> None:
    """Its key depends on what it is about and what it says, and on nothing else."""
    first, second = (
        [one.key for planted in month(60, 40, seed=5) for one in found_in(planted)]
        for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == len(first)


def test_findings_of_one_mistake_come_together() -> None:
    """So many orders were charged the old label price since that day: one cluster, one sum."""
    found = [one for planted in month(400, 63, seed=7) for one in found_in(planted)]
    made = clusters(found)
    label = next(one for one in made if one.key.code == "label" and one.key.over is False)
    mine = [one for one in found if one.code == "label" and one.difference_cents > 0]
    assert (label.count, label.difference_cents) == (
        len([one for one in mine if one.cause is label.key.cause]),
        sum(one.difference_cents for one in mine if one.cause is label.key.cause),
    )
    assert sum(one.count for one in made) == len(found)
    amounts = [abs(one.difference_cents) for one in made]
    assert amounts == sorted(amounts, reverse=True)


def _off(cents: int, order: str) -> Finding:
    return Finding(
        order_id=order,
        invoice_id=1,
        invoice="INV-1",
        code="label",
        cause=Cause.RATE,
        expected_cents=15 + cents,
        billed_cents=15,
        currency="USD",
        tariff_version="1",
    )


def test_small_differences_are_summed() -> None:
    """A cent is left alone; many cents that go the same way are told, with the orders."""
    tolerance = Tolerance(line_cents=1, month_cents=5)
    few, many = SmallOnes(), SmallOnes()
    assert few.sift([_off(-1, f"SO-{n}") for n in range(5)], tolerance) == []
    assert few.drift("2026-11", tolerance) == []
    assert many.sift([_off(-1, f"SO-{n}") for n in range(6)], tolerance) == []
    assert many.sift([_off(1, "SO-9"), _off(2, "SO-8")], tolerance) == [_off(2, "SO-8")]
    [drift] = many.drift("2026-11", tolerance)
    assert (drift.cause, drift.difference_cents, len(drift.evidence)) == (Cause.DRIFT, -6, 6)


@pytest.mark.parametrize(("pct", "left"), [("10", 0), ("5", 1)])
def test_a_tolerance_may_be_a_share(pct: str, left: int) -> None:
    """Of cents and percent the more generous one counts."""
    tolerance = Tolerance(line_pct=Decimal(pct), month_cents=100)
    assert len(SmallOnes().sift([_off(-1, "SO-1")], tolerance)) == left


def _broken(order: str, hours: int = 0, value: int | None = None) -> Broken:
    return Broken(
        order_id=order,
        deadline_at=DUE + timedelta(hours=hours),
        fees=FEES,
        value_cents=value,
        units=1,
    )


def _place(cents: int = 0) -> Given:
    return Given(
        cents=cents,
        invoice_id=4,
        invoice="INV-4",
        currency="USD",
        tariff_version="1",
        service_date=date(2026, 11, 3),
    )


def test_credits_go_by_allowance_and_cap() -> None:
    """The first breaches of a month are free, the cap cuts the last; an order is given one."""
    remedy = Remedy(credit=Credit(cents=40), allowance=1, cap=Cap(per="month", cents=60))
    late = [_broken("SO-3", 3), _broken("SO-1"), _broken("SO-2", 1), _broken("SO-2", 2)]
    owed = owed_by("pick", remedy, late, invoiced_cents=10_000)
    assert {order: one.cents for order, one in owed.items()} == {"SO-2": 40, "SO-3": 20}


@pytest.mark.parametrize(
    ("owed", "given_", "cause", "difference"),
    [
        pytest.param(40, 0, Cause.CREDIT_OWED, -40, id="not given"),
        pytest.param(40, 25, Cause.CREDIT_AMOUNT, -15, id="too little"),
        pytest.param(40, 50, Cause.CREDIT_AMOUNT, 10, id="too much"),
        pytest.param(0, 25, Cause.CREDIT_NOT_OWED, 25, id="not owed"),
    ],
)
def test_credits_are_proved_both_ways(
    owed: int, given_: int, cause: Cause, difference: int
) -> None:
    """A credit that is missing, wrong or not owed is a finding; the right one is none."""
    remedy = Remedy(credit=Credit(cents=owed))
    due = owed_by("pick", remedy, [_broken("SO-1")] if owed else [], invoiced_cents=0)
    given_already = {"SO-1": _place(given_)} if given_ else {}
    [one] = credit_findings(due, given_already, {"SO-1": _place()})
    assert (one.cause, one.difference_cents) == (cause, difference)
    assert credit_findings(due, {"SO-1": _place(owed)} if owed else {}, {}) == []


def test_nothing_is_said_of_a_credit_that_nobody_can_compute() -> None:
    """A share of a value that is not told, or an order without an invoice, waits."""
    share = Remedy(credit=Credit(pct=Decimal(10), pct_of="order_value"))
    due = owed_by("pick", share, [_broken("SO-1")], invoiced_cents=0)
    assert credit_findings(due, {}, {"SO-1": _place()}) == []
    fixed = owed_by("pick", Remedy(credit=Credit(cents=5)), [_broken("SO-1")], invoiced_cents=0)
    assert credit_findings(fixed, {}, {}) == []
    assert NOTHING.cents == 0
