"""Shows the figures of the caller's tenant. Must not count: services.stats does."""

from aiohttp import web

from handlers.api.auth import Access
from handlers.api.table import Call, Route


async def get_stats(call: Call) -> web.Response:
    """The figures as they are now."""
    return web.json_response(dict(await call.services.stats(call.tenant_ids)))


ROUTES = (
    Route(
        method="GET",
        path="/api/stats",
        access=Access.READ,
        handle=get_stats,
        summary="Figures of the tenant",
    ),
)
