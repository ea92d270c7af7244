"""The model's server: OpenAI's two addresses, and one to switch how it behaves.

It must not keep anything but what it was asked last.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from demo.model.modes import MODES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Json = dict[str, Any]
_MOST_KEPT = 200
_SHUTDOWN_SECONDS = 0.1
_UNKNOWN_FIELD = "Unsupported parameter: '{field}' is not supported with this model."


@dataclass(kw_only=True)
class ModelServer:
    """A model's server.

    `mode` is one of MODES and may be changed at any time; `then` is the mode after the next
    `calls`. `script` are the modes of the next calls, one each, before any other. `api_key` None
    lets everybody in. `refuses` are fields of a request that are answered
    with 400, for trying older servers. `asked` are the requests that came, the last 200.
    """

    mode: str = "good"
    then: str = "good"
    calls: int | None = None
    script: list[str] = field(default_factory=list)
    model: str = "demo-model"
    api_key: str | None = None
    refuses: tuple[str, ...] = ()
    asked: list[Json] = field(default_factory=list)
    url: str = ""

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(client_max_size=20 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/control", self._look)
        app.router.add_post("/control", self._switch)
        return app

    @contextlib.asynccontextmanager
    async def serving(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serves, and yields the address that AI_PROVIDER_BASE_URL takes."""
        runner = web.AppRunner(
            self.app(),
            access_log=None,
            shutdown_timeout=_SHUTDOWN_SECONDS,
            handler_cancellation=True,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            own_host, own_port = runner.addresses[0][:2]
            self.url = f"http://{own_host}:{own_port}/v1"
            yield self.url
        finally:
            await runner.cleanup()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = await request.json()
        except ValueError:
            return _refused(400, "the body is no JSON")
        if self.api_key and request.headers.get("Authorization") != f"Bearer {self.api_key}":
            return _refused(401, "Incorrect API key provided.")
        for name in self.refuses:
            if _has(asked, name):
                return _refused(400, _UNKNOWN_FIELD.format(field=name) + _instead(name))
        self.asked = [*self.asked, {**asked, "_headers": dict(request.headers)}][-_MOST_KEPT:]
        behave = MODES[self._next_mode()]
        try:
            return await behave(request, asked)
        except (ConnectionError, asyncio.CancelledError):
            return web.Response(status=499)  # who asked has gone

    def _next_mode(self) -> str:
        if self.script:
            return self.script.pop(0)
        mode = self.mode
        if self.calls is not None:
            self.calls -= 1
            if self.calls <= 0:
                self.mode, self.calls = self.then, None
        return mode

    async def _models(self, request: web.Request) -> web.StreamResponse:
        if self.api_key and request.headers.get("Authorization") != f"Bearer {self.api_key}":
            return _refused(401, "Incorrect API key provided.")
        listed = {"id": self.model, "object": "model", "created": 0, "owned_by": "demo"}
        return web.json_response({"object": "list", "data": [listed]})

    async def _look(self, _request: web.Request) -> web.Response:
        state = {"mode": self.mode, "calls": self.calls, "then": self.then}
        return web.json_response({**state, "modes": list(MODES), "asked": len(self.asked)})

    async def _switch(self, request: web.Request) -> web.Response:
        """`{"mode": "hang", "calls": 3, "then": "good"}`; without `calls` it stays so."""
        wanted = await request.json()
        modes = wanted.get("mode"), wanted.get("then", "good")
        if not set(modes) <= set(MODES):
            return _refused(400, f"known modes are {', '.join(MODES)}")
        calls = wanted.get("calls")
        self.mode, self.then = modes
        self.calls = int(calls) if calls else None
        return await self._look(request)


def _refused(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "demo"}}, status=status)


def _has(asked: Json, name: str) -> bool:
    """Whether a field is there; `json_schema` and `json_object` are values of response_format."""
    return name in asked or (asked.get("response_format") or {}).get("type") == name


def _instead(name: str) -> str:
    return " Use 'max_completion_tokens' instead." if name == "max_tokens" else ""


def line_of(server: ModelServer) -> str:
    """What whoever started it waits for: one line of JSON."""
    return json.dumps({"url": server.url, "mode": server.mode, "model": server.model})
