"""Shows invoices and the notes on them, and lets notes be decided on.

Must not bill, price or decide: jobs and policies do.
"""

import re
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from handlers.api.asking import PageQuery, page_of, read_model, read_query
from handlers.api.auth import Access
from handlers.api.errors import RefusalError, not_found
from handlers.api.fields import MAX_ID
from handlers.api.invoice_shapes import (
    AdjustmentShape,
    InvoiceShape,
    adjustment_shape,
    invoice_shape,
)
from handlers.api.shapes import Shape, answer
from handlers.api.table import Call, Route
from jobs.decide_note import NoNote, decide_note
from policies.money.invoice_values import Adjustment, NoteStatus
from policies.money.notes import Decided, Decider, NotTheirs

_NUMBER = re.compile(r"(?:INV-)?0*([1-9][0-9]{0,17})", re.ASCII)
State = Literal["proposed", "approved", "rejected", "issued"]


class InvoicesQuery(PageQuery):
    """Which invoices; `period` is a month like 2026-10."""

    period: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] | None = None


class AdjustmentsQuery(PageQuery):
    """Which notes; `status` may be given several times."""

    status: Annotated[tuple[State, ...], Field(strict=False)] = ()


class InvoicePage(Shape):
    """A page of invoices, newest first."""

    items: tuple[InvoiceShape, ...]
    next_cursor: str | None


class AdjustmentPage(Shape):
    """A page of notes, newest first."""

    items: tuple[AdjustmentShape, ...]
    next_cursor: str | None


class DecisionBody(BaseModel):
    """What is said with a decision, for the trail."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


async def get_invoices(call: Call) -> web.Response:
    """A page of the tenant's invoices."""
    query = read_query(call, InvoicesQuery)
    async with call.services.storage.read() as tx:
        found = await tx.invoices.find(
            call.tenant_ids, period=query.period, before_id=query.cursor, limit=query.limit + 1
        )
    name = await _tenant(call)
    shapes = [invoice_shape(one, tenant=name) for one in found]
    return web.json_response(page_of(shapes, [one.id for one in found], query.limit))


async def get_invoice(call: Call) -> web.Response:
    """One invoice by its id or number."""
    wanted = _id_in(call)
    async with call.services.storage.read() as tx:
        found = wanted and await tx.invoices.get(call.caller.tenant_id, wanted)
    if not found:
        raise not_found(what="invoice")
    return answer(invoice_shape(found, tenant=await _tenant(call)))


async def get_adjustments(call: Call) -> web.Response:
    """A page of the notes on the tenant's invoices."""
    query = read_query(call, AdjustmentsQuery, lists=("status",))
    async with call.services.storage.read() as tx:
        found = await tx.adjustments.find(
            call.tenant_ids, status=query.status, before_id=query.cursor, limit=query.limit + 1
        )
    name = await _tenant(call)
    shapes = [adjustment_shape(one, tenant=name) for one in found]
    return web.json_response(page_of(shapes, [one.id for one in found], query.limit))


async def post_approve(call: Call) -> web.Response:
    """Lets a note go out; asked again it is the same note."""
    return await _decide(call, approve=True)


async def post_reject(call: Call) -> web.Response:
    """Turns a note down; asked again it stays so."""
    return await _decide(call, approve=False)


async def _decide(call: Call, *, approve: bool) -> web.Response:
    body = await read_model(call, DecisionBody)
    outcome = await decide_note(
        call.caller.tenant_id,
        _id_in(call),
        Decider(name=call.actor, lead=True),
        approve=approve,
        words=body.note,
        storage=call.services.storage,
        now=call.services.business_now(),
    )
    if isinstance(outcome, NoNote):
        raise not_found(what="adjustment")
    if isinstance(outcome, NotTheirs):
        raise RefusalError(403, "not_yours", outcome.why)
    if isinstance(outcome, Decided):
        outcome = _as_asked(outcome.note, approve=approve)
    return answer(adjustment_shape(outcome, tenant=await _tenant(call)))


def _as_asked(note: Adjustment, *, approve: bool) -> Adjustment:
    """The note where it stands as asked for; else 409."""
    if (note.status is NoteStatus.REJECTED) == approve:
        message = f"The note was {note.status} before, by {note.decided_by}."
        raise RefusalError(409, "decided", message)
    return note


def _id_in(call: Call) -> int:
    """The number in the address; 0 where it is none."""
    found = _NUMBER.fullmatch(call.request.match_info["id"])
    number = int(found[1]) if found else 0
    return number if number <= MAX_ID else 0


async def _tenant(call: Call) -> str:
    async with call.services.storage.read() as tx:
        tenant = await tx.tenants.get(call.caller.tenant_id)
    return tenant.name if tenant else ""


ROUTES = (
    Route(
        method="GET",
        path="/api/invoices",
        access=Access.READ,
        handle=get_invoices,
        summary="Invoices with their lines, newest first",
        query=InvoicesQuery,
        answers={200: InvoicePage},
    ),
    Route(
        method="GET",
        path="/api/invoices/{id}",
        access=Access.READ,
        handle=get_invoice,
        summary="One invoice",
        answers={200: InvoiceShape},
    ),
    Route(
        method="GET",
        path="/api/adjustments",
        access=Access.READ,
        handle=get_adjustments,
        summary="Credit and debit notes, newest first",
        query=AdjustmentsQuery,
        answers={200: AdjustmentPage},
    ),
    Route(
        method="POST",
        path="/api/adjustments/{id}/approve",
        access=Access.ADMIN,
        handle=post_approve,
        summary="Approves a note, which is issued with it",
        body=DecisionBody,
        answers={200: AdjustmentShape},
    ),
    Route(
        method="POST",
        path="/api/adjustments/{id}/reject",
        access=Access.ADMIN,
        handle=post_reject,
        summary="Turns a note down",
        body=DecisionBody,
        answers={200: AdjustmentShape},
    ),
)
