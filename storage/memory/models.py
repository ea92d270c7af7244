"""What a model used and answered, in memory.

Must not be used where data must survive the process.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter

from policies.asking import KeptAnswer
from policies.model_budget import DailyLimits, ModelUsage, Spent, total
from storage.memory.state import MemoryState


class MemoryModelUsage:
    """A day's usage of each tenant, in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows, self._alarms = state.model_usage, state.model_alarms

    async def reserve(
        self, tenant_id: int, day: date, wanted: Spent, limits: DailyLimits, now: datetime
    ) -> bool:
        """Takes it from the day's limits; False where it does not fit, and nothing is taken."""
        del now
        row = self._rows.get((tenant_id, day), ModelUsage(tenant_id=tenant_id, day=day))
        if not limits.leaves_room(row.spent, wanted):
            return False
        spent = total([row.spent, wanted])
        self._rows[tenant_id, day] = replace(row, spent=spent, calls=row.calls + 1)
        return True

    async def settle(self, tenant_id: int, day: date, more: Spent, *, failed: bool) -> None:
        """Corrects what was reserved by what it really was: `more` is the difference."""
        if row := self._rows.get((tenant_id, day)):
            spent = total([row.spent, more])
            failures = row.failures + failed
            self._rows[tenant_id, day] = replace(row, spent=spent, failures=failures)

    async def of(self, tenant_ids: Sequence[int], days: Sequence[date]) -> list[ModelUsage]:
        """What these tenants used on any of these days."""
        mine = [
            row
            for (tenant_id, day), row in self._rows.items()
            if tenant_id in tenant_ids and day in days
        ]
        return sorted(mine, key=attrgetter("tenant_id", "day"))

    async def alarm(self, tenant_id: int, day: date, now: datetime) -> bool:
        """Notes that somebody is told of that day; False when it had been noted before."""
        key = (tenant_id, day)
        if key not in self._rows or key in self._alarms:
            return False
        self._alarms[key] = now
        return True


class MemoryModelAnswers:
    """Answers by what was asked, in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.model_answers

    async def get(self, tenant_id: int, key: str) -> str | None:
        """The answer to that, or None where there is none or it was emptied."""
        kept = self._rows.get((tenant_id, key))
        return (kept.text or None) if kept else None

    async def put(self, answer: KeptAnswer, now: datetime) -> None:
        """Keeps it; a later answer to the same takes the place of the one before."""
        del now
        self._rows[answer.tenant_id, answer.key] = answer

    async def clear(self, tenant_id: int) -> int:
        """Forgets all answers of a tenant; returns how many there were."""
        mine = [key for key in self._rows if key[0] == tenant_id]
        for key in mine:
            del self._rows[key]
        return len(mine)
