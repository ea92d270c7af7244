"""What one order costs: the original's cases, and what holds for every order."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.money.pricing import Charges, price
from policies.money.usage import FLAGS, MOST, OPERATIONS, Usage, UsageError, read_usage
from tests.policies.test_tariff import TARIFF

ONE = {"pick": 1, "pack": 1, "label": 1}
TWO = {"pick": 2, "pack": 1, "label": 1}
EXTRAS = {"photo": 1, "quality_check": 1, "custom_packaging": 1, "gift_wrap": 1}

CASES: list[tuple[dict[str, int], list[str], int, int]] = [
    ({}, [], 0, 0),
    ({}, ["rush", "hazmat"], 1000, 0),
    ({"pick": 0}, ["rush"], 0, 0),
    (ONE, [], 0, 65),
    (TWO, [], 0, 95),
    ({"pick": 1}, [], 0, 50),
    ({**ONE, "storage_days": 1}, [], 0, 70),
    ({**ONE, "storage_days": 10}, [], 0, 115),
    ({**ONE, "storage_days": 100}, [], 0, 615),
    ({"pick": 10, "pack": 8, "label": 5, "storage_days": 30}, [], 0, 685),
    (ONE, ["rush"], 0, 130),
    (ONE, ["hazmat"], 0, 195),
    (ONE, ["fragile"], 0, 78),
    (ONE, ["rush", "oversized"], 0, 195),
    (ONE, ["rush", "oversized", "hazmat", "fragile"], 0, 702),
    ({"pick": 1}, ["rush"], 0, 100),
    ({"returns": 1}, [], 0, 250),
    ({"returns": 2, "pick": 1}, [], 0, 530),
    ({**ONE, "kitting": 1}, [], 0, 115),
    ({**ONE, **EXTRAS}, [], 0, 440),
    (TWO, [], 99, 95),
    (TWO, [], 100, 90),
    (TWO, [], 500, 85),
    (TWO, [], 1000, 80),
]
"""Operations, flags, monthly orders and what they cost."""

counts = st.one_of(st.integers(0, 200), st.integers(0, MOST))
usages = st.builds(
    Usage,
    operations=st.dictionaries(st.sampled_from(OPERATIONS), counts),
    flags=st.frozensets(st.sampled_from(FLAGS)),
    monthly_orders=counts,
)


def lines(charges: Charges) -> list[tuple[str, int, int, int]]:
    """Each line as code, quantity, price of one and amount."""
    return [
        (line.code, line.quantity, line.unit_cents, line.amount_cents) for line in charges.lines
    ]


@pytest.mark.parametrize(("operations", "flags", "orders", "cents"), CASES)
def test_the_originals_cases(
    operations: dict[str, int], flags: list[str], orders: int, cents: int
) -> None:
    """Every case of the original's table costs what it did there, and its lines say why."""
    document = {"operations": operations, "flags": flags, "monthly_orders": orders}
    charges = price(read_usage(document), TARIFF)
    assert charges.amount_cents == cents
    assert sum(amount for *_, amount in lines(charges)) == cents


def test_every_step_is_a_line() -> None:
    """Minimum, each multiplier and the discount are lines of their own, in the order applied."""
    usage = Usage(operations={"pick": 1}, flags=frozenset(FLAGS), monthly_orders=100)
    assert lines(price(usage, TARIFF)) == [
        ("pick", 1, 30, 30),
        ("order_minimum", 1, 20, 20),
        ("rush", 1, 50, 50),
        ("oversized", 1, 50, 50),
        ("hazmat", 1, 300, 300),
        ("fragile", 1, 90, 90),
        ("volume_discount", 1, -27, -27),
    ]


def test_a_graduated_price_is_a_line_for_each_step() -> None:
    """Each day costs what its own step says: the first 90 stay cheap."""
    charges = price(Usage(operations={"storage_days": 100}), TARIFF)
    assert lines(charges) == [("storage", 90, 5, 450), ("storage", 10, 10, 100)]


def test_a_return_is_three_lines() -> None:
    """One operation may be charged by several lines."""
    charges = price(Usage(operations={"returns": 2}), TARIFF)
    assert [line[0] for line in lines(charges)] == ["return", "restock", "inspection"]


def test_half_a_cent_is_rounded_once_at_the_end_of_the_multipliers() -> None:
    """85 x 1.5 = 127.5 is 128, but 85 x 1.5 x 1.2 = 153 and never 153.6."""
    operations = {"pick": 1, "pack": 2, "label": 1}
    half = price(Usage(operations=operations, flags=frozenset({"oversized"})), TARIFF)
    both = price(Usage(operations=operations, flags=frozenset({"oversized", "fragile"})), TARIFF)
    assert (half.amount_cents, both.amount_cents) == (128, 153)
    assert lines(both)[-2:] == [("oversized", 1, 43, 43), ("fragile", 1, 25, 25)]


def test_the_discount_is_taken_from_the_rounded_amount() -> None:
    """127.5 is 128 first; 5 % off is 121.6, so 121."""
    operations = {"pick": 1, "pack": 2, "label": 1}
    usage = Usage(operations=operations, flags=frozenset({"oversized"}), monthly_orders=100)
    assert price(usage, TARIFF).amount_cents == 121


