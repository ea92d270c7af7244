"""A keeper over a database and an index in this process, for tests of what is kept current."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from qdrant_client import AsyncQdrantClient

from bot.corpora import shelves_of
from bot.keeping import Keeper, Opened, Stock
from bot.searching import Searching
from bot.telemetry import Metrics
from jobs.ports.search import Found
from policies.documents import LearnedDocument
from rag.build import make_of
from rag.server_index import ServerIndex
from storage.transaction import SqlStorage
from tests.rag.library import WordEncoder, open_here
from tests.storage.builders import T0

_PATIENCE_SECONDS = 20.0


@dataclass
class Knowing:
    """What a test looks at and changes; `said` are complaints about files."""

    storage: SqlStorage
    folder: Path
    policies: Path | None = None
    encoder: WordEncoder = field(default_factory=WordEncoder)
    metrics: Metrics = field(default_factory=Metrics)
    now: datetime = T0 + timedelta(hours=1)
    said: list[str] = field(default_factory=list)
    shared: AsyncQdrantClient | None = None
    """A server that several replicas share, in the place of the folder."""

    def __post_init__(self) -> None:
        watched = shelves_of(self.policies, self.storage, self.said.append, lambda: self.now)
        stock = Stock(watched=watched, storage=self.storage, business_now=lambda: self.now)
        self.keeper = Keeper(stock, self._open, self.metrics, rest_seconds=0.0, again_seconds=0.0)
        self.search = Searching(self.keeper, asyncio.get_running_loop().time, self.metrics)

    async def _open(self) -> Opened:
        make = make_of(self.encoder)
        index = ServerIndex(self.shared, make) if self.shared else open_here(self.folder, make)
        close = _left_open if self.shared else index.close
        return Opened(index=index, encoder=self.encoder, without="", close=close)

    async def look(self) -> None:
        """Looks at texts and then at exceptions that begin after now, whatever comes of them."""
        texts = self.keeper.looks[0] + 2  # the first may have begun before
        await self.until(lambda: self.keeper.looks[0] >= texts)
        records = self.keeper.looks[1] + 2  # exceptions wait for the texts
        await self.until(lambda: self.keeper.looks[1] >= records)

    async def until(self, held: Callable[[], bool]) -> None:
        """Steps until something holds."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not held():
                await self.keeper.step()
                await asyncio.sleep(0.005)

    async def find(
        self, question: str, *tenants: str, at: datetime | None = None, public: bool = True
    ) -> Found:
        """What somebody of these clients finds, in a channel unless told otherwise."""
        names = tenants or ("acme",)
        return await self.search.find(question, tenants=names, at=at or self.now, public=public)

    async def documents(
        self, question: str, *tenants: str, at: datetime | None = None, public: bool = True
    ) -> list[str]:
        """The documents that are found, the best first, each once."""
        found = await self.find(question, *tenants, at=at, public=public)
        return list(dict.fromkeys(passage.document for passage in found.passages))


async def _left_open() -> None:
    """The client is everybody's."""


@asynccontextmanager
async def knowing(
    storage: SqlStorage, folder: Path, policies: Path | None = None, **choices: object
) -> AsyncIterator[Knowing]:
    """Closed at the end; `choices` are fields of Knowing."""
    made = Knowing(storage, folder, policies, **choices)  # type: ignore[arg-type] # a test names fields
    try:
        yield made
    finally:
        await made.keeper.close()


def a_document(name: str = "rates.md", text: str = "Zone nine costs a fortune.") -> LearnedDocument:
    """A document of Acme."""
    return LearnedDocument(
        tenant_id=1,
        name=name,
        form="markdown",
        pages=(text,),
        digest="d",
        added_by="slack:U1",
        added_at=T0,
    )
