"""apps.connections.open and oauth.v2.access: how the app comes in.

It must not change anything in the workspace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.workspace.methods.method import Method
from demo.workspace.shapes import ApiError, Json

if TYPE_CHECKING:
    from demo.workspace.arguments import Arguments
    from demo.workspace.world import World


async def connections_open(world: World, _args: Arguments) -> Json:
    """Return an address that opens one WebSocket."""
    address = world.base_url.replace("http", "ws", 1)
    return {"ok": True, "url": f"{address}/socket/{world.sockets.ticket()}"}


async def oauth_access(world: World, args: Arguments) -> Json:
    """Exchange a code, or a refresh token, for a token."""
    if not world.config.client_id or args.client != (
        world.config.client_id,
        world.config.client_secret,
    ):
        raise ApiError(code="bad_client_secret" if args.client else "invalid_client_id")
    refreshing = args.hidden.get("grant_type") == "refresh_token"
    made = (
        world.installs.refresh(args.hidden.get("refresh_token", ""))
        if refreshing
        else world.installs.exchange(args.hidden.get("code", ""))
    )
    return world.installs.to_json(made, ",".join(sorted(world.config.manifest.scopes)))


METHODS = {
    "apps.connections.open": Method(connections_open, 0, app_level=True),
    "oauth.v2.access": Method(oauth_access, 4, needs_token=False, hidden=True),
}
