"""Says no, kindly: every failure becomes {"error", "message", "correlation_id"} with a status.

Must not show SQL, paths or traces, and holds the only broad catch of the HTTP side.
"""

import math
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from handlers.observers import Observer
from jobs.errors import E2AError, TemporarilyUnavailableError

CORRELATION = web.RequestKey("correlation_id", str)
_SANE_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}", re.ASCII)
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "payload_too_large"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What is wrong at one place of the input; `path` names the field (`payload.items.0`)."""

    path: str
    message: str

    def as_json(self) -> dict[str, str]:
        """As the contract writes it."""
        return {"path": self.path, "message": self.message}


class RefusalError(E2AError):
    """The request is refused."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        issues: Sequence[Issue] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.issues = tuple(issues)
        self.headers = dict(headers or {})


def unauthorized(message: str) -> RefusalError:
    """Nobody that we know is asking."""
    return RefusalError(
        401, "unauthorized", message, headers={"WWW-Authenticate": 'Bearer realm="e2a"'}
    )


def not_found(*, what: str) -> RefusalError:
    """Unknown, or somebody else's: both look the same."""
    return RefusalError(404, "not_found", f"There is no such {what}.")


def invalid_request(issues: Sequence[Issue]) -> RefusalError:
    """The question itself is malformed."""
    return RefusalError(422, "invalid_request", "The request is not valid.", issues=issues)


def come_back(status: int, code: str, message: str, after: float) -> RefusalError:
    """Not now: try again after so many seconds."""
    headers = {"Retry-After": str(max(1, math.ceil(after)))}
    return RefusalError(status, code, message, headers=headers)


def error_response(error: RefusalError, correlation_id: str) -> web.Response:
    """The one shape of every error's answer."""
    body: dict[str, Any] = {"error": error.code, "message": str(error)}
    body["correlation_id"] = correlation_id
    if error.issues:
        body["issues"] = [issue.as_json() for issue in error.issues]
    return web.json_response(body, status=error.status, headers=error.headers)


def correlation_id_of(headers: Mapping[str, str]) -> str:
    """The caller's own id where it is sane, else a new one."""
    for name in ("X-Correlation-Id", "X-Request-Id"):
        given = headers.get(name, "")
        if _SANE_ID.fullmatch(given):
            return given
    return secrets.token_hex(8)


def error_middleware(observe: Observer) -> Middleware:
    """Gives every request an id and every failure its answer."""

    @web.middleware
    async def tell_kindly(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        began = time.perf_counter()
        correlation_id = correlation_id_of(request.headers)
        request[CORRELATION] = correlation_id
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            response = await _answer(request, handler, correlation_id)
        if not response.prepared:
            response.headers["X-Correlation-Id"] = correlation_id
        observe.http(_route_of(request), response.status, time.perf_counter() - began)
        return response

    return tell_kindly


async def _answer(
    request: web.Request,
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    correlation_id: str,
) -> web.StreamResponse:
    try:
        return await handler(request)
    except RefusalError as error:
        return error_response(error, correlation_id)
    except TemporarilyUnavailableError as error:
        later = come_back(503, "unavailable", str(error), error.after)
        return error_response(later, correlation_id)
    except web.HTTPException as error:
        return _translated(error, correlation_id)
    except Exception:  # noqa: BLE001 - the one place that turns the unexpected into an answer
        structlog.get_logger().exception("unexpected_error", route=_route_of(request))
        message = "Something went wrong on our side; quote the correlation id to the operator."
        return error_response(RefusalError(500, "internal_error", message), correlation_id)


def _translated(error: web.HTTPException, correlation_id: str) -> web.StreamResponse:
    """An answer of aiohttp itself, in our shape; redirects stay what they are."""
    if error.status < 400:  # noqa: PLR2004 - the first status that is an error
        raise error
    code = _CODES.get(error.status, "bad_request")
    kept = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
    refusal = RefusalError(error.status, code, f"{error.reason}.", headers=kept)
    return error_response(refusal, correlation_id)


def _route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"
