"""Reads the tables that people hand over: CSV as text, workbooks through calamine.

Must not judge what is in them, and runs no formula: of a workbook the kept values are read.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal

from python_calamine import CalamineError, CalamineWorkbook

from policies.money.audit.table import (
    MOST_COLUMNS,
    MOST_LETTERS,
    MOST_ROWS,
    BillFileError,
    Table,
    check_size,
    read_text,
    table_of,
)

_ZIP = b"PK\x03\x04"
_UNPACKED = 400_000_000
"""Bytes that a workbook may unpack to; more is no bill."""
_PLACES = 6
_OPEN_PLACES = 3


def read_bill_file(content: bytes) -> Table:
    """The rows of a CSV file, or of the first sheet of a workbook that has any.

    Raises:
        BillFileError: it is neither, too large, or empty.
    """
    if not content.startswith(_ZIP):
        return read_text(content)
    check_size(content)
    _check_unpacked(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height > MOST_ROWS + 1_000 or sheet.total_width > MOST_COLUMNS:
                message = (
                    f"sheet {name} has {sheet.total_height:,} rows and {sheet.total_width} "
                    f"columns; at most {MOST_ROWS:,} and {MOST_COLUMNS} are read, split it"
                )
                raise BillFileError(message)
            rows = sheet.to_python(skip_empty_area=False)
            found = [(number, _row(row)) for number, row in enumerate(rows, start=1)]
            lines = [(number, row) for number, row in found if any(row)]
            if len(lines) > 1:
                numbers, cells = zip(*lines, strict=True)
                return table_of(cells, numbers)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        if isinstance(error, BillFileError):
            raise
        message = "this workbook cannot be read; save it again, or as CSV"
        raise BillFileError(message) from error
    message = "the workbook is empty; send one with headings and lines"
    raise BillFileError(message)


def _check_unpacked(content: bytes) -> None:
    """Refuses an archive that would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        message = "this is no workbook; send a CSV or XLSX file"
        raise BillFileError(message) from error
    if size > _UNPACKED:
        message = "the workbook unpacks to more than is read; split it, or save it as CSV"
        raise BillFileError(message)


def _row(row: Iterable[object]) -> tuple[str, ...]:
    return tuple(_cell(value) for value in row)


def _cell(value: object) -> str:
    """A cell as text; a number in a form that has but one reading."""
    if isinstance(value, str):
        return value[:MOST_LETTERS].strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value) if isinstance(value, time | timedelta) else ""


def _number(value: float) -> str:
    """Arithmetic of the workbook leaves tails like 12.299999999999999; they are rounded off."""
    if value != value or abs(value) > 10**15:  # noqa: PLR0124 - NaN; no amount is larger
        return str(value)
    text = f"{Decimal(repr(round(value, _PLACES))):f}"
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    if not part:
        return whole
    return f"{whole}.{part}0" if len(part) == _OPEN_PLACES else f"{whole}.{part}"
