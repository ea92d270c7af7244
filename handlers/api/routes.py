"""The table of every address and who may call it; registration itself reads it.

Must not answer anything but the description of itself.
"""

from functools import cache
from typing import Any

from aiohttp import web

from handlers.api import (
    actions,
    audit,
    dead_letters,
    enrichment,
    exceptions,
    health,
    invoices,
    models,
    orders,
    policies,
    stats,
)
from handlers.api.auth import Access
from handlers.api.errors import error_middleware
from handlers.api.openapi import describe
from handlers.api.table import Call, Route, mount
from handlers.ingest import routes as ingest
from handlers.services import Services
from handlers.slack import install


async def get_openapi(_call: Call) -> web.Response:
    """This table in OpenAPI 3.1."""
    return web.json_response(document())


TABLE: tuple[Route, ...] = (
    *health.ROUTES,
    Route(
        method="GET",
        path="/openapi.json",
        access=Access.PUBLIC,
        handle=get_openapi,
        summary="This description",
    ),
    *ingest.ROUTES,
    *orders.ROUTES,
    *exceptions.ROUTES,
    *actions.ROUTES,
    *dead_letters.ROUTES,
    *audit.ROUTES,
    *policies.ROUTES,
    *stats.ROUTES,
    *models.ROUTES,
    *invoices.ROUTES,
    *enrichment.ROUTES,
    *install.ROUTES,
)


@cache
def document() -> dict[str, Any]:
    """The description, made once."""
    return describe(TABLE)


def add_routes(app: web.Application, services: Services) -> None:
    """Puts every route of the table behind its guard, and errors into their one shape."""
    app.middlewares.append(error_middleware(services.observe))
    for route in TABLE:
        mount(app.router, route, services)
