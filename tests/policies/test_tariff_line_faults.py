"""Faults of the lines of a tariff: each with file, line, path and what to write instead."""

import pytest

from policies.errors import PolicyError
from policies.money.read_versions import WrittenTariffs, read_tariffs
from tests.policies.tariffs import FREE_MONTH, TABLES, with_lines

STEPS = "code: items, per: items, steps: "
FAULTS: list[tuple[str, str, str]] = [
    ("code: x, cents: 1", "lines.0", "exactly one of per, storage, freight"),
    ("code: x, per: items, minimum: 3, counts: [pick], cents: 1", "lines.0", "exactly one of per"),
    ("code: x, per: itmes, cents: 1", "lines.0.per", "known are pick, pack"),
    ("code: x, per: items", "lines.0", "write one price: cents, steps"),
    ("code: x, per: items, cents: 1, first: 2, additional: 3", "lines.0", "write one price"),
    ("code: x, per: items, first: 2", "lines.0", "go together; write both"),
    ("code: x, per: items, cents: -1", "lines.0.cents", "greater than or equal to 0"),
    ("code: x, per: items, cents: -0.0", "lines.0.cents", "there is no -0; write 0"),
    ("code: x, per: items, cents: 0.00001", "lines.0.cents", "4 decimal places"),
    ("code: x, per: items, cents: free", "lines.0.cents", "write a number like 2 or 1.5"),
    ("code: pick, per: items, cents: 1", "lines.0.code", "pick is there twice; keep one"),
    ("code: rush, per: items, cents: 1", "lines.0.code", "choose another"),
    ("code: tax.x, per: items, cents: 1", "lines.0.code", "choose another"),
    ("code: x_true_up, per: items, cents: 1", "lines.0.code", "choose another"),
    ("code: X, per: items, cents: 1", "lines.0.code", "write lower-case letters"),
    ("code: x, per: items, cents: 1, by: month", "lines.0.by", "only steps are counted by"),
    ("code: x, per: items, cents: 1, tiers: all_units", "lines.0.tiers", "all_units is for steps"),
    ("code: x, per: items, cents: 1, minutes_up_to: 15", "lines.0.minutes_up_to", "remove it"),
    ("code: x, per: items, cents: 1, tier: graduated", "lines.0.tier", "did you mean `tiers`?"),
    (f"{STEPS}[[1, 5]]", "lines.0.steps", "begins at 0"),
    (f"{STEPS}[]", "lines.0.steps", "begins at 0"),
    (f"{STEPS}[[0, 5], [0, 6]]", "lines.0.steps.1", "steps rise; 0 comes after 0"),
    (f"{STEPS}[[0, 5], 3]", "lines.0.steps.1", "write pairs, as [[0, 50]"),
    ("code: x, per: items, dated: []", "lines.0.dated", "no day is there; write"),
    (
        "code: x, per: items, dated: [[2026-02-01, 1], [2026-01-01, 2]]",
        "lines.0.dated.1",
        "days rise; 2026-01-01 comes after 2026-02-01",
    ),
    ("code: x, storage: pallets, cents: 1", "lines.0.basis", "Field required; add it"),
    ("code: x, storage: boxes, basis: daily, cents: 1", "lines.0.storage", "'pallets'"),
    ("code: x, storage: bins, basis: daily", "lines.0", "write one price"),
    ("code: x, freight: dhl", "lines.0.freight", "no such rate table; known are ups, dpd"),
    ("code: x, freight: ups, markup_pct: -101", "lines.0.markup_pct", "greater than or equal to"),
    ("code: x, pct_of: [pick]", "lines.0", "write either pct, or dated"),
    ("code: x, pct_of: [], pct: 1", "lines.0.pct_of", "at least 1 item"),
    ("code: x, pct_of: [y], pct: 1", "lines.0.pct_of.0", "y names no line above it"),
    ("code: x, pct_of: [x], pct: 1", "lines.0.pct_of.0", "or by: month for lines of the month"),
    (
        "code: x, pct_of: [pick], by: month, dated: [[2026-01-01, 1]]",
        "lines.0.dated",
        "a share of a month has one pct; write pct",
    ),
    (
        "code: x, times: 2, of: [pick], by: month, when: {flags: [rush]}",
        "lines.0.when",
        "a line of the month has no when; remove it",
    ),
    ("code: x, times: 0, of: [pick]", "lines.0.times", "greater than 0"),
    ("code: x, discount_pct: 101, of: [pick]", "lines.0.discount_pct", "less than or equal to 100"),
    ("code: x, minimum: 5, counts: [nothing]", "lines.0.counts.0", "names no line above it"),
    ("code: x, minimum: 5.5, counts: [pick]", "lines.0.minimum", "integer"),
    (
        "code: x, per: items, cents: 1, when: {residential: true}",
        "lines.0.when.residential",
        "this is for freight and per: parcels; remove it",
    ),
    ("code: x, per: items, cents: 1, when: {flags: [fast]}", "lines.0.when.flags.0", "known are"),
    (
        "code: x, per: items, cents: 1, when: {windows: [{from: 2026-02-02, until: 2026-02-01}]}",
        "lines.0.when.windows.0",
        "this ends before it begins",
    ),
]


