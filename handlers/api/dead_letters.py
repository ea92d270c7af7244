"""Shows what failed and gives it another try. Must not try it: jobs put it back to work."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from handlers.api.asking import PageQuery, page_of, read_model, read_query
from handlers.api.auth import Access
from handlers.api.errors import Issue, invalid_request
from handlers.api.fields import MAX_ID
from handlers.api.shapes import DeadLetterShape, Shape, answer, dead_letter_shape
from handlers.api.table import Call, Route
from jobs.replay_dead_letters import Replaying, replay_letters
from policies.queries import LetterFilter

_MOST = 100
State = Literal["waiting", "retrying", "replayed", "discarded"]


class DeadLettersQuery(PageQuery):
    """Which dead letters; `state` may be given several times."""

    state: Annotated[tuple[State, ...], Field(strict=False)] = ()
    order_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None


class DeadLetterPage(Shape):
    """A page of dead letters, newest first."""

    items: tuple[DeadLetterShape, ...]
    next_cursor: str | None


class ReplayBody(BaseModel):
    """Which letters: by id, or all of an order. `dry_run` only says what would happen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    ids: (
        Annotated[
            tuple[Annotated[int, Field(ge=1, le=MAX_ID)], ...],
            Field(min_length=1, max_length=_MOST, strict=False),
        ]
        | None
    ) = None
    order_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    dry_run: bool = False


class ReplayResult(Shape):
    """`replayed`, `rejected` (it still cannot be taken) or `not_found` (not waiting)."""

    id: int
    result: str


class ReplayAnswer(Shape):
    """What became of each letter, or would."""

    dry_run: bool
    items: tuple[ReplayResult, ...]


async def get_dead_letters(call: Call) -> web.Response:
    """A page of the tenant's dead letters."""
    query = read_query(call, DeadLettersQuery, lists=("state",))
    async with call.services.storage.read() as tx:
        letters = await tx.dead_letters.find(
            LetterFilter(
                tenant_ids=tuple(call.tenant_ids),
                states=query.state,
                order_id=query.order_id,
                before_id=query.cursor,
                limit=query.limit + 1,
            )
        )
    shapes = [dead_letter_shape(letter) for letter in letters]
    return web.json_response(page_of(shapes, [letter.id for letter in letters], query.limit))


async def post_replay(call: Call) -> web.Response:
    """Puts letters back to work, safe to ask twice."""
    body = await read_model(call, ReplayBody)
    if (body.ids is None) == (body.order_id is None):
        issue = Issue(path="ids", message="give either ids or order_id")
        raise invalid_request([issue])
    ids = body.ids if body.ids is not None else await _of_order(call, body.order_id)
    results = await replay_letters(
        ids, call.tenant_ids, replaying=_replaying(call), dry_run=body.dry_run
    )
    for _, result in () if body.dry_run else results:
        call.services.observe.replayed(result)
    items = tuple(ReplayResult(id=letter_id, result=result) for letter_id, result in results)
    return answer(ReplayAnswer(dry_run=body.dry_run, items=items))


async def _of_order(call: Call, order_id: str | None) -> list[int]:
    wanted = LetterFilter(tenant_ids=tuple(call.tenant_ids), order_id=order_id, limit=_MOST)
    async with call.services.storage.read() as tx:
        return [letter.id for letter in await tx.dead_letters.find(wanted)]


def _replaying(call: Call) -> Replaying:
    services = call.services
    return Replaying(
        actor=call.actor,
        storage=services.storage,
        log=services.event_log,
        retell=services.retell,
        business_now=services.business_now,
        wall_now=services.wall_now,
        correlation_id=call.correlation_id,
    )


ROUTES = (
    Route(
        method="GET",
        path="/api/dead-letters",
        access=Access.READ,
        handle=get_dead_letters,
        summary="What failed or was rejected, with the reason, newest first",
        query=DeadLettersQuery,
        answers={200: DeadLetterPage},
    ),
    Route(
        method="POST",
        path="/api/dead-letters/replay",
        access=Access.ADMIN,
        handle=post_replay,
        summary="Gives dead letters another try",
        body=ReplayBody,
        answers={200: ReplayAnswer},
    ),
)
