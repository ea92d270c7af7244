"""What enrichment needs, in one bundle that bot/enriching.py fills. Must not do anything."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from jobs.ports import Storage
from jobs.put_on_record import Telling
from policies.model_budget import AiMode
from policies.resolution import NO_RESOLUTION, ResolutionBook


def unobserved(_stage: str) -> None:
    """Nobody counts."""


async def unexplained(_exception_id: int, _now: datetime) -> bool:
    """Nobody looks around an order."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enriching:
    """Where, by which rules, and whom to tell.

    `mode` is when a model is asked, None where there is none. `explain` adds what is around an
    exception to its explanation; a model is asked only then. `observe` is told the stage of each
    try that failed.
    """

    storage: Storage
    telling: Telling
    mode: AiMode | None = None
    book: ResolutionBook = field(default=NO_RESOLUTION)
    explain: Callable[[int, datetime], Awaitable[bool]] = unexplained
    observe: Callable[[str], None] = unobserved
