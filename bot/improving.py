"""Has models word what the rules explained, a few exceptions side by side.

Must not know what is asked: jobs/improve_explanation.py does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.parts import Parts
from jobs.ask_model import Asking
from jobs.errors import TemporarilyUnavailableError
from jobs.improve_explanation import Improving, improve_explanation
from jobs.improvements import IMPROVE
from policies.records import WorkItem

LEASE = timedelta(seconds=60)
_SIDE_BY_SIDE = 4
_TRIES, _AGAIN = 3, timedelta(seconds=15)

Noted = Callable[[int, str], Awaitable[None]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Improver:
    """Claims explanations to be improved; one that fails harms no other.

    `noted` keeps what came of an exception, before its work is done.
    """

    improving: Improving
    business_now: Callable[[], datetime]
    wall_now: Callable[[], datetime]
    noted: Noted

    async def step(self) -> int:
        """Works through some of what waits; returns how many."""
        async with self.improving.storage.write() as tx:
            items = await tx.work.claim(IMPROVE, self.wall_now(), LEASE, _SIDE_BY_SIDE)
        await asyncio.gather(*map(self._improve, items))
        return len(items)

    async def _improve(self, item: WorkItem) -> None:
        try:
            outcome = await improve_explanation(
                int(item.subject),
                self.improving,
                now=self.business_now(),
                wall_now=self.wall_now(),
            )
        except TemporarilyUnavailableError as error:
            await self._later(item, str(error))
            return
        except Exception:  # the rules' explanation stands, whatever goes wrong here
            log.exception("not_improved", exception=item.subject)
            outcome = "failed"
        log.info("explanation_improved", exception=item.subject, outcome=outcome)
        try:
            await self.noted(int(item.subject), outcome)
        except TemporarilyUnavailableError as error:
            await self._later(item, str(error))
            return
        async with self.improving.storage.write() as tx:
            await tx.work.done([item], self.wall_now())

    async def _later(self, item: WorkItem, why: str) -> None:
        async with self.improving.storage.write() as tx:
            if item.attempts >= _TRIES:
                await tx.work.done([item], self.wall_now())
            else:
                await tx.work.retry(item, self.wall_now() + _AGAIN, why)


def improver_of(parts: Parts, asking: Asking, noted: Noted) -> Improver:
    """It, from what the parts of a bot share."""
    improving = Improving(
        asking=asking,
        storage=parts.storage,
        promises=parts.promises,
        least_confidence=parts.settings.ai_min_confidence,
    )
    return Improver(
        improving=improving,
        business_now=parts.business_now,
        wall_now=parts.wall_now,
        noted=noted,
    )
