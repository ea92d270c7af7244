"""`e2a index` and `e2a rag`: what is indexed, making it anew, and how good it is."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.edge_folder import EdgeFolder
from tests.cli.conftest import Run
from tests.rag.library import memory_folder


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the index of the settings lies, and what is made for a while."""
    with memory_folder() as made:
        made.mkdir()
        monkeypatch.setenv("QDRANT_PATH", str(made / "index"))
        monkeypatch.setattr(tempfile, "tempdir", str(made))
        yield made / "index"


@pytest.fixture(autouse=True)
def folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A policies folder with a runbook."""
    runbooks = place / "policies" / "runbooks"
    runbooks.mkdir(parents=True)
    (runbooks / "carrier.md").write_text("# Carriers\n\nCall the desk.\n", encoding="utf-8")
    monkeypatch.setenv("POLICIES_DIR", str(place / "policies"))
    return place


def test_an_index_is_made_and_looked_at(e2a: Run, folder: Path) -> None:
    """Nothing is served before; afterwards it is, and a changed file is told as missing."""
    before = e2a("index", "status", "--json").json[0]
    assert before["serving"] is False
    assert before["why_not"] == "there is no index yet; make one: e2a index rebuild"
    assert before["missing"] > 30
    ran = e2a("index", "rebuild", "--words-only", "--json")
    assert ran.json[0]["passages"] == before["missing"]
    assert "By words alone" in ran.err
    after = words_status(e2a)
    assert after["serving"] is False
    assert "made by another model (words only" in str(after["why_not"])
    (folder / "policies" / "runbooks" / "more.md").write_text("More.", encoding="utf-8")
    assert words_status(e2a)["missing"] == before["missing"] + 1


def words_status(e2a: Run) -> dict[str, object]:
    """The status as one object."""
    return e2a("index", "status", "--json").json[0]


def test_without_the_model_words_are_served(
    e2a: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the model is not on the machine the index of words is the right one, and is current."""
    monkeypatch.setenv("EMBEDDING_MODEL", "no/such")
    assert e2a("index", "rebuild").out.startswith("Indexed ")
    status = words_status(e2a)
    assert (status["serving"], status["missing"], status["lag_seconds"]) == (True, 0, 0)
    assert "no/such" in str(status["without_model"])
    (folder / "policies" / "runbooks" / "carrier.md").write_text("# Carriers\n\nDo not.\n")
    status = words_status(e2a)
    assert (status["missing"], status["surplus"]) == (1, 1)
    lines = e2a("index", "status").out.splitlines()
    assert "serving: True" in lines
    assert any(line.startswith("made with: words only") for line in lines)


def test_a_folder_in_use_is_told_with_its_process(e2a: Run, kept: Path) -> None:
    """Status says who has it and what it serves; a rebuild is refused with one line."""
    assert e2a("index", "rebuild", "--words-only").code == 0
    held = EdgeFolder(kept, os.getpid())
    try:
        ran = e2a("index", "status", "--json")
        assert (ran.code, ran.json[0]["serving"]) == (0, True)
        assert f"open in process {os.getpid()}" in ran.err
        assert "open in process" in e2a("index", "rebuild", "--words-only").err
        assert e2a("index", "rebuild", "--words-only").code == 1
    finally:
        held.close()


def test_a_server_that_is_away_is_one_line(e2a: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Qdrant server that does not answer is told with the setting."""
    monkeypatch.setenv("QDRANT_URL", "http://127.0.0.1:1")
    assert "QDRANT_URL" in e2a("index", "status").complaint


def collection(place: Path) -> list[str | Path]:
    """The options that name a small collection."""
    docs = {"a": "The carrier lost the parcel.", "b": "The shelf was empty."}
    lines = [json.dumps({"id": name, "text": text}) for name, text in docs.items()]
    (place / "d.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (place / "q.jsonl").write_text('{"id": "q", "text": "empty shelf"}', encoding="utf-8")
    (place / "r.tsv").write_text("q\tb\t1\n", encoding="utf-8")
    return ["--docs", "d.jsonl", "--queries", "q.jsonl", "--qrels", "r.tsv"]


def test_retrieval_is_measured_on_any_collection(e2a: Run, place: Path, kept: Path) -> None:
    """The contract's three figures, and the same for each leg; the index of the settings stays."""
    ran = e2a("rag", "eval", *collection(place), "--words-only", "--json")
    (found,) = ran.json
    assert (found["ndcg@10"], found["recall@10"], found["mrr@10"]) == (1.0, 1.0, 1.0)
    assert (found["questions"], found["passages"]) == (1, 2)
    assert set(found["legs"]) == {"bm25", "fused"}
    assert not kept.exists()
    table = e2a("rag", "eval", *collection(place), "--words-only").out.splitlines()
    assert table[0] == "1 questions, 2 passages"
    assert table[2].split() == ["bm25", "1.000", "1.000", "1.000"]


def test_a_collection_that_cannot_be_read_is_one_line(e2a: Run, place: Path) -> None:
    """A bad file is named with its line; options that do not go together are wrong use."""
    options = collection(place)
    (place / "r.tsv").write_text("q\tb\t1\nq\tb\tgood\n", encoding="utf-8")
    assert "r.tsv:2: write question" in e2a("rag", "eval", *options).complaint
    assert e2a("rag", "eval").code == 2
    assert e2a("rag", "eval", *options, "--collection", place).code == 2
    assert "holds none of CISI.ALL" in e2a("rag", "eval", "--collection", place).complaint
