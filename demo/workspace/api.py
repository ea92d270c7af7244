"""The door `/api/<method>`: token, faults, limits, scopes, then the method.

It must not know what methods do.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from demo.workspace.arguments import Arguments, read_call
from demo.workspace.limits import RateLimitedError
from demo.workspace.methods import METHODS
from demo.workspace.shapes import ApiError, Json
from demo.workspace.worlds import WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.workspace.fault_switch import PlannedFault
    from demo.workspace.world import World

_HTML = "<!DOCTYPE html><html><body><h1>Service unavailable</h1></body></html>"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back; `cut` breaks the connection instead."""

    status: int = 200
    body: Json | str
    headers: Mapping[str, str]
    fault: str | None = None
    cut: bool = False


async def call(request: web.Request) -> web.StreamResponse:
    """Answer one Web API call and log it."""
    world = request.app[WORLD]
    name = request.match_info["method"]
    started, at = world.clock.ticks(), world.clock.now()
    args = Arguments({})
    try:
        token, args = await read_call(request)
        answer = await _answer(world, name, token, args)
    except ApiError as error:
        answer = _refusal(world, name, error)
    ms = round((world.clock.ticks() - started) * 1000, 1)
    entry = {
        "at": at,
        "method": name,
        "arguments": args.values,
        "answer": _shown(name, answer.body),
        "status": answer.status,
    }
    world.traffic.call({**entry, "ms": ms, "fault": answer.fault})
    if answer.cut and request.transport:
        request.transport.abort()
    if isinstance(answer.body, str):
        return web.Response(
            text=answer.body,
            status=answer.status,
            headers=answer.headers,
            content_type=_kind(answer.body),
        )
    return web.json_response(answer.body, status=answer.status, headers=answer.headers)


async def _answer(world: World, name: str, token: str | None, args: Arguments) -> Answer:
    planned = world.faults.take(name)
    if planned is None:
        return _good(world, name, await _perform(world, name, token, args))
    if planned.kind == "rate_limited":
        raise RateLimitedError(planned.retry_after)
    if planned.kind == "error":
        raise ApiError(code=planned.error)
    if planned.kind == "server_error":
        return Answer(status=500, body="", headers={}, fault=planned.kind)
    if planned.kind == "html":
        return Answer(status=503, body=_HTML, headers={}, fault=planned.kind)
    if planned.kind == "redirect":
        elsewhere = {"Location": f"{world.base_url}/elsewhere"}
        return Answer(status=302, body="", headers=elsewhere, fault=planned.kind)
    if planned.kind == "truncated":
        whole = json.dumps(await _perform(world, name, token, args))
        return Answer(body=whole[: len(whole) // 2], headers={}, fault=planned.kind)
    return Answer(
        body=await _cut_off(world, name, token, args, planned),
        headers={},
        fault=planned.kind,
        cut=True,
    )


def _shown(name: str, body: Json | str) -> Json | str:
    """What the log shows of an answer: no token, but an error."""
    if isinstance(body, str) or name not in METHODS or not METHODS[name].hidden:
        return body
    return {key: body[key] for key in ("ok", "error") if key in body}


def _kind(text: str) -> str:
    if text.startswith("{"):
        return "application/json"
    return "text/html" if text else "text/plain"


async def _cut_off(
    world: World, name: str, token: str | None, args: Arguments, planned: PlannedFault
) -> Json:
    if planned.kind == "reset_after":
        return await _perform(world, name, token, args)
    if planned.kind == "hang":
        try:
            await asyncio.wait_for(planned.released.wait(), planned.hang_seconds)
        except TimeoutError:
            return {}
    return {}


async def _perform(world: World, name: str, token: str | None, args: Arguments) -> Json:
    method = METHODS.get(name)
    if method is None:
        raise ApiError(code="unknown_method", req_method=name)
    if method.needs_token:
        world.installs.check(token, app_level=method.app_level)
    world.limits.check_method(name, method.tier)
    world.require(*method.scopes)
    return await method.call(world, args)


def _good(world: World, name: str, body: Json) -> Answer:
    return Answer(body=body, headers=_scope_headers(world, name))


def _refusal(world: World, name: str, error: ApiError) -> Answer:
    if isinstance(error, RateLimitedError):
        headers = {"Retry-After": str(error.retry_after)}
        return Answer(status=429, body=error.answer(), headers=headers)
    return Answer(body=error.answer(), headers=_scope_headers(world, name))


def _scope_headers(world: World, name: str) -> dict[str, str]:
    accepted = METHODS[name].scopes if name in METHODS else ()
    return {
        "X-OAuth-Scopes": ",".join(sorted(world.config.manifest.scopes)),
        "X-Accepted-OAuth-Scopes": ",".join(accepted),
    }
