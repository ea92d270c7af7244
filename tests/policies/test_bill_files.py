"""Bills are read as people write them; what has two readings has none until somebody says which."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.money.audit.cells import (
    CellError,
    day_first,
    day_of_cell,
    decimal_mark,
    money_of,
    sides_of,
    weight_of,
)
from policies.money.audit.columns import Column, Columns
from policies.money.audit.contract import Contracts
from policies.money.audit.judge import Known, judge_bill
from policies.money.audit.lines import Read, lines_of
from policies.money.audit.propose import chosen, complete, propose
from policies.money.audit.table import MOST_BYTES, BillFileError, read_text
from policies.money.audit.totals import totals_of
from policies.money.audit.verdict import Verdict
from tests.policies.freight_file import a_freight_file
from tests.real_data import FOLDER, absent

RECEIVED = date(2026, 3, 1)
SCMS = FOLDER / "orders" / "scms" / "scms_delivery_history_utf8.csv"


def read(content: bytes | str) -> Read:
    """The lines of a file as they are first taken."""
    table = read_text(content.encode() if isinstance(content, str) else content)
    found = propose(table)
    return lines_of(table, found.heading, found.columns)


@pytest.mark.parametrize(
    ("cell", "mark", "value", "currency"),
    [
        ("12.50", None, "12.50", ""),
        ("1,234.56", None, "1234.56", ""),
        ("1.234,56", None, "1234.56", ""),
        ("1 234,56 €", None, "1234.56", "EUR"),
        ("1'234.50 CHF", None, "1234.50", "CHF"),
        ("1,234,567", None, "1234567", ""),
        ("$12.5", None, "12.5", ""),
        ("USD -7", None, "-7", "USD"),
        ("(3.10)", None, "-3.10", ""),
        ("3.10-", None, "-3.10", ""),
        ("3.10 CR", None, "-3.10", ""),
        ("\u221212,00", None, "-12.00", ""),
        ("0.125", None, "0.125", ""),
        (".5", None, "0.5", ""),
        ("1.234", ".", "1.234", ""),
        ("1.234", ",", "1234", ""),
        ("\uff11\uff12.\uff15\uff10", None, "12.50", ""),
    ],
)
def test_amounts_are_read(cell: str, mark: str | None, value: str, currency: str) -> None:
    """Signs, codes, thousands, decimals, brackets and CR."""
    found = money_of(cell, mark)  # type: ignore[arg-type]
    assert (found.value, found.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("cell", ["", "-", "n/a", "1.2.3", "12,34,56", "1.234", "1,234", "=1+1"])
def test_what_is_no_amount_or_two_is_refused(cell: str) -> None:
    """The fault quotes the cell and says what to write."""
    with pytest.raises(CellError, match=r"write|say|groups"):
        money_of(cell, None)


@given(st.integers(min_value=-(10**9), max_value=10**9), st.sampled_from([".", ","]))
def test_amounts_come_back_however_they_are_written(cents: int, mark: str) -> None:
    """With two decimals every amount has one reading, in both ways of writing."""
    text = f"{abs(cents) // 100:,}.{abs(cents) % 100:02}"
    if mark == ",":
        text = text.translate(str.maketrans(".,", ",."))
    sign = "-" if cents < 0 else ""
    assert money_of(f"{sign}{text}", None).value == Decimal(cents) / 100


def test_a_column_tells_its_decimals_and_days() -> None:
    """What one cell shows beyond doubt holds for its column; cells that disagree show nothing."""
    assert decimal_mark(["1.234", "7", "12,50"]) == ","
    assert decimal_mark(["1.234", "2.345"]) is None
    assert decimal_mark(["1.50", "1,50"]) is None
    assert day_first(["03/04/2026", "25/04/2026"]) is True
    assert day_first(["03/04/2026", "04/25/2026"]) is False
    assert day_first(["03/04/2026"]) is None


@pytest.mark.parametrize(
    "cell",
    [
        *("2026-03-05", "2026/3/5", "20260305", "5-Mar-26", "5 March 2026", "Mar 5, 2026"),
        *("05.03.2026", "2026-03-05T10:00:00", "2026-03-05 00:00:00", "05/03/2026"),
    ],
)
def test_days_are_read(cell: str) -> None:
    """As carriers write them."""
    assert day_of_cell(cell, first=True) == date(2026, 3, 5)


@pytest.mark.parametrize("cell", ["03/04/2026", "soon", "2026-02-30", "31/04/2026"])
def test_a_day_that_is_none_or_two_is_refused(cell: str) -> None:
    """3 April or 4 March is for somebody to say."""
    with pytest.raises(CellError, match=r"write|say|correct"):
        day_of_cell(cell, first=None)


def test_weights_and_sizes_keep_their_units() -> None:
    """A unit behind the number is that of the cell."""
    assert weight_of("12.5 LBS", None) == (Decimal("12.5"), "lb")
    assert weight_of("3kg", None) == (Decimal(3), "kg")
    with pytest.raises(CellError, match="unit that is not known"):
        weight_of("3 stone", None)


@pytest.mark.parametrize("cell", ["12 34", "5 .", "5 ,5", "12'34"])
def test_a_number_in_pieces_is_none(cell: str) -> None:
    """A cell that only looks like a number is told, and stops no other line."""
    for read in (money_of, weight_of):
        with pytest.raises(CellError, match="is no amount"):
            read(cell, ".")
    assert sides_of("12 x 10x8.5 in", ".") == ((Decimal(12), Decimal(10), Decimal("8.5")), "in")


def test_headings_need_not_be_first_and_sums_are_no_lines() -> None:
    """What stands above the headings, repeated headings, blank rows and sums are left out."""
    found = read(
        "Invoice of March,,\nAccount,77,\n\nTracking Number,Charge Description,Net Amount\n"
        "1Z1,Freight,10.00\nTracking Number,Charge Description,Net Amount\n1z 2,Fuel,2.50\n"
        "Subtotal,,12.50\nTotal,,13.00\n"
    )
    assert [(one.row, one.tracking, one.cents) for one in found.lines] == [
        (5, "1Z1", 1000),
        (7, "1Z2", 250),
    ]
    assert found.totals == ((8, 1250, ""), (9, 1300, ""))
    judged = judge_bill(found.lines, Known(contracts=Contracts(), received=RECEIVED))
    assert "row 9 states another sum" in totals_of(judged, found).notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    """Files of spreadsheets of several countries are read alike."""
    rows = [["Tracking No", "Ort", "Amount"], ["1Z1", "Zürich", "7.50"], ["1Z2", "Köln", "8.00"]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert [one.cents for one in read(text.encode(encoding)).lines] == [750, 800]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\x89PNG\x00\x00", "no text", id="a picture"),
        pytest.param(b"a" * (MOST_BYTES + 1), "split it", id="too large"),
        pytest.param(b"\xff\xfea", "UTF-8", id="half a letter"),
        pytest.param(b"," * 300, "columns", id="too wide"),
        pytest.param(b"\n".join([b"1,2"] * 101_001), "split it", id="too long"),
    ],
)
def test_a_file_that_is_no_bill_is_refused_with_a_remedy(content: bytes, why: str) -> None:
    """Nothing crashes, and the text says what to do."""
    with pytest.raises(BillFileError, match=why):
        read_text(content)


def test_columns_may_be_named() -> None:
    """By their heading or by their number; for a wrong name those that there are are told."""
    table = read_text(b"Tracking,Sum,Amount\n1Z1,3.00,2.00\n")
    heading = propose(table).heading
    assert chosen(heading, {"amount": "sum", "tracking": "1"}) == {
        Column.AMOUNT: 1,
        Column.TRACKING: 0,
    }
    with pytest.raises(BillFileError, match="Tracking, Sum, Amount"):
        chosen(heading, {"amount": "Betrag"})
    with pytest.raises(BillFileError, match="known are"):
        chosen(heading, {"sum": "Sum"})


def test_what_cells_show_goes_before_what_was_said() -> None:
    """What was confirmed of an earlier file holds only where this one's cells show nothing."""
    said = Columns(places={Column.TRACKING: 0, Column.AMOUNT: 1}, decimal=",", day_first=True)
    for amounts, mark in ((b"1.234\n1Z2,7.50", "."), (b"1.234\n1Z2,2.345", ",")):
        table = read_text(b"Tracking,Amount\n1Z1," + amounts + b"\n")
        found = complete(table, propose(table).heading, said)
        assert (found.columns.decimal, found.columns.day_first, found.open) == (mark, True, ())


