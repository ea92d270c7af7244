"""Takes the text out of PDF and CSV files. Must not read files, and must not guess at pictures."""

import csv
import io
import logging
from itertools import islice

from rag.errors import ExtractionError

MOST_BYTES = 20 << 20
_MOST_PAGES, _MOST_ROWS, _MOST_LETTERS = 1_000, 5_000, 2_000_000
_SAMPLE = 4_096


def pages_of_pdf(raw: bytes, name: str) -> tuple[str, ...]:
    """The text of each page, empty where a page has none; at least two, so that they are counted.

    Raises:
        ExtractionError: it is no PDF, is locked, is too long, or has no text (a scan).
    """
    from pypdf import PdfReader  # noqa: PLC0415 - most start without any PDF
    from pypdf.errors import PyPdfError  # noqa: PLC0415 - the same

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(raw))
        many = len(reader.pages) > _MOST_PAGES
        pages = () if many else tuple(page.extract_text() for page in reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"{name}: cannot be read as PDF ({error}); save it again without a password"
        raise ExtractionError(message) from error
    if many:
        message = f"{name}: has more than {_MOST_PAGES} pages; split it"
        raise ExtractionError(message)
    letters = sum(map(len, pages))
    if not letters or letters > _MOST_LETTERS or not any(page.strip() for page in pages):
        message = f"{name}: has no text, or too much; a scan needs text recognition first"
        raise ExtractionError(message)
    return pages if len(pages) > 1 else (*pages, "")


def rows_of_table(text: str, name: str) -> tuple[str, ...]:
    """A text for each line of the file: `heading: value; ...`; empty for the heading's own.

    Raises:
        ExtractionError: there is no heading, no row, or too many of them.
    """
    if not text.strip():
        message = f"{name}: is empty"
        raise ExtractionError(message)
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:_SAMPLE], ",;\t|")
    except csv.Error:
        dialect = "excel"
    try:
        rows = csv.reader(io.StringIO(text, newline=""), dialect)
        heading = [cell.strip() for cell in next(rows)]
        lines = [""] * rows.line_num
        for row in islice(rows, _MOST_ROWS + 1):
            lines.extend([""] * (rows.line_num - len(lines) - 1))
            lines.append(_row(heading, row))
    except (csv.Error, StopIteration) as error:
        message = f"{name}: cannot be read as a table ({error})"
        raise ExtractionError(message) from error
    if not any(lines) or sum(map(bool, lines)) > _MOST_ROWS:
        message = f"{name}: has no rows, or more than {_MOST_ROWS}; split it"
        raise ExtractionError(message)
    return tuple(lines)


def _row(heading: list[str], row: list[str]) -> str:
    """What a row says, each value behind its heading; values without one stand alone."""
    names = [*heading, *[""] * (len(row) - len(heading))]
    said = ((name, cell.strip()) for name, cell in zip(names, row, strict=False))
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in said if cell)
