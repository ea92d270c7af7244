"""Shows how far the tenant's exceptions are enriched, and has what is missing done again.

Must not judge or enrich: jobs and policies do.
"""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from handlers.api.asking import PageQuery, read_model, read_query
from handlers.api.auth import Access
from handlers.api.enrichment_shapes import (
    BacklogAnswer,
    DayShape,
    HealthAnswer,
    ProcessAnswer,
    ReportAnswer,
    enrichment_shape,
    figures_shape,
    goal_shape,
    group_shape,
    measure_shapes,
)
from handlers.api.fields import MAX_ID
from handlers.api.shapes import answer
from handlers.api.table import Call, Route
from jobs.reprocess_enrichment import process_enrichment
from jobs.show_enrichment import show_backlog, show_health, show_report

Number = Annotated[int, Field(ge=1, le=MAX_ID)]


class ProcessBody(BaseModel):
    """Which exceptions; all that are incomplete unless some are named."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    exception_ids: Annotated[list[Number], Field(max_length=1000)] | None = None


async def get_health(call: Call) -> web.Response:
    """The figures of the last 24 hours against their limits."""
    view = await show_health(
        call.caller.tenant_id, storage=call.services.storage, wall_now=call.services.wall_now()
    )
    measures = measure_shapes(view.figures, view.levels)
    figures = figures_shape(view.figures)
    return answer(HealthAnswer(status=view.worst, measures=measures, figures=figures))


async def get_backlog(call: Call) -> web.Response:
    """A page of what is incomplete, with the reasons."""
    query = read_query(call, PageQuery)
    view = await show_backlog(
        call.caller.tenant_id,
        storage=call.services.storage,
        before_id=query.cursor,
        limit=query.limit + 1,
    )
    items = tuple(enrichment_shape(row, record) for row, record in view.rows[: query.limit])
    more = len(view.rows) > query.limit
    cursor = str(items[-1].exception_id) if more else None
    return answer(BacklogAnswer(items=items, next_cursor=cursor, backlog=view.total))


async def get_report(call: Call) -> web.Response:
    """168 hours."""
    view = await show_report(
        call.caller.tenant_id, storage=call.services.storage, wall_now=call.services.wall_now()
    )
    days = tuple(
        DayShape(since=one.since, until=one.until, figures=figures_shape(one.figures))
        for one in view.days
    )
    return answer(
        ReportAnswer(
            figures=figures_shape(view.figures),
            goals=tuple(map(goal_shape, view.goals)),
            stages=tuple(map(group_shape, view.groups)),
            days=days,
        )
    )


async def post_process(call: Call) -> web.Response:
    """Has them looked at now, with all their tries before them."""
    body = await read_model(call, ProcessBody)
    queued = await process_enrichment(
        call.caller.tenant_id,
        body.exception_ids,
        call.actor,
        storage=call.services.storage,
        now=call.services.business_now(),
        wall_now=call.services.wall_now(),
        correlation_id=call.correlation_id,
    )
    return answer(ProcessAnswer(queued=queued))


ROUTES = (
    Route(
        method="GET",
        path="/api/enrichment/health",
        access=Access.READ,
        handle=get_health,
        summary="How far the exceptions of the last 24 hours are enriched, against the limits",
        answers={200: HealthAnswer},
    ),
    Route(
        method="GET",
        path="/api/enrichment/backlog",
        access=Access.READ,
        handle=get_backlog,
        summary="Exceptions that are not enriched, newest first, each with the reason",
        query=PageQuery,
        answers={200: BacklogAnswer},
    ),
    Route(
        method="GET",
        path="/api/enrichment/report",
        access=Access.READ,
        handle=get_report,
        summary="168 hours of enrichment: figures, aims, stages, days",
        answers={200: ReportAnswer},
    ),
    Route(
        method="POST",
        path="/api/enrichment/process",
        access=Access.ADMIN,
        handle=post_process,
        summary="Has what is incomplete tried again now",
        body=ProcessBody,
        answers={200: ProcessAnswer},
    ),
)
