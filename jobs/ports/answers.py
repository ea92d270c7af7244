"""What the jobs ask of the store of answers that were given.

Must not name a concrete class: bot/wiring.py plugs it in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from policies.questions.given import GivenAnswer


class Answers(Protocol):
    """Answers that were given."""

    async def keep(self, given: GivenAnswer) -> GivenAnswer:
        """Keeps it; returns it with its number."""
        ...

    async def get(self, answer_id: int) -> GivenAnswer | None: ...

    async def spoken(
        self, channel_id: str | None, thread_ts: str | None, person: str, since: datetime
    ) -> list[GivenAnswer]:
        """What was said in that thread, else to that person in that place, newest first."""
        ...

    async def judge(self, judged: GivenAnswer) -> bool:
        """Keeps what somebody thought of it; False where there is no such answer."""
        ...

    async def judged(
        self, tenant_ids: Sequence[int], verdict: int, limit: int
    ) -> list[GivenAnswer]:
        """Those with that verdict whose every client is among these, judged last first."""
        ...
