"""Says what kind of file somebody handed over: by what is in it, then by its name.

Must not trust the name alone: a picture that is called `rates.csv` is no table.
"""

from enum import StrEnum
from pathlib import PurePath


class FileKind(StrEnum):
    """What a file is, as people are told."""

    PDF = "PDF"
    SHEET = "Excel workbook"
    TABLE = "CSV"
    MARKDOWN = "Markdown"
    YAML = "YAML"
    TEXT = "text"
    OTHER = "something else"


_BY_NAME = {
    ".md": FileKind.MARKDOWN,
    ".markdown": FileKind.MARKDOWN,
    ".csv": FileKind.TABLE,
    ".tsv": FileKind.TABLE,
    ".yaml": FileKind.YAML,
    ".yml": FileKind.YAML,
}
"""Of files that hold text; any other name is plain text."""
_HEAD = 1024
_PDF, _ZIP, _BOOK = b"%PDF-", b"PK\x03\x04", b"xl/workbook"


def kind_of(name: str, content: bytes) -> FileKind:
    """The kind; OTHER for pictures, archives and whatever else holds no text."""
    if _PDF in content[:_HEAD]:
        return FileKind.PDF
    if content.startswith(_ZIP):
        return FileKind.SHEET if _BOOK in content else FileKind.OTHER
    if b"\x00" in content:
        return FileKind.OTHER
    return _BY_NAME.get(PurePath(name).suffix.lower(), FileKind.TEXT)
