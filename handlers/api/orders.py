"""Shows an order: its events, clocks and exceptions. Must not change anything."""

from aiohttp import web

from handlers.api.auth import Access
from handlers.api.errors import not_found
from handlers.api.exceptions import threads_of
from handlers.api.shapes import OrderShape, answer, order_shape
from handlers.api.table import Call, Route
from jobs.show import show_order

_MAX_ORDER_ID = 256


async def get_order(call: Call) -> web.Response:
    """The order as the caller's tenant has it; `#so-1` finds `SO-1`."""
    order_id = call.request.match_info["order_id"]
    if len(order_id) > _MAX_ORDER_ID or not order_id.isprintable():
        raise not_found(what="order")
    services = call.services
    views = await show_order(
        order_id,
        call.tenant_ids,
        storage=services.storage,
        promises=services.promises,
        now=services.business_now(),
    )
    view = next((view for view in views if view.events), None)
    if view is None:
        raise not_found(what="order")
    return answer(order_shape(view, await threads_of(view.records, services.storage)))


ROUTES = (
    Route(
        method="GET",
        path="/api/orders/{order_id}",
        access=Access.READ,
        handle=get_order,
        summary="An order with its events, clocks and exceptions",
        answers={200: OrderShape},
    ),
)
