"""Attempts in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from policies.attempts import Attempt, AttemptState
from policies.records import ExceptionRecord, OrderKey
from policies.resolution_gates import eligible
from storage.memory.state import MemoryState


class MemoryAttempts:
    """Attempts in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state
        self._rows = state.attempts

    async def eligible(
        self, tenant_id: int, reasons: Collection[str] | None, after: int, limit: int
    ) -> list[ExceptionRecord]:
        """By number, those behind `after` that have no attempt under way."""
        busy = {one.exception_id for one in self._rows.values() if not one.ended}
        found = [
            record
            for number, record in sorted(self._state.exceptions.items())
            if record.tenant_id == tenant_id and number > after and number not in busy
            if eligible(record) and (reasons is None or record.reason_code.value in reasons)
        ]
        return found[:limit]

    async def add(self, attempt: Attempt) -> Attempt | None:
        """Keeps a new one; None where the exception has one under way, or had that number."""
        mine = [one for one in self._rows.values() if one.exception_id == attempt.exception_id]
        known = {(one.action, one.number) for one in mine}
        busy = not attempt.ended and any(not one.ended for one in mine)
        if busy or (attempt.action, attempt.number) in known:
            return None
        kept = replace(attempt, id=self._state.next_number("resolution_attempts"))
        self._rows[kept.id] = kept
        return kept

    async def get(self, attempt_id: int) -> Attempt | None:
        """That one, or None."""
        return self._rows.get(attempt_id)

    async def save(self, attempt: Attempt, *, was: AttemptState) -> bool:
        """Keeps how it stands now, if it still stands as it was read."""
        known = self._rows.get(attempt.id)
        if known is None or known.state is not was:
            return False
        self._rows[attempt.id] = attempt
        return True

    async def of_orders(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, list[Attempt]]:
        """All of these orders, oldest first."""
        found: dict[OrderKey, list[Attempt]] = {key: [] for key in keys}
        for _, one in sorted(self._rows.items()):
            key = OrderKey(tenant_id=one.tenant_id, order_id=one.order_id)
            if key in found:
                found[key].append(one)
        return found

    async def latest(self, tenant_ids: Collection[int], limit: int) -> list[Attempt]:
        """The newest of these tenants, newest first."""
        rows = sorted(self._rows.items(), reverse=True)
        return [one for _, one in rows if one.tenant_id in tenant_ids][:limit]

    async def unended(self, after: int, limit: int) -> list[Attempt]:
        """Those under way behind that number, by number."""
        rows = sorted(self._rows.items())
        return [one for number, one in rows if number > after and not one.ended][:limit]

    async def since(self, tenant_id: int, moment: datetime) -> Mapping[str, int]:
        """How many of each action were asked for after that moment and not called off."""
        mine = [one for one in self._rows.values() if one.tenant_id == tenant_id and one.real]
        return Counter(one.action for one in mine if one.asked_at > moment)

    async def tally(
        self, tenant_ids: Collection[int], since: datetime
    ) -> list[tuple[str, AttemptState, int]]:
        """How many real ones asked for since then stand how, by action."""
        counted = Counter(
            (one.action, one.state.value)
            for one in self._rows.values()
            if one.tenant_id in tenant_ids and one.asked_at >= since and not one.dry_run
        )
        return [
            (action, AttemptState(state), count)
            for (action, state), count in sorted(counted.items())
        ]

    async def blocked(self, tenant_id: int) -> int:
        """How many active exceptions nothing is done about by itself any more."""
        records = self._state.exceptions.values()
        mine = [one for one in records if one.tenant_id == tenant_id and one.active]
        return sum(one.resolution_blocked for one in mine)
