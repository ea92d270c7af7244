"""The two clocks of the process; the only place that reads the time.

Business time drives events, promises, snoozes and display and can be sped up for a demo. Wall
time drives signatures, leases, retries and limits. Must not be asked for by policies or stores:
they are told the time.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]


def wall_now() -> datetime:
    """The time on the wall, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


class AgreedClock:
    """Wall time that was agreed upon and goes on by a clock that nobody can set.

    Replicas agree on the database's, so that one lease means the same to all of them.

    Args:
        ticks: monotonic seconds.
    """

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._agreed, self._at = wall_now(), ticks()

    def now(self) -> datetime:
        """The agreed time, UTC."""
        return self._agreed + timedelta(seconds=self._ticks() - self._at)

    def agree(self, moment: datetime) -> timedelta:
        """Goes on from `moment`; returns how far that is ahead of what it said."""
        moved = moment - self.now()
        self._agreed, self._at = moment, self._ticks()
        return moved


class SpedUpClock:
    """Business time that stands at `start` until it is begun, then runs `speed` times as fast."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._began: datetime | None = None

    def begin(self) -> None:
        """Sets it going."""
        self._began = wall_now()

    def now(self) -> datetime:
        """Business time, UTC."""
        if self._began is None:
            return self._start
        return self._start + (wall_now() - self._began) * self._speed
