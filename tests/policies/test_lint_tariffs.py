"""Lint of tariffs: what never applies, is over, or is free by oversight, each with a remedy."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.lint.finding import Level
from policies.lint.lint import lint
from policies.lint.tariff_checks import CHECKS
from policies.lint.tariffs import FAULTS
from tests.policies.lint_policy import NOW
from tests.policies.tariffs import PACKAGED, TABLES, with_lines
from tests.policies.test_lint import SPLINTERS
from tests.policies.test_tariff_versions import COMMON, JAN, several

PAGE = Path("docs/tariffs.md").read_text(encoding="utf-8")
GOOD = with_lines(
    "code: units, per: units, tiers: all_units, by: month, steps: [[0, 10], [1000, 8.5]]",
    "code: base, per: orders, first: 250, additional: 250",
    "code: peak, per: orders, cents: 5, when: {windows: [{from: 2026-10-01, until: 2026-12-31}]}",
    "code: fuel, pct_of: [pick], dated: [[2026-02-23, 18.5]]",
    "code: least, minimum: 900, counts: [units]",
)
LAW = "code: x, per: items, "

TIER, LOW, PAST = "tier-never-applies", "minimum-below-a-line", "window-in-the-past"
UPS, DPD = "code: f, freight: ups", "code: f, freight: dpd"
BANDS = "bands: [[0.5, 300]"
MARCH = "cents: 5, when: {windows: [{from: 2026-01-01, until: 2026-03-01}]}"
NEXT_YEAR = "cents: 5, when: {windows: [{from: 2027-01-01}]}"


def packaged(right: str, wrong: str) -> str:
    """The packaged tariff with one thing spoilt."""
    assert right in PACKAGED
    return PACKAGED.replace(right, wrong, 1)


def tables(right: str = "", wrong: str = "") -> str:
    """The rate tables with one thing spoilt."""
    assert right in TABLES
    return TABLES.replace(right, wrong, 1)


def until(day: str) -> str:
    """Two versions, of which the first ends on that day and the second begins on 1 July."""
    first = JAN.replace("01}", f"01, until: {day}}}")
    return several(first, 'version: "2", effective: {from: 2026-07-01}')


SPOTS: list[tuple[str, str, str]] = [
    (with_lines(f"{LAW}steps: [[0, 5], [9, 5]]"), TIER, "lines.0.steps.1"),
    (packaged("[90, 10]", "[90, 5]"), TIER, "prices.4.steps.1"),
    (packaged("[500, 10]", "[500, 5]"), TIER, "volume_discount.1"),
    (with_lines(f"{LAW}dated: [[2025-01-01, 5], [2026-01-01, 6]]"), TIER, "lines.0.dated.0"),
    (
        with_lines(DPD, beside=tables(BANDS, f"minimum: 400, {BANDS}")),
        TIER,
        "tables.freight.dpd.lanes.0.bands.0",
    ),
    (
        with_lines(UPS, beside=tables('from: ATL1, to: "2"', 'from: "*", to: "*"')),
        TIER,
        "tables.freight.ups.lanes.1",
    ),
    (packaged("order_cents: 50", "order_cents: 5"), LOW, "minimum.order_cents"),
    (packaged("month_cents: 10000", "month_cents: 49"), LOW, "minimum.month_cents"),
    (with_lines("code: m, minimum: 20, counts: [pack]"), LOW, "lines.0.minimum"),
    (with_lines(f"{LAW}{MARCH}"), PAST, "lines.0.when.windows.0"),
    (
        with_lines(f"{LAW}{NEXT_YEAR}").replace(
            "from: 2026-01-01", "from: 2026-01-01, until: 2026-12-31"
        ),
        PAST,
        "lines.0.when.windows.0",
    ),
    (with_lines(DPD, beside=TABLES), "divisor-missing", "tables.freight.dpd"),
    (packaged("per: pack, cents: 20", "per: pack, cents: 0"), "free-without-word", "prices.1"),
    (with_lines(f"{LAW}cents: 0"), "free-without-word", "lines.0"),
    (packaged("currency: USD", "currency: USX"), "unknown-currency", "currency"),
    (
        with_lines("code: fuel, pct_of: [pick], dated: [[2026-01-05, 9]]"),
        "stale-table",
        "lines.0.dated",
    ),
    (with_lines(UPS, beside=TABLES), "table-unused", "tables.freight.dpd"),
]

ERRORS = [
    (with_lines(f"{LAW}cents: 1", f"{LAW}cents: 2"), "code-twice"),
    (until("2026-07-09"), "overlapping-versions"),
    (until("2026-05-09"), "days-without-version"),
    (with_lines(DPD, beside=tables("[[0.5, 300], [30, 700]]", "[]")), "lane-without-band"),
    (with_lines(UPS, beside=tables("divisor: 139, ")), "divisor-missing"),
    (packaged("currency: USD\n", ""), "missing-field"),
    (packaged("currency:", "curency:"), "unknown-field"),
    (with_lines("code: x, pct_of: [fuel], pct: 1"), "names-no-line"),
    (packaged("times: 3", "times: 0"), "wrong-value"),
    (COMMON + "versions: []\n", "wrong-value"),
]


@pytest.mark.parametrize("text", [PACKAGED, GOOD], ids=["packaged", "with lines"])
def test_a_good_tariff_has_no_findings(text: str) -> None:
    """What is right is not doubted; a tariff is known as one without being told."""
    assert lint(text, "tariff.yaml", NOW) == ()


@pytest.mark.parametrize(("text", "check", "path"), SPOTS)
def test_each_check_finds_its_spot(text: str, check: str, path: str) -> None:
    """What is doubtful is told by its check at its place, with a remedy."""
    findings = lint(text, "tariff.yaml", NOW)
    (told,) = [one for one in findings if (one.rule, one.path) == (check, path)]
    assert told.remedy
    assert told.level is not Level.ERROR
    last = path.rsplit(".", 1)[-1]
    assert last.isdigit() or last in text.splitlines()[told.line - 1]


@pytest.mark.parametrize(("text", "check"), ERRORS)
def test_what_cannot_be_used_is_an_error(text: str, check: str) -> None:
    """A tariff that cannot be read has its faults only, each by name and with a remedy."""
    findings = lint(text, "tariff.yaml", NOW)
    assert check in {one.rule for one in findings}
    assert {one.level for one in findings} == {Level.ERROR}
    assert all(one.remedy and one.line for one in findings)


def test_a_free_price_with_a_word_is_meant() -> None:
    """A note says why something costs nothing."""
    text = PACKAGED.replace("per: pack, cents: 20", "per: pack, cents: 0, note: in the base fee")
    assert "free-without-word" not in {one.rule for one in lint(text, "t.yaml", NOW)}


def test_a_finding_of_shared_lines_is_told_once() -> None:
    """What stands beside the list of versions is looked at once, in each version's days."""
    shared = COMMON.replace("per: pack, cents: 20", "per: pack, cents: 0")
    text = shared + f"versions:\n  - {{{JAN}}}\n"
    text += '  - {version: "2", effective: {from: 2026-07-01}}\n'
    (told,) = lint(text, "t.yaml", NOW)
    assert (told.rule, told.path) == ("free-without-word", "prices.1")


def test_the_page_lists_every_finding() -> None:
    """docs/tariffs.md has a row for each check and each kind of fault, and no other."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (error|warning|note)", PAGE, re.MULTILINE)
    known = {(check.name, check.level.value) for check in CHECKS}
    assert set(rows) == known | {(name, "error") for name, _ in FAULTS}


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_no_text_makes_lint_fail(data: st.DataObject) -> None:
    """Whatever stands in a tariff, it is told in findings, never as a failure of ours."""
    words = re.findall(r"[\w.\"*]+|[\[\]{}]", with_lines("code: f, freight: ups", beside=TABLES))
    word = data.draw(st.sampled_from(words))
    text = with_lines("code: f, freight: ups", beside=TABLES)
    text = text.replace(word, data.draw(st.sampled_from(SPLINTERS)), 1)
    for finding in lint(text, "t.yaml", NOW):
        assert finding.message
        assert finding.remedy
