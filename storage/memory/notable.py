"""Notable exceptions in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Sequence
from datetime import datetime

from policies.records import ExceptionRecord
from storage.memory.state import MemoryState


class MemoryNotable:
    """Notable exceptions in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.exceptions

    async def page(
        self, since: datetime, below: int | None, limit: int
    ) -> Sequence[ExceptionRecord]:
        """Active ones and those that changed since then, newest first, below a number."""
        found = [
            one
            for one in self._rows.values()
            if (below is None or one.id < below)
            and (one.active or (one.updated_at is not None and one.updated_at >= since))
        ]
        return sorted(found, key=lambda one: -one.id)[:limit]

    async def changed(self, since: datetime, limit: int) -> Sequence[tuple[int, int, datetime]]:
        """Number, version and time of change of those that changed since then, oldest first."""
        found = [
            (one.updated_at, one.id, one.version)
            for one in self._rows.values()
            if one.updated_at is not None and one.updated_at >= since
        ]
        return [(number, version, at) for at, number, version in sorted(found)[:limit]]
