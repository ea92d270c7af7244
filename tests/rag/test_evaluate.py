"""Retrieval is measured as textbooks say, on collections as they are handed around."""

import json
from math import log2
from pathlib import Path

import pytest

from rag.build import make_of
from rag.collection_files import Collection, CollectionError, read_collection, read_smart
from rag.evaluate import evaluate
from rag.index import BY_WORDS
from rag.measures import quality_of
from tests.rag.library import WordEncoder, open_here

COLLECTION = Collection(
    documents={
        "d1": "The carrier lost the parcel.",
        "d2": "The shelf was empty.",
        "d3": "A carrier was late.",
    },
    questions={"q1": "carrier late", "q2": "empty shelf", "q3": "nobody judged this"},
    judgements={"q1": {"d3": 2, "d1": 1}, "q2": {"d2": 1, "d1": 0}},
)


def test_a_perfect_ranking_is_one_and_none_is_zero() -> None:
    """The ends of the scale; questions without a relevant document do not count."""
    judged = {"q": {"a": 3, "b": 1, "c": 0}, "r": {"a": 0}}
    best = quality_of({"q": ["a", "b", "c"]}, judged)
    assert (best.ndcg, best.recall, best.mrr, best.questions) == (1.0, 1.0, 1.0, 1)
    worst = quality_of({}, judged)
    assert (worst.ndcg, worst.recall, worst.mrr) == (0.0, 0.0, 0.0)
    assert quality_of({}, {}).questions == 0


def test_gains_are_discounted_by_place() -> None:
    """nDCG, recall and reciprocal rank of a ranking worked out by hand."""
    found = quality_of({"q": ["x", "b", "a"]}, {"q": {"a": 3, "b": 1, "z": 1}})
    ideal = 3 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert found.ndcg == pytest.approx((1 / log2(3) + 3 / log2(4)) / ideal)
    assert found.recall == pytest.approx(2 / 3)
    assert found.mrr == pytest.approx(1 / 2)


def test_only_the_first_ten_count() -> None:
    """What comes eleventh was not found."""
    found = quality_of({"q": [*"0123456789", "a"]}, {"q": {"a": 1}})
    assert (found.ndcg, found.recall, found.mrr) == (0.0, 0.0, 0.0)


async def test_each_leg_is_measured_and_both_together(folder: Path, encoder: WordEncoder) -> None:
    """A collection is indexed and asked; without a model the dense leg is left out."""
    index = open_here(folder, make_of(encoder))
    told: list[int] = []
    found = await evaluate(COLLECTION, index, encoder=encoder, told=told.append)
    assert (found.passages, sum(told), found.together.questions) == (3, 3, 2)
    assert set(found.legs) == {"dense", "bm25", "fused"}
    assert found.legs["bm25"].ndcg == found.together.ndcg == 1.0
    await index.close()
    index = open_here(folder, BY_WORDS)
    words = await evaluate(COLLECTION, index, encoder=None, told=told.append)
    assert words.legs == {"bm25": words.together, "fused": words.together}
    await index.close()


async def test_a_long_document_is_as_good_as_its_best_passage(
    folder: Path, encoder: WordEncoder
) -> None:
    """Documents that are cut into several passages are ranked once."""
    long = " ".join(["Nothing to see here."] * 100) + " The carrier was late."
    collection = Collection(
        documents={"long": long, "short": "Nothing to see."},
        questions={"q": "late carrier"},
        judgements={"q": {"long": 1}},
    )
    index = open_here(folder, make_of(encoder))
    found = await evaluate(collection, index, encoder=encoder, told=lambda _: None)
    assert found.passages > 2
    assert found.together.recall == found.together.mrr == 1.0
    await index.close()


def written(folder: Path, qrels: str) -> tuple[Path, Path, Path]:
    """The collection in the contract's files."""
    files = folder / "docs.jsonl", folder / "queries.jsonl", folder / "qrels.tsv"
    for file, texts in zip(files, (COLLECTION.documents, COLLECTION.questions), strict=False):
        lines = [json.dumps({"id": id_, "text": text}) for id_, text in texts.items()]
        file.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    files[2].write_text(qrels, encoding="utf-8")
    return files


@pytest.mark.parametrize("heading", ["", "query\tdoc\tgrade\n"])
def test_a_collection_of_json_lines_is_read(tmp_path: Path, heading: str) -> None:
    """Documents, questions and grades, with a heading or without."""
    qrels = f"{heading}q1\td3\t2\nq1\td1\t1\nq2\td2\t1\nq2\td1\t0\n"
    assert read_collection(*written(tmp_path, qrels)) == COLLECTION


@pytest.mark.parametrize(
    ("qrels", "told"),
    [
        ("q1\td1\t1\nq1\td3\tmuch\n", "qrels.tsv:2: write question, document"),
        ("q1\td1\t1\nq9\td3\t1\n", "judges q9, which"),
        ("", "nothing to measure"),
    ],
)
def test_judgements_that_cannot_be_used_are_told(tmp_path: Path, qrels: str, told: str) -> None:
    """The file, the line and what is wanted."""
    with pytest.raises(CollectionError, match=told):
        read_collection(*written(tmp_path, qrels))


def test_a_line_that_is_no_text_is_told(tmp_path: Path) -> None:
    """A line without id and text names its place."""
    files = written(tmp_path, "q1\td1\t1\n")
    files[0].write_text('{"id": "d1", "text": "x"}\n{"id": "d2"}\n', encoding="utf-8")
    with pytest.raises(CollectionError, match=r"docs.jsonl:2: write \{"):
        read_collection(*files)


def test_cisi_is_read_as_it_comes(tmp_path: Path) -> None:
    """Title and text of each record; what is listed is relevant."""
    (tmp_path / "CISI.ALL").write_text(
        ".I 1\n.T\nOne\n.A\nAuthor\n.W\nText of one.\n.X\n1\t5\t1\n.I 2\n.W\nTwo\n.I here\n",
        "utf-8",
    )
    (tmp_path / "CISI.QRY").write_text(".I 7\n.W\nwhat is one\n.I 8\n.W\nunjudged\n", "utf-8")
    (tmp_path / "CISI.REL").write_text("     7      1\t0\t0.000000\n", "utf-8")
    found = read_smart(tmp_path)
    assert found.documents == {"1": "One\nText of one.", "2": "Two\n.I here"}
    assert found.questions == {"7": "what is one"}
    assert found.judgements == {"7": {"1": 1}}


def test_cranfield_is_read_as_it_comes(tmp_path: Path) -> None:
    """Questions are judged by their place; code 1 is the best, -1 and 5 are of no interest."""
    (tmp_path / "cran.all.1400").write_text(".I 1\n.T\na .\n.W\na b .\n", "utf-8")
    (tmp_path / "cran.qry").write_text(".I 001\n.W\nfirst\n.I 004\n.W\nsecond\n", "utf-8")
    (tmp_path / "cranqrel").write_text("1 1 1 \n2 1 4 \n2 9 -1\n2 8 5\n", "utf-8")
    found = read_smart(tmp_path)
    assert found.questions == {"1": "first", "2": "second"}
    assert found.judgements == {"1": {"1": 4}, "2": {"1": 1, "9": 0, "8": 0}}


def test_a_folder_without_a_known_collection_is_told(tmp_path: Path) -> None:
    """Nothing is guessed from files of other names."""
    with pytest.raises(CollectionError, match=r"holds none of CISI.ALL, cran.all.1400"):
        read_smart(tmp_path)
