"""The live stream of changes for the page, as server-sent events.

It must not filter by person.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from demo.workspace.shapes import compact
from demo.workspace.worlds import WORLD

if TYPE_CHECKING:
    from demo.workspace.shapes import Json

_HEARTBEAT_SECONDS = 15.0


@dataclass(frozen=True)
class Streams:
    """The streams that are open now."""

    tasks: set[asyncio.Task[object]] = field(default_factory=set)


STREAMS = web.AppKey("streams", Streams)


async def stream(request: web.Request) -> web.StreamResponse:
    """Send every change until the page leaves or the server stops."""
    world = request.app[WORLD]
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    queue = world.hub.watch()
    task = asyncio.current_task()
    if task:
        request.app[STREAMS].tasks.add(task)
    try:
        await response.write(b"retry: 1000\n\n")
        while True:
            await response.write(await _next(queue))
    except (ConnectionError, asyncio.CancelledError):
        return response
    finally:
        world.hub.leave(queue)
        if task:
            request.app[STREAMS].tasks.discard(task)


async def end_streams(app: web.Application) -> None:
    """Cancel every stream, so that the server can stop at once."""
    for task in list(app[STREAMS].tasks):
        task.cancel()


async def _next(queue: asyncio.Queue[Json]) -> bytes:
    try:
        change = await asyncio.wait_for(queue.get(), _HEARTBEAT_SECONDS)
    except TimeoutError:
        return b": still here\n\n"
    return f"data: {compact(change)}\n\n".encode()
