"""A month's bill: storage by its basis, tiers of the month, minimums, tax, and sums that hold."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from policies.money.currency import MixedCurrenciesError
from policies.money.month import MonthBill
from policies.money.usage import UsageError
from tests.policies.tariffs import FREE_MONTH, PACKAGED, month, with_lines
from tests.policies.test_tariff_versions import since

DAYS = [date(2026, 3, 1) + timedelta(days=ahead) for ahead in range(31)]
PALLETS = "code: pallets, storage: pallets, cents: 2200, basis: "
ITEMS = "code: items, per: items, by: month, steps: [[0, 50], [10, 40]], tiers: "


def lay(*counts: int, of: str = "pallets", **more: object) -> list[dict[str, object]]:
    """Snapshots of the first days of March, one a day; the last count holds for the rest."""
    padded = [*counts, *[counts[-1]] * (31 - len(counts))]
    return [
        {"date": str(day), "of": of, "quantity": count, **more}
        for day, count in zip(DAYS, padded, strict=True)
    ]


def told(bill: MonthBill) -> list[tuple[str, str, int]]:
    """Code, quantity and amount of each line."""
    return [(one.code, f"{one.quantity.normalize():f}", one.amount_cents) for one in bill.lines]


def orders(*items: int, **more: object) -> list[dict[str, object]]:
    """An order a day with so many items, from 1 March on."""
    return [
        {"date": str(day), "counts": {"items": count}, **more}
        for day, count in zip(DAYS, items, strict=False)
    ]


STORAGE = [
    ("daily_average", lay(10), [("pallets", "10", 22000)]),
    ("daily_average", lay(31, 0), [("pallets", "1", 2200)]),
    ("daily_average", lay(1, 0), [("pallets", "0.0323", 71)]),
    ("month_end", lay(99, 7), [("pallets", "7", 15400)]),
    (
        "month_end",
        [{"date": "2026-03-31", "of": "pallets", "quantity": 2}],
        [("pallets", "2", 4400)],
    ),
    ("daily", lay(2, 1), [("pallets", "32", 70400)]),
    ("daily", [], []),
    ("daily", lay(5, of="bins"), []),
    ("anniversary", lay(4, since="2026-01-31"), [("pallets", "4", 8800)]),
    ("anniversary", lay(4, since="2025-12-15"), [("pallets", "4", 8800)]),
    ("anniversary", lay(3, 0, since="2026-02-10"), []),
]


@pytest.mark.parametrize(("basis", "storage", "lines"), STORAGE)
def test_storage_goes_by_its_basis(
    basis: str, storage: list[dict[str, object]], lines: list[tuple[str, str, int]]
) -> None:
    """The same stock costs what the basis of the line makes of it, rounded once."""
    assert told(month({"storage": storage}, with_lines(PALLETS + basis))) == lines


def test_a_lot_is_charged_when_it_comes_and_each_month_on_that_day() -> None:
    """Goods that came on the 31st are charged on the last day of a shorter month."""
    lots = [
        {"date": "2026-03-05", "of": "pallets", "quantity": 2, "lot": "a", "since": "2026-03-05"},
        {"date": "2026-03-31", "of": "pallets", "quantity": 3, "lot": "b", "since": "2026-01-31"},
        {"date": "2026-03-31", "of": "pallets", "quantity": 9, "lot": "c", "since": "2026-01-30"},
    ]
    carried = with_lines(PALLETS + "anniversary, missing: carry")
    assert told(month({"storage": lots}, carried)) == [("pallets", "5", 11000)]


def test_a_day_without_snapshot_is_asked_for() -> None:
    """No data is not an empty store: the day is named, or carried where the tariff says so."""
    gap = [*lay(4)[:9], *lay(8)[10:]]
    with pytest.raises(UsageError, match="no snapshot of pallets on 2026-03-10; add one"):
        month({"storage": gap}, with_lines(PALLETS + "daily_average"))
    bill = month({"storage": gap}, with_lines(PALLETS + "daily, missing: carry"))
    assert told(bill) == [("pallets", str(10 * 4 + 21 * 8), (10 * 4 + 21 * 8) * 2200)]


def test_graduated_volume_of_the_month() -> None:
    """The order in which the month's tenth item lies pays both prices, and nothing is corrected."""
    bill = month({"orders": orders(8, 4)}, with_lines(ITEMS + "graduated"))
    assert told(bill) == [("items", "8", 400), ("items", "2", 100), ("items", "2", 80)]


