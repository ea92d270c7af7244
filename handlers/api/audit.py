"""Shows who changed what, when. Must not change anything."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from handlers.api.asking import PageQuery, page_of, read_query
from handlers.api.auth import Access
from handlers.api.shapes import AuditShape, Shape, audit_shape
from handlers.api.table import Call, Route


class AuditQuery(PageQuery):
    """A page of the trail, or all about one subject (`exception:7`)."""

    subject: Annotated[str, Field(min_length=1, max_length=256)] | None = None


class AuditPage(Shape):
    """Entries, newest first."""

    items: tuple[AuditShape, ...]
    next_cursor: str | None


async def get_audit(call: Call) -> web.Response:
    """A page of the tenant's trail."""
    query = read_query(call, AuditQuery)
    async with call.services.storage.read() as tx:
        if query.subject is None:
            entries = await tx.audit.find(
                call.tenant_ids, before_id=query.cursor, limit=query.limit + 1
            )
        else:
            trail = await tx.audit.of_subject(call.caller.tenant_id, query.subject)
            newer = query.cursor
            entries = [entry for entry in reversed(trail) if newer is None or entry.id < newer]
    shapes = [audit_shape(entry) for entry in entries]
    return web.json_response(page_of(shapes, [entry.id for entry in entries], query.limit))


ROUTES = (
    Route(
        method="GET",
        path="/api/audit",
        access=Access.READ,
        handle=get_audit,
        summary="The audit trail, newest first",
        query=AuditQuery,
        answers={200: AuditPage},
    ),
)
