"""How fast may it go: events of a caller, posts to a channel; in memory, or shared by replicas.

Must not wait: whoever is too early is told how long, so that nothing urgent waits behind it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jobs.errors import PacedError, TemporarilyUnavailableError
from storage.errors import StorageError
from storage.transaction import SqlStorage

POST_SECONDS = 1.05
"""Between two posts to a channel: Slack takes one a second."""
_BURST_SECONDS = 1.0
_ASK_AGAIN_SECONDS = 1.0
_SHARES = 10
"""A replica fetches a caller's rate in tenths of a second's worth, and not event by event."""


class Pace(Protocol):
    """One post per so many seconds and channel."""

    async def take(self, channel: str) -> float:
        """Takes the channel's turn and returns 0, or returns the seconds until the next turn."""
        ...


class OwnPace:
    """The pace of a process that is alone.

    Args:
        clock: monotonic seconds.
        seconds: between two posts to the same channel.
    """

    def __init__(self, clock: Callable[[], float], seconds: float = POST_SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._next: dict[str, float] = {}

    async def take(self, channel: str) -> float:
        """As the protocol says."""
        now = self._clock()
        wait = self._next.get(channel, now) - now
        if wait > 0:
            return wait
        self._next[channel] = now + self._seconds
        return 0.0


class SharedPace:
    """The pace that replicas keep together, in the database."""

    def __init__(self, storage: SqlStorage, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._now = now

    async def take(self, channel: str) -> float:
        """As the protocol says; raises PacedError where the database cannot be asked."""
        try:
            async with self._storage.write() as tx:
                return await tx.rates.take(f"post:{channel}", POST_SECONDS, 0, self._now())
        except StorageError as error:
            raise PacedError(_ASK_AGAIN_SECONDS) from error


@dataclass(slots=True)
class _Purse:
    """What a caller may still send here before more is asked for; below 0 it is owed."""

    events: float
    at: datetime


class OwnLimits:
    """Events a second and caller, in memory; a burst of one second is allowed.

    A batch may overdraw once and is paid off by waiting, so that the limit holds
    over time whatever the size of a batch. `per_second` 0 switches it off.
    """

    def __init__(self, per_second: int) -> None:
        self._per_second = float(per_second)
        self._purses: dict[str, _Purse] = {}

    async def admit(self, caller: str, now: datetime) -> float:
        """Takes one event's worth and returns 0, or returns the seconds to wait."""
        if not self._per_second:
            return 0.0
        purse = self._purses.setdefault(caller, _Purse(self._per_second, now))
        passed = max(0.0, (now - purse.at).total_seconds())
        purse.events = min(self._per_second, purse.events + passed * self._per_second)
        purse.at = now
        if purse.events < 1:
            return (1 - purse.events) / self._per_second
        purse.events -= 1
        return 0.0

    async def charge(self, caller: str, events: int, now: datetime) -> None:
        """Takes what a request turned out to hold beyond its first event."""
        del now
        if self._per_second and events > 1:
            self._purses[caller].events -= events - 1


class SharedLimits:
    """The same over all replicas, in the database; fetched in portions, so never exceeded."""

    def __init__(self, per_second: int, storage: SqlStorage) -> None:
        self._per_second = per_second
        self._portion = max(1, per_second // _SHARES)
        self._storage = storage
        self._purses: dict[str, _Purse] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def admit(self, caller: str, now: datetime) -> float:
        """Takes one event's worth and returns 0, or returns the seconds to wait.

        Raises:
            TemporarilyUnavailableError: the database cannot be asked.
        """
        if not self._per_second:
            return 0.0
        purse = self._purses.setdefault(caller, _Purse(0, now))
        async with self._asking.setdefault(caller, asyncio.Lock()):
            if purse.events < 1:
                wanted = self._portion - purse.events
                if wait := await self._take(caller, wanted, now):
                    return wait
                purse.events += wanted
            purse.events -= 1
        return 0.0

    async def charge(self, caller: str, events: int, now: datetime) -> None:
        """Takes what a request turned out to hold beyond its first event; it may be owed."""
        del now
        if self._per_second and events > 1:
            self._purses[caller].events -= events - 1

    async def _take(self, caller: str, events: float, now: datetime) -> float:
        """What is owed is paid at once as soon as anything is free, and waited for afterwards."""
        cost = events / self._per_second
        ahead = max(0.0, _BURST_SECONDS - self._portion / self._per_second)
        try:
            async with self._storage.write() as tx:
                return await tx.rates.take(f"events:{caller}", cost, ahead, now)
        except StorageError as error:
            raise TemporarilyUnavailableError(_ASK_AGAIN_SECONDS) from error
