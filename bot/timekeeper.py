"""Keeps the process on the time that all replicas share, and mends what a set clock has upset.

Must not judge time itself: it asks the wall and the database, and has others put things right.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.clock import AgreedClock, wall_now
from bot.workers import LEASE
from jobs.mend_clock import mend_clock
from jobs.ports import Storage

_JUMP = timedelta(seconds=5)
_WATCHED_SECONDS = 60.0
"""How long after a start or a jump is looked for what lies ahead: steps under way still write."""

log = structlog.get_logger(__name__)


class SharedStorage(Storage, Protocol):
    """Stores on a server that has a clock."""

    async def server_time(self) -> datetime | None:
        """The time of the server that replicas share; None where there is none."""
        ...


class Timekeeper:
    """Looks at the clocks; `step` is a worker's.

    Args:
        storage: has the time of the server that replicas share, and what is to be mended.
        clock: the one that the process lives by.
        realign: called after the wall clock of this machine was set.
        ticks: monotonic seconds.
    """

    def __init__(
        self,
        storage: SharedStorage,
        clock: AgreedClock,
        realign: Callable[[], None],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._realign = realign
        self._ticks = ticks
        self._own = AgreedClock(ticks)
        self._watch_until = ticks() + _WATCHED_SECONDS

    async def step(self) -> int:
        """Agrees on the time; after a jump puts right what went by the old one."""
        wall = wall_now()
        jumped = self._own.agree(wall)
        if abs(jumped) > _JUMP:
            log.warning("clock_jumped", seconds=round(jumped.total_seconds(), 3))
            self._realign()
        moved = self._clock.agree(await self._storage.server_time() or wall)
        if abs(moved) > _JUMP:
            self._watch_until = self._ticks() + _WATCHED_SECONDS
        if self._ticks() < self._watch_until:
            await mend_clock(storage=self._storage, now=self._clock.now(), lease=LEASE)
        return 0