def test_a_line_that_cannot_be_read_says_why() -> None:
    """An amount of two readings, and two currencies in one line, are nobody's guess."""
    found = read("Tracking,Amount,Currency\n1Z1,1.234,USD\n1Z2,5.00 EUR,USD\n")
    judged = judge_bill(found.lines, Known(contracts=Contracts(), received=RECEIVED))
    assert [one.verdict for one in judged] == [Verdict.NO_RATE, Verdict.UNREADABLE]
    open_ = propose(read_text(b"Tracking,Amount\n1Z1,1.234\n1Z2,2.345\n"))
    assert open_.open == ("whether 1.234 has decimals or thousands",)


def test_a_freight_file_is_separated_exactly() -> None:
    """2,000 lines: one rate, several prices, none, and not ours, each line as its truth is."""
    contract, content, truths = a_freight_file(7, 2000)
    found = read(content)
    assert propose(read_text(content)).columns.decimal == ","
    known = Known(contracts=Contracts(known=(contract,)), received=RECEIVED)
    judged = judge_bill(found.lines, known)
    assert [(one.verdict, one.cause, one.expected_cents) for one in judged] == truths
    assert {verdict for verdict, _, _ in truths} == {
        *(Verdict.OK, Verdict.OVERCHARGED, Verdict.UNDERCHARGED),
        *(Verdict.AMBIGUOUS, Verdict.NO_RATE, Verdict.NOT_OURS),
    }


@pytest.mark.skipif(not SCMS.is_file(), reason=absent("orders", "scms"))
def test_the_scms_freight_column_is_read_without_a_guess() -> None:
    """Real lines: numbers, "included", "invoiced separately", and references that are resolved."""
    found = read(SCMS.read_bytes())
    judged = judge_bill(found.lines, Known(contracts=Contracts(), received=RECEIVED))
    totals = totals_of(judged, found)
    assert dict(totals.verdicts) == {
        Verdict.NO_RATE: 6198,
        Verdict.INCLUDED: 1442,
        Verdict.SEPARATELY: 2684,
    }
    referred = [one for one in judged if one.refers_to]
    assert len(referred) == 2445
    by_row = {one.line.row: one.line for one in judged}
    for one in referred:
        assert by_row[one.refers_to or 0].reference in one.line.refers
    assert totals.disputed == ()


def test_unnamed_columns_are_asked_for() -> None:
    """A file without headings that we know has no proposal, and says what is missing."""
    proposal = propose(read_text(b"1,2,3\n4,5,6\n"))
    assert proposal.columns == Columns()
    assert proposal.open == ("which column has the amounts",)
