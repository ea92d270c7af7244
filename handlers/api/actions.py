"""The buttons of an exception over HTTP: acknowledge, resolve, assign, snooze and the others.

Must not decide whether an action makes sense: jobs and policies do, from the stored record.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from handlers.api.asking import read_model
from handlers.api.auth import Access
from handlers.api.errors import Issue, RefusalError, invalid_request, not_found
from handlers.api.exceptions import exception_answer, visible_exception
from handlers.api.fields import Moment
from handlers.api.shapes import ExceptionShape, Shape, answer, exception_shape
from handlers.api.table import Call, Route
from jobs.act_on_exception import ActOutcome, Done, NotFound, NotPossible, act_on_exception
from jobs.improvements import want_improvement
from jobs.replay_order import replay_exception
from policies.lifecycle import Act

NEEDED = {"assign": "assignee", "snooze": "until", "block": "reason"}
"""The one thing without which an action means nothing."""

VERBS = ("acknowledge", "resolve", "assign", "snooze", "reopen", "block", "unblock")

Words = Annotated[str, Field(min_length=1, max_length=2000)]


class ActionBody(BaseModel):
    """What is said with an action. `version` is what the caller saw (the ETag); old ones lose."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    note: Words | None = None
    reason: Words | None = None
    assignee: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    until: Moment | None = None
    version: Annotated[int, Field(ge=1)] | None = None


class ReplayShape(Shape):
    """What evaluating the order again changes, and how many dead letters were retried."""

    exception: ExceptionShape
    changes: tuple[str, ...]
    retried: int


def _act(verb: str) -> Callable[[Call], Awaitable[web.Response]]:
    async def handle(call: Call) -> web.Response:
        view = await visible_exception(call)
        body = await read_model(call, ActionBody)
        needed = NEEDED.get(verb)
        if needed and getattr(body, needed) is None:
            raise invalid_request([Issue(path=needed, message=f"{verb} needs it")])
        services = call.services
        outcome = await act_on_exception(
            _wanted(verb, view.record.id, body, call),
            storage=services.storage,
            now=services.business_now(),
            wall_now=services.wall_now(),
        )
        _refuse(outcome)
        return exception_answer(await visible_exception(call))

    return handle


def _wanted(verb: str, exception_id: int, body: ActionBody, call: Call) -> Act:
    return Act(
        verb=verb,
        exception_id=exception_id,
        actor=call.actor,
        tenant_ids=call.tenant_ids,
        note=body.note,
        reason=body.reason,
        assignee=body.assignee,
        until=body.until,
        expected_version=body.version,
        correlation_id=call.correlation_id,
    )


def _refuse(outcome: ActOutcome) -> None:
    """Says why nothing was done, unless it was."""
    match outcome:
        case Done():
            return
        case NotFound():
            raise not_found(what="exception")
        case NotPossible(why=why):
            raise RefusalError(409, "not_possible", why)
        case _:
            record = outcome.record
            message = f"#{record.id} changed in the meantime; it is at version {record.version}."
            raise RefusalError(409, "stale_version", message)


async def replay(call: Call) -> web.Response:
    """Evaluates the order again from its stored events and retries its dead letters."""
    view = await visible_exception(call)
    await read_model(call, ActionBody)
    services = call.services
    act = Act(
        verb="replay",
        exception_id=view.record.id,
        actor=call.actor,
        tenant_ids=call.tenant_ids,
        correlation_id=call.correlation_id,
    )
    replayed = await replay_exception(
        act,
        storage=services.storage,
        promises=services.promises,
        now=services.business_now(),
        wall_now=services.wall_now(),
    )
    if isinstance(replayed, NotFound):
        raise not_found(what="exception")
    shown = exception_shape(
        replayed.record, tenant=view.tenant.name, thread=view.thread, now=view.now
    )
    return answer(
        ReplayShape(exception=shown, changes=replayed.changes, retried=replayed.retryable)
    )


async def explain(call: Call) -> web.Response:
    """The exception as it stands; a model is asked about it, where one is set up."""
    await read_model(call, ActionBody)
    view = await visible_exception(call)
    if call.services.asking is not None:
        await want_improvement(
            view.record, storage=call.services.storage, wall_now=call.services.wall_now()
        )
    return exception_answer(view)


def _route(
    verb: str, handle: Callable[[Call], Awaitable[web.Response]], shape: type[Shape]
) -> Route:
    return Route(
        method="POST",
        path=f"/api/exceptions/{{id}}/{verb}",
        access=Access.ADMIN,
        handle=handle,
        summary=f"{verb.capitalize()} an exception",
        body=ActionBody,
        answers={200: shape},
    )


ROUTES = (
    *(_route(verb, _act(verb), ExceptionShape) for verb in VERBS),
    _route("replay", replay, ReplayShape),
    _route("explain", explain, ExceptionShape),
)
