"""What an index is: where passages are kept, found within a scope, and built anew beside the old.

Must not name an engine: edge_index.py and server_index.py satisfy these Protocols, and one
suite of tests holds both.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from rag.encoder import Vector
from rag.passage import Corpus, Passage, Scope
from rag.sparse import SPARSE, Terms

FORMAT = 1
"""Grows when what is kept with a passage changes."""
NO_MODEL = "none"
"""The model of an index that finds by words alone."""


PointId = int | str | UUID
Page = tuple[Mapping[UUID, str], PointId | None]
"""Digests by id, and from where the next page goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """How an index was made; one of another make cannot be searched and is built anew."""

    model: str
    dimension: int
    sparse: str = SPARSE
    format: int = FORMAT

    def __str__(self) -> str:
        """As `e2a index status` says it."""
        if self.model == NO_MODEL:
            return f"words only ({self.sparse}), format {self.format}"
        return f"{self.model}, {self.dimension} dimensions, {self.sparse}, format {self.format}"


BY_WORDS = Make(model=NO_MODEL, dimension=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A passage as it is kept. Without a vector it is found by its words alone."""

    passage: Passage
    vector: Vector | None
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A question as an index sees it. Without a vector only words are compared."""

    vector: Vector | None
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A corpus, or one document of a tenant in it (both or neither are given)."""

    corpus: Corpus
    tenant: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What each leg found: cosine and BM25 score by id, the best first."""

    dense: Mapping[UUID, float]
    sparse: Mapping[UUID, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    """What is served. `why_not` says why nothing is; then the rest is of what was found."""

    make: Make | None
    built_at: datetime | None
    passages: int
    why_not: str | None


class Build(Protocol):
    """An index that is being made and is not served yet."""

    async def put(self, entries: Sequence[Entry]) -> None:
        """Adds passages; what was removed from the served index meanwhile stays out."""
        ...


class Index(Protocol):
    """Passages that can be found. Every method may wait, and none blocks the event loop."""

    async def search(self, sought: Sought, scope: Scope, *, limit: int) -> Candidates:
        """The best of each leg within the scope.

        Raises:
            IndexNotReadyError: nothing is served.
            IndexUnreachableError: the server does not answer (so do all methods).
        """
        ...

    async def read(self, ids: Sequence[UUID], scope: Scope) -> list[Passage]:
        """Those of the passages that the scope admits, in the order of the ids."""
        ...

    async def digests(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """The digests of those passages that are kept."""
        ...

    async def vectors(self, ids: Collection[UUID]) -> Mapping[UUID, Vector]:
        """The vectors of those passages that are kept and have one."""
        ...

    def kept(self, shelf: Shelf) -> AsyncIterator[tuple[UUID, str]]:
        """Id and digest of everything on a shelf; to compare with what ought to be there."""
        ...

    async def put(self, entries: Sequence[Entry]) -> None:
        """Adds or replaces passages, in what is served and in what is being built."""
        ...

    async def describe(self, passages: Sequence[Passage]) -> None:
        """Replaces all but the vectors of passages that are kept."""
        ...

    async def remove(self, ids: Collection[UUID]) -> None:
        """Removes passages; ids that are not kept do not matter."""
        ...

    def building(self, make: Make, now: datetime) -> AbstractAsyncContextManager[Build]:
        """Makes a new index beside the served one and serves it once the block ends well.

        Whatever happens before leaves what is served as it is: an error, or the process's end.
        One is built at a time in a process.
        """
        ...

    async def state(self) -> IndexState:
        """What is served."""
        ...

    async def close(self) -> None:
        """Lets go of files and connections."""
        ...


def usable(found: Make | None, wanted: Make) -> str | None:
    """Why an index of that make cannot be searched; None where it can."""
    if found is None:
        return "there is no index yet"
    if found != wanted:
        return f"the index was made by another model ({found}); wanted is {wanted}"
    return None
