"""A Slack that takes one post a second and channel, and counts what it took.

Must not check what a message says: demo/workspace does.
"""

import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

_SECONDS = 1.0


class SlackDouble:
    """Answers posts, edits and searches; `taken` counts posts by channel."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.refused = 0
        self._last: dict[str, float] = {}
        self._stamps = itertools.count(1)

    async def answer(self, request: web.Request) -> web.Response:
        """Any method of the Web API."""
        method = request.match_info["method"]
        if method == "conversations.list":
            return web.json_response({"ok": True, "channels": []})
        if method != "chat.postMessage":
            return web.json_response({"ok": True, "messages": [], "channel": "", "ts": "1.0"})
        given: dict[str, Any] = await request.json()
        channel, now = str(given["channel"]), time.monotonic()
        if now - self._last.get(channel, 0.0) < _SECONDS:
            self.refused += 1
            answer = {"ok": False, "error": "ratelimited"}
            return web.json_response(answer, status=429, headers={"Retry-After": "1"})
        self._last[channel] = now
        self.taken[channel] += 1
        stamp = f"{next(self._stamps)}.000100"
        message = {"ts": stamp, "metadata": given.get("metadata")}
        return web.json_response({"ok": True, "channel": channel, "ts": stamp, "message": message})


@asynccontextmanager
async def slack_double(port: int) -> AsyncIterator[SlackDouble]:
    """Serves it on that port."""
    double, app = SlackDouble(), web.Application()
    app.router.add_route("*", "/api/{method}", double.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield double
    finally:
        await runner.cleanup()
