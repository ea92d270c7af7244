"""`e2a bill rate`: one order's operations priced, offline, one JSON object."""

import json
import re
import shlex
from pathlib import Path

import pytest

from bot.policy_files import load_tariff, read_tariff_file
from tests.cli.conftest import Run
from tests.cli.files import write
from tests.policies.test_pricing import CASES, ONE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/tariffs.md").read_text(encoding="utf-8")
PACKAGED = (ROOT / "policies/defaults/tariff.yaml").read_text(encoding="utf-8")
DEAR = PACKAGED.replace("currency: USD", "currency: EUR").replace(
    "per: pick, cents: 30", "per: pick, cents: 1030"
)


def usage(
    folder: Path, *, operations: object = None, flags: object = (), orders: object = 0
) -> Path:
    """A file with one order's usage."""
    document = {"operations": operations or {}, "flags": flags, "monthly_orders": orders}
    return write(folder / "u.json", json.dumps(document))


@pytest.mark.parametrize(("operations", "flags", "orders", "cents"), CASES)
def test_the_originals_cases(
    e2a: Run,
    tmp_path: Path,
    operations: dict[str, int],
    flags: list[str],
    orders: int,
    cents: int,
) -> None:
    """Every case of the original's table comes out of the command, and its lines sum to it."""
    file = usage(tmp_path, operations=operations, flags=flags, orders=orders)
    ran = e2a("bill", "rate", "--usage", file, "--json")
    assert (ran.code, ran.err) == (0, "")
    (told,) = ran.json
    assert told["amount_cents"] == cents == sum(line["amount_cents"] for line in told["lines"])


def test_the_answer_is_the_contracts(e2a: Run, tmp_path: Path) -> None:
    """The answer is one line: keys, order and whole numbers as the contract has them."""
    file = usage(tmp_path, operations=ONE)
    assert e2a("bill", "rate", "--usage", file, "--json").out == (
        '{"currency":"USD","amount_cents":65,"lines":['
        '{"code":"pick","quantity":1,"unit_cents":30,"amount_cents":30},'
        '{"code":"pack","quantity":1,"unit_cents":20,"amount_cents":20},'
        '{"code":"label","quantity":1,"unit_cents":15,"amount_cents":15}]}\n'
    )


@pytest.mark.parametrize("text", ["{}", '{"operations":{}}', '{"flags":["rush"]}'])
def test_what_is_not_told_was_not_done(e2a: Run, tmp_path: Path, text: str) -> None:
    """Every part of a usage may be missing; nothing done costs nothing."""
    file = write(tmp_path / "u.json", text)
    (told,) = e2a("bill", "rate", "--usage", file, "--json").json
    assert told == {"currency": "USD", "amount_cents": 0, "lines": []}


def test_without_json_it_is_a_table(e2a: Run, tmp_path: Path) -> None:
    """For people the lines stand under each other, with the amount last."""
    file = usage(tmp_path, operations={"pick": 1}, flags=["rush"], orders=100)
    assert e2a("bill", "rate", "--usage", file).out.splitlines() == [
        "                 quantity  unit cents  USD cents",
        "pick                    1          30         30",
        "order_minimum           1          20         20",
        "rush                    1          50         50",
        "volume_discount         1          -5         -5",
        "total                                         95",
    ]


def test_another_tariff_takes_the_packaged_ones_place(e2a: Run, tmp_path: Path) -> None:
    """--tariff prices by that file alone."""
    tariff = write(tmp_path / "t.yaml", DEAR)
    file = usage(tmp_path, operations=ONE)
    (told,) = e2a("bill", "rate", "--usage", file, "--tariff", tariff, "--json").json
    assert (told["currency"], told["amount_cents"]) == ("EUR", 1065)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"operations":{"pick":-1}}', "operations.pick: a count is never negative"),
        ('{"operations":{"pick":1.5}}', "operations.pick: write a whole number"),
        ('{"operations":{"pick":1e400}}', "operations.pick: write a whole number"),
        ('{"operations":{"pick":NaN}}', "operations.pick: write a whole number"),
        (f'{{"operations":{{"pick":1{"0" * 400}}}}}', "operations.pick: too many to be meant"),
        (f'{{"operations":{{"pick":1{"0" * 5000}}}}}', "this cannot be read: "),
        ('{"operations":{"pikc":1}}', "operations.pikc: unknown; known are pick"),
        ('{"flags":["fast"]}', "flags.fast: unknown; known are rush"),
        ('{"orders":1}', "orders: unknown; known are operations"),
        ("[]", "usage: write an object"),
        ("[" * 100_000, "this cannot be read: "),
    ],
)
def test_a_bad_usage_is_named_with_file_and_path(
    e2a: Run, tmp_path: Path, text: str, told: str
) -> None:
    """What cannot be priced is one line with the file, the path in it and what to write."""
    file = write(tmp_path / "u.json", text)
    complaint = e2a("bill", "rate", "--usage", file, "--json").complaint
    assert complaint.startswith(f"e2a: {file}: {told}")
    assert len(complaint) < 300


