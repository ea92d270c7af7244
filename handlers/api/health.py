"""Tells machines that watch us: alive, ready, and the metrics.

Must not depend on anything for /livez but the loop that turns.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from handlers.api.auth import Access
from handlers.api.shapes import Shape
from handlers.api.table import Call, Route

_READY = ("ready", "degraded")
_READY_SECONDS = 5.0


class HealthShape(Shape):
    """`ready`, `degraded` or `unavailable`, with a word on each check."""

    status: str
    checks: dict[str, Any]


class AliveShape(Shape):
    """Always `ok`."""

    status: str


async def get_alive(_call: Call) -> web.Response:
    """The loop turns."""
    return web.json_response({"status": "ok"})


async def get_ready(call: Call) -> web.Response:
    """Whether work can be done: 503 when the database cannot be written."""
    found = await _readiness(call)
    status = 200 if found["status"] in _READY else 503
    return web.json_response(dict(found), status=status)


async def _readiness(call: Call) -> Mapping[str, Any]:
    try:
        async with asyncio.timeout(_READY_SECONDS):
            return await call.services.ready()
    except TimeoutError:
        return {"status": "unavailable", "checks": {"database": "no answer in time"}}


async def get_metrics(call: Call) -> web.Response:
    """Everything that is measured, for Prometheus."""
    body = generate_latest(call.services.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


ROUTES = (
    Route(
        method="GET",
        path="/livez",
        access=Access.PUBLIC,
        handle=get_alive,
        summary="The loop turns",
        answers={200: AliveShape},
    ),
    Route(
        method="GET",
        path="/healthz",
        access=Access.PUBLIC,
        handle=get_alive,
        summary="The same as /livez",
        answers={200: AliveShape},
    ),
    Route(
        method="GET",
        path="/readyz",
        access=Access.PUBLIC,
        handle=get_ready,
        summary="Whether work can be done",
        answers={200: HealthShape, 503: HealthShape},
    ),
    Route(
        method="GET",
        path="/metrics",
        access=Access.PUBLIC,
        handle=get_metrics,
        summary="Metrics for Prometheus",
        media="text/plain",
    ),
)
