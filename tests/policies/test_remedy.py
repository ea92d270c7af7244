"""What broken promises give back: shares of what was charged, allowances, caps and tiers."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.money.fees import Fees, fees_of
from policies.money.pricing import price
from policies.money.remedy import (
    Cap,
    Credit,
    PctOf,
    Remedy,
    Tier,
    TieredRemedy,
    credit_of,
    credits_due,
    period_credit,
    tier_pct,
)
from policies.money.usage import Usage
from tests.policies.test_pricing import EXTRAS, ONE, usages
from tests.policies.test_tariff import TARIFF

FEES = Fees(pick_pack_cents=50, fulfilment_cents=65, total_cents=70)
PICK_PACK = Credit(pct=Decimal(100), pct_of="pick_pack_fee")
TIERS = tuple(
    Tier(at_least=Decimal(least), pct=Decimal(pct))
    for least, pct in ((99, 0), (98, 2), (95, 5), (0, 10))
)

cents = st.integers(0, 10**6)
percents = st.decimals(0, 100, places=2)
months = st.builds(
    Remedy,
    cap=st.none()
    | st.builds(Cap, per=st.just("month"), cents=cents)
    | st.builds(Cap, per=st.just("month"), cents=cents, pct_of_invoice=percents),
    allowance=st.integers(0, 5),
)


@pytest.mark.parametrize(
    ("operations", "flags", "fees"),
    [
        ({}, ["rush"], (0, 0, 0)),
        (ONE, [], (50, 65, 65)),
        (ONE, ["rush"], (100, 130, 130)),
        ({"pick": 1}, [], (50, 50, 50)),
        ({**ONE, "storage_days": 7}, [], (50, 65, 100)),
        ({**ONE, "returns": 1}, [], (50, 65, 315)),
        ({**ONE, **EXTRAS}, [], (50, 440, 440)),
        ({"returns": 1}, [], (0, 0, 250)),
    ],
)
def test_fees_are_what_was_charged(
    operations: dict[str, int], flags: list[str], fees: tuple[int, int, int]
) -> None:
    """Minimum and multipliers belong to the work they were charged for, in proportion."""
    found = fees_of(Usage(operations=operations, flags=frozenset(flags)), TARIFF)
    assert (found.pick_pack_cents, found.fulfilment_cents, found.total_cents) == fees


@given(usage=usages)
def test_each_fee_lies_within_the_next(usage: Usage) -> None:
    """Picking and packing is a part of fulfilment, and that a part of what was charged."""
    fees = fees_of(usage, TARIFF)
    assert 0 <= fees.pick_pack_cents <= fees.fulfilment_cents <= fees.total_cents
    assert fees.total_cents == price(usage, TARIFF).amount_cents


@pytest.mark.parametrize(
    ("remedy", "due"),
    [
        (Remedy(), 0),
        (Remedy(credit=Credit(cents=300)), 300),
        (Remedy(credit=Credit(cents=300), cap=Cap(per="order", cents=250)), 250),
        (Remedy(credit=Credit(cents=300), cap=Cap(per="month", cents=250)), 300),
        (Remedy(credit=Credit(cents=300, per="unit")), 900),
        (Remedy(credit=Credit(cents=300, per="unit"), cap=Cap(per="order", cents=800)), 800),
        (Remedy(credit=PICK_PACK), 50),
        (Remedy(credit=Credit(pct=Decimal(50), pct_of="fulfilment_fees")), 33),
        (Remedy(credit=Credit(pct=Decimal("2.5"), pct_of="order_value")), 250),
    ],
)
def test_the_credit_of_one_breach(remedy: Remedy, due: int) -> None:
    """Fixed cents, per order or per unit, or a share rounded half up, under the order's cap."""
    assert credit_of(remedy, FEES, order_value_cents=10_000, units=3) == due


