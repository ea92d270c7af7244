"""What runs before every listener: services into the context, and repeated deliveries out.

Must not look into what a request wants.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers.services import Services
from handlers.slack.handing import BACKGROUND, CORRELATION, SERVICES, new_correlation_id
from handlers.slack.tasks import Background
from jobs.ports.slack import Directory

ENVELOPE = "x-e2a-envelope"
"""The header in which a delivery over a WebSocket carries the id of its envelope."""

log = structlog.stdlib.get_logger(__name__)
Next = Callable[[], Awaitable[Any]]
Middleware = Callable[[AsyncBoltRequest, Next], Awaitable[Any]]
DirectoryOf = Callable[[AsyncBoltContext], Awaitable[Directory]]


def bring(
    services: Services, background: Background, directory_of: DirectoryOf | None = None
) -> Middleware:
    """Puts into the context what listeners need, with the directory of the request's workspace."""

    async def bring_services(req: AsyncBoltRequest, next_: Next) -> Any:  # noqa: ANN401 - Bolt's
        found = await directory_of(req.context) if directory_of else services.directory
        known = req.context.authorize_result
        downloads = services.downloads.of(known.bot_token if known else None)
        req.context[SERVICES] = replace(services, directory=found, downloads=downloads)
        req.context[BACKGROUND] = background
        req.context.setdefault(CORRELATION, new_correlation_id())
        return await next_()

    return bring_services


def once(services: Services) -> Middleware:
    """Answers what was delivered before with 200 and lets nobody hear it again.

    It is the last step before a listener, so that a delivery which failed earlier is not
    on record and its retry is heard.
    """

    async def let_through_once(req: AsyncBoltRequest, next_: Next) -> Any:  # noqa: ANN401 - Bolt's
        keys = delivery_keys(req.headers, req.body)
        if not await _first_time(keys, services):
            log.info("slack_delivery_repeated", keys=keys)
            return BoltResponse(status=200, body="")
        return await next_()

    return let_through_once


def delivery_keys(headers: Mapping[str, Any], body: Mapping[str, Any]) -> list[str]:
    """What tells a delivery from others: its signature, and an event's id across retries.

    Over a WebSocket nothing is signed; the envelope's id stands for it.
    """
    keys = [f"sig:{_hash(signature)}" for signature in headers.get("x-slack-signature", ())[:1]]
    keys += [f"env:{envelope[:200]}" for envelope in headers.get(ENVELOPE, ())[:1]]
    event_id = body.get("event_id") if body.get("type") == "event_callback" else None
    return [*keys, f"evt:{event_id[:200]}"] if isinstance(event_id, str) else keys


async def _first_time(keys: list[str], services: Services) -> bool:
    if not keys:
        return True
    async with services.storage.write() as tx:
        firsts = [await tx.seen.first_time(key, services.wall_now()) for key in keys]
    return all(firsts)


def _hash(signature: str) -> str:
    return hashlib.sha256(signature.encode()).hexdigest()[:40]
