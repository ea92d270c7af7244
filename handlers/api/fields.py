"""Fields that several models share, and what is said when one is wrong.

Must not hold models.
"""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainValidator, ValidationError, WithJsonSchema

from handlers.api.errors import Issue
from handlers.api.strict_json import path_of

MAX_ID = 2**63 - 1
DATE_TIME = WithJsonSchema({"type": "string", "format": "date-time"})
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_NOT_AN_OBJECT = ("model_type", "model_attributes_type")
_NO_OBJECT = "must be a JSON object"


def parse_instant(value: object) -> datetime:
    """An RFC 3339 time with offset, in UTC; ValueError says what is wrong."""
    if not isinstance(value, str):
        message = "must be a string like 2026-03-02T10:00:00Z"
        raise ValueError(message)  # noqa: TRY004 - pydantic collects ValueError
    if not _RFC3339.fullmatch(value):
        message = "must be RFC 3339 with an offset, like 2026-03-02T10:00:00Z"
        raise ValueError(message)
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = "is not a date and time that exists"
        raise ValueError(message) from error


Moment = Annotated[datetime, PlainValidator(parse_instant), DATE_TIME]


def issues_of(error: ValidationError) -> list[Issue]:
    """Pydantic's findings in the contract's words."""
    return [
        Issue(path=path_of(found["loc"]), message=_words_of(found["type"], found["msg"]))
        for found in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def _words_of(kind: str, message: str) -> str:
    """What is wrong; the name of a class of ours says nothing to who asks."""
    return _NO_OBJECT if kind in _NOT_AN_OBJECT else message.removeprefix("Value error, ")