def test_a_share_of_an_unknown_value_is_not_said() -> None:
    """Without the order's value its share is unknown, which is not the same as nothing due."""
    share = Credit(pct=Decimal(10), pct_of="order_value")
    assert credit_of(Remedy(credit=share, cap=Cap(per="order", cents=5)), FEES) is None
    assert credit_of(Remedy(credit=PICK_PACK), FEES) == 50


@pytest.mark.parametrize(
    ("remedy", "invoice", "due"),
    [
        (Remedy(), None, (100, 200, 300)),
        (Remedy(allowance=1), None, (0, 200, 300)),
        (Remedy(allowance=9), None, (0, 0, 0)),
        (Remedy(cap=Cap(per="month", cents=250)), None, (100, 150, 0)),
        (Remedy(cap=Cap(per="month", cents=250), allowance=1), None, (0, 200, 50)),
        (Remedy(cap=Cap(per="order", cents=50)), None, (100, 200, 300)),
        (Remedy(cap=Cap(per="month", pct_of_invoice=Decimal(10))), 3_599, (100, 200, 59)),
        (Remedy(cap=Cap(per="month", pct_of_invoice=Decimal(10))), None, (100, 200, 300)),
        (Remedy(cap=Cap(per="month", pct_of_invoice=Decimal(10))), -500, (0, 0, 0)),
        (Remedy(cap=Cap(per="month", cents=99, pct_of_invoice=Decimal(10))), 9_000, (99, 0, 0)),
        (Remedy(cap=Cap(per="month", cents=999, pct_of_invoice=Decimal(1))), 9_000, (90, 0, 0)),
    ],
)
def test_the_credits_of_a_month(
    remedy: Remedy, invoice: int | None, due: tuple[int, int, int]
) -> None:
    """The allowance takes the first breaches off, and the cap cuts the last ones."""
    assert credits_due([100, 200, 300], remedy, invoice) == due


@given(breaches=st.lists(cents), remedy=months, invoice=cents)
def test_a_month_never_exceeds_its_cap(breaches: list[int], remedy: Remedy, invoice: int) -> None:
    """No breach gives more than its credit, and all of them never more than the cap."""
    due = credits_due(breaches, remedy, invoice)
    assert len(due) == len(breaches)
    assert all(0 <= given <= credit for given, credit in zip(due, breaches, strict=True))
    assert sum(due[: remedy.allowance]) == 0
    if remedy.cap is None:
        assert sum(due) == sum(breaches[remedy.allowance :])
    else:
        assert sum(due) == min(sum(breaches[remedy.allowance :]), _limit(remedy.cap, invoice))


def _limit(cap: Cap, invoice: int) -> int:
    share = None if cap.pct_of_invoice is None else int(invoice * cap.pct_of_invoice / 100)
    return min(limit for limit in (cap.cents, share) if limit is not None)


@given(breaches=st.lists(cents), more=cents, remedy=months, invoice=cents)
def test_a_later_breach_changes_no_earlier_credit(
    breaches: list[int], more: int, remedy: Remedy, invoice: int
) -> None:
    """One more breach leaves what was given before as it is, so a month can be run again."""
    before = credits_due(breaches, remedy, invoice)
    assert credits_due([*breaches, more], remedy, invoice)[:-1] == before


@pytest.mark.parametrize(
    ("kept", "pct"),
    [
        ("100", 0),
        ("99", 0),
        ("98.999", 2),
        ("98", 2),
        ("97.99", 5),
        ("95", 5),
        ("94", 10),
        ("0", 10),
    ],
)
def test_a_tier_begins_at_its_limit(kept: str, pct: int) -> None:
    """Exactly the limit is still within; a percentage is never rounded up to it."""
    assert tier_pct(Decimal(kept), TIERS) == pct
    assert tier_pct(Decimal(kept), TIERS[::-1]) == pct


def test_below_the_lowest_tier_the_lowest_counts() -> None:
    """Keeping even less than the last tier names costs no less."""
    assert tier_pct(Decimal(50), TIERS[:3]) == 5
    assert tier_pct(Decimal(50), ()) == 0


