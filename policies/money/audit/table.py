"""Turns the bytes of a text file into rows: its encoding, its delimiter, its limits.

Must not know what the columns mean, and runs nothing that a cell holds.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
"""Lines of a bill; what is above the headings and below the lines comes on top."""
MOST_COLUMNS = 200
MOST_LETTERS = 2_000
"""Letters of a cell; what is longer is cut."""
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 200
_MARKED = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class BillFileError(ValueError):
    """The file cannot be read as a bill; the text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a file in order; `numbers` are those that a person sees beside them."""

    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


def read_text(content: bytes) -> Table:
    """The rows of a CSV file.

    Raises:
        BillFileError: it is empty, too large, or no text.
    """
    text = _decoded(content)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(tuple(cell[:MOST_LETTERS] for cell in row))
                numbers.append(reader.line_num)
            _check(len(rows), row)
    except csv.Error as error:
        message = f"row {reader.line_num}: {error}; save the file as CSV again"
        raise BillFileError(message) from error
    return table_of(rows, numbers)


def table_of(rows: Iterable[Sequence[str]], numbers: Iterable[int]) -> Table:
    """A table of rows that were read; raises BillFileError where there is nothing in it."""
    table = Table(rows=tuple(map(tuple, rows)), numbers=tuple(numbers))
    if not table.rows:
        message = "the file is empty; send one with headings and lines"
        raise BillFileError(message)
    _check(len(table.rows), max(table.rows, key=len))
    return table


def check_size(content: bytes) -> None:
    """Raises BillFileError where a file is larger than what is read."""
    if len(content) > MOST_BYTES:
        message = (
            f"the file has {len(content) / 1_000_000:.1f} MB; at most "
            f"{MOST_BYTES // 1_000_000} MB are read, so split it"
        )
        raise BillFileError(message)


def _check(many: int, row: Sequence[str]) -> None:
    if many > MOST_ROWS + 1_000:
        message = f"the file has more than {MOST_ROWS:,} lines; split it"
        raise BillFileError(message)
    if len(row) > MOST_COLUMNS:
        message = f"a row has {len(row)} columns; at most {MOST_COLUMNS} are read, remove some"
        raise BillFileError(message)


def _decoded(content: bytes) -> str:
    check_size(content)
    for mark, encoding in _MARKED:
        if content.startswith(mark):
            return _as(content, encoding)
    if b"\x00" in content[:4096]:
        message = "this is no text; send a CSV or XLSX file"
        raise BillFileError(message)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"the file says that it is {encoding}, and is not; save it as UTF-8"
        raise BillFileError(message) from error


def _delimiter(text: str) -> str:
    """That which parts most rows of the beginning into the same number of cells, two or more."""
    sample = "\n".join(text.splitlines()[:_SAMPLE])
    best, score = ",", 0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter)]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=0)
        found = usual * widths.count(usual) if usual > 1 else 0
        if found > score:
            best, score = delimiter, found
    return best
