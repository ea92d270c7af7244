"""The three addresses that take events: a canonical one, one per source, one per signed hook.

Must not decide what an event means: receive.py takes it in, and this says what became of it.
"""

import time
from collections.abc import Sequence

from aiohttp import web

from handlers.api.auth import Access, admit_event
from handlers.api.bodies import KIB, read_body, too_large
from handlers.api.errors import Issue, RefusalError, come_back, not_found, unauthorized
from handlers.api.table import Call, Route
from handlers.ingest.answers import EventAnswer, EventsAnswer, EventsBody, SourceBody
from handlers.ingest.canonical import InvalidEventError
from handlers.ingest.fetch import FetchFailedError
from handlers.ingest.intake import INTAKE, Delivery, facts_in, packaged_intake
from handlers.ingest.letters import Rejected, Sender, keep
from handlers.ingest.receive import CONFLICT, Outcome, Unpacked, receive, unpack
from handlers.ingest.signatures import Proof, is_authentic
from handlers.ingest.sources import SOURCES, Source
from policies.queries import Receipt

EVENT_LIMIT = 512 * KIB
BATCH_LIMIT = 1024 * KIB
_REJECTIONS = (413, 415)
"""What is refused for good before it is read; a body that broke off is sent again."""
_FETCH_AGAIN_SECONDS = 30
_STATUSES = {Receipt.ACCEPTED: 202, Receipt.DUPLICATE: 200}


async def post_events(call: Call) -> web.Response:
    """One canonical event, or up to 1,000."""
    sender = _sender(call, call.caller.tenant_id, "events")
    await admit_event(_caller(call), call.services)
    body = await _body(call, sender, BATCH_LIMIT)
    return await _take_in(call, body, sender)


async def post_source(call: Call) -> web.Response:
    """A source's own form, or the canonical form of one event."""
    source = SOURCES.get(call.request.match_info["source"])
    if source is None:
        raise not_found(what="source")
    sender = _sender(call, call.caller.tenant_id, source.name)
    await admit_event(_caller(call), call.services)
    body = await _body(call, sender, EVENT_LIMIT)
    return await _take_in(call, body, sender, source)


async def post_hook(call: Call) -> web.Response:
    """The same, authenticated by the vendor's signature or by the token in the address."""
    hook = await call.services.keys.hook(call.request.match_info["hook_id"])
    body = await read_body(call.request, EVENT_LIMIT)
    source = SOURCES.get(hook.source) if hook else None
    token = call.request.query.get("token", "")
    proof = Proof(headers=call.request.headers, body=body, token=token)
    if hook is None or source is None or not is_authentic(hook, source.scheme, proof):
        message = "The signature does not match."
        raise unauthorized(message)
    await admit_event(f"hook:{hook.id}", call.services)
    sender = _sender(call, hook.tenant_id, source.name)
    return await _take_in(call, body, sender, source, hook.secrets)


async def _take_in(
    call: Call,
    body: bytes,
    sender: Sender,
    source: Source | None = None,
    credentials: Sequence[str] = (),
) -> web.Response:
    """The generic path of all three."""
    began = time.perf_counter()
    unpacked = await _unpack(call, body, sender, batches=source is None)
    if source is None:
        limits, now = call.services.limits, call.services.wall_now()
        await limits.charge(_caller(call), len(unpacked.told), now)
    else:
        unpacked = await _open(call, unpacked, sender, source, credentials)
    outcomes = await receive(unpacked, sender, call.services)
    call.services.observe.ingest_seconds(sender.source, time.perf_counter() - began)
    return _batch_answer(outcomes) if unpacked.batch else _event_answer(outcomes[0])


async def _open(
    call: Call, unpacked: Unpacked, sender: Sender, source: Source, credentials: Sequence[str]
) -> Unpacked:
    """What the source's own form tells; anything but one event is answered as a batch."""
    given = Delivery(
        raw=unpacked.told[0].raw,
        source=source,
        headers=call.request.headers,
        now=call.services.business_now(),
        credentials=credentials,
    )
    intake = call.request.config_dict.get(INTAKE) or packaged_intake()
    try:
        told = await facts_in(given, intake)
    except FetchFailedError as error:
        issue = Issue(path="resource_url", message=str(error))
        await keep([Rejected(raw=given.raw, issues=(issue,))], sender, call.services)
        message = "What the webhook points at cannot be fetched now."
        raise come_back(503, "unavailable", message, _FETCH_AGAIN_SECONDS) from error
    return Unpacked(told=told, batch=len(told) != 1, suspect=unpacked.suspect, delivered=given.raw)


async def _unpack(call: Call, body: bytes, sender: Sender, *, batches: bool) -> Unpacked:
    try:
        unpacked = unpack(body, batches=batches)
        if not unpacked.batch and len(body) > EVENT_LIMIT:
            raise too_large(EVENT_LIMIT)
    except InvalidEventError as error:
        await _keep_body(call, sender, body, error.issues)
        raise _invalid(error.issues) from error
    except RefusalError as error:
        await _keep_body(call, sender, body, _why(error))
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
    return Sender(
        tenant_id=tenant_id,
        source=source,
        correlation_id=call.correlation_id,
        headers=call.request.headers,
    )


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
        answers={200: EventsAnswer, 202: EventAnswer},
    ),
    Route(
        method="POST",
        path="/hooks/{hook_id}",
        access=Access.SIGNED,
        handle=post_hook,
        summary="The same, authenticated by the vendor's signature or a token in the address",
        body=SourceBody,
        answers={200: EventsAnswer, 202: EventAnswer},
    ),
)
