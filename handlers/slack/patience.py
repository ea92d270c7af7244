"""Waits for an answer with the one who asked: says what is being done, and when it took too long.

Must not answer: the work does. Acting is never cut off half-way; only looking is.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.notices import took_too_long
from handlers.services import Services
from handlers.slack.asker import Asker, Reply
from handlers.slack.desk import Nothing, desk_for
from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES

log = structlog.stdlib.get_logger(__name__)
SOON = 0.7
"""Seconds in which an answer needs no word about its being on the way."""
LONGEST = 45.0
"""Seconds after which somebody who only asked to see something hears that it takes too long."""
_COUNTING = 2.0
_REFUSED = (SlackClientError, aiohttp.ClientError, TimeoutError)
Work = Callable[[], Awaitable[Reply]]


class Progress(Protocol):
    """Shows that something is being done."""

    async def show(self) -> None:
        """It is."""
        ...

    async def clear(self) -> None:
        """It is not any more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Shows what is being done under the message that asked, and takes it away again."""

    client: AsyncWebClient
    asker: Asker
    services: Services

    async def show(self) -> None:
        """`is looking at 41 open exceptions`; Slack puts our name before it."""
        await self._set(await self._words())

    async def clear(self) -> None:
        """Nothing is being done any more; an answer outside the thread does not say so itself."""
        await self._set("")

    async def _words(self) -> str:
        try:
            async with asyncio.timeout(_COUNTING):
                count = await _open_now(self.asker, self.services)
        except TimeoutError:
            count = None
        if not count:
            return "is looking…"
        return f"is looking at {count:,} open exception{'' if count == 1 else 's'}…"

    async def _set(self, status: str) -> None:
        root = self.asker.thread_ts or self.asker.asked_ts
        if self.asker.channel_id is None or root is None:
            return
        try:
            await self.client.assistant_threads_setStatus(
                channel_id=self.asker.channel_id, thread_ts=root, status=status
            )
        except _REFUSED as error:
            log.info("slack_status_not_shown", reason=str(error))


async def wait_for(
    work: Work, *, looks: bool, busy: Progress | None = None, longest: float = LONGEST
) -> Reply:
    """The work's reply, or after `longest` seconds the words that say so where it only `looks`."""
    task = asyncio.ensure_future(work())
    shown = False
    try:
        done, _ = await asyncio.wait({task}, timeout=SOON)
        if not done and busy is not None:
            shown = True
            await busy.show()
        if not done and looks:
            done, _ = await asyncio.wait({task}, timeout=longest - SOON)
        if not done and looks:
            log.warning("answer_too_slow", seconds=longest)
            return Reply(message=took_too_long(longest), private=True)
        return await task
    finally:
        if not task.done():
            task.cancel()
        if shown and busy is not None:
            await busy.clear()


async def _open_now(asker: Asker, services: Services) -> int | None:
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        return None
    wanted = ExceptionFilter(tenant_ids=desk.tenant_ids, statuses=ACTIVE_STATUSES)
    async with desk.services.storage.read() as tx:
        return await tx.exceptions.count(wanted)
