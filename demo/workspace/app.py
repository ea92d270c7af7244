"""Builds the workspace's web application and runs it.

It must not contain any behaviour of its own.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from demo.workspace import api, control, hooks, oauth
from demo.workspace.client import WorkspaceClient
from demo.workspace.config import WorkspaceConfig
from demo.workspace.stream import STREAMS, Streams, end_streams, stream
from demo.workspace.world import World
from demo.workspace.worlds import WORLD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

__all__ = ["WorkspaceConfig", "create_app", "running_workspace", "serving"]

PAGE = Path(__file__).parent / "page"
_MOST_BYTES = 20 * 1024 * 1024
_SHUTDOWN_SECONDS = 0.2
_POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"


def create_app(config: WorkspaceConfig) -> web.Application:
    """Return the application; it begins to reach for the bot when it is started."""
    app = web.Application(client_max_size=_MOST_BYTES, middlewares=[_remember_address, _fresh_page])
    app[WORLD] = World(config)
    app[STREAMS] = Streams()
    app.router.add_route("*", "/api/{method}", api.call)
    app.router.add_get("/socket/{ticket}", _socket)
    app.router.add_get("/oauth/v2/authorize", oauth.approve)
    app.router.add_post("/hooks/{name}", hooks.respond)
    app.router.add_post("/upload/{file_id}", hooks.receive_upload)
    app.router.add_get("/files-pri/{file_id}/{name}", hooks.download)
    app.router.add_get("/workspace/stream", stream)
    app.router.add_get("/workspace/api/{what}", control.look)
    app.router.add_post("/workspace/api/{action:.+}", control.act)
    app.router.add_get("/", _page)
    app.router.add_get("/archives/{channel}/{message}", _page)
    app.router.add_static("/page", PAGE)
    app.on_startup.append(_start)
    app.on_shutdown.append(_stop)
    app.on_shutdown.append(end_streams)
    return app


@contextlib.asynccontextmanager
async def serving(config: WorkspaceConfig) -> AsyncIterator[str]:
    """Serve on the config's host and port (0 is a free one) and yield the URL."""
    app = create_app(config)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.host, config.port)
        await site.start()
        host, port = runner.addresses[0][:2]
        app[WORLD].base_url = f"http://{host}:{port}"
        yield app[WORLD].base_url
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def running_workspace(config: WorkspaceConfig) -> AsyncIterator[WorkspaceClient]:
    """Serve a workspace and yield a client of it."""
    async with serving(config) as url, WorkspaceClient(url) as client:
        yield client


async def _start(app: web.Application) -> None:
    await app[WORLD].outlet.start()


async def _stop(app: web.Application) -> None:
    app[WORLD].faults.clear()
    await app[WORLD].sockets.close()
    await app[WORLD].outlet.close()


async def _socket(request: web.Request) -> web.StreamResponse:
    return await request.app[WORLD].sockets.serve(request)


async def _page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


@web.middleware
async def _remember_address(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not request.app[WORLD].base_url:
        request.app[WORLD].base_url = str(request.url.origin())
    return await handler(request)


@web.middleware
async def _fresh_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if request.path.startswith(("/page/", "/archives/")) or request.path == "/":
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Content-Security-Policy"] = _POLICY
    return response
