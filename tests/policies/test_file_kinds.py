"""A file is what is in it, not what it is called."""

import pytest

from policies.file_kinds import FileKind, kind_of


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("rates.csv", b"zone,rate\n1,5\n", FileKind.TABLE),
        ("RATES.TSV", b"zone\trate\n", FileKind.TABLE),
        ("rates.csv", b"\x89PNG\r\n\x1a\n\x00\x00", FileKind.OTHER),
        ("rates.csv", b"%PDF-1.7\n", FileKind.PDF),
        ("contract", b"\n%PDF-1.4", FileKind.PDF),
        ("invoice.txt", b"PK\x03\x04..xl/workbook.xml", FileKind.SHEET),
        ("archive.zip", b"PK\x03\x04..a.txt", FileKind.OTHER),
        ("Note.MD", b"# Note", FileKind.MARKDOWN),
        ("policy.yml", b"slas: []", FileKind.YAML),
        ("note", b"words", FileKind.TEXT),
        ("empty", b"", FileKind.TEXT),
    ],
)
def test_the_content_decides_before_the_name(name: str, content: bytes, kind: FileKind) -> None:
    """A picture called .csv is no table, and a PDF without an ending is one."""
    assert kind_of(name, content) is kind
