"""Reads the lines of a bill: what each says of amount, parcel and day, or why it cannot be read.

Must not judge a line: verdict.py says what kinds there are, judge.py decides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from policies.money.audit.cells import (
    CellError,
    Mark,
    cents_of,
    converted,
    day_of_cell,
    money_of,
    number_of,
    sides_of,
    weight_of,
)
from policies.money.audit.columns import Column, Columns, Heading, currency_of, unit_in
from policies.money.audit.table import Table
from policies.order_names import TRACKING, name_of


class Told(StrEnum):
    """What stands in the place of an amount."""

    INCLUDED = "included"
    SEPARATELY = "separately"
    REFERRED = "referred"


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledLine:
    """A line as it was billed. `row` is the number that a person sees in the file.

    `cents` is None where `told` or `fault` says why. `currency` is empty where nothing names one.
    """

    row: int
    cents: int | None = None
    currency: str = ""
    told: Told | None = None
    refers: str = ""
    fault: str = ""
    line: str = ""
    tracking: str = ""
    order: str = ""
    reference: str = ""
    carrier: str = ""
    service: str = ""
    origin: str = ""
    zone: str = ""
    zip: str = ""
    charge: str = ""
    weight: Decimal | None = None
    billed_weight: Decimal | None = None
    unit: str = ""
    size: tuple[Decimal, ...] = ()
    size_unit: str = ""
    ship_date: date | None = None
    invoice: str = ""
    invoice_date: date | None = None
    payer: str = ""
    account: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def parcel(self) -> str:
        """What names the parcel or shipment, the surest first."""
        return self.tracking or self.order or self.reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The lines of a file. `totals` are the sums that the file itself states, by currency."""

    lines: tuple[BilledLine, ...]
    totals: tuple[tuple[int, int, str], ...] = ()
    """Each with its row, its cents and its currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What holds for all cells of a file."""

    columns: Columns
    titles: tuple[str, ...]
    currency: str
    unit: str
    mark: Mark | None
    measured: Mark | None
    weight_unit: str = ""
    """Of the weight that was measured, where its heading names one."""


_TOTAL = re.compile(r"^(grand |sub ?|net |invoice )?(total|sum|subtotal|summe)\b", re.IGNORECASE)
_INCLUDED = re.compile(r"\binclu(?:ded|des|sive)\b|\bincl\b", re.IGNORECASE)
_SEPARATELY = re.compile(r"\bseparate(?:ly)?\b", re.IGNORECASE)
_REFERRED = re.compile(r"^(?:see|refer to|ref\.?|cf\.?)\s+(?P<where>.+)$", re.IGNORECASE)
_PARTS = (Column.LENGTH, Column.WIDTH, Column.HEIGHT)


def lines_of(
    table: Table, heading: Heading | None, columns: Columns, *, currency: str = ""
) -> Read:
    """The lines below the headings; empty rows, repeated headings and sums are no lines."""
    titles = heading.titles if heading else ()
    places = columns.places
    weighed = {Column(one): places[one] for one in places if one is Column.WEIGHT}
    how = Reading(
        columns=columns,
        titles=titles,
        currency=currency_of(titles, columns.places) if titles else "",
        unit=(unit_in(titles, columns.places) if titles else "") or columns.unit,
        mark=columns.decimal,
        measured=columns.measured or columns.decimal,
        weight_unit=unit_in(titles, weighed) if titles else "",
    )
    below = heading.row + 1 if heading else 0
    lines: list[BilledLine] = []
    totals: list[tuple[int, int, str]] = []
    rows = zip(table.rows[below:], table.numbers[below:], strict=True)
    for row, number in rows:
        if heading and tuple(cell.strip() for cell in row) == heading.titles:
            continue
        line = _line(row, number, how, currency)
        if _is_total(row, columns):
            if line.cents is not None:
                totals.append((number, line.cents, line.currency))
            continue
        lines.append(line)
    return Read(lines=tuple(lines), totals=tuple(totals))


def words_of(cell: str) -> tuple[Told, str] | None:
    """What a cell says in the place of an amount; behind it, what it refers to."""
    text = " ".join(cell.split())
    if match := _REFERRED.match(text):
        return Told.REFERRED, match["where"][:100]
    if _INCLUDED.search(text):
        return Told.INCLUDED, ""
    return (Told.SEPARATELY, "") if _SEPARATELY.search(text) else None


