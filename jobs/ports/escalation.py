"""What escalation asks of the world, as small Protocols: timers, and whether somebody rests.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from policies.escalation import Timer
from policies.reasons import Severity

Hold = Callable[[str, Severity, datetime], Awaitable[bool]]
"""Whether a person's direct messages of that severity wait just now: `hold(user_id, how_bad, now)`.

CRITICAL ones are never asked about.
"""


async def never(_user_id: str, _severity: Severity, _now: datetime) -> bool:
    """Nobody's direct messages wait."""
    return False


class Escalations(Protocol):
    """Timers, one an exception. They are locked behind exceptions and before the trail."""

    async def one_at_a_time(self) -> None:
        """Lets nobody else call until the transaction ends; waits for who does just now."""
        ...

    async def touch(
        self, exceptions: Collection[tuple[int, int]], at: datetime, *, afresh: bool
    ) -> None:
        """Has these (tenant, exception) looked at because of what happened at `at`.

        `afresh` begins a new climb with whatever is waited for then. Unknown ones get a timer.
        """
        ...

    async def due(self, now: datetime, limit: int) -> list[Timer]:
        """Those that are to be looked at, longest waiting first."""
        ...

    async def among(self, exception_ids: Collection[int]) -> list[Timer]:
        """Those of these exceptions, by number."""
        ...

    async def save(self, timers: Sequence[Timer]) -> set[int]:
        """Keeps those that are still as they were read; returns their exceptions' numbers."""
        ...

    async def forget(self, timer: Timer) -> None:
        """Drops it, if it is still as it was read."""
        ...
