"""Draws an invoice as a PDF. The same invoice gives the same bytes.

Must not decide what is on it. The drawing library is heavy, so whoever wants a file imports this.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableCellFillMode, XPos, YPos
from fpdf.fonts import FontFace

from handlers.blocks.amounts import amount, day, month
from jobs.sum_month import MonthSum
from policies.money.invoice_values import Invoice, InvoiceLine
from policies.money.lines import TAX
from policies.money.rates import plain
from policies.records import Tenant

MOST_ROWS = 400
"""Of a longer invoice each code is one row; the CSV has every line."""
_FONT = "DejaVuSans"
_WIDTHS = (10, 34, 24, 46, 16, 28, 32)
_HEADINGS = ("#", "Order", "Date", "What", "Qty", "Each", "Amount")
_ALIGN = ("RIGHT", "LEFT", "LEFT", "LEFT", "RIGHT", "RIGHT", "RIGHT")
_INK, _QUIET, _SHADE, _RULE = (29, 39, 51), (110, 120, 132), (243, 245, 248), (205, 210, 216)


class Row(NamedTuple):
    """One row of the table, as it is drawn."""

    number: str
    order: str
    day: str
    what: str
    quantity: str
    each: str
    cents: str


def invoice_pdf(invoice: Invoice, tenant: Tenant, month_sum: MonthSum | None = None) -> bytes:
    """The file's bytes; on a statement also what its month came to, where that is given."""
    page = _Page(invoice, tenant)
    page.add_page()
    page.heading()
    page.lines(rows_of(invoice))
    page.totals()
    if month_sum is not None:
        page.of_month(month_sum)
    return bytes(page.output())


def rows_of(invoice: Invoice) -> list[Row]:
    """What the table shows: every line but tax, or of a long invoice a row for each code."""
    lines = [line for line in invoice.lines if not line.code.startswith(TAX)]
    if len(lines) <= MOST_ROWS:
        return [_row(line) for line in lines]
    return list(_by_code(lines, invoice.currency))


def _row(line: InvoiceLine) -> Row:
    measured = "" if line.measured is None else f" ({plain(line.measured)} {_words(line.unit)})"
    return Row(
        number=str(line.number),
        order=line.order_id,
        day=day(line.service_date) if line.service_date else "",
        what=_words(line.code) + measured,
        quantity=str(line.quantity),
        each=amount(line.unit_cents, line.currency),
        cents=amount(line.amount_cents, line.currency),
    )


def _by_code(lines: Iterable[InvoiceLine], currency: str) -> Iterator[Row]:
    sums: dict[str, tuple[int, int]] = {}
    for line in lines:
        count, cents = sums.get(line.code, (0, 0))
        sums[line.code] = (count + 1, cents + line.amount_cents)
    for place, (code, (count, cents)) in enumerate(sums.items(), start=1):
        yield Row(
            number=str(place),
            order=f"{count} lines",
            day="",
            what=_words(code),
            quantity="",
            each="",
            cents=amount(cents, currency),
        )


class _Page(FPDF):
    """A page with the invoice's name above and its number below."""

    def __init__(self, invoice: Invoice, tenant: Tenant) -> None:
        super().__init__(format="A4")
        self._invoice, self._tenant = invoice, tenant
        fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
        for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.add_font(_FONT, style, fonts / name)
        self.set_creation_date(invoice.issued_at)
        self.set_title(f"Invoice {invoice.number}")
        self.set_margin(10)
        self.set_auto_page_break(auto=True, margin=18)
        self.set_text_color(*_INK)

    def footer(self) -> None:
        """Which invoice and which page."""
        self.set_y(-14)
        self.set_font(_FONT, size=7)
        self.set_text_color(*_QUIET)
        self.cell(0, 6, f"{self._invoice.number}   page {self.page_no()} of {{nb}}", align="R")
        self.set_text_color(*_INK)

    def heading(self) -> None:
        """Who is asked for what time."""
        invoice = self._invoice
        self.set_font(_FONT, "B", 18)
        self._line(f"Invoice {invoice.number}", 10)
        self.set_font(_FONT, size=9)
        kind = f"order {invoice.order_id}" if invoice.order_id else "monthly statement"
        for words in (
            f"For {self._tenant.name}",
            f"{month(invoice.period)}, {kind}",
            f"Issued {day(invoice.issued_at.date())}, amounts in {invoice.currency}",
        ):
            self._line(words, 5)
        self.ln(5)

    def lines(self, rows: Iterable[Row]) -> None:
        """The table."""
        self.set_font(_FONT, size=8)
        self.set_draw_color(*_RULE)
        head = FontFace(emphasis="BOLD", fill_color=_SHADE)
        with self.table(
            col_widths=_WIDTHS,
            text_align=_ALIGN,
            headings_style=head,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            cell_fill_mode=TableCellFillMode.NONE,
            line_height=5,
            padding=1,
        ) as table:
            table.row(_HEADINGS)
            for one in rows:
                table.row(one)

    def totals(self) -> None:
        """The sum, each tax, and what is asked for."""
        invoice = self._invoice
        taxes = [line for line in invoice.lines if line.code.startswith(TAX)]
        self.ln(4)
        if taxes:
            net = invoice.total_cents - sum(line.amount_cents for line in taxes)
            self._total("Net", net)
        for line in taxes:
            self._total(f"Tax, {line.tax_class}", line.amount_cents)
        self.set_font(_FONT, "B", 11)
        self._total("Total", invoice.total_cents)

    def of_month(self, found: MonthSum) -> None:
        """What was asked for in the month in all, of which this is a part."""
        self.ln(6)
        self.set_font(_FONT, size=8)
        for words, count, cents in (
            ("Invoices of orders", found.orders, found.orders_cents),
            ("This statement", None, self._invoice.total_cents),
            ("Credit and debit notes", found.notes, found.notes_cents),
        ):
            self._total(words if count is None else f"{words}: {count}", cents)
        self.set_font(_FONT, "B", 9)
        self._total(f"All of {month(self._invoice.period)}", found.total_cents)

    def _total(self, words: str, cents: int) -> None:
        self.cell(self.epw - 50, 7, words, align="R")
        self.cell(
            50,
            7,
            amount(cents, self._invoice.currency),
            align="R",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _line(self, words: str, height: float) -> None:
        self.cell(0, height, words, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _words(code: str) -> str:
    return code.replace("_", " ").replace(".", " ")
