"""The lines that a tariff adds to an order: each kind, to the cent, and what it refuses."""

from decimal import Decimal

import pytest

from policies.money.order_lines import price_order
from policies.money.pricing import Charges, price
from policies.money.usage import UsageError, read_usage
from tests.policies.tariffs import PACKAGED, TABLES, order, tariffs_of, with_lines
from tests.policies.test_pricing import CASES

WORK: dict[str, object] = {"operations": {"pick": 3, "pack": 1}}


def added(charges: Charges) -> list[tuple[str, int, int]]:
    """Code, quantity and price of one of the lines that are not the operations'."""
    return [(one.code, one.quantity, one.unit_cents) for one in charges.lines if one.unit]


COUNTED: list[tuple[str, dict[str, object], list[tuple[str, int, int]]]] = [
    ("code: base, per: orders, cents: 250", WORK, [("base", 1, 250)]),
    ("code: base, per: orders, cents: 250", {"counts": {"items": 3}}, []),
    ("code: base, per: orders, cents: 250", {"counts": {"orders": 4}}, [("base", 4, 250)]),
    ("code: item, per: items, cents: 40", {"counts": {"items": 3}}, [("item", 3, 40)]),
    ("code: unit, per: units, cents: 0.4", {"counts": {"units": 30}}, [("unit", 1, 12)]),
    ("code: unit, per: units, cents: 0.5", {"counts": {"units": 1}}, [("unit", 1, 1)]),
    (
        "code: picks, per: pick, first: 250, additional: 50",
        WORK,
        [("picks", 1, 250), ("picks", 2, 50)],
    ),
    (
        "code: picks, per: pick, first: 250, additional: 50",
        {"operations": {"pick": 1}},
        [("picks", 1, 250)],
    ),
    (
        "code: in, per: received_pallets, cents: 900",
        {"counts": {"received_pallets": 2}},
        [("in", 2, 900)],
    ),
    (
        "code: in, per: received_cartons, cents: 90",
        {"counts": {"received_cartons": 7}},
        [("in", 7, 90)],
    ),
    (
        "code: in, per: receiving_hours, cents: 3500",
        {"counts": {"receiving_minutes": 50}},
        [("in", 1, 2917)],
    ),
    (
        "code: in, per: receiving_hours, cents: 3500, minutes_up_to: 15",
        {"counts": {"receiving_minutes": 50}},
        [("in", 1, 3500)],
    ),
    (
        "code: job, per: project_hours, cents: 4200, minutes_up_to: 15",
        {"counts": {"project_minutes": 61}},
        [("job", 1, 5250)],
    ),
    (
        "code: back, per: returned_items, cents: 75",
        {"counts": {"returned_items": 2}},
        [("back", 2, 75)],
    ),
    (
        "code: items, per: items, steps: [[0, 50], [10, 40]]",
        {"counts": {"items": 12}},
        [("items", 10, 50), ("items", 2, 40)],
    ),
    (
        "code: items, per: items, tiers: all_units, steps: [[0, 50], [10, 40]]",
        {"counts": {"items": 10}},
        [("items", 10, 50)],
    ),
    (
        "code: items, per: items, tiers: all_units, steps: [[0, 50], [10, 40]]",
        {"counts": {"items": 11}},
        [("items", 11, 40)],
    ),
    (
        "code: items, per: items, by: month, steps: [[0, 50], [10, 40]]",
        {"counts": {"items": 4}, "month_before": {"items": 8}},
        [("items", 2, 50), ("items", 2, 40)],
    ),
    (
        "code: items, per: items, by: month, tiers: all_units, steps: [[0, 50], [10, 40]]",
        {"counts": {"items": 4}, "month_before": {"items": 8}},
        [("items", 4, 40)],
    ),
]


@pytest.mark.parametrize(("line", "usage", "told"), COUNTED)
def test_what_is_counted_is_charged(
    line: str, usage: dict[str, object], told: list[tuple[str, int, int]]
) -> None:
    """A line counts what it names, at its price, half up once; nothing counted is no line."""
    charges = order(usage, line)
    assert added(charges) == told


def test_what_is_not_whole_says_how_much_it_was() -> None:
    """A line in hours keeps the contract's quantity times price, and tells the hours beside."""
    (line,) = order(
        {"counts": {"project_minutes": 90}}, "code: job, per: project_hours, cents: 4200"
    ).lines
    assert (line.quantity, line.amount_cents, line.unit, line.measured) == (
        1,
        6300,
        "project_hours",
        Decimal("1.5"),
    )