def test_all_units_are_repriced_at_the_end() -> None:
    """The tier of the whole month holds for every unit of it: what was charged is corrected."""
    bill = month({"orders": orders(8, 4)}, with_lines(ITEMS + "all_units"))
    assert told(bill) == [("items", "8", 400), ("items", "4", 160), ("items_true_up", "1", -80)]
    assert bill.amount_cents == 12 * 40


def test_volume_goes_on_when_the_version_changes() -> None:
    """A new version in mid-month goes on counting, and each one corrects its own part."""
    first = with_lines(ITEMS + "all_units", base=FREE_MONTH)
    second = since("2", "from: 2026-03-02").replace("month_cents: 10000", "month_cents: 0")
    dear = ITEMS.replace("40]", "45]") + "all_units"
    bill = month({"orders": orders(8, 4)}, first, with_lines(dear, base=second))
    assert [(one.code, one.version, one.amount_cents) for one in bill.lines] == [
        ("items", "1", 400),
        ("items_true_up", "1", -80),
        ("items", "2", 180),
    ]


def test_a_slow_month_costs_its_minimum() -> None:
    """The least of a month is charged though nothing was done, for the days in force."""
    assert told(month({}, PACKAGED)) == [("month_minimum", "1", 10000)]
    begun = PACKAGED.replace("2026-01-01", "2026-03-17")
    assert told(month({}, begun)) == [("month_minimum", "1", 4839)]


MINIMUMS = [
    ("minimum: 1000, counts: [items]", [("items", "8", 400), ("least", "1", 600)]),
    ("minimum: 400, counts: [items]", [("items", "8", 400)]),
    ("minimum: 1000, counts: [pick]", [("items", "8", 400), ("least", "1", 1000)]),
]


@pytest.mark.parametrize(("least", "lines"), MINIMUMS)
def test_a_minimum_tops_up_what_it_counts(least: str, lines: list[tuple[str, str, int]]) -> None:
    """A minimum of the month compares only the lines that it names."""
    text = with_lines(ITEMS + "graduated", f"code: least, {least}")
    assert told(month({"orders": orders(8)}, text)) == lines


def test_minimums_of_a_month_with_two_versions() -> None:
    """Prorated ones share the month by days; one that is not is charged once, at the end."""
    later = since("2", "from: 2026-03-11").replace("month_cents: 10000", "month_cents: 0")
    for words, amounts in (("", [1000, 2100]), (", prorated: false", [3100])):
        least = f"code: least, minimum: 3100, counts: [pick]{words}"
        bill = month({}, with_lines(least), with_lines(least, base=later))
        assert [one.amount_cents for one in bill.lines] == amounts


def test_a_share_of_the_month() -> None:
    """A percentage by the month takes storage too."""
    cold = "code: cold, pct_of: [pallets], pct: 10, by: month"
    bill = month({"storage": lay(10)}, with_lines(PALLETS + "daily_average", cold))
    assert told(bill)[1] == ("cold", "10", 2200)


def test_tax_of_a_month_is_rounded_once_and_shared() -> None:
    """Each line bears its part, and the parts sum to the tax to the cent."""
    text = with_lines(ITEMS + "all_units", beside="tax: {standard: 7.5}\n")
    bill = month({"orders": orders(1, 1, 1)}, text)
    assert [one.tax_cents for one in bill.lines] == [4, 4, 3, 0]
    assert (bill.lines[-1].code, bill.lines[-1].amount_cents) == ("tax.standard", 11)


