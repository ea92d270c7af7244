"""The three addresses that take events: a canonical one, one per source, one per signed hook.

Must not decide what an event means: receive.py takes it in, and this says what became of it.
"""

import time
from collections.abc import Sequence

from aiohttp import web

from handlers.api.auth import Access
from handlers.api.bodies import KIB, read_body, too_large
from handlers.api.errors import Issue, RefusalError, not_found, unauthorized
from handlers.api.table import Call, Route
from handlers.ingest.answers import EventAnswer, EventsAnswer, EventsBody, SourceBody
from handlers.ingest.canonical import InvalidEventError
from handlers.ingest.letters import Rejected, Sender, keep
from handlers.ingest.receive import CONFLICT, Delivery, Outcome, Unpacked, receive, unpack
from handlers.ingest.signatures import is_signed
from handlers.ingest.sources import SOURCES
from policies.queries import Receipt

EVENT_LIMIT = 512 * KIB
BATCH_LIMIT = 1024 * KIB
_REJECTIONS = (413, 415)
"""What is refused for good before it is read; a body that broke off is sent again."""
_STATUSES = {Receipt.ACCEPTED: 202, Receipt.DUPLICATE: 200}


async def post_events(call: Call) -> web.Response:
    """One canonical event, or up to 1,000."""
    sender = _sender(call, call.caller.tenant_id, "events")
    call.limits.admit(_caller(call), call.services.wall_now())
    body = await _body(call, sender, BATCH_LIMIT)
    return await _take_in(call, body, Delivery(sender=sender, headers=call.request.headers))


async def post_source(call: Call) -> web.Response:
    """One event in its source's own form, or the canonical form."""
    source = SOURCES.get(call.request.match_info["source"])
    if source is None:
        raise not_found(what="source")
    sender = _sender(call, call.caller.tenant_id, source.name)
    call.limits.admit(_caller(call), call.services.wall_now())
    body = await _body(call, sender, EVENT_LIMIT)
    delivery = Delivery(sender=sender, headers=call.request.headers, source=source)
    return await _take_in(call, body, delivery)


async def post_hook(call: Call) -> web.Response:
    """The same, authenticated by the vendor's signature over the raw body."""
    hook = await call.services.keys.hook(call.request.match_info["hook_id"])
    body = await read_body(call.request, EVENT_LIMIT)
    source = SOURCES.get(hook.source) if hook else None
    if hook is None or source is None or not is_signed(hook, call.request.headers, body):
        message = "The signature does not match."
        raise unauthorized(message)
    call.limits.admit(f"hook:{hook.id}", call.services.wall_now())
    sender = _sender(call, hook.tenant_id, source.name)
    delivery = Delivery(sender=sender, headers=call.request.headers, source=source)
    return await _take_in(call, body, delivery)


async def _take_in(call: Call, body: bytes, delivery: Delivery) -> web.Response:
    """The generic path of all three."""
    began = time.perf_counter()
    unpacked = await _unpack(call, body, delivery)
    if delivery.source is None:
        call.limits.charge(_caller(call), len(unpacked.raws))
    outcomes = await receive(unpacked, delivery, call.services)
    call.services.observe.ingest_seconds(delivery.sender.source, time.perf_counter() - began)
    return _batch_answer(outcomes) if unpacked.batch else _event_answer(outcomes[0])


async def _unpack(call: Call, body: bytes, delivery: Delivery) -> Unpacked:
    try:
        unpacked = unpack(body, batches=delivery.source is None)
        if not unpacked.batch and len(body) > EVENT_LIMIT:
            raise too_large(EVENT_LIMIT)
    except InvalidEventError as error:
        await _keep_body(call, delivery.sender, body, error.issues)
        raise _invalid(error.issues) from error
    except RefusalError as error:
        await _keep_body(call, delivery.sender, body, _why(error))
        raise
    return unpacked


async def _body(call: Call, sender: Sender, limit: int) -> bytes:
    try:
        return await read_body(call.request, limit)
    except RefusalError as error:
        if error.status in _REJECTIONS:
            await _keep_body(call, sender, b"", _why(error))
        raise


async def _keep_body(call: Call, sender: Sender, body: bytes, issues: Sequence[Issue]) -> None:
    await keep([Rejected(raw=body, issues=issues)], sender, call.services)


def _why(error: RefusalError) -> tuple[Issue, ...]:
    return (Issue(path="body", message=f"{error.code}: {error}"),)


def _sender(call: Call, tenant_id: int, source: str) -> Sender:
    return Sender(tenant_id=tenant_id, source=source, correlation_id=call.correlation_id)


def _caller(call: Call) -> str:
    return f"key:{call.caller.id}"


def _invalid(issues: Sequence[Issue]) -> RefusalError:
    return RefusalError(422, "invalid_event", "The event is not valid.", issues=issues)


def _event_answer(outcome: Outcome) -> web.Response:
    if outcome.received is None or outcome.receipt is None:
        raise _invalid(outcome.issues)
    if outcome.receipt is Receipt.CONFLICT:
        message = "This event_id was received before with other content."
        raise RefusalError(409, "event_conflict", message, issues=(CONFLICT,))
    event = outcome.received.event
    body = {
        "status": outcome.receipt.value,
        "event_id": event.event_id,
        "order_id": event.order_id,
    }
    return web.json_response(body, status=_STATUSES[outcome.receipt])


def _batch_answer(outcomes: Sequence[Outcome]) -> web.Response:
    receipts = [outcome.receipt for outcome in outcomes]
    rejected = [
        {"index": index, "issues": [issue.as_json() for issue in outcome.issues]}
        for index, outcome in enumerate(outcomes)
        if outcome.issues
    ]
    return web.json_response(
        {
            "accepted": receipts.count(Receipt.ACCEPTED),
            "duplicates": receipts.count(Receipt.DUPLICATE),
            "rejected": rejected,
        }
    )


ROUTES = (
    Route(
        method="POST",
        path="/events",
        access=Access.INGEST,
        handle=post_events,
        summary="One canonical event, or {events: [...]} with up to 1,000",
        body=EventsBody,
        answers={200: EventsAnswer, 202: EventAnswer},
    ),
    Route(
        method="POST",
        path="/ingest/{source}",
        access=Access.INGEST,
        handle=post_source,
        summary="A source's own payload, or the canonical form",
        body=SourceBody,
        answers={200: EventAnswer, 202: EventAnswer},
    ),
    Route(
        method="POST",
        path="/hooks/{hook_id}",
        access=Access.SIGNED,
        handle=post_hook,
        summary="The same, authenticated by the vendor's signature",
        body=SourceBody,
        answers={200: EventAnswer, 202: EventAnswer},
    ),
)