SMALL = {"from": "ATL1", "to": "2", "weight_lb": 0.4}
LIGHT = {"from": "ATL1", "to": "2", "weight_lb": 1, "size_in": [10, 10, 2.5]}
HEAVY = {"from": "ATL1", "to": "2", "weight_lb": 7.1}
FAR = {"from": "SEA", "to": "5", "zip": "99501", "residential": True, "weight_lb": 10}

FREIGHT: list[tuple[list[str], list[dict[str, object]], list[tuple[str, int]]]] = [
    (["code: f, freight: ups"], [SMALL], [("f", 700)]),
    (["code: f, freight: ups"], [LIGHT], [("f", 1100)]),
    (["code: f, freight: ups"], [HEAVY], [("f", 1237)]),
    (["code: f, freight: ups, markup_pct: 5"], [HEAVY], [("f", 1298)]),
    (["code: f, freight: ups"], [FAR, SMALL], [("f", 1910), ("f", 700)]),
    (
        ["code: f, freight: dpd"],
        [{"weight_kg": 0.5}, {"weight_kg": "0.51"}],
        [("f", 300), ("f", 700)],
    ),
    (["code: f, freight: dpd, when: {service: [air]}"], [{"weight_kg": 1}], []),
    (["code: r, per: parcels, cents: 645, when: {residential: true}"], [FAR, SMALL], [("r", 645)]),
    (
        ['code: d, per: parcels, cents: 405, when: {zip_prefix: ["995"]}'],
        [FAR, SMALL],
        [("d", 405)],
    ),
    (["code: p, per: parcels, cents: 100"], [FAR, SMALL], [("p", 200)]),
    (
        ["code: f, freight: ups", "code: fuel, pct_of: [f], pct: 18.5"],
        [SMALL],
        [("f", 700), ("fuel", 130)],
    ),
    (
        ["code: f, freight: ups", 'code: least, minimum: 900, counts: ["f*"], by: order'],
        [SMALL],
        [("f", 700), ("least", 200)],
    ),
]


@pytest.mark.parametrize(("lines", "parcels", "told"), FREIGHT)
def test_parcels_cost_what_the_table_says(
    lines: list[str], parcels: list[dict[str, object]], told: list[tuple[str, int]]
) -> None:
    """Lane, band, minimum, dimensional weight and markup give the price of each parcel."""
    charges = order({"parcels": parcels}, *lines, beside=TABLES)
    assert [(one.code, one.amount_cents) for one in charges.lines] == told


@pytest.mark.parametrize(
    ("parcel", "words"),
    [
        ({"from": "X", "to": "9", "weight_lb": 1}, "parcels.0.to: no lane from X to 9"),
        (
            {"from": "X", "to": "5", "weight_lb": 11},
            "11 lb is above the last band of the lane from",
        ),
        ({"from": "X", "to": "5", "weight_kg": 1}, "parcels.0.weight_lb: the rate table is in lb"),
        (
            {"to": "5", "weight_lb": 1, "size_cm": [1, 2, 3]},
            "size_in: the rate table measures in in",
        ),
        ({"to": "5", "weight_lb": 0}, "parcels.0.weight_lb: write a number greater than 0"),
        ({"to": "5", "weight_lb": -0.0}, "parcels.0.weight_lb: write a number"),
        ({"to": "5", "weight_lb": "nan"}, "parcels.0.weight_lb: write a number"),
        ({"to": "5", "weight_lb": True}, "parcels.0.weight_lb: write a number"),
        ({"to": "5", "weight_lb": 1e-9}, "at most 6 decimals"),
        ({"to": 5, "weight_lb": 1}, "parcels.0.to: write a text"),
        ({"to": "5", "size_in": [1, 2]}, "parcels.0.size_in: write three lengths"),
        ({"to": "5", "kg": 1}, "parcels.0.kg: unknown; known are from"),
        ({"residential": "yes"}, "parcels.0.residential: write true or false"),
        (7, "parcels.0.write an object"),
    ],
)
def test_a_parcel_that_cannot_be_priced_is_named(parcel: object, words: str) -> None:
    """A parcel without lane, band or weight in the table's unit is told, never priced at 0."""
    with pytest.raises(UsageError) as caught:
        order({"parcels": [parcel]}, "code: f, freight: ups", beside=TABLES)
    assert words in str(caught.value)


