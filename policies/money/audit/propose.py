"""Proposes what a file's columns are, and says what is left to a person. Must not read amounts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from policies.money.audit.cells import CellError, day_first, day_of_cell, decimal_mark, number_of
from policies.money.audit.columns import Column, Columns, Heading, guess, heading_of
from policies.money.audit.lines import sampled
from policies.money.audit.table import BillFileError, Table

_MEASURES = (*(Column.BILLED_WEIGHT, Column.WEIGHT, Column.LENGTH, Column.WIDTH, Column.HEIGHT),)
_DAYS = (Column.SHIP_DATE, Column.INVOICE_DATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The headings, what they are taken for, and questions that the file does not answer."""

    heading: Heading | None
    columns: Columns
    open: tuple[str, ...] = ()


def propose(table: Table) -> Proposal:
    """A first reading, to be confirmed by whoever sent the file."""
    heading = heading_of(table.rows)
    places = guess(heading.titles) if heading else {}
    return complete(table, heading, Columns(places=places))


def complete(table: Table, heading: Heading | None, columns: Columns) -> Proposal:
    """The same columns with what their cells show: the decimal mark, the order of days.

    What a person said, now or of an earlier file, counts where the cells show nothing.
    """
    places = columns.places
    measures = [one for one in _MEASURES if one in places]
    measured = decimal_mark(cell for one in measures for cell in _of(table, heading, places, one))
    amounts = _of(table, heading, places, Column.AMOUNT) if Column.AMOUNT in places else []
    days = [one for one in _DAYS if one in places]
    first = day_first(cell for one in days for cell in _of(table, heading, places, one))
    known = replace(
        columns,
        decimal=decimal_mark(amounts) or columns.decimal,
        measured=measured,
        day_first=columns.day_first if first is None else first,
    )
    return Proposal(heading=heading, columns=known, open=tuple(_open(table, heading, known)))


def chosen(heading: Heading | None, named: Mapping[str, str]) -> dict[Column, int]:
    """Columns by name, each with the heading or the number (from 1) of where it stands.

    Raises:
        BillFileError: a name or a heading that there is not.
    """
    titles = heading.titles if heading else ()
    found: dict[Column, int] = {}
    for name, where in named.items():
        if name not in set(Column):
            message = f"{name}: no such column; known are {', '.join(Column)}"
            raise BillFileError(message)
        lower = [title.lower() for title in titles]
        if where.lower() in lower:
            found[Column(name)] = lower.index(where.lower())
        elif where.isdigit() and int(where):
            found[Column(name)] = int(where) - 1
        else:
            shown = (
                ", ".join(title for title in titles if title) or "none; write the column's number"
            )
            message = f"{name}: no heading {where}; the file has {shown}"
            raise BillFileError(message)
    return found


def _of(
    table: Table, heading: Heading | None, places: Mapping[Column, int], column: Column
) -> list[str]:
    return list(sampled(table, heading, places[column]))


def _open(table: Table, heading: Heading | None, columns: Columns) -> list[str]:
    """What has two readings and nobody said which."""
    places, questions = columns.places, []
    if columns.missing:
        return [columns.missing]
    if columns.decimal is None:
        doubtful = next(
            (cell for cell in _of(table, heading, places, Column.AMOUNT) if _is_open(cell)), None
        )
        if doubtful:
            questions.append(f"whether {doubtful} has decimals or thousands")
    if columns.day_first is None:
        for column in _DAYS:
            cells = _of(table, heading, places, column) if column in places else []
            doubtful = next((cell for cell in cells if _is_two_days(cell)), None)
            if doubtful:
                questions.append(f"whether the day or the month comes first in {doubtful}")
                break
    return questions


def _is_open(cell: str) -> bool:
    try:
        number_of(cell, None)
    except CellError as error:
        return "may be" in str(error)
    return False


def _is_two_days(cell: str) -> bool:
    try:
        day_of_cell(cell, first=None)
    except CellError as error:
        return "may be" in str(error)
    return False
