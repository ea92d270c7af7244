"""Reads what is asked: queries and bodies into strict models, and pages into cursors.

Must not know what the questions are about.
"""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from handlers.api.bodies import KIB, read_body
from handlers.api.errors import Issue, invalid_request
from handlers.api.fields import MAX_ID, issues_of
from handlers.api.shapes import Shape
from handlers.api.strict_json import MalformedError, flaws_of, read_json
from handlers.api.table import Call

_BODY_LIMIT = 64 * KIB
Model = TypeVar("Model", bound=BaseModel)


def _only_digits(value: object) -> object:
    """Digits of a query as the number that they write; anything else is left to be refused."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


Cursor = Annotated[int, BeforeValidator(_only_digits), Field(ge=1, le=MAX_ID)]
Limit = Annotated[int, BeforeValidator(_only_digits), Field(ge=1, le=200)]


class PageQuery(BaseModel):
    """A page: how many, and after which. A cursor is what `next_cursor` said."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    limit: Limit = 50
    cursor: Cursor | None = None


def read_query(call: Call, model: type[Model], *, lists: Sequence[str] = ()) -> Model:
    """The query as a model; raises 422 with the fields that are wrong.

    `lists` may be given several times or separated by commas.
    """
    query = call.request.query
    given: dict[str, object] = dict(query)
    for name in lists:
        if name in query:
            given[name] = tuple(",".join(query.getall(name)).split(","))
    twice = [name for name in query if name not in lists and len(query.getall(name)) > 1]
    if twice:
        raise invalid_request([Issue(path=twice[0], message="is given twice")])
    return _valid(model, given)


async def read_model(call: Call, model: type[Model]) -> Model:
    """The body as a model; an empty body is an empty object."""
    body = await read_body(call.request, _BODY_LIMIT)
    try:
        reading = read_json(body or b"{}")
    except MalformedError as error:
        raise invalid_request(error.issues) from error
    if reading.suspect and (flaws := flaws_of(reading.value)):
        raise invalid_request(flaws)
    return _valid(model, reading.value)


def record_id(call: Call) -> int | None:
    """The id in the address, or None where it cannot be one."""
    text = call.request.match_info["id"]
    if not (text.isascii() and text.isdigit() and len(text) < len(str(MAX_ID))):
        return None
    return int(text)


def page_of(shapes: Sequence[Shape], ids: Sequence[int], limit: int) -> dict[str, object]:
    """The answer of a listing that asked for one more than `limit`."""
    more = len(shapes) > limit
    return {
        "items": [shape.model_dump(mode="json") for shape in shapes[:limit]],
        "next_cursor": str(ids[limit - 1]) if more else None,
    }


def _valid(model: type[Model], given: object) -> Model:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid_request(issues_of(error)) from error
