"""A piece of work that is done again and again, and told in one line when it does not work.

Must not know what the work is, and must not make anybody wait for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)


class Look:
    """Does its work when it is due; one at a time.

    Args:
        name: in the log.
        work: raises one of `passing` where it is worth another try.
        passing: what is told in a line; anything else leaves a trace.
        rest_seconds: before the first time, and between two.
        again_seconds: before another try, after something did not work.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[None]],
        passing: tuple[type[Exception], ...],
        rest_seconds: float,
        again_seconds: float,
    ) -> None:
        self._name = name
        self._work = work
        self._passing = passing
        self._rest, self._again = rest_seconds, again_seconds
        self._task: asyncio.Task[None] | None = None
        self._next: float | None = None
        self._since: float | None = None
        self.ended = 0
        """How many times it ended, well or not."""
        self.fault: str | None = None
        """What did not work the last time, in words."""

    @property
    def behind_seconds(self) -> float:
        """For how long something has been waiting to be done; 0 where nothing is."""
        return 0.0 if self._since is None else _now() - self._since

    def go(self) -> None:
        """Starts the work where it is due and not going on."""
        if self._next is None:
            self._next = _now() + self._rest
        if _now() >= self._next and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """Ends it where it is."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        self._since = _now() if self._since is None else self._since
        try:
            await self._work()
        except self._passing as error:
            if self.fault != str(error):
                why = str(error)
                log.warning("put_off", work=self._name, reason=why, again_seconds=self._again)
            self._failed(str(error))
        except Exception:
            log.exception("work_failed", work=self._name)
            self._failed(f"{self._name} failed; the log says why")
        else:
            self._next = _now() + self._rest
            self.fault = self._since = None
        self.ended += 1

    def _failed(self, why: str) -> None:
        self.fault = why
        self._next = _now() + self._again


def _now() -> float:
    return asyncio.get_running_loop().time()
