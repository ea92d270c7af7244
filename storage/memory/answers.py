"""Answers that were given, in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from policies.questions.given import GivenAnswer
from storage.memory.state import MemoryState

_MOST_SPOKEN = 6


class MemoryAnswers:
    """Answers in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._rows = state.answers

    async def keep(self, given: GivenAnswer) -> GivenAnswer:
        """Keeps it; returns it with its number."""
        kept = replace(given, id=max(self._rows, default=0) + 1)
        self._rows[kept.id] = kept
        return kept

    async def get(self, answer_id: int) -> GivenAnswer | None:
        """That one, or None."""
        return self._rows.get(answer_id)

    async def spoken(
        self, channel_id: str | None, thread_ts: str | None, person: str, since: datetime
    ) -> list[GivenAnswer]:
        """What was said in that thread, else to that person in that place, newest first."""
        mine = [
            one
            for one in self._rows.values()
            if channel_id is not None
            and one.channel_id == channel_id
            and one.asked_at >= since
            and (one.asked_by == person if thread_ts is None else one.thread_ts == thread_ts)
        ]
        return sorted(mine, key=lambda one: -one.id)[:_MOST_SPOKEN]

    async def judge(self, judged: GivenAnswer) -> bool:
        """Keeps what somebody thought of it; False where there is no such answer."""
        known = self._rows.get(judged.id)
        if known is None or known.tenant_id != judged.tenant_id:
            return False
        self._rows[judged.id] = replace(
            known,
            verdict=judged.verdict,
            why=judged.why,
            note=judged.note,
            judged_by=judged.judged_by,
            judged_at=judged.judged_at,
        )
        return True

    async def judged(
        self, tenant_ids: Sequence[int], verdict: int, limit: int
    ) -> list[GivenAnswer]:
        """Those with that verdict whose every client is among these, judged last first."""
        mine = [
            one
            for one in self._rows.values()
            if one.verdict == verdict and one.judged_at and set(one.tenants) <= set(tenant_ids)
        ]
        mine.sort(key=lambda one: (one.judged_at, one.id), reverse=True)
        return mine[:limit]