@given(usage=usages)
def test_the_amount_is_the_formula(usage: Usage) -> None:
    """max(sum, minimum), times the multipliers, rounded half up, less the discount, down."""
    charges = price(usage, TARIFF)
    work = sum(
        line.amount_cents for line in charges.lines if line.code in {p.code for p in TARIFF.prices}
    )
    base = max(work, 50) if any(usage.operations.values()) else 0
    factors = {"rush": (2, 1), "oversized": (3, 2), "hazmat": (3, 1), "fragile": (6, 5)}
    exact = base * prod((Fraction(*factors[flag]) for flag in usage.flags), start=Fraction(1))
    full = floor(exact + Fraction(1, 2))
    pct = Fraction(TARIFF.discount_pct(usage.monthly_orders))
    assert charges.amount_cents == floor(full * (1 - pct / 100))


@given(usage=usages)
def test_lines_sum_to_the_amount_in_whole_cents(usage: Usage) -> None:
    """Every line is its quantity times its price, in integers, and nothing is lost between them."""
    charges = price(usage, TARIFF)
    assert sum(amount for *_, amount in lines(charges)) == charges.amount_cents
    for _, quantity, unit, amount in lines(charges):
        assert {type(quantity), type(unit), type(amount)} == {int}
        assert quantity * unit == amount


@given(usage=usages, operation=st.sampled_from(OPERATIONS), more=st.integers(1, 1000))
def test_more_work_never_costs_less(usage: Usage, operation: str, more: int) -> None:
    """With the same flags and orders a month, doing more is never cheaper."""
    count = min(MOST, usage.count(operation) + more)
    bigger = replace(usage, operations={**usage.operations, operation: count})
    assert price(bigger, TARIFF).amount_cents >= price(usage, TARIFF).amount_cents


@given(usage=usages)
def test_a_discount_never_costs_more(usage: Usage) -> None:
    """More orders a month never make an order dearer."""
    alone = replace(usage, monthly_orders=0)
    assert price(usage, TARIFF).amount_cents <= price(alone, TARIFF).amount_cents


@given(flags=st.lists(st.sampled_from(FLAGS), max_size=8), data=st.data())
def test_flags_are_a_set(flags: list[str], data: st.DataObject) -> None:
    """The order of flags does not matter, and a flag told twice counts once."""
    shuffled = data.draw(st.permutations(flags))
    one = read_usage({"operations": ONE, "flags": flags})
    other = read_usage({"operations": ONE, "flags": [*shuffled, *flags]})
    assert price(one, TARIFF) == price(other, TARIFF)


def test_a_multiplier_below_one_is_a_line_that_takes_off() -> None:
    """A tariff may make a flag cheaper; the lines still sum to the amount."""
    cheaper = replace(
        TARIFF, multipliers=tuple(replace(m, times=Decimal("0.3333")) for m in TARIFF.multipliers)
    )
    charges = price(Usage(operations=ONE, flags=frozenset(FLAGS)), cheaper)
    assert charges.amount_cents == 1
    assert lines(charges)[3:] == [
        ("rush", 1, -43, -43),
        ("oversized", 1, -15, -15),
        ("hazmat", 1, -5, -5),
        ("fragile", 1, -1, -1),
    ]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "usage: write an object"),
        ({"operation": {}}, "operation: unknown; known are operations, flags, monthly_orders"),
        ({"operations": ["pick"]}, 'operations: write an object like {"pick": 1}'),
        ({"operations": None}, "operations: write an object"),
        ({"operations": {"pikc": 1}}, "operations.pikc: unknown; known are pick, pack"),
        ({"operations": {"pick": -1}}, "operations.pick: a count is never negative; write 0"),
        ({"operations": {"pick": 1.5}}, "operations.pick: write a whole number"),
        ({"operations": {"pick": "1"}}, "operations.pick: write a whole number"),
        ({"operations": {"pick": True}}, "operations.pick: write a whole number"),
        ({"operations": {"pick": None}}, "operations.pick: write a whole number"),
        ({"operations": {"pick": 10**400}}, f"operations.pick: too many to be meant; .* {MOST}"),
        ({"operations": {"pick": float("nan")}}, "operations.pick: write a whole number"),
        ({"flags": "rush"}, r'flags: write a list like \["rush"\]'),
        ({"flags": ["fast"]}, "flags.fast: unknown; known are rush"),
        ({"flags": ["rush", 1]}, "flags.1: unknown; known are rush"),
        ({"monthly_orders": -1}, "monthly_orders: a count is never negative"),
        ({"monthly_orders": "many"}, "monthly_orders: write a whole number"),
    ],
)
def test_a_usage_that_cannot_be_meant_is_refused(document: object, told: str) -> None:
    """A fault names its path and what to write, and nothing is priced."""
    with pytest.raises(UsageError, match=f"^{told}"):
        read_usage(document)


def test_all_faults_of_a_usage_are_told() -> None:
    """Whoever mends a usage mends it once."""
    with pytest.raises(UsageError) as caught:
        read_usage({"operations": {"pick": -1, "cut": 1}, "flags": ["x"], "monthly_orders": -1})
    assert len(str(caught.value).splitlines()) == 4


def test_the_most_that_can_be_counted_is_priced_exactly() -> None:
    """At the bound of every count no digit is lost."""
    usage = Usage(operations=dict.fromkeys(OPERATIONS, MOST), flags=frozenset(FLAGS))
    work = 30 + 20 + 15 + 50 + 10 + 250 + 25 + 50 + 200 + 100
    assert price(usage, TARIFF).amount_cents * 5 == (work * MOST - 450) * 54
