"""Follows exceptions one by one: those that changed since the last time are found as they are now.

Must not open the index: who keeps it hands it over.
"""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta

from bot.corpora import tenant_names, worded
from policies.records import ExceptionRecord
from rag.encoder import Encoder
from rag.index import Index, Shelf
from rag.keep import follow
from rag.passage import Corpus, Passage
from rag.passages import passages_of
from rag.records import name_of
from storage.transaction import SqlStorage

_OVERLAP = timedelta(minutes=1)
"""Changes are committed later than they are dated."""
_AT_ONCE = 100


class Follower:
    """Remembers what it has seen, so that nothing is worded twice.

    Args:
        storage: of all tenants.
    """

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage
        self._explained: set[int] = set()
        self._seen: dict[int, tuple[int, datetime]] = {}
        self._since: datetime | None = None

    def note_explained(self, exception_ids: Collection[int]) -> None:
        """Exceptions were explained, which their rows do not tell by time or version."""
        self._explained |= set(exception_ids)

    def begin(self, now: datetime) -> None:
        """What changes from now on (business time) is to be followed."""
        self._since, self._seen = now, {}

    async def catch_up(self, index: Index, encoder: Encoder | None) -> int:
        """Brings what changed into the index, some at a time; returns how many it were.

        Raises:
            EncoderError: texts could not be embedded; they are tried again the next time.
        """
        done = 0
        while True:
            rows = await self._rows()
            fresh = [row[0] for row in rows if self._seen.get(row[0]) != row[1:]][:_AT_ONCE]
            explained, self._explained = self._explained, set()
            try:
                await self._follow(sorted({*fresh, *explained}), index, encoder)
            except BaseException:
                self._explained |= explained
                raise
            taken = set(fresh)
            self._note([row for row in rows if row[0] in taken])
            done += len({*fresh, *explained})
            if len(fresh) < _AT_ONCE:
                return done

    async def _rows(self) -> list[tuple[int, int, datetime]]:
        if self._since is None:
            return []
        async with self._storage.read() as tx:
            limit = _AT_ONCE + len(self._seen)
            return [*await tx.notable.changed(self._since - _OVERLAP, limit)]

    def _note(self, rows: list[tuple[int, int, datetime]]) -> None:
        """What was seen is forgotten once it is too old to come again."""
        assert self._since is not None or not rows  # noqa: S101 - rows come since then
        self._seen |= {number: (version, at) for number, version, at in rows}
        if self._since is not None:
            self._since = max([self._since, *(at for _, _, at in rows)])
            before = self._since - _OVERLAP
            self._seen = {key: value for key, value in self._seen.items() if value[1] >= before}

    async def _follow(self, numbers: list[int], index: Index, encoder: Encoder | None) -> None:
        if not numbers:
            return
        names = await tenant_names(self._storage)
        async with self._storage.read() as tx:
            records = await tx.exceptions.among(numbers)
        known = [record for record in records if record.tenant_id in names]
        documents: dict[Shelf, list[Passage]] = {
            _shelf(names[record.tenant_id], record): [] for record in known
        }
        for passage in await asyncio.to_thread(_cut, known, names):
            shelf = Shelf(corpus=passage.corpus, tenant=passage.tenant, document=passage.document)
            documents[shelf].append(passage)
        await follow(index, documents, encoder=encoder)


def _shelf(tenant: str, record: ExceptionRecord) -> Shelf:
    return Shelf(corpus=Corpus.EXCEPTIONS, tenant=tenant, document=name_of(record.id))


def _cut(records: list[ExceptionRecord], names: dict[int, str]) -> list[Passage]:
    return [one for said in worded(records, names) for one in passages_of(said)]
