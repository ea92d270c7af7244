"""The index on a Qdrant server, which several replicas can share.

A generation is a collection; the alias names the one that is served and is moved in one step.
Must not be imported where there is no server: the client takes a second to load.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from rag.encoder import Vector
from rag.errors import IndexNotReadyError, IndexUnreachableError, RetrievalError
from rag.index import Build, Candidates, Entry, IndexState, Make, Shelf, Sought, usable
from rag.passage import Passage, Scope
from rag.server_points import (
    alike,
    collection_of,
    field_indexes,
    ids_of,
    near,
    on_shelf,
    points,
)
from rag.stored import DENSE_LEG, DIGEST, make_as_json, make_of, passage_of, payload_of

ALIAS = "e2a"
_PREFIX = "e2a_"
_PAGE = 1000
_ABANDONED = timedelta(hours=12)
"""A collection that is not served and older than this was left by a build that died."""
_ABSENT = 404
_TRUSTED = 30.0
"""Seconds for which the server is believed to serve what it did."""


class ServerIndex:
    """Satisfies Index.

    Args:
        client: of the server; closed with the index.
        wanted: how an index has to be made to be served.
    """

    def __init__(self, client: AsyncQdrantClient, wanted: Make) -> None:
        self._client = client
        self._wanted = wanted
        self._well_until = 0.0
        self._build: _ServerBuild | None = None

    async def search(self, sought: Sought, scope: Scope, *, limit: int) -> Candidates:
        """See Index."""
        await self._ready()
        legs: dict[str, models.QueryRequest] = {}
        if sought.vector is not None and self._wanted.dimension:
            legs["dense"] = near(sought.vector, scope, limit)
        if sought.terms.indices:
            legs["sparse"] = alike(sought.terms, scope, limit)
        with self._asking():
            answers = await self._client.query_batch_points(ALIAS, [*legs.values()]) if legs else []
        found = {
            leg: {UUID(str(point.id)): point.score for point in answer.points}
            for leg, answer in zip(legs, answers, strict=True)
        }
        return Candidates(dense=found.get("dense", {}), sparse=found.get("sparse", {}))

    async def read(self, ids: Sequence[UUID], scope: Scope) -> list[Passage]:
        """See Index."""
        await self._ready()
        with self._asking():
            kept = await self._client.retrieve(ALIAS, ids_of(ids), with_payload=True)
        passages = (passage_of(UUID(str(point.id)), point.payload or {}) for point in kept)
        by_id = {passage.id: passage for passage in passages if scope.admits(passage)}
        return [by_id[id_] for id_ in ids if id_ in by_id]

    async def digests(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """See Index."""
        await self._ready()
        with self._asking():
            kept = await self._client.retrieve(ALIAS, ids_of([*ids]), with_payload=[DIGEST])
        return {UUID(str(point.id)): (point.payload or {})[DIGEST] for point in kept}

    async def vectors(self, ids: Collection[UUID]) -> Mapping[UUID, Vector]:
        """See Index; nothing where nothing is served, since nothing can be taken over then."""
        if (await self.state()).why_not or not self._wanted.dimension:
            return {}
        with self._asking():
            kept = await self._client.retrieve(
                ALIAS, ids_of([*ids]), with_payload=False, with_vectors=[DENSE_LEG]
            )
        return {UUID(str(p.id)): vector for p in kept if (vector := _dense(p.vector)) is not None}

    async def kept(self, shelf: Shelf) -> AsyncIterator[tuple[UUID, str]]:
        """See Index."""
        await self._ready()
        offset: models.ExtendedPointId | None = None
        while True:
            with self._asking():
                found, after = await self._client.scroll(
                    ALIAS,
                    scroll_filter=on_shelf(shelf),
                    limit=_PAGE,
                    offset=offset,
                    with_payload=[DIGEST],
                )
            for point in found:
                yield UUID(str(point.id)), (point.payload or {})[DIGEST]
            if after is None:
                return
            offset = str(after)

    async def put(self, entries: Sequence[Entry]) -> None:
        """See Index."""
        for name in await self._to_be_written() if entries else ():
            with self._asking():
                await self._client.upsert(name, points(entries), wait=True)
        if self._build:
            self._build.overtaken |= {entry.passage.id for entry in entries}

    async def describe(self, passages: Sequence[Passage]) -> None:
        """See Index."""
        for name in await self._to_be_written():
            for passage in passages:
                with self._asking():
                    await self._client.overwrite_payload(
                        name, payload_of(passage), ids_of([passage.id]), wait=True
                    )

    async def remove(self, ids: Collection[UUID]) -> None:
        """See Index."""
        for name in await self._to_be_written() if ids else ():
            selected = models.PointIdsList(points=ids_of([*ids]))
            with self._asking():
                await self._client.delete(name, selected, wait=True)
        if self._build:
            self._build.overtaken |= set(ids)

    @asynccontextmanager
    async def building(self, make: Make, now: datetime) -> AsyncIterator[Build]:
        """See Index."""
        if self._build is not None:
            message = "an index is being built already"
            raise RetrievalError(message)
        with self._asking():
            await self._sweep(now)
            name = f"{_PREFIX}{int(now.timestamp())}_{uuid4().hex[:8]}"
            told = make_as_json(make, now)
            await self._client.create_collection(name, **collection_of(make), metadata=told)
            for field, kind in field_indexes():
                await self._client.create_payload_index(name, field, kind)
        self._build = build = _ServerBuild(self, name)
        try:
            yield build
            old = await self._serve(name)
        except BaseException:
            with suppress(Exception):
                await self._client.delete_collection(name)
            raise
        finally:
            self._build = None
        self._wanted = make
        if old:
            with self._asking():
                await self._client.delete_collection(old)

    async def _serve(self, name: str) -> str | None:
        """Moves the alias; returns what it named before."""
        with self._asking():
            old = await self._served()
            drop = models.DeleteAlias(alias_name=ALIAS)
            give = models.CreateAlias(collection_name=name, alias_name=ALIAS)
            changes: list[models.AliasOperations] = [
                *([models.DeleteAliasOperation(delete_alias=drop)] if old else []),
                models.CreateAliasOperation(create_alias=give),
            ]
            await self._client.update_collection_aliases(changes)
        return old

    async def _served(self) -> str | None:
        aliases = (await self._client.get_aliases()).aliases
        return next((one.collection_name for one in aliases if one.alias_name == ALIAS), None)

    async def _sweep(self, now: datetime) -> None:
        """Deletes what builds left that died long ago; others may be at work."""
        served = await self._served()
        for one in (await self._client.get_collections()).collections:
            begun = one.name.removeprefix(_PREFIX).partition("_")[0]
            if one.name == served or not one.name.startswith(_PREFIX) or not begun.isdigit():
                continue
            if now.timestamp() - int(begun) > _ABANDONED.total_seconds():
                await self._client.delete_collection(one.name)

    async def state(self) -> IndexState:
        """See Index."""
        with self._asking():
            if await self._served() is None:
                why = usable(None, self._wanted)
                return IndexState(make=None, built_at=None, passages=0, why_not=why)
            told = (await self._client.get_collection(ALIAS)).config.metadata or {}
            count = (await self._client.count(ALIAS, exact=True)).count
        try:
            make, built_at = make_of(told)
        except ValueError as error:
            return IndexState(make=None, built_at=None, passages=count, why_not=str(error))
        why = usable(make, self._wanted)
        self._well_until = asyncio.get_running_loop().time() + _TRUSTED if why is None else 0.0
        return IndexState(make=make, built_at=built_at, passages=count, why_not=why)

    async def close(self) -> None:
        """See Index."""
        await self._client.close()

    async def _ready(self) -> None:
        """Looks from time to time: another replica may have put another model's index there."""
        if asyncio.get_running_loop().time() < self._well_until:
            return
        if why := (await self.state()).why_not:
            raise IndexNotReadyError(why)

    async def _to_be_written(self) -> list[str]:
        """What is served and what is being built; at least one of them."""
        if self._build is None:
            await self._ready()
            return [ALIAS]
        served = [ALIAS] if not (await self.state()).why_not else []
        return [*served, self._build.name]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Gives what the client raises its names."""
        try:
            yield
        except ResponseHandlingException as error:
            message = "the Qdrant server does not answer; look at QDRANT_URL"
            raise IndexUnreachableError(message) from error
        except UnexpectedResponse as error:
            self._well_until = 0.0
            if error.status_code == _ABSENT:
                message = "there is no index yet"
                raise IndexNotReadyError(message) from error
            message = f"the Qdrant server refused: {error.status_code} {error.reason_phrase}"
            raise IndexUnreachableError(message) from error


class _ServerBuild:
    """A collection that is being made."""

    def __init__(self, index: ServerIndex, name: str) -> None:
        self._index = index
        self.name = name
        self.overtaken: set[UUID] = set()
        """What was put or removed meanwhile is newer than what is still to come."""

    async def put(self, entries: Sequence[Entry]) -> None:
        """See Build."""
        fresh = [entry for entry in entries if entry.passage.id not in self.overtaken]
        if fresh:
            with self._index._asking():  # noqa: SLF001 - a build is a part of its index
                await self._index._client.upsert(self.name, points(fresh), wait=True)  # noqa: SLF001


def _dense(vector: object) -> Vector | None:
    found = vector.get(DENSE_LEG) if isinstance(vector, dict) else None
    return [float(one) for one in found] if isinstance(found, list) else None


def open_server(url: str, wanted: Make, *, timeout_seconds: int = 5) -> ServerIndex:
    """An index on a server; nothing is asked of it yet."""
    client = AsyncQdrantClient(url=url, timeout=timeout_seconds, check_compatibility=False)
    return ServerIndex(client, wanted)