def faults(text: str) -> list[str]:
    """What is wrong with a tariff, as it is told."""
    with pytest.raises(PolicyError) as caught:
        read_tariffs([WrittenTariffs(file="t.yaml", text=text)])
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(("line", "path", "words"), FAULTS)
def test_a_fault_of_a_line_names_its_place(line: str, path: str, words: str) -> None:
    """One mistake in a line is one fault: file, line of the text, path, remedy."""
    text = with_lines(line, beside=TABLES)
    (told,) = faults(text)
    number = text[: text.index("  - {" + line)].count("\n") + 1
    assert told.startswith(f"t.yaml:{number}: {path}: ")
    assert words in told


TABLE_FAULTS = [
    ("divisor: 139, ", "", "tables.freight.ups.dim.divisor", "Field required; add it"),
    ("divisor: 139", "divisor: 0", "tables.freight.ups.dim.divisor", "greater than 0"),
    ("unit: lb", "unit: stone", "tables.freight.ups.unit", "write one of them"),
    ("[[1, 1020], [10, 1910]]", "[]", "tables.freight.ups.lanes.1.bands", "this lane has no band"),
    ("[10, 1910]", "[1, 1910]", "tables.freight.ups.lanes.1.bands.1", "bands rise"),
    ('from: ATL1, to: "2"', 'from: "*", to: "5"', "tables.freight.ups.lanes.1", "is there twice"),
    ('to: "2"', "to: 2", "tables.freight.ups.lanes.0.to", "numbers in quotes"),
]


@pytest.mark.parametrize(("right", "wrong", "path", "words"), TABLE_FAULTS)
def test_a_fault_of_a_rate_table_names_its_place(
    right: str, wrong: str, path: str, words: str
) -> None:
    """A lane without band, a size without divisor: told where it is missing."""
    assert right in TABLES
    (told,) = faults(with_lines("code: f, freight: ups", beside=TABLES.replace(right, wrong, 1)))
    assert f": {path}: " in told
    assert words in told


@pytest.mark.parametrize(
    ("tax", "path", "words"),
    [
        ("{standard: 7.5, freight: 101}", "tax.freight", "less than or equal to 100"),
        ("{food: 1}", "tax", "no rate for standard"),
        ("{standard: 7.5}", "lines.0.class", "no tax rate for cold; known are standard"),
    ],
)
def test_every_class_has_a_tax_rate(tax: str, path: str, words: str) -> None:
    """Where tax is charged at all, no line goes without a rate by oversight."""
    line = "code: x, per: items, cents: 1, class: cold"
    told = faults(with_lines(line, beside=f"tax: {tax}\n"))
    assert any(f": {path}: " in one and words in one for one in told)


def test_an_operation_may_be_priced_by_a_line_alone() -> None:
    """What a line prices needs no price per operation besides."""
    without = FREE_MONTH.replace("  - {code: pick, per: pick, cents: 30}\n", "")
    (told,) = faults(without)
    assert "no price per pick; add one, or {code: pick, per: pick, cents: 0, note: free}" in told
    text = with_lines("code: picks, per: pick, first: 250, additional: 50", base=without)
    (tariff,) = read_tariffs([WrittenTariffs(file="t.yaml", text=text)]).versions
    assert [line.code for line in tariff.lines] == ["picks"]