@given(kept=percents, better=percents)
def test_keeping_more_never_gives_back_more(kept: Decimal, better: Decimal) -> None:
    """Along the tiers credits only fall as the promise is kept better."""
    low, high = sorted((kept, better))
    assert tier_pct(low, TIERS) >= tier_pct(high, TIERS)


@pytest.mark.parametrize(
    ("pct_of", "due"),
    [("pick_pack_fee", 3), ("fulfilment_fees", 3), ("order_value", 500)],
)
def test_the_credit_of_a_period(pct_of: PctOf, due: int) -> None:
    """A missed target gives back its tier's share of the period's sums, rounded half up."""
    remedy = TieredRemedy(tiers=TIERS, pct_of=pct_of)
    assert period_credit(remedy, Decimal(96), FEES, 10_000) == due


def test_a_kept_target_gives_nothing_back() -> None:
    """In the tier of 0 % nothing is due; a share of an unknown value stays unknown."""
    assert (
        period_credit(TieredRemedy(tiers=TIERS, pct_of="fulfilment_fees"), Decimal(99), FEES) == 0
    )
    unknown = TieredRemedy(tiers=TIERS, pct_of="order_value")
    assert period_credit(unknown, Decimal(96), FEES) is None


@given(pct=percents, one=cents, two=cents)
def test_a_share_grows_with_its_whole(pct: Decimal, one: int, two: int) -> None:
    """A larger fee never gives a smaller credit, and up to 100 % never more than the fee."""
    remedy = Remedy(credit=Credit(pct=pct, pct_of="fulfilment_fees"))
    small, large = (
        credit_of(remedy, Fees(pick_pack_cents=0, fulfilment_cents=fee, total_cents=fee)) or 0
        for fee in sorted((one, two))
    )
    assert 0 <= small <= large <= max(one, two)


WRONG: list[tuple[Callable[[], object], str]] = [
    (Credit, "either cents or pct"),
    (lambda: Credit(cents=1, pct=Decimal(1), pct_of="order_value"), "either cents or pct"),
    (lambda: Credit(pct=Decimal(1)), "needs its pct_of"),
    (lambda: Credit(cents=1, pct_of="order_value"), "needs its pct_of"),
    (lambda: Credit(per="unit", pct=Decimal(1), pct_of="order_value"), "per unit is in cents"),
    (lambda: Credit(cents=-1), "0 or more"),
    (lambda: Credit(pct=Decimal(-1), pct_of="order_value"), "0 or more"),
    (lambda: Cap(per="month"), "has cents or pct_of_invoice"),
    (lambda: Cap(per="order", pct_of_invoice=Decimal(1)), "per order is in cents"),
    (lambda: Cap(per="order", cents=-1), "0 or more"),
    (lambda: Cap(per="month", pct_of_invoice=Decimal(-1)), "0 or more"),
    (lambda: Remedy(allowance=-1), "0 or more"),
    (lambda: TieredRemedy(tiers=(), pct_of="order_value"), "at least one tier"),
    (lambda: TieredRemedy(tiers=TIERS[:1] * 2, pct_of="order_value"), "two tiers begin at 99"),
    (
        lambda: TieredRemedy(
            tiers=(*TIERS, Tier(at_least=Decimal(50), pct=Decimal(1))), pct_of="order_value"
        ),
        "gives less than a better one",
    ),
    (
        lambda: TieredRemedy(
            tiers=(Tier(at_least=Decimal(0), pct=Decimal(-1)),), pct_of="order_value"
        ),
        "0 or more",
    ),
]


@pytest.mark.parametrize(("make", "told"), WRONG)
def test_a_remedy_that_cannot_be_meant_is_refused(make: Callable[[], object], told: str) -> None:
    """Contradictions are told when a remedy is made, not when money is due."""
    with pytest.raises(ValueError, match=told):
        make()
