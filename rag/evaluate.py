"""Measures retrieval on a collection, each leg by itself and both together.

Documents are cut, embedded and found as everywhere else. Must not measure the answers.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from rag.build import Told, rebuild
from rag.collection_files import Collection
from rag.encoder import Encoder
from rag.fusion import DENSE_SHARE, fused
from rag.index import Candidates, Index, Sought
from rag.measures import Quality, Ranking, quality_of
from rag.passage import Corpus, Document, Form, Passage, Scope, Visibility
from rag.passages import passages_of
from rag.retrieve import CANDIDATES
from rag.sparse import terms_of_question

_TENANT = "collection"
_THEN = datetime(2026, 1, 1, tzinfo=UTC)
_QUESTIONS_AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The quality of both legs together, and of each; `dense` is missing without an encoder."""

    together: Quality
    legs: Mapping[str, Quality]
    passages: int


async def evaluate(
    collection: Collection,
    index: Index,
    *,
    encoder: Encoder | None,
    share: float = DENSE_SHARE,
    told: Told,
) -> Evaluation:
    """Builds the index from the collection and asks it every question that is judged.

    Raises:
        EncoderError: texts could not be embedded.
    """
    names: dict[UUID, str] = {}
    built = await rebuild(
        index, _passages(collection, names), encoder=encoder, now=_THEN, told=told
    )
    found = await _ask(collection, index, encoder)
    ways: dict[str, Callable[[Candidates], Mapping[UUID, float]]] = {
        "dense": lambda one: one.dense,
        "bm25": lambda one: one.sparse,
        "fused": lambda one: fused(one.dense, one.sparse, share),
    }
    if encoder is None:
        ways.pop("dense")
    legs = {
        leg: quality_of(
            {asked: _documents(way(one), names) for asked, one in found.items()},
            collection.judgements,
        )
        for leg, way in ways.items()
    }
    return Evaluation(together=legs["fused"], legs=legs, passages=built.passages)


async def _passages(collection: Collection, names: dict[UUID, str]) -> AsyncIterator[Passage]:
    for name, text in collection.documents.items():
        document = Document(
            tenant=_TENANT,
            corpus=Corpus.RUNBOOKS,
            name=name,
            form=Form.RECORD,
            pages=(text,),
            changed_at=_THEN,
        )
        for passage in passages_of(document):
            names[passage.id] = name
            yield passage


async def _ask(
    collection: Collection, index: Index, encoder: Encoder | None
) -> dict[str, Candidates]:
    """What each leg found for each question that is judged."""
    scope = Scope(tenants=frozenset({_TENANT}), at=_THEN, place=Visibility.DIRECT)
    asked = [*collection.judgements]
    found: dict[str, Candidates] = {}
    for start in range(0, len(asked), _QUESTIONS_AT_ONCE):
        some = asked[start : start + _QUESTIONS_AT_ONCE]
        texts = [collection.questions[one] for one in some]
        vectors = await encoder.encode(texts, urgent=True) if encoder else [None] * len(texts)
        for one, text, vector in zip(some, texts, vectors, strict=True):
            sought = Sought(vector=vector, terms=terms_of_question(text))
            found[one] = await index.search(sought, scope, limit=CANDIDATES)
    return found


def _documents(scores: Mapping[UUID, float], names: Mapping[UUID, str]) -> Ranking:
    """A document is as good as the best of its passages."""
    ranked = sorted(scores, key=lambda id_: -scores[id_])
    return [*dict.fromkeys(names[id_] for id_ in ranked)]
