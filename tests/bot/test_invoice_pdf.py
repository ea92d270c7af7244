"""An invoice as a file: the same bytes each time, and amounts as their currency writes them."""

from dataclasses import replace
from datetime import date

import pytest

from bot.invoice_pdf import MOST_ROWS, invoice_pdf, rows_of
from handlers.blocks.amounts import amount, day, month
from handlers.blocks.invoice_sheet import invoice_sheet
from jobs.sum_month import MonthSum
from policies.records import Tenant
from tests.policies.test_invoicing import invoice_of

TENANT = Tenant(id=1, name="Łódź Fashion & Co")


@pytest.mark.parametrize(
    ("cents", "currency", "written"),
    [
        (118_440, "USD", "$1,184.40"),
        (-5, "USD", "-$0.05"),
        (1_184, "JPY", "¥1,184"),
        (1_184, "KWD", "KWD 1.184"),
        (0, "EUR", "€0.00"),
        (-1_184_400, "IQD", "-IQD 1,184.400"),
    ],
)
def test_amounts_are_written_as_their_currency_is(cents: int, currency: str, written: str) -> None:
    """Whole numbers of minor units, with as many decimals as ISO 4217 says."""
    assert amount(cents, currency) == written
    assert (day(date(2026, 10, 1)), month("2026-10")) == ("Oct 1, 2026", "October 2026")


def test_the_same_invoice_is_the_same_file() -> None:
    """It has no time of its own, whatever letters a name has."""
    invoice = replace(invoice_of((2, 30, 60, "USD")), id=1, number="INV-000001")
    whole = MonthSum(orders=1, orders_cents=60)
    first = invoice_pdf(invoice, TENANT, whole)
    assert first.startswith(b"%PDF")
    assert invoice_pdf(invoice, TENANT, whole) == first
    assert invoice_pdf(replace(invoice, number="INV-000002"), TENANT, whole) != first


def test_a_long_invoice_has_a_row_a_code() -> None:
    """What fills pages is summed up; the table of values has each line."""
    long = invoice_of(*[(1, -5, -5, "USD")] * (MOST_ROWS + 1))
    [row] = rows_of(long)
    assert (row.order, row.what, row.cents) == ("401 lines", "pick", "-$20.05")
    sheet = invoice_sheet(long, TENANT).content.decode("utf-8-sig").splitlines()
    assert len(sheet) == 1 + len(long.lines)
    assert ",-0.05,-0.05,USD," in sheet[1]
