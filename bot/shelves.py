"""A shelf that remembers at which moments something on it begins or ceases to be in force.

Must not change what is on it.
"""

from bisect import bisect_right
from collections.abc import AsyncIterator
from datetime import datetime

from rag.corpora import Shelves
from rag.passage import Passage


class Noting:
    """Satisfies Shelves.

    Args:
        shelf: what it stands for.
    """

    def __init__(self, shelf: Shelves) -> None:
        self.corpus = shelf.corpus
        self._shelf = shelf
        self._bounds: list[datetime] = []

    async def passages(self) -> AsyncIterator[Passage]:
        """See Shelves."""
        known = set(self._bounds)
        async for passage in self._shelf.passages():
            ends = (passage.effective_from, passage.effective_until)
            known.update(moment for moment in ends if moment is not None)
            yield passage
        self._bounds = sorted(known)

    def begun(self, at: datetime) -> int:
        """How many of these moments have come: between two of them the same is in force."""
        return bisect_right(self._bounds, at)
