"""Workbooks are read as they were last seen: no formula runs, and a number has one reading."""

import io
import zipfile

import pytest

from bot.sheets import read_bill_file
from policies.money.audit.lines import lines_of
from policies.money.audit.propose import propose
from policies.money.audit.table import BillFileError
from tests.bot.workbooks import a_workbook

HEAD = ["Tracking Number", "Charge", "Net Amount"]


def test_a_workbook_is_read() -> None:
    """Rows keep their numbers; a formula is what it came to; arithmetic's tails are rounded off."""
    content = a_workbook(
        [
            ["Bill of March"],
            [],
            HEAD,
            [794612345678, "Freight", 12.299999999999999],
            ["1Z2", "Fuel", 1.234],
            ["1Z3", "Fuel", "=SUM(C4:C5)"],
            ["1Z4", "Fuel", 1200],
        ]
    )
    table = read_bill_file(content)
    found = propose(table)
    lines = lines_of(table, found.heading, found.columns, currency="USD").lines
    assert [(one.row, one.tracking, one.cents) for one in lines] == [
        (4, "794612345678", 1230),
        (5, "1Z2", 123),
        (6, "1Z3", 750),
        (7, "1Z4", 120_000),
    ]
    assert found.open == ()


def _zip(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"PK\x03\x04 nothing", "no workbook", id="half an archive"),
        pytest.param(_zip("xl/workbook.xml", b"<"), "cannot be read", id="broken"),
        pytest.param(a_workbook([]), "is empty", id="empty"),
        pytest.param(_zip("a", bytes(401_000_000)), "unpacks to more", id="a bomb"),
    ],
)
def test_a_workbook_that_is_none_is_refused(content: bytes, why: str) -> None:
    """With what to do, and without filling the memory."""
    with pytest.raises(BillFileError, match=why):
        read_bill_file(content)


def test_text_is_read_as_text() -> None:
    """A CSV file comes through the same door."""
    assert read_bill_file(b"a,b\n1,2\n").rows == (("a", "b"), ("1", "2"))