RESI = "code: resi, per: orders, dated: [[2026-01-01, 605], [2026-07-01, 645]]"
FUEL = "code: fuel, pct_of: [pack], dated: [[2026-03-02, 10], [2026-03-09, 50]]"
PEAK = "code: peak, per: orders, cents: 9, when: {windows: [{from: 2026-10-01, until: 2026-12-31}]}"
OVER = "code: peak, per: orders, cents: 9, when: {windows: [{until: 2026-02-01}]}"
DAYS: list[tuple[str, str, list[tuple[str, int, int]]]] = [
    (RESI, "2025-12-31", []),
    (RESI, "2026-06-30", [("resi", 1, 605)]),
    (RESI, "2026-07-01", [("resi", 1, 645)]),
    (FUEL, "2026-03-01", []),
    (FUEL, "2026-03-08", [("fuel", 1, 2)]),
    (FUEL, "2026-03-09", [("fuel", 1, 10)]),
    (PEAK, "2026-09-30", []),
    (PEAK, "2026-12-31", [("peak", 1, 9)]),
    (PEAK, "2027-01-01", []),
    (OVER, "2026-02-01", [("peak", 1, 9)]),
]


@pytest.mark.parametrize(("line", "day", "told"), DAYS)
def test_dated_tables_go_by_the_day_of_service(
    line: str, day: str, told: list[tuple[str, int, int]]
) -> None:
    """An entry holds from its day until the next one; a window has both its days inside."""
    text = with_lines(line).replace("{from: 2026-01-01}", "{from: 2020-01-01}")
    charges = price_order(read_usage({**WORK, "date": day}), tariffs_of(text))
    assert added(charges) == told


def test_a_dated_line_needs_the_day() -> None:
    """Without a day of service a surcharge by date is asked for, not left out."""
    with pytest.raises(UsageError, match="date: fuel depends on the day; write the day of service"):
        order(WORK, "code: fuel, pct_of: [pack], dated: [[2026-03-02, 10]]")


SHARES: list[tuple[str, list[str], list[tuple[str, int, int]]]] = [
    ("code: off, discount_pct: 5, of: [pick, pack]", [], [("off", 1, -6)]),
    ("code: dear, times: 1.5, of: [pick]", [], [("dear", 1, 45)]),
    ("code: dear, times: 0.5, of: [pick]", [], [("dear", 1, -45)]),
    ("code: dear, times: 1.5, of: [pick], when: {flags: [rush]}", [], []),
    ("code: dear, times: 1.5, of: [rush], when: {flags: [rush]}", ["rush"], [("dear", 1, 55)]),
    ('code: all, pct_of: ["p*"], pct: 12.5', [], [("all", 1, 14)]),
    ('code: all, pct_of: ["p*"], pct: 0', [], []),
]


@pytest.mark.parametrize(("line", "flags", "told"), SHARES)
def test_shares_of_lines_above(
    line: str, flags: list[str], told: list[tuple[str, int, int]]
) -> None:
    """Multipliers, discounts and percentages take the lines that they name, rounded half up."""
    assert added(order({**WORK, "flags": flags}, line)) == told


def test_tax_is_rounded_once_for_each_class() -> None:
    """Two lines of a class are taxed together; freight of another class by its own rate."""
    beside = f"{TABLES}tax: {{standard: 7.5, freight: 0, food: 2.5}}\n"
    lines = [
        "code: f, freight: ups, class: freight",
        "code: x, per: orders, cents: 50, class: food",
    ]
    charges = order({**WORK, "parcels": [SMALL]}, *lines, beside=beside)
    taxed = [(one.code, one.amount_cents) for one in charges.lines if one.code.startswith("tax.")]
    assert taxed == [("tax.standard", 8), ("tax.food", 1)]
    assert charges.amount_cents == 90 + 20 + 700 + 50 + 8 + 1


@pytest.mark.parametrize(("operations", "flags", "orders", "cents"), CASES)
def test_the_packaged_tariff_is_priced_as_before(
    operations: dict[str, int], flags: list[str], orders: int, cents: int
) -> None:
    """By a tariff without lines an order costs the original's amounts, line by line."""
    document = {"operations": operations, "flags": flags, "monthly_orders": orders}
    tariffs, usage = tariffs_of(PACKAGED), read_usage(document)
    assert price_order(usage, tariffs) == price(usage, tariffs.latest())
    assert price_order(usage, tariffs).amount_cents == cents