def _is_total(row: Sequence[str], columns: Columns) -> bool:
    """Whether it is a sum: it says so, and names no parcel."""
    named = (Column.TRACKING, Column.LINE)
    if any(
        _cell(row, columns, one) and not _TOTAL.match(_cell(row, columns, one)) for one in named
    ):
        return False
    return any(_TOTAL.match(cell.strip()) for cell in row)


def _line(row: Sequence[str], number: int, how: Reading, currency: str) -> BilledLine:
    columns = how.columns

    def text(column: Column) -> str:
        return " ".join(_cell(row, columns, column).split())[:200]

    doubts: list[str] = []
    cents, told, refers, fault, named = _amount(row, how, text(Column.CURRENCY), currency)
    weight, unit = _weight(row, how, Column.WEIGHT, doubts)
    billed, billed_unit = _weight(row, how, Column.BILLED_WEIGHT, doubts)
    if weight is not None and unit and billed_unit:
        weight = converted(weight, unit, billed_unit)
    size, size_unit = _size(row, how, doubts)
    tracking = text(Column.TRACKING)
    return BilledLine(
        row=number,
        cents=cents,
        currency=named,
        told=told,
        refers=refers,
        fault=fault,
        line=text(Column.LINE),
        tracking=(name_of(TRACKING, tracking) or "").partition(":")[2],
        order=text(Column.ORDER),
        reference=text(Column.REFERENCE),
        carrier=text(Column.CARRIER),
        service=text(Column.SERVICE),
        origin=text(Column.ORIGIN),
        zone=text(Column.ZONE),
        zip=text(Column.ZIP),
        charge=text(Column.CHARGE),
        weight=weight,
        billed_weight=billed,
        unit=billed_unit or unit,
        size=size,
        size_unit=size_unit,
        ship_date=_day(row, how, Column.SHIP_DATE, doubts),
        invoice=text(Column.INVOICE),
        invoice_date=_day(row, how, Column.INVOICE_DATE, doubts),
        payer=text(Column.PAYER),
        account=text(Column.ACCOUNT),
        doubts=tuple(doubts),
    )


def _amount(
    row: Sequence[str], how: Reading, named: str, usual: str
) -> tuple[int | None, Told | None, str, str, str]:
    """Cents, words in their place, what those refer to, what is wrong, and the currency."""
    cell = _cell(row, how.columns, Column.AMOUNT)
    instead = words_of(cell)
    stated = named.upper() or how.currency
    if instead is not None:
        return None, instead[0], instead[1], "", stated or usual
    try:
        money = money_of(cell, how.mark)
    except CellError as error:
        return None, None, "", str(error), stated or usual
    if money.currency and stated and money.currency != stated:
        fault = f"the amount is in {money.currency} and its line in {stated}; correct one"
        return None, None, "", fault, stated
    currency = money.currency or stated or usual
    return cents_of(money.value, currency), None, "", "", currency


def _weight(
    row: Sequence[str], how: Reading, column: Column, doubts: list[str]
) -> tuple[Decimal | None, str]:
    cell = _cell(row, how.columns, column)
    if not cell or words_of(cell):
        return None, ""
    try:
        weight, unit = weight_of(cell, how.measured)
    except CellError as error:
        doubts.append(f"{column.value.replace('_', ' ')}: {error}")
        return None, ""
    return weight, unit or (how.weight_unit if column is Column.WEIGHT else "") or how.unit


def _size(row: Sequence[str], how: Reading, doubts: list[str]) -> tuple[tuple[Decimal, ...], str]:
    cell = _cell(row, how.columns, Column.SIZE)
    parts = [_cell(row, how.columns, column) for column in _PARTS]
    try:
        if cell:
            return sides_of(cell, how.measured)
        if all(parts):
            return tuple(number_of(part, how.measured) for part in parts), ""
    except CellError as error:
        doubts.append(f"size: {error}")
    return (), ""


def _day(row: Sequence[str], how: Reading, column: Column, doubts: list[str]) -> date | None:
    cell = _cell(row, how.columns, column)
    if not cell:
        return None
    try:
        return day_of_cell(cell, first=how.columns.day_first)
    except CellError as error:
        doubts.append(f"{column.value.replace('_', ' ')}: {error}")
        return None


def _cell(row: Sequence[str], columns: Columns, column: Column) -> str:
    place = columns.places.get(column)
    return row[place].strip() if place is not None and place < len(row) else ""


def sampled(table: Table, heading: Heading | None, column: int) -> Iterator[str]:
    """The cells of a column below the headings."""
    below = heading.row + 1 if heading else 0
    for row in table.rows[below:]:
        if column < len(row) and row[column].strip():
            yield row[column].strip()
