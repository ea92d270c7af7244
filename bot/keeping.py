"""Keeps the index as the database and the policies folder are, in the background of the server.

Must not make anybody wait: who asks meanwhile is answered from what there is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.clock import Now
from bot.corpora import Watched
from bot.following import Follower
from bot.looks import Look
from bot.shelves import Noting
from bot.telemetry import Metrics
from rag.build import bring_up_to_date
from rag.encoder import Encoder
from rag.errors import RetrievalError
from rag.index import Index, Shelf
from rag.keep import keep_current
from rag.passage import Corpus
from rag.retrieve import Retriever
from storage.errors import StorageError
from storage.transaction import SqlStorage

REST_SECONDS = 5.0
"""After the start: what was missed while nobody ran goes first; and between two looks."""
AGAIN_SECONDS = 30.0
_LATE_SECONDS = 300.0
"""Lag from which on readiness says so."""
_WHOLE_SECONDS = 3600.0
"""How often everything is compared, so that what was deleted is forgotten."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An index with its encoder; `close` lets go of both."""

    index: Index
    encoder: Encoder | None
    without: str
    close: Callable[[], Awaitable[None]]

    @property
    def retriever(self) -> Retriever:
        """Who answers from it."""
        if self.without:
            return Retriever(index=self.index, encoder=self.encoder, without=self.without)
        return Retriever(index=self.index, encoder=self.encoder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What is to be found: all shelves, and the database in which exceptions change."""

    watched: tuple[Watched, ...]
    storage: SqlStorage
    business_now: Now


class Keeper:
    """Opens the index some seconds after the start, builds it where it is not usable, follows.

    Texts and exceptions are looked after side by side: there may be many exceptions to embed, and
    a document that somebody wants forgotten does not wait for them.

    Args:
        stock: what is to be found.
        opening: opens index and encoder of the settings; raises RetrievalError.
        metrics: where lag and size are shown.
        rest_seconds: before the first look, and between two.
        again_seconds: before another try, after something did not work.
    """

    def __init__(
        self,
        stock: Stock,
        opening: Callable[[], Awaitable[Opened]],
        metrics: Metrics,
        *,
        rest_seconds: float = REST_SECONDS,
        again_seconds: float = AGAIN_SECONDS,
    ) -> None:
        self._stock = stock
        self._opening = opening
        self._metrics = metrics
        watched = [(Noting(one.shelf), one.mark) for one in stock.watched]
        self._texts = [one for one in watched if one[0].corpus is not Corpus.EXCEPTIONS]
        self._records = [one for one, _ in watched if one.corpus is Corpus.EXCEPTIONS]
        self._marks: dict[Corpus, Hashable] = {}
        self._texts_at = self._records_at = float("-inf")
        self._follower = Follower(stock.storage)
        times = ((RetrievalError, StorageError), rest_seconds, again_seconds)
        self._looks = (
            Look("indexing_texts", self._keep_texts, *times),
            Look("indexing_exceptions", self._keep_records, *times),
        )
        self.opened: Opened | None = None
        self.as_of: datetime | None = None
        """Up to when the index knows its documents, in business time."""
        self.versions: dict[Corpus, int] = dict.fromkeys(Corpus, 0)
        """Grows with every change of a corpus."""
        self.note_explained = self._follower.note_explained

    @property
    def looks(self) -> tuple[int, int]:
        """How many times the one at texts and the one at exceptions ended, well or not."""
        texts, records = self._looks
        return texts.ended, records.ended

    @property
    def fault(self) -> str | None:
        """What did not work in the last look, in words."""
        return next((look.fault for look in self._looks if look.fault), None)

    @property
    def lag_seconds(self) -> float:
        """For how long the oldest known change has been waiting."""
        return max(look.behind_seconds for look in self._looks)

    def spell(self, at: datetime) -> int | None:
        """Equal for two moments at which the same is in force; None while that is not known."""
        if self.as_of is None:
            return None
        return sum(shelf.begun(at) for shelf, _ in self._texts)

    def health(self) -> str:
        """`ok`, or what an engineer should know."""
        late = self.lag_seconds > _LATE_SECONDS
        behind = f"has been behind for {self.lag_seconds:.0f} s" if late else "ok"
        return self.fault or behind

    async def step(self) -> int:
        """A worker's: sets going what is due and does not wait for it."""
        self._metrics.index_lag.set(self.lag_seconds)
        for look in self._looks:
            look.go()
        return 0

    async def close(self) -> None:
        """Stops where it is; what is half done is done after the next start."""
        for look in self._looks:
            await look.stop()
        opened, self.opened = self.opened, None
        if opened is not None:
            await opened.close()

    async def _keep_texts(self) -> None:
        """Makes the index where it cannot be used, else follows what changed."""
        if self.opened is None:
            self.opened = await self._opening()
        index, encoder = self.opened.index, self.opened.encoder
        began, now = _now(), self._stock.business_now()
        marks = {shelf.corpus: await mark() for shelf, mark in self._texts}
        whole = began - self._texts_at >= _WHOLE_SECONDS
        shelves = [shelf for shelf, _ in self._texts]
        changed = [one for one in shelves if whole or marks[one.corpus] != self._marks[one.corpus]]
        kept = await keep_current(
            index, shelves, changed=changed, encoder=encoder, now=now, say=_say, told=_silent
        )
        if kept.why is not None:
            self._records_at = float("-inf")
            self._count(dict.fromkeys(Corpus, 1))
        self._count({Corpus(corpus): one.changes for corpus, one in kept.changes.items()})
        self._marks, self.as_of = marks, now
        self._metrics.index_passages.set(kept.passages)
        if whole and encoder is not None:
            await encoder.encode(["warm-up"])  # where nothing was embedded, a question would wait
        self._texts_at = began if whole else self._texts_at

    async def _keep_records(self) -> None:
        """Once texts are there: all exceptions at first and every hour, then those that change."""
        if self.opened is None or self.as_of is None:
            return
        index, encoder = self.opened.index, self.opened.encoder
        began, now = _now(), self._stock.business_now()
        if began - self._records_at >= _WHOLE_SECONDS:
            self._follower.begin(now)
            self._records_at = began
            try:
                await self._all_records(index, encoder)
            except BaseException:
                self._records_at = float("-inf")
                raise
        self._count({Corpus.EXCEPTIONS: await self._follower.catch_up(index, encoder)})

    async def _all_records(self, index: Index, encoder: Encoder | None) -> None:
        """Those that are to be found and no others."""
        for shelf in self._records:
            where = Shelf(corpus=shelf.corpus)
            done = await bring_up_to_date(index, where, shelf.passages(), encoder=encoder)
            self._count({shelf.corpus: done.changes})

    def _count(self, changes: Mapping[Corpus, int]) -> None:
        for corpus, some in changes.items():
            self.versions[corpus] += bool(some)


def _now() -> float:
    return asyncio.get_running_loop().time()


def complain(line: str) -> None:
    """A file that cannot be used; the others are."""
    log.warning("document_unusable", reason=line)


def _say(line: str) -> None:
    log.info("index_is_made", reason=line)


def _silent(_done: int) -> None:
    """The gauges tell."""
