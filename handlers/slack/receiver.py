"""Receives POST /slack/events: guards first, then Bolt.

Must not handle anything itself: what passes goes to the Bolt app, which acknowledges.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from handlers.services import Services
from handlers.slack.handing import CORRELATION, new_correlation_id
from handlers.slack.shape import is_certificate_check, kind_of, read_body

log = structlog.stdlib.get_logger(__name__)

PATH = "/slack/events"
WINDOW_SECONDS = 300
MOST_BYTES = 1 << 20
READ_SECONDS = 10.0
"""Slack itself waits three seconds for the answer."""
_SERVER_FAULT = 500
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError)
"""What Bolt's readers raise on bodies of an unexpected shape."""


_NO_BODY = (
    web.HTTPRequestEntityTooLarge,
    web.RequestPayloadError,
    ConnectionError,
    TimeoutError,
    UnicodeDecodeError,
)
"""Too much, broken off, too slow, or no text."""


class RefusedError(Exception):
    """The request is not one of Slack's; the caller hears no more than 401."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """The door for Slack: `receive` is an aiohttp handler."""

    app: AsyncApp
    signing_secret: str
    services: Services

    async def receive(self, request: web.Request) -> web.Response:
        """Answers 401 to what is not Slack's, else what Bolt answers, and 503 for a fault."""
        correlation_id = new_correlation_id()
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            try:
                return await self._pass_on(request, correlation_id)
            except RefusedError as error:
                log.info("slack_request_refused", reason=str(error))
                return _error(401, "invalid_request", "This is no valid request of Slack.")

    async def _pass_on(self, request: web.Request, correlation_id: str) -> web.Response:
        began = self.services.wall_now()
        raw = await _body(request)
        if is_certificate_check(raw):
            return web.Response()
        self._prove(request.headers, raw)
        bolt_request = _bolt_request(request, raw)
        bolt_request.context[CORRELATION] = correlation_id
        answer = await self.app.async_dispatch(bolt_request)
        seconds = (self.services.wall_now() - began).total_seconds()
        self.services.observe_slack.acknowledged(kind_of(bolt_request.body), seconds)
        if answer.status >= _SERVER_FAULT:
            return _error(503, "unavailable", "Please send it again.")
        return await to_aiohttp_response(answer)

    def _prove(self, headers: Mapping[str, str], raw: str) -> None:
        """The v0 signature over the raw body, not older than the window."""
        stamp = headers.get("X-Slack-Request-Timestamp", "")
        signature = headers.get("X-Slack-Signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):  # noqa: PLR2004
            reason = "timestamp"
            raise RefusedError(reason)
        if abs(self.services.wall_now().timestamp() - int(stamp)) > WINDOW_SECONDS:
            reason = "window"
            raise RefusedError(reason)
        verifier = SignatureVerifier(self.signing_secret)
        expected = verifier.generate_signature(timestamp=stamp, body=raw)
        if not signature or not secrets.compare_digest(
            (expected or "").encode(), signature.encode("utf-8", "replace")
        ):
            reason = "signature"
            raise RefusedError(reason)


async def _body(request: web.Request) -> str:
    if (request.content_length or 0) > MOST_BYTES:
        reason = "size"
        raise RefusedError(reason)
    try:
        async with asyncio.timeout(READ_SECONDS):
            raw = await request.read()
        return raw.decode("utf-8")
    except _NO_BODY as error:
        raise RefusedError(type(error).__name__) from error


def _bolt_request(request: web.Request, raw: str) -> AsyncBoltRequest:
    """The request as Bolt reads it; our own reading wins, see below."""
    try:
        body = read_body(raw)
        made = AsyncBoltRequest(body=raw, query=request.query_string, headers=dict(request.headers))
        if made.body != body:  # Bolt loses a command whose text has the word "payload"
            made.body = body
            made.context = build_async_context(AsyncBoltContext(), body)
    except _UNREADABLE as error:
        raise RefusedError(type(error).__name__) from error
    return made


def _error(status: int, code: str, message: str) -> web.Response:
    known = structlog.contextvars.get_contextvars().get("correlation_id")
    body = {"error": code, "message": message, "correlation_id": known}
    return web.json_response(body, status=status)
