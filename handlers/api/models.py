"""Shows and resets the breakers before what may fail outside, and empties caches.

Must not ask a model. Breakers are this process's own, whoever asks; caches are the tenant's.
"""

from collections.abc import Sequence
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from handlers.api.asking import read_model, read_query
from handlers.api.auth import Access
from handlers.api.errors import not_found
from handlers.api.shapes import Shape, When, answer
from handlers.api.table import Call, Route
from jobs.clear_cache import clear_cache
from jobs.reset_breaker import reset_breaker, reset_entry


class CircuitShape(Shape):
    """A breaker: `state` is closed, open or half_open; `failures` are those in a row."""

    name: str
    state: str
    failures: int
    since: When | None
    retry_at: When | None


class CircuitsAnswer(Shape):
    """The breakers of the replica that answered."""

    items: tuple[CircuitShape, ...]


class ClearBody(BaseModel):
    """Which cache, in the body or in the query; all of them unless one is named."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    cache_type: Literal["all", "model_answers"] = "all"


class ClearAnswer(Shape):
    """How many entries went, by cache."""

    cleared: dict[str, int]


async def get_circuits(call: Call) -> web.Response:
    """How the breakers stand."""
    shapes = _shapes(call.services.circuits.all())
    return answer(CircuitsAnswer(items=shapes))


async def post_reset(call: Call) -> web.Response:
    """Closes a breaker, safe to ask twice."""
    name, services = call.request.match_info["name"], call.services
    now = services.business_now()
    found = await reset_breaker(
        name,
        reset_entry(name, call.caller.tenant_id, call.actor, now, call.correlation_id),
        circuits=services.circuits,
        storage=services.storage,
    )
    if found is None:
        raise not_found(what="circuit breaker")
    return answer(CircuitShape.model_validate(found))


async def post_clear(call: Call) -> web.Response:
    """Forgets what was kept of the caller's tenant."""
    read_query(call, ClearBody)  # a name that is not read would be taken for all of them
    await read_model(call, ClearBody)  # there is one cache so far: all of them is that one
    cleared = await clear_cache(
        call.caller.tenant_id,
        call.actor,
        storage=call.services.storage,
        now=call.services.business_now(),
        correlation_id=call.correlation_id,
    )
    return answer(ClearAnswer(cleared=dict(cleared)))


def _shapes(views: Sequence[object]) -> tuple[CircuitShape, ...]:
    return tuple(CircuitShape.model_validate(one) for one in views)


ROUTES = (
    Route(
        method="GET",
        path="/api/circuit-breakers",
        access=Access.READ,
        handle=get_circuits,
        summary="How the breakers of this replica stand",
        answers={200: CircuitsAnswer},
    ),
    Route(
        method="POST",
        path="/api/circuit-breakers/{name}/reset",
        access=Access.ADMIN,
        handle=post_reset,
        summary="Closes a breaker of this replica",
        answers={200: CircuitShape},
    ),
    Route(
        method="POST",
        path="/api/cache/clear",
        access=Access.ADMIN,
        handle=post_clear,
        summary="Forgets what is kept so that it need not be asked again",
        body=ClearBody,
        query=ClearBody,
        answers={200: ClearAnswer},
    ),
)
