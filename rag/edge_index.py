"""The index of this machine: Qdrant's own engine on a folder, in a process of its own.

Must not call the engine: it keeps Python's lock while it works, and the event loop would stand.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from rag.encoder import Vector
from rag.index import Build, Candidates, Entry, IndexState, Make, Page, PointId, Shelf, Sought
from rag.index_process import IndexProcess
from rag.passage import Passage, Scope


class Caller(Protocol):
    """Calls a method of an EdgeStore that is somewhere else, one at a time."""

    async def call(self, name: str, *arguments: object) -> Any:  # noqa: ANN401 - what it returns
        """What the method returns or raises."""
        ...

    async def close(self) -> None:
        """Closes the store."""
        ...


class EdgeIndex:
    """Satisfies Index. Make it with `open_edge`.

    Args:
        store: who calls the engine.
    """

    def __init__(self, store: Caller) -> None:
        self._store = store

    async def search(self, sought: Sought, scope: Scope, *, limit: int) -> Candidates:
        """See Index."""
        found: Candidates = await self._store.call("search", sought, scope, limit)
        return found

    async def read(self, ids: Sequence[UUID], scope: Scope) -> list[Passage]:
        """See Index."""
        found: list[Passage] = await self._store.call("read", [*ids], scope)
        return found

    async def digests(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """See Index."""
        found: Mapping[UUID, str] = await self._store.call("digests", [*ids])
        return found

    async def vectors(self, ids: Collection[UUID]) -> Mapping[UUID, Vector]:
        """See Index; nothing where nothing is served, since nothing can be taken over then."""
        found: Mapping[UUID, Vector] = await self._store.call("vectors", [*ids])
        return found

    async def kept(self, shelf: Shelf) -> AsyncIterator[tuple[UUID, str]]:
        """See Index."""
        offset: PointId | None = None
        while True:
            page: Page = await self._store.call("page", shelf, offset)
            found, offset = page
            for id_, digest in found.items():
                yield id_, digest
            if offset is None:
                return

    async def put(self, entries: Sequence[Entry]) -> None:
        """See Index."""
        await self._store.call("put", [*entries])

    async def describe(self, passages: Sequence[Passage]) -> None:
        """See Index."""
        await self._store.call("describe", [*passages])

    async def remove(self, ids: Collection[UUID]) -> None:
        """See Index."""
        await self._store.call("remove", [*ids])

    @asynccontextmanager
    async def building(self, make: Make, now: datetime) -> AsyncIterator[Build]:
        """See Index."""
        await self._store.call("begin", make)
        try:
            yield _EdgeBuild(self._store)
            await self._store.call("serve", now)
        except BaseException:
            await self._store.call("drop")
            raise

    async def state(self) -> IndexState:
        """See Index."""
        found: IndexState = await self._store.call("state")
        return found

    async def close(self) -> None:
        """See Index."""
        await self._store.close()


class _EdgeBuild:
    """Satisfies Build."""

    def __init__(self, store: Caller) -> None:
        self._store = store

    async def put(self, entries: Sequence[Entry]) -> None:
        """See Build."""
        await self._store.call("build", [*entries])


async def open_edge(path: Path, wanted: Make) -> EdgeIndex:
    """Opens the index in a folder; `state` says whether it can be served.

    Raises:
        IndexInUseError: another process holds the folder.
    """
    process = IndexProcess(path, wanted)
    await process.start()
    return EdgeIndex(process)
