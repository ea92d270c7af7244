"""`e2a bill rate` with lines, versions and months: the page's worked examples, and refusals."""

import json
import re
import shlex
from pathlib import Path

import pytest

from bot.policy_files import load_tariff, load_tariffs
from policies.errors import PolicyError
from tests.cli.conftest import Run
from tests.cli.files import write
from tests.policies.tariffs import PACKAGED, TABLES, with_lines
from tests.policies.test_tariff_versions import JAN, JUL, several, since

PAGE = (Path(__file__).parents[2] / "docs/tariffs.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WORKED = PAGE.split("\n## Worked examples\n")[1].split("\n## ")[0]


def test_the_worked_examples_come_out_as_told(e2a: Run, tmp_path: Path) -> None:
    """Each example of docs/tariffs.md is run as it stands and prints the block behind it."""
    out, compared = "", 0
    for language, body in _FENCE.findall(WORKED):
        if language == "yaml":
            write(tmp_path / "mine.yaml", f"{PACKAGED}\n{body}")
        elif language == "json":
            write(tmp_path / "usage.json", body)
        elif language == "sh":
            out = e2a(*shlex.split(body)[1:]).out
        else:
            assert out == body
            compared += 1
    assert compared == 3


def rated(e2a: Run, folder: Path, text: str, document: object) -> dict[str, object]:
    """The answer of `bill rate` by a tariff."""
    tariff = write(folder / "t.yaml", text)
    usage = write(folder / "u.json", json.dumps(document))
    ran = e2a("bill", "rate", "--usage", usage, "--tariff", tariff, "--json")
    assert (ran.code, ran.err) == (0, "")
    (told,) = ran.json
    assert told["amount_cents"] == sum(line["amount_cents"] for line in told["lines"])
    return dict(told)


def test_a_line_says_unit_and_measure(e2a: Run, tmp_path: Path) -> None:
    """New keys are added to a line where a tariff's own line has them; the old ones stay."""
    text = with_lines("code: job, per: project_hours, cents: 4200")
    told = rated(e2a, tmp_path, text, {"counts": {"project_minutes": 90}})
    line = {"code": "job", "quantity": 1, "unit_cents": 6300, "amount_cents": 6300}
    assert told["lines"] == [{**line, "unit": "project_hours", "measured": "1.5"}]


def test_a_months_lines_name_order_and_version(e2a: Run, tmp_path: Path) -> None:
    """A month's bill has the order, the version and the part of the tax of each line."""
    text = with_lines("code: item, per: items, cents: 2.5", beside="tax: {standard: 10}\n")
    orders = [{"order": "A", "date": "2026-03-02", "counts": {"items": 5}}]
    told = rated(e2a, tmp_path, text, {"month": "2026-03", "orders": orders})
    line = {"code": "item", "quantity": "5", "unit": "items", "amount_cents": 13}
    tax = {"code": "tax.standard", "quantity": "1", "unit": "tax", "amount_cents": 1}
    assert told["lines"] == [
        {**line, "tax_cents": 1, "order": "A", "version": "1"},
        {**tax, "tax_cents": 0, "order": "", "version": "1"},
    ]


@pytest.mark.parametrize(("day", "cents"), [("2026-06-30", 50), ("2026-07-01", 60)])
def test_the_version_of_the_day_prices_an_order(
    e2a: Run, tmp_path: Path, day: str, cents: int
) -> None:
    """Of a file with several versions the day of service chooses."""
    document = {"date": day, "operations": {"pick": 1}}
    assert rated(e2a, tmp_path, several(JAN, JUL), document)["amount_cents"] == cents


def test_measured_numbers_are_taken_to_the_digit(e2a: Run, tmp_path: Path) -> None:
    """1.1 lb in a file is 1.1 lb, and not a binary fraction that is a little more."""
    text = with_lines(
        "code: f, freight: dpd",
        beside=TABLES.replace("[0.5, 300]", "[1.1, 300]").replace(
            "round_up_to: 0.5", "round_up_to: 0.1"
        ),
    )
    parcels = {"parcels": [{"weight_kg": 1.1}]}
    assert rated(e2a, tmp_path, text, parcels)["amount_cents"] == 300


REFUSED = [
    ({"operations": {"pick": 1}}, several(JAN, JUL), "date: there are 2 versions; write the day"),
    ({"date": "2025-01-01"}, PACKAGED, "date: no tariff is in force on 2025-01-01"),
    ({"date": "tomorrow"}, PACKAGED, 'date: write a day like "2026-03-31"'),
    ({"counts": {"boxes": 1}}, PACKAGED, "counts.boxes: unknown; known are orders, items"),
    ({"counts": {"items": 1.5}}, PACKAGED, "counts.items: write a whole number"),
    ({"counts": [1]}, PACKAGED, 'counts: write an object like {"items": 3}'),
    ({"parcels": [{"weight_lb": -1}]}, PACKAGED, "parcels.0.weight_lb: write a number greater"),
    ({"parcels": {}}, PACKAGED, "parcels: write a list like"),
    ({"month_before": {"items": -1}}, PACKAGED, "month_before.items: a count is never negative"),
    ({"tenant": 1}, PACKAGED, "tenant: write a text"),
    ({"month": "2026-03", "orders": [{}]}, PACKAGED, "order 1: date: write a day of 2026-03"),
    ({"month": "2026-13"}, PACKAGED, 'month: write a month like "2026-03"'),
]


@pytest.mark.parametrize(("document", "text", "words"), REFUSED)
def test_what_cannot_be_priced_is_named(
    e2a: Run, tmp_path: Path, document: object, text: str, words: str
) -> None:
    """A usage that the tariff cannot price is told in one line, with file, path and remedy."""
    tariff = write(tmp_path / "t.yaml", text)
    usage = write(tmp_path / "u.json", json.dumps(document))
    complaint = e2a("bill", "rate", "--usage", usage, "--tariff", tariff).complaint
    assert complaint.startswith(f"e2a: {usage}: {words}")


def test_the_table_is_in_the_currencys_smallest_unit(e2a: Run, tmp_path: Path) -> None:
    """Yen have no cents, and the table does not say so."""
    tariff = write(tmp_path / "t.yaml", PACKAGED.replace("USD", "JPY"))
    usage = write(tmp_path / "u.json", '{"operations": {"pick": 3}}')
    head, *_ = e2a("bill", "rate", "--usage", usage, "--tariff", tariff).out.splitlines()
    assert head.split() == ["quantity", "unit", "cents", "JPY"]


def test_tariffs_of_a_folder(tmp_path: Path) -> None:
    """Several files are versions of one tariff, and a client's own lie in its folder."""
    write(tmp_path / "tariff.yaml", PACKAGED)
    write(tmp_path / "tariff-2027.yaml", since("2027", "from: 2027-01-01"))
    (tmp_path / "tenants/acme").mkdir(parents=True)
    write(tmp_path / "tenants/acme/tariff.yaml", since("acme", "from: 2026-05-01"))
    tariffs = load_tariffs(tmp_path)
    assert [one.version for one in tariffs.versions] == ["1", "2027"]
    assert [one.version for one in tariffs.own["acme"]] == ["acme"]
    assert load_tariff(tmp_path).version == "2027"
    write(tmp_path / "tariff-2028.yaml", since("2027", "from: 2028-01-01"))
    with pytest.raises(PolicyError, match="version 2027 is there twice"):
        load_tariffs(tmp_path)


def test_lint_knows_a_tariff(e2a: Run, tmp_path: Path) -> None:
    """`policy lint` looks a tariff over as one; an error is exit 1."""
    good = write(tmp_path / "good.yaml", PACKAGED)
    assert e2a("policy", "lint", good).out == f"{good}: no findings\n"
    bad = write(tmp_path / "bad.yaml", with_lines("code: pick, per: items, cents: 1"))
    ran = e2a("policy", "lint", bad)
    assert ran.code == 1
    assert "error code-twice: pick is there twice. Keep one" in ran.out
