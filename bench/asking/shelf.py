"""A real index of the workspace's texts, found in as a channel or a direct message would.

Must not answer. The product's own encoder, index and ranking are used; only who keeps the index up
to date is left out.
"""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bench.asking.library import LIBRARY
from bench.asking.workspace import CLIENTS, NOW
from bot.policy_corpus import policy_documents
from jobs.ports.search import Found, FoundPassage, SearchUnavailableError
from policies.records import ExceptionRecord
from rag.build import make_of, rebuild
from rag.edge_index import open_edge
from rag.encoder import Encoder
from rag.errors import RetrievalError
from rag.passage import Corpus, Document, Passage, Scope, Visibility
from rag.passages import passages_of
from rag.records import documents_of
from rag.retrieve import Hit, Retriever

_PATIENCE = 60.0
"""Seconds that a question waits for its vector: what is measured is what is found, not when."""


class Shelf:
    """Satisfies Search.

    Args:
        retriever: who finds; None while the index is down.
    """

    def __init__(self, retriever: Retriever | None) -> None:
        self._retriever = retriever

    async def find(
        self,
        question: str,
        *,
        tenants: Collection[str],
        at: datetime,
        public: bool,
        corpora: Collection[str] | None = None,
        limit: int = 8,
    ) -> Found:
        """See Search."""
        if self._retriever is None:
            message = "the index is down"
            raise SearchUnavailableError(message)
        scope = Scope(
            tenants=frozenset(tenants),
            at=at,
            place=Visibility.CHANNEL if public else Visibility.DIRECT,
            corpora=frozenset(Corpus if corpora is None else map(Corpus, corpora)),
        )
        try:
            found = await self._retriever.retrieve(question, scope, limit=limit)
        except RetrievalError as error:
            raise SearchUnavailableError(str(error)) from error
        return Found(passages=tuple(map(_found, found.hits)), degraded=found.degraded, as_of=NOW)


@asynccontextmanager
async def opened_shelf(
    folder: Path, encoder: Encoder | None, records: Collection[ExceptionRecord]
) -> AsyncIterator[Shelf]:
    """An index of the library, of the packaged policies and of these exceptions."""
    index = await open_edge(folder / "index", make_of(encoder))
    try:
        passages = _all([*documents(), *_of_records(records)])
        await rebuild(index, passages, encoder=encoder, now=NOW)
        yield Shelf(Retriever(index=index, encoder=encoder, patience=_PATIENCE))
    finally:
        await index.close()


def documents() -> Iterator[Document]:
    """Every text that somebody wrote."""
    for paper in LIBRARY:
        yield paper.document
    yield from policy_documents(None, ())


def texts() -> dict[str, Passage]:
    """Every passage of them by its id."""
    return {str(one.id): one for document in documents() for one in passages_of(document)}


def _of_records(records: Collection[ExceptionRecord]) -> Iterator[Document]:
    for record in records:
        yield from documents_of(record, CLIENTS[record.tenant_id])


async def _all(documents: Collection[Document]) -> AsyncIterator[Passage]:
    for document in documents:
        for passage in passages_of(document):
            yield passage


def _found(hit: Hit) -> FoundPassage:
    one = hit.passage
    return FoundPassage(
        id=str(one.id),
        tenant=one.tenant,
        corpus=one.corpus.value,
        document=one.document,
        heading=one.heading,
        text=one.text,
        lead=one.lead,
        citation=one.citation,
        version=one.version,
        effective_from=one.effective_from,
        effective_until=one.effective_until,
        score=hit.score,
        cosine=hit.cosine,
        bm25=hit.bm25,
        trusted=one.trusted,
    )
