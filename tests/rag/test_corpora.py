"""Runbooks are read from the operator's folder, everyone's and each client's, of every form."""

from dataclasses import replace
from pathlib import Path

import pytest

from policies.reasons import Severity
from policies.records import Explanation
from rag.corpora import Runbooks
from rag.extract import MOST_BYTES
from rag.passage import EVERYONE, Corpus, Passage
from rag.passages import passages_of
from rag.records import documents_of
from tests.rag.test_extract import a_pdf
from tests.storage.builders import T0, a_record


async def read(folder: Path | None) -> tuple[list[Passage], list[str]]:
    """The passages of a folder, and what was complained of."""
    said: list[str] = []
    return [one async for one in Runbooks(folder, said.append).passages()], said


def put(folder: Path, name: str, content: str | bytes) -> None:
    """A file below the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


async def test_runbooks_of_every_form_are_read(tmp_path: Path) -> None:
    """Markdown, text, YAML, tables and PDF; everyone's first, then each client's own."""
    put(tmp_path, "runbooks/b.txt", "\ufeffPlain\r\nwords.")
    put(tmp_path, "runbooks/deep/a.MD", "# Title\n\nMarked words.")
    put(tmp_path, "runbooks/c.csv", "Zone,Rate\n1,500\n")
    put(tmp_path, "runbooks/d.pdf", a_pdf("Printed words"))
    put(tmp_path, "runbooks/e.yaml", "carriers:\n  - {name: ups, desk: 555}\n")
    put(tmp_path, "runbooks/picture.png", b"\x89PNG")
    put(tmp_path, "tenants/acme/runbooks/own.md", "Acme's words.")
    found, said = await read(tmp_path)
    assert said == []
    assert [(one.tenant, one.citation, one.text.strip()) for one in found] == [
        (EVERYONE, "runbooks/b.txt:1-2", "Plain\nwords."),
        (EVERYONE, "runbooks/c.csv:2", "Zone: 1; Rate: 500"),
        (EVERYONE, "runbooks/d.pdf, p. 1", "Printed words"),
        (EVERYONE, "runbooks/deep/a.MD:3", "Marked words."),
        (EVERYONE, "runbooks/e.yaml:2", "- {name: ups, desk: 555}"),
        ("acme", "runbooks/own.md:1", "Acme's words."),
    ]
    assert {one.corpus for one in found} == {Corpus.RUNBOOKS}


async def test_no_folder_is_no_fault(tmp_path: Path) -> None:
    """Without POLICIES_DIR, or without runbooks in it, there are none."""
    assert await read(None) == ([], [])
    assert await read(tmp_path) == ([], [])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.md", b"\xff\xfe\x00", "runbooks/x.md: is not UTF-8 text"),
        ("x.md", "---\nvisibility: all\n---\n", "runbooks/x.md:1: visibility is channel or"),
        ("x.pdf", "no pdf", "runbooks/x.pdf: cannot be read as PDF"),
        ("x.csv", "", "runbooks/x.csv: is empty"),
        ("x.txt", b"a" * (MOST_BYTES + 1), "runbooks/x.txt: is larger than 20 MB"),
    ],
)
async def test_a_file_without_text_is_told_and_passed_over(
    tmp_path: Path, name: str, content: str | bytes, told: str
) -> None:
    """One bad file is named; the others are read."""
    put(tmp_path, f"runbooks/{name}", content)
    put(tmp_path, "runbooks/y.md", "Fine.")
    found, said = await read(tmp_path)
    assert [one.text for one in found] == ["Fine."]
    assert len(said) == 1
    assert said[0].startswith(told)


def test_an_exception_is_worded_without_free_text() -> None:
    """A record is one passage of known facts; a model's note is another one, trusted less."""
    note = Explanation(
        label="Waits for stock",
        ops_note="No pick since 10:00.",
        client_note="",
        next_step="",
        evidence=(),
        source="ai",
        reasoning="The bin was probably empty.",
    )
    facts = {"carrier": "ups", "warehouse": "ATL1", "note": "call Jane at home"}
    record = a_record(1, "SO-7", explanation=note, facts=facts, severity=Severity.HIGH)
    plain, guess = documents_of(record, "acme")
    (told,), (guessed,) = passages_of(plain), passages_of(guess)
    assert told.heading == f"Exception {record.id}, order SO-7, {record.reason_code.value}"
    assert "Order: warehouse ATL1, carrier ups." in told.text
    assert "Cause: Waits for stock." in told.text
    assert "Jane" not in told.words
    assert (told.trusted, guessed.trusted) == (True, False)
    assert guessed.text == "No pick since 10:00.\nThe bin was probably empty."
    assert told.document == guessed.document == f"exception/{record.id}"
    (by_rules,) = documents_of(
        replace(record, explanation=replace(note, source="rules", reasoning=None)), "acme"
    )
    assert "Cause: Waits for stock. No pick since 10:00." in by_rules.pages[0]
    assert {one.tenant for one in (told, guessed)} == {"acme"}
    assert told.changed_at >= T0
