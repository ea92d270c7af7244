"""Finds passages for jobs: the index as it is now, with what was found a moment ago remembered.

Must not answer, and must not widen what the asker may see.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from datetime import datetime

from bot.keeping import Keeper
from bot.telemetry import Metrics
from jobs.ports.search import Found, FoundPassage, SearchUnavailableError
from rag.errors import RetrievalError
from rag.passage import Corpus, Scope, Visibility
from rag.retrieve import Hit

_REMEMBERED = 500
_REMEMBERED_SECONDS = 60.0
"""Another replica may have changed an index that both share."""
_CACHE = "search"
_NOT_YET = "documents are not indexed yet"


class Searching:
    """Satisfies Search.

    Args:
        keeper: who has the index.
        clock: monotonic seconds.
        metrics: where looks at what is remembered are counted.
    """

    def __init__(self, keeper: Keeper, clock: Callable[[], float], metrics: Metrics) -> None:
        self._keeper = keeper
        self._clock = clock
        self._looks = metrics.cache_requests
        self._known: OrderedDict[Hashable, tuple[float, Found]] = OrderedDict()

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
        scope = Scope(
            tenants=frozenset(tenants),
            at=at,
            place=Visibility.CHANNEL if public else Visibility.DIRECT,
            corpora=frozenset(Corpus if corpora is None else map(Corpus, corpora)),
        )
        key = self._key(question, scope, limit)
        known = self._remembered(key)
        if known is not None:
            return known
        found = await self._found(question, scope, limit)
        if key is not None and found.degraded is None:
            self._known[key] = (self._clock(), found)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    async def _found(self, question: str, scope: Scope, limit: int) -> Found:
        opened, as_of = self._keeper.opened, self._keeper.as_of
        if opened is None:
            raise SearchUnavailableError(self._keeper.fault or _NOT_YET)
        try:
            retrieved = await opened.retriever.retrieve(question, scope, limit=limit)
        except RetrievalError as error:
            raise SearchUnavailableError(str(error)) from error
        passages = tuple(map(passage_of, retrieved.hits))
        return Found(passages=passages, degraded=retrieved.degraded, as_of=as_of)

    def _key(self, question: str, scope: Scope, limit: int) -> Hashable | None:
        """Whose, where, of what, of which state of the index, what is in force, what is asked."""
        spell = self._keeper.spell(scope.at)
        if spell is None:
            return None
        asked = tuple(sorted(scope.corpora))
        state = tuple(self._keeper.versions[corpus] for corpus in asked)
        return (scope.tenants, scope.place, asked, state, spell, limit, question.strip())

    def _remembered(self, key: Hashable | None) -> Found | None:
        at, found = self._known.get(key, (float("-inf"), None)) if key is not None else (0.0, None)
        fresh = found is not None and self._clock() - at < _REMEMBERED_SECONDS
        self._looks.labels(_CACHE, "hit" if fresh else "miss").inc()
        return found if fresh else None


def passage_of(hit: Hit) -> FoundPassage:
    """What was found, as jobs know it."""
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
