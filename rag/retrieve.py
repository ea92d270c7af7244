"""Finds the passages that a question is about: by meaning and by words, brought together.

Must not answer, and must not wait for an encoder that does not come: words alone find much.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rag.encoder import Encoder, Vector
from rag.errors import EncoderError
from rag.fusion import DENSE_SHARE, fused
from rag.index import Candidates, Index, Sought
from rag.passage import Passage, Scope
from rag.sparse import terms_of_question

CANDIDATES = 100
"""Of each leg, before they are brought together."""
_OF_A_DOCUMENT = 2
_LONGEST_QUESTION = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that was found. `score` is 0 to 1 within this question; the legs' own may miss."""

    passage: Passage
    score: float
    cosine: float | None
    bm25: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """What was found, the best first. `degraded` says why only words were compared."""

    hits: tuple[Hit, ...]
    degraded: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retriever:
    """Asks an index.

    `patience` is for how many seconds a question waits for its vector, also while the encoder's
    process starts; `share` is what meaning counts beside words. Without an encoder, words decide;
    `without` says why there is none.
    """

    index: Index
    encoder: Encoder | None
    without: str = "no embedding model is at hand"
    patience: float = 1.0
    share: float = DENSE_SHARE

    async def retrieve(self, question: str, scope: Scope, *, limit: int = 8) -> Retrieved:
        """At most `limit` passages, and at most two of a document.

        Raises:
            IndexNotReadyError: there is nothing to search.
            IndexUnreachableError: the server does not answer.
        """
        asked = question[:_LONGEST_QUESTION]
        vector, degraded = await self._vector(asked)
        sought = Sought(vector=vector, terms=terms_of_question(asked))
        found = await self.index.search(sought, scope, limit=CANDIDATES)
        scores = fused(found.dense, found.sparse, self.share)
        hits = await self._hits(scores, found, scope, limit)
        return Retrieved(hits=tuple(hits), degraded=degraded)

    async def _vector(self, question: str) -> tuple[Vector | None, str | None]:
        if self.encoder is None:
            return None, self.without
        try:
            async with asyncio.timeout(self.patience):
                (vector,) = await self.encoder.encode([question], urgent=True)
        except EncoderError as error:
            return None, str(error)
        except TimeoutError:
            return None, f"the encoder gave no answer within {self.patience:g} s"
        return vector, None

    async def _hits(
        self, scores: dict[UUID, float], found: Candidates, scope: Scope, limit: int
    ) -> list[Hit]:
        """Reads from the top until there are enough."""
        hits: list[Hit] = []
        of_document: dict[tuple[str, str, str], int] = {}
        for ids in _slices([*scores], 2 * limit):
            for passage in await self.index.read(ids, scope):
                document = (passage.tenant, passage.corpus, passage.document)
                of_document[document] = of_document.get(document, 0) + 1
                if of_document[document] > _OF_A_DOCUMENT:
                    continue
                cosine, bm25 = found.dense.get(passage.id), found.sparse.get(passage.id)
                score = scores[passage.id]
                hits.append(Hit(passage=passage, score=score, cosine=cosine, bm25=bm25))
                if len(hits) == limit:
                    return hits
        return hits


def _slices(ids: Sequence[UUID], size: int) -> list[Sequence[UUID]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
