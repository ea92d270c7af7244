"""Searches for `e2a ask`: the index of the settings, or one of its own while a server has that.

Must not be opened before somebody asks for a text: a look-up by number needs no index.
"""

import tempfile
from collections.abc import Collection
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from bot.cli.output import say
from bot.clock import wall_now
from bot.corpora import shelves_of
from bot.library import opened_library
from bot.searching import passage_of
from bot.settings import Settings
from jobs.ports.search import Found, SearchUnavailableError
from rag.build import make_of
from rag.corpora import Shelves
from rag.edge_index import open_edge
from rag.encoder import Encoder
from rag.errors import IndexInUseError, RetrievalError
from rag.index import Index
from rag.keep import keep_current
from rag.passage import Corpus, Scope, Visibility
from rag.retrieve import Retriever
from storage.transaction import SqlStorage

_SERVED = "a server has the index"
_PATIENCE = 30.0
"""Seconds: a command starts the model anew."""


class CommandSearch:
    """Satisfies Search for one command; close it at the end.

    Args:
        settings: where the index is.
        storage: the database, for documents that people gave.
    """

    def __init__(self, settings: Settings, storage: SqlStorage) -> None:
        self._settings, self._storage = settings, storage
        self._stack = AsyncExitStack()
        self._retriever: Retriever | None = None
        self._as_of: datetime | None = None

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
        try:
            self._retriever = self._retriever or await self._opened()
            found = await self._retriever.retrieve(question, scope, limit=limit)
        except RetrievalError as error:
            raise SearchUnavailableError(str(error)) from error
        passages = tuple(map(passage_of, found.hits))
        return Found(passages=passages, degraded=found.degraded, as_of=self._as_of)

    async def close(self) -> None:
        """Lets go of what was opened."""
        await self._stack.aclose()

    async def _opened(self) -> Retriever:
        try:
            library = await self._stack.enter_async_context(opened_library(self._settings, say))
        except IndexInUseError:
            return await self._beside()
        return await self._ready(library.index, library.encoder, library.without, library.shelves)

    async def _beside(self) -> Retriever:
        """Of policies and runbooks, by words and in a folder of its own: that is soon made."""
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="e2a-ask-"))
        index = await open_edge(Path(folder) / "index", make_of(None))
        self._stack.push_async_callback(index.close)
        watched = shelves_of(self._settings.policies_dir, self._storage, say, wall_now)
        shelves = [one.shelf for one in watched if one.shelf.corpus is not Corpus.EXCEPTIONS]
        return await self._ready(index, None, _SERVED, shelves)

    async def _ready(
        self, index: Index, encoder: Encoder | None, without: str, shelves: Collection[Shelves]
    ) -> Retriever:
        """Texts are brought up to date; exceptions, of which there may be many, as they are."""
        now = wall_now()
        static = [one for one in shelves if one.corpus is not Corpus.EXCEPTIONS]
        await keep_current(
            index,
            list(shelves),
            changed=static,
            encoder=encoder,
            now=now,
            say=say,
            told=_untold,
        )
        self._as_of = now
        if without:
            return Retriever(index=index, encoder=encoder, without=without, patience=_PATIENCE)
        return Retriever(index=index, encoder=encoder, patience=_PATIENCE)


def _untold(_done: int) -> None:
    """The answer is what is waited for."""
