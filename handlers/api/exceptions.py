"""Lists, shows and acts on exceptions for the caller's tenant.

Must not decide what an action does: jobs and policies do.
"""

from collections.abc import Sequence
from typing import Annotated

from aiohttp import web
from pydantic import Field

from handlers.api.asking import PageQuery, page_of, read_query, record_id
from handlers.api.auth import Access
from handlers.api.errors import not_found
from handlers.api.fields import Moment
from handlers.api.shapes import ExceptionShape, Shape, answer, exception_shape
from handlers.api.table import Call, Route
from jobs.ports import Storage
from jobs.show import list_exceptions, show_exception
from jobs.show_storm import thread_of
from jobs.views import ExceptionView
from policies.queries import ExceptionFilter
from policies.reasons import ReasonCode, Severity, Status
from policies.records import ExceptionRecord
from policies.storms import Thread

_LOOSE = Field(strict=False)


class ExceptionsQuery(PageQuery):
    """Which exceptions; `status` may be given several times. `since` is when they opened."""

    status: Annotated[tuple[Annotated[Status, _LOOSE], ...], _LOOSE] = ()
    severity: Annotated[Severity, _LOOSE] | None = None
    reason_code: Annotated[ReasonCode, _LOOSE] | None = None
    order_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    since: Moment | None = None


class ExceptionPage(Shape):
    """A page of exceptions, newest first."""

    items: tuple[ExceptionShape, ...]
    next_cursor: str | None


async def get_exceptions(call: Call) -> web.Response:
    """A page of the tenant's exceptions."""
    query = read_query(call, ExceptionsQuery, lists=("status",))
    services = call.services
    found = await list_exceptions(
        _filter(query, call.tenant_ids),
        described="as asked",
        storage=services.storage,
        now=services.business_now(),
    )
    names = {tenant.id: tenant.name for tenant in found.tenants}
    threads = await threads_of(found.records[: query.limit], services.storage)
    shapes = [
        exception_shape(record, tenant=names[record.tenant_id], thread=thread, now=found.now)
        for record, thread in zip(found.records, [*threads, None], strict=False)
    ]
    return web.json_response(page_of(shapes, [shape.id for shape in shapes], query.limit))


async def get_exception(call: Call) -> web.Response:
    """One exception; its version is the ETag."""
    return exception_answer(await visible_exception(call))


async def visible_exception(call: Call) -> ExceptionView:
    """The exception of the address, or 404: unknown and foreign look the same."""
    wanted = record_id(call)
    services = call.services
    view = wanted and await show_exception(
        wanted,
        call.tenant_ids,
        storage=services.storage,
        promises=services.promises,
        now=services.business_now(),
    )
    if not view:
        raise not_found(what="exception")
    return view


def exception_answer(view: ExceptionView) -> web.Response:
    """One exception as JSON."""
    shape = exception_shape(view.record, tenant=view.tenant.name, thread=view.thread, now=view.now)
    return answer(shape, etag=view.record.version)


async def threads_of(records: Sequence[ExceptionRecord], storage: Storage) -> list[Thread | None]:
    """Where each record is told, where it is."""
    async with storage.read() as tx:
        return [await thread_of(tx, record.id) for record in records]


def _filter(query: ExceptionsQuery, tenant_ids: tuple[int, ...]) -> ExceptionFilter:
    return ExceptionFilter(
        tenant_ids=tenant_ids,
        statuses=query.status,
        severity=query.severity,
        reason_code=query.reason_code,
        order_id=query.order_id,
        since=query.since,
        before_id=query.cursor,
        limit=query.limit + 1,
    )


ROUTES = (
    Route(
        method="GET",
        path="/api/exceptions",
        access=Access.READ,
        handle=get_exceptions,
        summary="Exceptions, newest first",
        query=ExceptionsQuery,
        answers={200: ExceptionPage},
    ),
    Route(
        method="GET",
        path="/api/exceptions/{id}",
        access=Access.READ,
        handle=get_exception,
        summary="One exception",
        answers={200: ExceptionShape},
    ),
)
