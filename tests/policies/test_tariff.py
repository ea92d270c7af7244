"""Tariffs as text: what is right is read, what is wrong is told with its line and remedy."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from policies.errors import PolicyError
from policies.money.tariff import read_tariff
from policies.money.usage import FLAGS, OPERATIONS

TEXT = Path("policies/defaults/tariff.yaml").read_text(encoding="utf-8")
TARIFF = read_tariff(TEXT)


def line_with(words: str) -> int:
    """Where the packaged tariff says so for the first time."""
    return TEXT[: TEXT.index(words)].count("\n") + 1


FAULTS = [
    ("currency: USD", "currency: dollars", "currency", "pattern"),
    ('version: "1"', "version: 1", "version", "string"),
    ("from: 2026-01-01", "from: soon", "effective.from", "date"),
    ("{from: 2026-01-01}", "{from: 2026-01-01, until: 2025-12-31}", "effective.until", "before"),
    ("per: pick, cents: 30", "per: pikc, cents: 30", "prices.0.per", "known are pick, pack"),
    ("per: pick, cents: 30", "per: pick, cents: 0.3", "prices.0.cents", "integer"),
    ("per: pick, cents: 30", "per: pick, cents: '30'", "prices.0.cents", "integer"),
    ("per: pick, cents: 30", "per: pick, cents: -1", "prices.0.cents", "greater"),
    ("per: pick, cents: 30", "per: pick, cents: 1000000001", "prices.0.cents", "less"),
    ("per: pick, cents: 30", "per: pick", "prices.0", "either cents, or steps"),
    ("cents: 30}", "cents: 30, steps: [[0, 1]]}", "prices.0", "either cents, or steps"),
    ("code: pack,", "code: pick,", "prices.1.code", "keep one"),
    ("code: pack,", "code: rush,", "prices.1.code", "choose another"),
    ("code: pack,", "code: order_minimum,", "prices.1.code", "choose another"),
    ("[0, 5], [90", "[1, 5], [90", "prices.4.steps", "begins at 0"),
    ("[90, 10]", "[90, 10], [90, 11]", "prices.4.steps.2", "steps rise"),
    ("[90, 10]", "[90, '10']", "prices.4.steps.1.1", "integer"),
    ("steps: [[0, 5], [90, 10]]", "steps: []", "prices.4.steps", "begins at 0"),
    ("minimum: {order_cents: 50", "minimum: {order: 50", "minimum.order_cents", "required"),
    ("times: 2}", "times: 0}", "multipliers.0.times", "greater than 0"),
    ("times: 2}", "times: .inf}", "multipliers.0.times", "finite"),
    ("times: 2}", "times: twice}", "multipliers.0.times", "like 2 or 1.5"),
    ("times: 2}", "times: true}", "multipliers.0.times", "like 2 or 1.5"),
    ("times: 2}", "times: '1e999999999'}", "multipliers.0.times", "less than or equal to 100"),
    ("times: 2}", "times: 1.23456}", "multipliers.0.times", "4 decimal places"),
    ("flag: rush", "flag: fast", "multipliers.0.flag", "known are rush"),
    ("flag: oversized", "flag: rush", "multipliers.1.flag", "keep one"),
    ("[500, 10]", "[50, 10]", "volume_discount.1", "steps rise"),
    ("[100, 5]", "[100, 101]", "volume_discount.0.1", "less than or equal to 100"),
    ("review_over_cents: 2000", "review_over_cents: 499", "credits.review_over_cents", "at least"),
    ("after_days: 30", "after_days: 30, per: day", "late_fee.per", "not permitted"),
]


def test_packaged_numbers() -> None:
    """The packaged tariff holds the original's minimums, multipliers, discounts and limits."""
    assert (TARIFF.version, TARIFF.currency) == ("1", "USD")
    assert (TARIFF.order_minimum_cents, TARIFF.month_minimum_cents) == (50, 10000)
    assert [(one.flag, one.times) for one in TARIFF.multipliers] == [
        ("rush", Decimal(2)),
        ("oversized", Decimal("1.5")),
        ("hazmat", Decimal(3)),
        ("fragile", Decimal("1.2")),
    ]
    assert [(one.orders, int(one.pct)) for one in TARIFF.volume_steps] == [
        (100, 5),
        (500, 10),
        (1000, 15),
    ]
    limits, fee = TARIFF.credit_limits, TARIFF.late_fee
    assert (limits.automatic_under_cents, limits.review_over_cents) == (500, 2000)
    assert (fee.after_days, fee.cents, int(fee.yearly_pct)) == (30, 2500, 18)


