"""Documents in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from policies.documents import LearnedDocument
from storage.columns import storable
from storage.memory.state import MemoryState


class MemoryDocuments:
    """Documents in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state, self._rows = state, state.documents

    async def latest(self, tenant_ids: Sequence[int]) -> list[LearnedDocument]:
        """The latest version of each without its text, by client and name."""
        mine = (
            replace(one, pages=())
            for one in self._rows.values()
            if one.tenant_id in tenant_ids and one.ends_at is None
        )
        return sorted(mine, key=lambda one: (one.tenant_id, one.name, one.number))

    async def add(self, document: LearnedDocument, ends_before: datetime | None) -> LearnedDocument:
        """Adds a version; the one before ends then."""
        name = storable(document.name)
        for id_, one in list(self._rows.items()):
            same = (one.tenant_id, one.name, one.ends_at) == (document.tenant_id, name, None)
            if same and ends_before is not None:
                self._rows[id_] = replace(one, ends_at=ends_before)
        number = self._state.next_number("documents")
        pages = tuple(storable(page) for page in document.pages)
        self._rows[number] = replace(document, id=number, name=name, pages=pages)
        return self._rows[number]

    async def forget(self, tenant_id: int, name: str) -> int:
        """Deletes all versions of that name; returns how many there were."""
        mine = (tenant_id, storable(name))
        gone = [id_ for id_, one in self._rows.items() if (one.tenant_id, one.name) == mine]
        for id_ in gone:
            del self._rows[id_]
        return len(gone)

    async def after(self, document_id: int, limit: int) -> list[LearnedDocument]:
        """All versions of all names with their text, by id, those after `document_id`."""
        later = sorted(id_ for id_ in self._rows if id_ > document_id)
        return [self._rows[id_] for id_ in later[:limit]]

    async def mark(self) -> tuple[int, int]:
        """Something that is another one after every change: numbers are never used again."""
        return len(self._rows), max(self._rows, default=0)
