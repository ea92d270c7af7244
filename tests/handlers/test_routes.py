"""The table of routes: nobody gets in without what it demands, and all of it is described."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from openapi_spec_validator import validate

from handlers.api.auth import SCOPES, Access
from handlers.api.errors import error_middleware
from handlers.api.routes import TABLE, document
from handlers.api.table import Route
from jobs.errors import TemporarilyUnavailableError
from tests.handlers.world import World, open_world

KEYED = [route for route in TABLE if route.access in SCOPES]
PUBLIC = {
    "/livez",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/slack/install",
    "/slack/oauth_redirect",
}


def address(route: Route) -> str:
    """The route's path with something in its places."""
    return re.sub(r"{\w+}", "1", route.path)


def named(route: Route) -> str:
    """A test's name for a route."""
    return f"{route.method} {route.path}"


def test_public_is_only_what_the_security_model_lists() -> None:
    """Everything else needs a key or a signature."""
    assert {route.path for route in TABLE if route.access is Access.PUBLIC} == PUBLIC
    assert {route.path for route in TABLE if route.access is Access.SIGNED} == {"/hooks/{hook_id}"}
    writing = [route for route in KEYED if route.method != "GET"]
    assert {route.access for route in writing} == {Access.INGEST, Access.ADMIN}


async def test_table_is_all_that_is_registered(world: World) -> None:
    """There is no address beside the table."""
    app = world.client.app
    assert app is not None
    registered = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert registered == {(route.method, route.path) for route in TABLE}


@pytest.mark.parametrize("route", KEYED, ids=named)
async def test_guard_of_every_route(world: World, route: Route) -> None:
    """No key, an unknown key, a revoked key: 401. A key of another scope: 403."""
    path = address(route)
    for key in (None, "unknown", "ingest read", *(f"revoked-{s}" for s in SCOPES[route.access])):
        async with world.client.request(
            route.method, path, headers={"Authorization": f"Bearer {key}"} if key else {}
        ) as response:
            assert response.status == 401
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
            assert (await response.json())["error"] == "unauthorized"
    for scope in {"ingest", "read", "admin"} - SCOPES[route.access]:
        status, body = await world.call(route.method, path, key=scope)
        assert (status, body["error"]) == (403, "forbidden")


@pytest.mark.parametrize("scheme", ["Basic aW5nZXN0", "ingest", "Bearer", "Bearer ä", "Token x"])
async def test_other_schemes_are_401(world: World, scheme: str) -> None:
    """Only a bearer key counts."""
    response = await world.client.post("/events", headers={"Authorization": scheme})
    assert response.status == 401


def test_openapi_is_valid_and_complete() -> None:
    """The description validates as OpenAPI 3.1 and has every route."""
    validate(document())
    described = {
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert described == {(route.method, route.path) for route in TABLE}


async def test_openapi_is_served(world: World) -> None:
    """Anybody can read the description."""
    status, body = await world.call("GET", "/openapi.json", key=None)
    assert (status, body["openapi"]) == (200, "3.1.0")
    event = body["components"]["schemas"]["CanonicalEvent"]
    assert set(event["required"]) == {
        "event_id",
        "source",
        "event_type",
        "order_id",
        "occurred_at",
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/events", 405, "method_not_allowed"),
        ("DELETE", "/api/exceptions/1", 405, "method_not_allowed"),
    ],
)
async def test_errors_of_the_server_have_our_shape(
    world: World, method: str, path: str, status: int, code: str
) -> None:
    """Addresses that do not exist answer in the same words as everything else."""
    async with world.client.request(method, path) as response:
        body = await response.json()
        assert (response.status, body["error"]) == (status, code)
        assert set(body) == {"error", "message", "correlation_id"}
        assert ("Allow" in response.headers) == (status == 405)


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"X-Correlation-Id": "abc-1"}, "abc-1"),
        ({"X-Request-Id": "req:2"}, "req:2"),
        ({"X-Correlation-Id": "x" * 129}, None),
        ({"X-Correlation-Id": "<script>"}, None),
        ({}, None),
    ],
)
async def test_correlation_id_is_echoed(
    world: World, headers: Mapping[str, str], kept: str | None
) -> None:
    """A sane id of the caller is kept, else one is made; it is in the header and the body."""
    response = await world.client.get("/nowhere", headers=headers)
    echoed = response.headers["X-Correlation-Id"]
    assert (await response.json())["correlation_id"] == echoed
    assert echoed == kept or (kept is None and re.fullmatch("[0-9a-f]{16}", echoed))


@pytest.mark.parametrize("path", ["/livez", "/healthz"])
async def test_alive_depends_on_nothing(path: str) -> None:
    """The loop turns, whatever the database does."""
    async with open_world(ready=_fail) as world:
        assert await world.call("GET", path, key=None) == (200, {"status": "ok"})
        assert (await world.client.head(path)).status == 200


async def _fail() -> Mapping[str, Any]:
    raise TemporarilyUnavailableError(1)


@pytest.mark.parametrize(
    ("status", "code"), [("ready", 200), ("degraded", 200), ("unavailable", 503)]
)
async def test_readiness(status: str, code: int) -> None:
    """Ready and degraded are 200, anything else 503, each with its checks."""

    async def ready() -> Mapping[str, Any]:
        return {"status": status, "checks": {"database": "a word"}}

    async with open_world(ready=ready) as world:
        answer = {"status": status, "checks": {"database": "a word"}}
        assert await world.call("GET", "/readyz", key=None) == (code, answer)


async def test_readiness_that_fails_is_503() -> None:
    """A check that cannot run means that we are not ready."""
    async with open_world(ready=_fail) as world:
        assert (await world.call("GET", "/readyz", key=None))[0] == 503


async def test_metrics_are_the_registrys(world: World) -> None:
    """What is in the registry is shown in Prometheus' text format."""
    response = await world.client.get("/metrics")
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("text/plain")


async def test_redirects_pass_through(world: World) -> None:
    """The middleware leaves answers of other rooms that are no errors alone."""

    async def redirect(_request: web.Request) -> web.Response:
        raise web.HTTPFound(location="/elsewhere")

    app = web.Application(middlewares=[error_middleware(world.watcher)])
    app.router.add_get("/", redirect)
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/", allow_redirects=False)
        assert (response.status, response.headers["Location"]) == (302, "/elsewhere")
