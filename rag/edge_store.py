"""Qdrant's own engine on a folder: search, changes, and a new generation beside the served one.

Synchronous, and the engine keeps Python's lock while it works: must not be called in a process
that has anything else to do. edge_index.py calls it from elsewhere.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from qdrant_edge import CountRequest, EdgeShard, UpdateOperation

from rag.edge_folder import EdgeFolder, Served
from rag.edge_points import (
    alike,
    config_of,
    described,
    digests_of,
    field_indexes,
    near,
    page_of,
    passages_of,
    scores_of,
    upsert,
    vectors_of,
)
from rag.encoder import Vector
from rag.errors import IndexNotReadyError, RetrievalError
from rag.index import Candidates, Entry, IndexState, Make, Page, PointId, Shelf, Sought, usable
from rag.passage import Passage, Scope
from rag.stored import DENSE_LEG, DIGEST

_PAGE = 1000
_GONE = "the index folder is gone"


class EdgeStore:
    """What edge_index.py asks for, one call at a time.

    Args:
        folder: held by this process.
        wanted: how an index has to be made to be served.
    """

    def __init__(self, folder: EdgeFolder, wanted: Make) -> None:
        self._folder = folder
        self._wanted = wanted
        self._shard: EdgeShard | None = None
        self._served: Served | None = None
        self._why_not: str | None = None
        self._build: _Generation | None = None
        self._load()

    def _load(self) -> None:
        """Opens what is served, or notes why it cannot be."""
        self._served = served = self._folder.served()
        self._why_not = usable(served.make if served else None, self._wanted)
        if self._why_not is None and served is not None:
            try:
                self._shard = EdgeShard.load(str(served.generation))
            except Exception as error:  # noqa: BLE001 - the engine has no errors of its own
                self._why_not = f"the index cannot be opened ({error})"

    def search(self, sought: Sought, scope: Scope, limit: int) -> Candidates:
        """The best of each leg."""
        shard = self._ready()
        dense: dict[UUID, float] = {}
        if sought.vector is not None and self._wanted.dimension:
            dense = scores_of(shard.query(near(sought.vector, scope, limit)))
        if not sought.terms.indices:
            return Candidates(dense=dense, sparse={})
        found = shard.query(alike(sought.terms, scope, limit))
        return Candidates(dense=dense, sparse=scores_of(found))

    def read(self, ids: Sequence[UUID], scope: Scope) -> list[Passage]:
        """Those that the scope admits, in the order of the ids."""
        kept = passages_of(self._ready().retrieve([*ids], with_payload=True, with_vector=False))
        return [kept[id_] for id_ in ids if id_ in kept and scope.admits(kept[id_])]

    def digests(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Of those that are kept."""
        kept = self._ready().retrieve([*ids], with_payload=[DIGEST], with_vector=False)
        return digests_of(kept)

    def vectors(self, ids: Collection[UUID]) -> Mapping[UUID, Vector]:
        """Of those that are kept and have one."""
        if self._shard is None or not self._wanted.dimension:
            return {}
        return vectors_of(self._shard.retrieve([*ids], with_payload=False, with_vector=[DENSE_LEG]))

    def page(self, shelf: Shelf, offset: PointId | None) -> Page:
        """Some of what is on a shelf."""
        points, after = self._ready().scroll(page_of(shelf, offset, _PAGE))
        return digests_of(points), after

    def put(self, entries: Sequence[Entry]) -> None:
        """Adds or replaces, everywhere."""
        for shard in self._to_be_written() if entries else ():
            shard.update(upsert(entries))
        if self._build:
            self._build.overtaken |= {entry.passage.id for entry in entries}

    def describe(self, passages: Sequence[Passage]) -> None:
        """All but the vectors, everywhere."""
        for shard in self._to_be_written():
            for passage in passages:
                shard.update(described(passage))

    def remove(self, ids: Collection[UUID]) -> None:
        """Removes, everywhere."""
        for shard in self._to_be_written() if ids else ():
            shard.update(UpdateOperation.delete_points([*ids]))
        if self._build:
            self._build.overtaken |= set(ids)

    def begin(self, make: Make) -> None:
        """Begins a new generation beside the served one."""
        if self._build is not None:
            message = "an index is being built already"
            raise RetrievalError(message)
        self._build = _Generation(self._folder.begin(), make)

    def build(self, entries: Sequence[Entry]) -> None:
        """Adds to the new generation what was not changed meanwhile."""
        build = self._built()
        fresh = [entry for entry in entries if entry.passage.id not in build.overtaken]
        if fresh:
            build.shard.update(upsert(fresh))

    def serve(self, now: datetime) -> None:
        """Points to the new generation; what is asked from now on is asked of it."""
        build = self._built()
        build.shard.flush()
        served = self._folder.serve(build.path, build.make, now)
        old, left = self._shard, self._served
        self._shard, self._served, self._build = build.shard, served, None
        self._wanted, self._why_not = build.make, None
        if old is not None:
            old.close()
        if left is not None:
            self._folder.drop(left.generation)

    def drop(self) -> None:
        """Gives up the new generation, where there is one."""
        if self._build is not None:
            self._build.shard.close()
            self._folder.drop(self._build.path)
            self._build = None

    def state(self) -> IndexState:
        """What is served."""
        gone = _GONE if self._served and self._folder.is_gone else None
        return IndexState(
            make=self._served.make if self._served else None,
            built_at=self._served.built_at if self._served else None,
            passages=self._shard.count(CountRequest(exact=True)) if self._shard else 0,
            why_not=self._why_not or gone,
        )

    def close(self) -> None:
        """Lets go of the folder."""
        self.drop()
        shard, self._shard, self._why_not = self._shard, None, "the index was closed"
        if shard is not None:
            shard.close()
        self._folder.close()

    def _ready(self) -> EdgeShard:
        if self._shard is None:
            raise IndexNotReadyError(self._why_not or "there is no index yet")
        return self._shard

    def _built(self) -> "_Generation":
        if self._build is None:
            message = "the index that was being built is gone; build it again"
            raise RetrievalError(message)
        return self._build

    def _to_be_written(self) -> list[EdgeShard]:
        """What is served and what is being built; at least one of them."""
        if self._build is not None:
            return [*([self._shard] if self._shard else []), self._build.shard]
        if self._folder.is_gone and self._shard is not None:
            raise IndexNotReadyError(_GONE)
        return [self._ready()]


class _Generation:
    """A generation that is being made."""

    def __init__(self, path: Path, make: Make) -> None:
        self.path, self.make = path, make
        self.overtaken: set[UUID] = set()
        """What was put or removed meanwhile is newer than what is still to come."""
        self.shard = EdgeShard.create(str(path), config_of(make))
        for operation in field_indexes():
            self.shard.update(operation)


def call(store: EdgeStore, name: str, arguments: Sequence[object]) -> object:
    """Calls a method by its name.

    Raises:
        RetrievalError: also where the engine fails, which raises a bare Exception.
    """
    try:
        return getattr(store, name)(*arguments)
    except Exception as error:
        if type(error) is not Exception:
            raise
        message = f"the index failed: {error}"
        raise RetrievalError(message) from error