def test_orders_of_the_month_are_counted() -> None:
    """The volume discount goes by the orders of the month, or by what a usage states if more."""
    one = {"date": "2026-03-01", "operations": {"pick": 2, "pack": 1, "label": 1}}
    bill = month({"orders": [one] * 100}, FREE_MONTH)
    assert bill.amount_cents == 100 * 90
    assert month({"orders": [{**one, "monthly_orders": 500}]}, FREE_MONTH).amount_cents == 85


def test_lines_name_order_day_and_version() -> None:
    """Every line can be traced to its order and to the version that priced it."""
    bill = month(
        {"tenant": "acme", "orders": [{"order": "A-1", **orders(3)[0]}]},
        FREE_MONTH,
        own=with_lines(ITEMS + "graduated", base=FREE_MONTH.replace('"1"', '"acme-7"')),
    )
    (line,) = bill.lines
    assert (line.order, line.day, line.version, line.unit) == ("A-1", DAYS[0], "acme-7", "items")
    assert line.quantity == Decimal(3)


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"orders": [{"date": "2026-04-01"}]}, "order 1: date: write a day of 2026-03"),
    ({"orders": [{"operations": {"pick": 1}}]}, "order 1: date: write a day of 2026-03"),
    (
        {"orders": [{"order": "A", "date": "2026-03-01", "tenant": "x"}]},
        "order A: tenant: this is x's",
    ),
    ({"storage": [{"date": "2026-02-28", "of": "bins", "quantity": 1}]}, "2026-02-28 is not in"),
    ({"storage": lay(1) + lay(1)[:1]}, "pallets of 2026-03-01 are there twice; keep one"),
    (
        {"storage": [{"date": "2026-03-01", "of": "shelves", "quantity": 1}]},
        "storage.0.of: unknown",
    ),
    ({"storage": [{"date": "2026-03-01", "of": "bins"}]}, "storage.0.quantity: write a number"),
    ({"storage": [{"date": "x", "of": "bins", "quantity": 1}]}, "storage.0.date: write a day like"),
    ({"storage": lay(1, since="2026-03-02")[:1]}, "storage.0.since: this is after date"),
    ({"orders": [{"operations": {"pick": -1}, "flags": ["x"]}]}, "orders.0.flags.x: unknown"),
    ({"orders": {}, "days": 3}, "days: unknown; known are month, tenant, orders, storage"),
    ({"month": "March"}, 'month: write a month like "2026-03"'),
    ({"tenant": 3}, "tenant: write a text"),
    ({"month": "2025-12"}, "month: no tariff is in force in 2025-12"),
]


@pytest.mark.parametrize(("document", "words"), REFUSED)
def test_a_month_that_cannot_be_meant_is_refused(document: dict[str, object], words: str) -> None:
    """What does not belong to the month is named, and nothing is priced."""
    with pytest.raises(UsageError) as caught:
        month(document, with_lines(PALLETS + "daily"))
    assert words in str(caught.value)


def test_lots_need_their_first_day() -> None:
    """Storage by anniversary asks since when a lot is there."""
    with pytest.raises(UsageError, match="are charged by lot; write since"):
        month({"storage": lay(1)}, with_lines(PALLETS + "anniversary"))


def test_two_currencies_in_a_month_are_refused() -> None:
    """A tenant whose own tariff is in another currency begins it with a month of its own."""
    own = since("a", "from: 2026-03-10").replace("currency: USD", "currency: EUR")
    with pytest.raises(MixedCurrenciesError, match="EUR, USD in one sum"):
        month({"tenant": "acme"}, PACKAGED, own=own)


def test_a_day_before_the_first_version_is_told() -> None:
    """Work of a day without a tariff is not priced by the next one."""
    late = PACKAGED.replace("2026-01-01", "2026-03-05")
    with pytest.raises(UsageError, match="order 1: date: no tariff is in force on 2026-03-01"):
        month({"orders": orders(1)}, late)