@pytest.mark.parametrize("text", ["", "{", "{'operations': {}}"])
def test_what_is_not_json_is_named_with_its_line(e2a: Run, tmp_path: Path, text: str) -> None:
    """A file that is no JSON is told with file and line."""
    file = write(tmp_path / "u.json", text)
    complaint = e2a("bill", "rate", "--usage", file).complaint
    assert complaint.startswith(f"e2a: {file}:")
    assert "this is not JSON" in complaint


def test_all_faults_of_a_usage_are_in_the_line(e2a: Run, tmp_path: Path) -> None:
    """Each fault has its file and path, so that a usage is mended once."""
    file = usage(tmp_path, operations={"pick": -1}, flags=["x"])
    complaint = e2a("bill", "rate", "--usage", file).complaint
    assert complaint.count(f"{file}: ") == 2


def test_a_faulty_tariff_is_named_with_file_and_line(e2a: Run, tmp_path: Path) -> None:
    """Every fault of a tariff is in the one line, each with its place."""
    tariff = write(tmp_path / "t.yaml", PACKAGED.replace("times: 3", "times: 0"))
    file = usage(tmp_path, operations=ONE)
    complaint = e2a("bill", "rate", "--usage", file, "--tariff", tariff).complaint
    assert f"{tariff}:31: multipliers.2.times: " in complaint


@pytest.mark.parametrize("kind", ["absent", "folder", "binary"])
@pytest.mark.parametrize("option", ["--usage", "--tariff"])
def test_a_file_that_cannot_be_read_is_one_line(
    e2a: Run, tmp_path: Path, option: str, kind: str
) -> None:
    """A missing file, a folder or something that is no text is told in one line."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x81")
    files = {"--usage": usage(tmp_path), "--tariff": write(tmp_path / "t.yaml", PACKAGED)}
    files[option] = tmp_path / kind
    assert e2a("bill", "rate", *[word for pair in files.items() for word in pair]).complaint


@pytest.mark.parametrize("words", ["bill", "bill rate", "bill rate --usage", "bill rate --cents 1"])
def test_wrong_use_is_2(e2a: Run, words: str) -> None:
    """Without a usage there is nothing to price: wrong use, told on stderr or as help."""
    assert e2a(*words.split()).code == 2


def test_no_database_is_opened(e2a: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is offline and pure: it needs no settings and leaves no file."""
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    file = usage(tmp_path, operations=ONE)
    before = sorted(tmp_path.iterdir())
    assert e2a("bill", "rate", "--usage", file).code == 0
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_with_a_tariff_is_laid_over(tmp_path: Path) -> None:
    """The operator's tariff.yaml takes the packaged one's place; without one nothing changes."""
    assert load_tariff(tmp_path) == load_tariff(None)
    own = write(tmp_path / "tariff.yaml", DEAR)
    assert load_tariff(tmp_path) == read_tariff_file(own)
    assert load_tariff(tmp_path).currency == "EUR"


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language on the page about tariffs."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_pages_example_comes_out_as_told(e2a: Run, tmp_path: Path) -> None:
    """What docs/tariffs.md shows of `bill rate` is what the command prints."""
    usages, outputs = blocks("json"), blocks("text")
    write(tmp_path / "order.json", usages[0])
    words = shlex.split(blocks("sh")[0])[1:]
    assert e2a(*words).out == outputs[0]
    assert e2a(*words, "--json").out == usages[1]
    write(tmp_path / "bad.json", usages[2])
    assert e2a("bill", "rate", "--usage", "bad.json").complaint == outputs[1].strip()


def test_the_pages_faults_are_told_so(e2a: Run, tmp_path: Path) -> None:
    """The faults that docs/tariffs.md shows are those of the packaged tariff with two mistakes."""
    usage(tmp_path)
    text = PACKAGED.replace("per: pack, cents: 20", "per: pack, cents: 0.2")
    write(tmp_path / "bad.yaml", text.replace("flag: hazmat", "flag: cold"))
    told = e2a("bill", "rate", "--usage", "u.json", "--tariff", "bad.yaml").complaint
    assert told == blocks("text")[2].strip()
