"""Text is taken out of PDF and CSV files, or the file is told with what would help."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from rag.errors import ExtractionError
from rag.extract import pages_of_pdf, rows_of_table


def a_pdf(*pages: str) -> bytes:
    """A PDF with a line of text on each page, written by hand."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        drawn = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET" if text else ""
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{rows}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return body + f"{tail}startxref\n{len(body)}\n%%EOF\n".encode()


def locked(raw: bytes) -> bytes:
    """The same behind a password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(raw)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_every_page_of_a_pdf_gives_its_text() -> None:
    """Pages come in order; one without text is empty, and a single page is still counted."""
    pages = pages_of_pdf(a_pdf("Call the carrier", "", "Wait a day"), "manual.pdf")
    assert [page.strip() for page in pages] == ["Call the carrier", "", "Wait a day"]
    assert len(pages_of_pdf(a_pdf("Alone"), "one.pdf")) == 2


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "x.pdf: cannot be read as PDF"),
        (b"%PDF-1.4 and nothing", "x.pdf: cannot be read as PDF"),
        (a_pdf("", ""), "x.pdf: has no text, or too much; a scan needs"),
        (locked(a_pdf("hidden")), "x.pdf: cannot be read as PDF"),
        (a_pdf(*[""] * 1001), "x.pdf: has more than 1000 pages"),
    ],
    ids=["empty", "broken", "scan", "locked", "long"],
)
def test_a_pdf_without_readable_text_is_told(raw: bytes, told: str) -> None:
    """A file that holds no text that can be read is named with what would help."""
    with pytest.raises(ExtractionError, match=told):
        pages_of_pdf(raw, "x.pdf")


def test_rows_say_their_headings() -> None:
    """Each row stands on its line with the heading of each cell; a quoted break is one row."""
    text = 'Zone;Rate;Note\n1;500;"two\nlines"\n\n2;700;\n3;900;x;extra\n'
    assert rows_of_table(text, "rates.csv") == (
        "",
        "",
        "Zone: 1; Rate: 500; Note: two\nlines",
        "",
        "Zone: 2; Rate: 700",
        "Zone: 3; Rate: 900; Note: x; extra",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("a,b\n", "has no rows"),
        ("a\n" + "1\n" * 5001, "more than 5000"),
        ("a,b\n" + "x" * 200_000 + ",1\n", "cannot be read as a table"),
    ],
)
def test_a_table_that_cannot_be_read_is_told(text: str, told: str) -> None:
    """No heading, no row, too many rows or an endless cell: the file is named."""
    with pytest.raises(ExtractionError, match=told):
        rows_of_table(text, "t.csv")
