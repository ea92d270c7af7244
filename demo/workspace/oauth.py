"""The page on which somebody approves the app; here everybody approves at once.

It must not give out tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from demo.workspace.people import TEAM_ID
from demo.workspace.worlds import WORLD

if TYPE_CHECKING:
    from demo.workspace.world import World

_REDIRECT = "/slack/oauth_redirect"


async def approve(request: web.Request) -> web.StreamResponse:
    """Send the browser back to the app with a code; `team` chooses where it is installed."""
    world = request.app[WORLD]
    asked = request.query
    if not world.config.client_id or asked.get("client_id") != world.config.client_id:
        return web.Response(status=400, text="invalid_client_id")
    wanted = {scope for scope in asked.get("scope", "").split(",") if scope}
    if not wanted or not wanted <= world.config.manifest.scopes:
        return web.Response(status=400, text="invalid_scope")
    back = {"code": world.installs.approve(asked.get("team") or TEAM_ID)}
    if "state" in asked:
        back["state"] = asked["state"]
    address = f"{_redirect_url(world)}?{urlencode(back)}"
    raise web.HTTPFound(address)


def _redirect_url(world: World) -> str:
    """The only redirect URL that the app registered: beside the address of its events."""
    parts = urlsplit(world.config.bot_url or "")
    return f"{parts.scheme}://{parts.netloc}{_REDIRECT}"
