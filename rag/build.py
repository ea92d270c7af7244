"""Makes an index of a stream of passages, and brings a shelf of it up to date.

Vectors of passages that stay are taken over. Must not read documents: corpora.py does.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from rag.encoder import Encoder, Vector
from rag.index import BY_WORDS, Entry, Index, Make, Shelf
from rag.passage import Passage
from rag.sparse import terms_of_passage

T = TypeVar("T")
Told = Callable[[int], None]
"""Hears how many passages more are done."""
_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A rebuild that is served now; `taken_over` passages had a vector already."""

    passages: int
    taken_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an index lacks of a shelf, or has too much; `oldest` is the first change it lacks."""

    missing: int = 0
    outdated: int = 0
    surplus: int = 0
    oldest: datetime | None = None

    @property
    def changes(self) -> int:
        """How many passages it concerns."""
        return self.missing + self.outdated + self.surplus

    def lag_seconds(self, now: datetime) -> float:
        """How long the oldest change has been waiting."""
        return max(0.0, (now - self.oldest).total_seconds()) if self.oldest else 0.0


def make_of(encoder: Encoder | None) -> Make:
    """How an index is made with that encoder; without one it finds by words alone."""
    if encoder is None:
        return BY_WORDS
    return Make(model=encoder.model.name, dimension=encoder.model.dimension)


def _nothing(_done: int) -> None:
    """Nobody wants to hear."""


async def rebuild(
    index: Index,
    passages: AsyncIterable[Passage],
    *,
    encoder: Encoder | None,
    now: datetime,
    told: Told = _nothing,
    reuse: bool = True,
) -> Built:
    """Makes the index anew beside the served one, which answers until the end.

    Vectors that the served one has of the same passages are taken over, unless `reuse` is False.

    Raises:
        EncoderError: texts could not be embedded; what was served still is.
    """
    count = taken_over = 0
    make, was = make_of(encoder), await index.state()
    same = encoder is not None and was.why_not is None and was.make == make
    async with index.building(make, now) as build:
        async for batch in _batches(passages):
            known = await index.vectors([one.id for one in batch]) if same and reuse else {}
            await build.put(await entries_of(batch, encoder, known))
            count, taken_over = count + len(batch), taken_over + len(known)
            told(len(batch))
    return Built(passages=count, taken_over=taken_over)


async def bring_up_to_date(
    index: Index,
    shelf: Shelf,
    passages: AsyncIterable[Passage],
    *,
    encoder: Encoder | None,
    told: Told = _nothing,
) -> Difference:
    """Adds what is new on a shelf, describes what moved, removes what is gone; returns what was.

    The passages are all that ought to be on the shelf.

    Raises:
        EncoderError: texts could not be embedded; what came before them was brought up to date.
    """
    seen: set[UUID] = set()
    missing = outdated = 0
    oldest: datetime | None = None
    async for batch in _batches(passages):
        seen |= {passage.id for passage in batch}
        new, moved = await _judged(index, batch)
        await index.put(await entries_of(new, encoder, {}))
        await index.describe(moved)
        missing, outdated = missing + len(new), outdated + len(moved)
        oldest = _earliest(oldest, [*new, *moved])
        told(len(batch))
    gone = [id_ async for id_, _ in index.kept(shelf) if id_ not in seen]
    await index.remove(gone)
    return Difference(missing=missing, outdated=outdated, surplus=len(gone), oldest=oldest)


async def difference(index: Index, shelf: Shelf, passages: AsyncIterable[Passage]) -> Difference:
    """What `bring_up_to_date` would do. Changes nothing."""
    kept = {id_: digest async for id_, digest in index.kept(shelf)}
    found = Difference(surplus=len(kept))
    missing, outdated, seen = 0, 0, set[UUID]()
    oldest: datetime | None = None
    async for passage in passages:
        if passage.id in seen:
            continue
        seen.add(passage.id)
        if kept.get(passage.id) == passage.digest:
            continue
        missing, outdated = missing + (passage.id not in kept), outdated + (passage.id in kept)
        oldest = _earliest(oldest, [passage])
    surplus = found.surplus - len(seen & kept.keys())
    return Difference(missing=missing, outdated=outdated, surplus=surplus, oldest=oldest)


async def entries_of(
    passages: Sequence[Passage], encoder: Encoder | None, known: Mapping[UUID, Vector]
) -> list[Entry]:
    """The passages as they are kept; texts that are alike are embedded once."""
    vectors: dict[UUID, Vector] = dict(known)
    if encoder is not None:
        unknown = [passage for passage in passages if passage.id not in vectors]
        texts = list(dict.fromkeys(passage.words for passage in unknown))
        by_text = dict(zip(texts, await encoder.encode(texts), strict=True)) if texts else {}
        vectors |= {passage.id: by_text[passage.words] for passage in unknown}
    return [
        Entry(
            passage=passage,
            vector=vectors.get(passage.id),
            terms=terms_of_passage(passage.words),
        )
        for passage in passages
    ]


async def _judged(index: Index, passages: Sequence[Passage]) -> tuple[list[Passage], list[Passage]]:
    """Those that are not kept, and those that are with another place, version or date."""
    kept = await index.digests([passage.id for passage in passages])
    new = [passage for passage in passages if passage.id not in kept]
    moved = [one for one in passages if one.id in kept and kept[one.id] != one.digest]
    return new, moved


def _earliest(oldest: datetime | None, passages: Sequence[Passage]) -> datetime | None:
    moments = [passage.changed_at for passage in passages]
    return min([*moments, oldest] if oldest else moments, default=None)


async def _batches(items: AsyncIterable[T]) -> AsyncIterator[list[T]]:
    batch: list[T] = []
    async for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
