"""Keeps the work that goes on after Slack's request was acknowledged, until it is done.

Must not swallow errors: what it runs is wrapped by errors.told_kindly.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Background:
    """The tasks that are under way; a plain asyncio task could be collected half-way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def under_way(self) -> int:
        """How many have not ended."""
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs it without waiting for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float = 10.0) -> int:
        """Waits until all is done, then cancels the rest and says how many those were."""
        if not self._tasks:
            return 0
        _, left = await asyncio.wait(set(self._tasks), timeout=seconds)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return len(left)
