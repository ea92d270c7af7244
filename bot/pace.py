"""Lets posts to one channel follow each other no faster than Slack takes them.

Must not drop or reorder: it only makes the next one wait.
"""

import asyncio
from collections.abc import Callable


class Pace:
    """One post per `seconds` and channel.

    Args:
        seconds: between two posts to the same channel.
        clock: monotonic seconds; the event loop's by default.
    """

    def __init__(self, seconds: float = 1.05, clock: Callable[[], float] | None = None) -> None:
        self._seconds = seconds
        self._clock = clock
        self._next: dict[str, float] = {}

    async def wait(self, channel: str) -> None:
        """Returns when this channel's turn has come, and takes the turn."""
        now = (self._clock or asyncio.get_running_loop().time)()
        turn = max(now, self._next.get(channel, 0.0))
        self._next[channel] = turn + self._seconds
        if turn > now:
            await asyncio.sleep(turn - now)
