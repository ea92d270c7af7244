"""Timers in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from policies.escalation import Timer, touched
from storage.memory.state import MemoryState


class MemoryEscalations:
    """Timers in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.escalations

    async def one_at_a_time(self) -> None:
        """Transactions in memory come one after the other anyway."""

    async def touch(
        self, exceptions: Collection[tuple[int, int]], at: datetime, *, afresh: bool
    ) -> None:
        """Has these (tenant, exception) looked at because of what happened at `at`."""
        for tenant_id, number in exceptions:
            known = self._rows.get(number)
            fresh = Timer(tenant_id=tenant_id, exception_id=number, touched_at=at, next_at=at)
            self._rows[number] = touched(known, at, afresh=afresh) if known else fresh

    async def due(self, now: datetime, limit: int) -> list[Timer]:
        """Those that are to be looked at, longest waiting first."""
        waiting = [
            (timer.next_at, timer.exception_id)
            for timer in self._rows.values()
            if timer.next_at is not None and timer.next_at <= now
        ]
        return [self._rows[number] for _, number in sorted(waiting)[:limit]]

    async def among(self, exception_ids: Collection[int]) -> list[Timer]:
        """Those of these exceptions, by number."""
        known = sorted(number for number in set(exception_ids) if number in self._rows)
        return [self._rows[number] for number in known]

    async def save(self, timers: Sequence[Timer]) -> set[int]:
        """Keeps those that are still as they were read; returns their exceptions' numbers."""
        saved: set[int] = set()
        for timer in timers:
            known = self._rows.get(timer.exception_id)
            if known is not None and known.version == timer.version:
                same = {"touched_at": known.touched_at, "version": timer.version + 1}
                self._rows[timer.exception_id] = replace(timer, **same)  # type: ignore[arg-type]
                saved.add(timer.exception_id)
        return saved

    async def forget(self, timer: Timer) -> None:
        """Drops it, if it is still as it was read."""
        known = self._rows.get(timer.exception_id)
        if known is not None and known.version == timer.version:
            del self._rows[timer.exception_id]
