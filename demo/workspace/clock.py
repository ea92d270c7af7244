"""The only place that reads wall time and waits.

It must not know what the time is used for.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What the workspace asks about time."""

    def now(self) -> float:
        """Return seconds since 1970 (UTC)."""

    def ticks(self) -> float:
        """Return seconds of a clock that never goes back."""

    async def wait(self, seconds: float) -> None:
        """Return after `seconds`."""


class WallClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Return seconds since 1970 (UTC)."""
        return time.time()  # noqa: TID251  (the demo may not import the bot's clock)

    def ticks(self) -> float:
        """Return seconds of the monotonic clock."""
        return time.monotonic()

    async def wait(self, seconds: float) -> None:
        """Sleep for `seconds`."""
        await asyncio.sleep(seconds)
