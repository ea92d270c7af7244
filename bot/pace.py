"""Lets posts to one channel follow each other no faster than Slack takes them.

Must not wait: whoever is too early is told how long, so that nothing urgent waits behind it.
"""

from collections.abc import Callable


class Pace:
    """One post per `seconds` and channel.

    Args:
        clock: monotonic seconds.
        seconds: between two posts to the same channel.
    """

    def __init__(self, clock: Callable[[], float], seconds: float = 1.05) -> None:
        self._clock = clock
        self._seconds = seconds
        self._next: dict[str, float] = {}

    def take(self, channel: str) -> float:
        """Takes the channel's turn and returns 0, or returns the seconds until the next turn."""
        now = self._clock()
        wait = self._next.get(channel, now) - now
        if wait > 0:
            return wait
        self._next[channel] = now + self._seconds
        return 0.0