def test_every_operation_and_flag_is_priced() -> None:
    """The packaged tariff prices all that can be counted and knows all that can be special."""
    assert {price.per for price in TARIFF.prices} == set(OPERATIONS)
    assert tuple(one.flag for one in TARIFF.multipliers) == FLAGS


@pytest.mark.parametrize(("right", "wrong", "path", "words"), FAULTS)
def test_fault_names_its_place(right: str, wrong: str, path: str, words: str) -> None:
    """A fault is told with file, line, path and what to write instead."""
    assert right in TEXT
    with pytest.raises(PolicyError) as caught:
        read_tariff(TEXT.replace(right, wrong, 1), "mine.yaml")
    told = [str(fault) for fault in caught.value.faults]
    place = f"mine.yaml:{line_with(right)}: {path}: "
    assert any(one.startswith(place) and words in one for one in told), told


def test_an_operation_without_price_is_a_fault() -> None:
    """What could be done and has no price is asked for; it is never free by oversight."""
    text = TEXT.replace("  - {code: photo, per: photo, cents: 25}\n", "")
    with pytest.raises(PolicyError, match=r"no price per photo; add one, or \{code: photo"):
        read_tariff(text)


def test_all_faults_at_once() -> None:
    """Every fault of a text is told, not only the first."""
    text = TEXT.replace("cents: 30}", "cents: -1}").replace("times: 3", "times: 0")
    with pytest.raises(PolicyError) as caught:
        read_tariff(text)
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "version: [",
        "prices: &x [*x]",
        "? [a]\n: b",
        "effective: {from: 2026-02-30}",
        "[" * 5000,
        f"minimum: 1{'0' * 5000}",
    ],
    ids=["empty", "list", "torn", "endless", "odd key", "no such day", "deep", "huge"],
)
def test_no_tariff_at_all(text: str) -> None:
    """What is no tariff is told in words, never as a failure of ours."""
    with pytest.raises(PolicyError):
        read_tariff(text)


def test_multipliers_and_discounts_may_be_left_out() -> None:
    """A flag without a multiplier costs nothing more, and no discount is the rule without steps."""
    head, _, rest = TEXT.partition("multipliers:")
    tariff = read_tariff(head + rest[rest.index("credits:") :])
    assert tariff.multipliers == ()
    assert tariff.discount_pct(10_000) == 0


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_both_ends_are_inside(day: date, *, holds: bool) -> None:
    """A tariff holds from its first day to its last, both included."""
    text = TEXT.replace("{from: 2026-01-01}", "{from: 2026-01-01, until: 2026-06-30}")
    assert read_tariff(text).in_force(day) is holds


def test_without_an_end_it_holds_for_good() -> None:
    """A tariff without `until` holds until another takes its place."""
    assert TARIFF.in_force(date(9999, 12, 31))


@pytest.mark.parametrize(
    ("orders", "pct"), [(0, 0), (99, 0), (100, 5), (499, 5), (500, 10), (999, 10), (1000, 15)]
)
def test_the_highest_step_reached_is_the_discount(orders: int, pct: int) -> None:
    """A step of the volume discount counts from its own number of orders on."""
    assert TARIFF.discount_pct(orders) == pct
