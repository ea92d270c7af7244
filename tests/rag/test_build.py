"""The index follows its shelves: only what changed is embedded, and what is missing is told."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from rag.build import bring_up_to_date, difference, make_of, rebuild
from rag.corpora import Documents
from rag.errors import EncoderError
from rag.index import Index, Shelf
from rag.keep import compared, keep_current
from rag.passage import Corpus, Document, Passage
from tests.rag.library import NOW, WordEncoder, a_document, a_passage, a_scope, given

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")

SHELF = Shelf(corpus=Corpus.RUNBOOKS)
ONE, TWO = a_passage("Call the carrier.", "one.md"), a_passage("Wait a day.", "two.md")


class Bookcase:
    """Runbooks that can be exchanged; `said` is what was complained of."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.said: list[str] = []
        self.shelves = [Documents(Corpus.RUNBOOKS, self._documents, self.said.append)]

    async def _documents(self) -> AsyncIterator[list[Document]]:
        yield [a_document(text, name) for name, text in self.texts.items()]


async def kept(index: Index) -> set[str]:
    """The texts of everything in the index."""
    ids = [id_ async for id_, _ in index.kept(SHELF)]
    return {passage.text for passage in await index.read(ids, a_scope())}


async def test_a_rebuild_takes_vectors_over(index: Index, encoder: WordEncoder) -> None:
    """Passages that stay are not embedded again, unless that is asked for; progress is told."""
    told: list[int] = []
    await rebuild(index, given([ONE]), encoder=encoder, now=NOW, told=told.append)
    assert (encoder.asked, told) == ([ONE.words], [1])
    encoder.asked.clear()
    built = await rebuild(index, given([ONE, TWO]), encoder=encoder, now=NOW)
    assert (built.passages, built.taken_over, encoder.asked) == (2, 1, [TWO.words])
    encoder.asked.clear()
    await rebuild(index, given([ONE, TWO]), encoder=encoder, now=NOW, reuse=False)
    assert encoder.asked == [ONE.words, TWO.words]


async def test_texts_that_are_alike_are_embedded_once(index: Index, encoder: WordEncoder) -> None:
    """Two tenants with the same runbook cost one vector."""
    same = [a_passage("Call.", "one.md", tenant) for tenant in ("acme", "rival", "zeta")]
    await rebuild(index, given(same), encoder=encoder, now=NOW)
    assert len(encoder.asked) == 1
    assert (await index.state()).passages == 3


async def test_a_rebuild_that_cannot_embed_leaves_the_old_one(
    index: Index, encoder: WordEncoder
) -> None:
    """An encoder that fails in the middle ends the rebuild; what was served still is."""
    await rebuild(index, given([ONE]), encoder=encoder, now=NOW)

    async def breaking() -> AsyncIterator[Passage]:
        for number in range(70):
            encoder.fails = number >= 64
            yield a_passage(f"Case {number}.", f"{number}.md")

    with pytest.raises(EncoderError):
        await rebuild(index, breaking(), encoder=encoder, now=NOW)
    assert await kept(index) == {ONE.text}


async def test_only_what_changed_is_embedded(index: Index, encoder: WordEncoder) -> None:
    """New is added, moved is described, gone is removed; the rest is left alone."""
    case = Bookcase(a="# A\n\nFirst.\n\n## B\n\nSecond.\n", c="Third.")
    await keep_current(
        index, case.shelves, encoder=encoder, now=NOW, say=case.said.append, told=lambda _: None
    )
    encoder.asked.clear()
    case.texts = {"a": "# A\n\n\nFirst.\n\n## B\n\nSecond changed.\n"}
    stream = case.shelves[0].passages()
    found = await bring_up_to_date(index, SHELF, stream, encoder=encoder)
    assert (found.missing, found.outdated, found.surplus) == (1, 1, 2)
    assert [text.splitlines()[-1] for text in encoder.asked] == ["Second changed."]
    assert await kept(index) == {"First.", "Second changed."}
    again = await bring_up_to_date(index, SHELF, case.shelves[0].passages(), encoder=encoder)
    assert (again.missing, again.outdated, again.surplus) == (0, 0, 0)


async def test_one_document_is_followed_by_itself(index: Index, encoder: WordEncoder) -> None:
    """A change of one document leaves the others, and another tenant's of the same name."""
    theirs = a_passage("Theirs.", "one.md", "acme")
    await rebuild(index, given([ONE, TWO, theirs]), encoder=encoder, now=NOW)
    shelf = Shelf(corpus=Corpus.RUNBOOKS, tenant="", document="one.md")
    await bring_up_to_date(index, shelf, given([a_passage("New.", "one.md")]), encoder=encoder)
    ids = {id_ async for id_, _ in index.kept(SHELF)}
    assert ids == {TWO.id, theirs.id, a_passage("New.", "one.md").id}
    await bring_up_to_date(index, shelf, given([]), encoder=encoder)
    assert {id_ async for id_, _ in index.kept(SHELF)} == {TWO.id, theirs.id}


async def test_the_lag_is_the_age_of_the_oldest_change(index: Index, encoder: WordEncoder) -> None:
    """How far the index is behind is told in seconds; nothing to do is no lag."""
    await rebuild(index, given([ONE]), encoder=encoder, now=NOW)
    later = NOW + timedelta(minutes=5)
    assert (await difference(index, SHELF, given([ONE]))).lag_seconds(later) == 0
    lacks = await difference(index, SHELF, given([TWO, TWO]))
    assert (lacks.missing, lacks.outdated, lacks.surplus) == (1, 0, 1)
    assert lacks.lag_seconds(later) == 300
    assert lacks.lag_seconds(NOW - timedelta(minutes=5)) == 0


async def test_what_cannot_be_served_is_built_by_itself(index: Index, encoder: WordEncoder) -> None:
    """A missing index is built with a line that says why; afterwards changes are followed."""
    case = Bookcase(a="First.", b="Second.")
    counted: list[int] = []

    async def keep() -> tuple[str | None, int]:
        done = await keep_current(
            index,
            case.shelves,
            encoder=encoder,
            now=NOW,
            say=case.said.append,
            told=counted.append,
        )
        return done.why, done.passages

    assert await keep() == ("there is no index yet", 2)
    assert (case.said, counted) == (["there is no index yet: building it anew"], [2])
    case.texts = {"a": "First.", "c": "Third."}
    assert (await compared(index, case.shelves)).missing == 1
    assert await keep() == (None, 2)
    assert await kept(index) == {"First.", "Third."}
    assert (await index.state()).make == make_of(encoder)


async def test_a_document_that_cannot_be_used_is_told_and_passed_over(
    index: Index, encoder: WordEncoder
) -> None:
    """One bad head does not keep the others out of the index."""
    case = Bookcase(bad="---\ntittle: x\n---\nText.\n", good="Fine.")
    done = await keep_current(
        index, case.shelves, encoder=encoder, now=NOW, say=lambda _: None, told=lambda _: None
    )
    assert done.passages == 1
    assert "tittle" in case.said[0]


async def test_without_a_model_an_index_of_words_is_made(index: Index) -> None:
    """No model: the index is made by words alone, and says so."""
    await rebuild(index, given([ONE]), encoder=None, now=NOW)
    state = await index.state()
    assert (state.why_not, str(state.make)) == (None, "words only (bm25-english-1), format 1")
