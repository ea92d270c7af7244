"""Both legs are brought together, and a question never waits for an encoder that does not come."""

import asyncio
from collections.abc import Sequence

import pytest

from rag.encoder import Vector
from rag.errors import IndexNotReadyError
from rag.fusion import fused
from rag.index import Index
from rag.retrieve import Retriever
from tests.rag.library import WordEncoder, a_passage, a_scope, fill

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")

CARRIER = a_passage("Call the carrier when the first scan is missing.", "carrier.md")
DAMAGE = a_passage("Photograph a damaged parcel before anybody opens it.", "damage.md")
MANUAL = [a_passage(f"Damaged parcel, rule {n}.", "manual.md") for n in range(12)]


class Asleep(WordEncoder):
    """Never answers."""

    async def encode(self, texts: Sequence[str], *, urgent: bool = False) -> list[Vector]:
        """Waits for ever."""
        await asyncio.Event().wait()
        return await super().encode(texts, urgent=urgent)


async def test_the_best_passage_comes_first_with_its_scores(
    index: Index, encoder: WordEncoder
) -> None:
    """A hit tells its score, its cosine and its BM25; a leg that missed it has none."""
    await fill(index, [CARRIER, DAMAGE], encoder)
    found = await Retriever(index=index, encoder=encoder).retrieve("first scan missing", a_scope())
    first, second = found.hits
    assert found.degraded is None
    assert (first.passage, first.score) == (CARRIER, 1.0)
    assert first.cosine is not None
    assert first.bm25 is not None
    assert (second.passage, second.score, second.bm25) == (DAMAGE, 0.0, None)


async def test_at_most_two_passages_of_a_document(index: Index, encoder: WordEncoder) -> None:
    """A long document that fits does not crowd out the others."""
    await fill(index, [*MANUAL, DAMAGE], encoder)
    found = await Retriever(index=index, encoder=encoder).retrieve("damaged parcel", a_scope())
    assert [hit.passage.document for hit in found.hits].count("manual.md") == 2
    assert DAMAGE in [hit.passage for hit in found.hits]


async def test_no_more_than_asked_for(index: Index, encoder: WordEncoder) -> None:
    """The limit holds."""
    many = [a_passage(f"Damaged parcel, case {n}.", f"{n}.md") for n in range(9)]
    await fill(index, many, encoder)
    found = await Retriever(index=index, encoder=encoder).retrieve(
        "damaged parcel", a_scope(), limit=3
    )
    assert len(found.hits) == 3


@pytest.mark.parametrize(
    ("encoder_", "told"),
    [(None, "no embedding model"), (Asleep(), "no answer within 0.05 s"), ("fails", "is away")],
)
async def test_without_vectors_words_are_compared(
    index: Index, encoder: WordEncoder, encoder_: WordEncoder | str | None, told: str
) -> None:
    """No model, a slow one or a broken one: the question is answered by words, and that is told."""
    await fill(index, [CARRIER, DAMAGE], encoder)
    encoder.fails = encoder_ == "fails"
    used = encoder if isinstance(encoder_, str) else encoder_
    found = await Retriever(index=index, encoder=used, patience=0.05).retrieve(
        "damaged parcel", a_scope()
    )
    assert [hit.passage for hit in found.hits] == [DAMAGE]
    assert found.hits[0].cosine is None
    assert told in str(found.degraded)


async def test_nothing_to_search_is_told(index: Index, encoder: WordEncoder) -> None:
    """An index that was never built is a named error, not an empty answer."""
    with pytest.raises(IndexNotReadyError):
        await Retriever(index=index, encoder=encoder).retrieve("anything", a_scope())


def test_scores_are_scaled_and_weighed() -> None:
    """Each leg goes from 0 to 1; who is missing from one has 0 of it; the best comes first."""
    both = fused({"a": 0.9, "b": 0.5, "c": 0.1}, {"b": 8.0, "d": 4.0, "e": 2.0}, share=0.6)
    assert both == {
        "b": pytest.approx(0.3 + 0.4),
        "a": pytest.approx(0.6),
        "d": pytest.approx(0.4 / 3),
        "c": 0.0,
        "e": 0.0,
    }
    assert list(both)[:3] == ["b", "a", "d"]


def test_one_leg_alone_decides_alone() -> None:
    """Without vectors words count in full; without words vectors keep their order; alike are 1."""
    assert fused({}, {"a": 2.0, "b": 1.0}) == {"a": 1.0, "b": 0.0}
    assert list(fused({"a": 0.2, "b": 0.7}, {})) == ["b", "a"]
    assert fused({}, {"a": 3.0, "b": 3.0}) == {"a": 1.0, "b": 1.0}
    assert fused({}, {}) == {}
