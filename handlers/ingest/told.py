"""What a source handed in, and what it told us by it: facts in the canonical form.

Must not know any source.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.api.errors import Issue
from handlers.ingest.canonical import InvalidEventError
from policies.source_codes import SourceCodes

Json = Mapping[str, Any]
_GRAMS = {"grams": 1.0, "ounces": 28.349523125, "pounds": 453.59237, "kilograms": 1000.0}
_HEAVIEST = 1e8
_COUNTRY = re.compile(r"[A-Za-z]{2,3}")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./:-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A source's own body. `now` dates what the body leaves undated."""

    body: Json
    headers: Mapping[str, str]
    codes: SourceCodes
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One fact in the canonical form, still to be validated.

    `by_id` means that its id is its proof of sameness: a history that is sent again says nothing
    new about it, whatever else changed in the body. `paths` are the source's own names for the
    fields that may be wrong. `refused` says why there is no fact. `names` are what else the body
    calls the order (policies/order_names.py).
    """

    raw: object
    by_id: bool = False
    paths: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[Issue, ...] = ()
    names: tuple[str | None, ...] = ()

    def in_its_words(self, issues: Sequence[Issue]) -> tuple[Issue, ...]:
        """The issues with the source's own names for the fields."""
        return tuple(
            Issue(path=self.paths.get(issue.path, issue.path), message=issue.message)
            for issue in issues
        )


Translate = Callable[[Posted], list[Told]]
"""The facts of a body; none where it is of no interest.

Raises InvalidEventError, naming the source's own field, where the body cannot be read.
"""


def no_fact(*, path: str, message: str) -> InvalidEventError:
    """The error of a body that should tell a fact and does not."""
    return InvalidEventError(Issue(path=path, message=message))


def text(value: object) -> str | None:
    """A string or a number as text; None for everything else, and for nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def obj(value: object) -> Json:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Json]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def slug(value: object) -> str | None:
    """A code or a short name as payloads carry it; None for anything that could be free text."""
    found = text(value)
    return found if found and _SLUG.fullmatch(found) else None


def country(value: object) -> str | None:
    """A country's code of two or three letters."""
    found = text(value)
    return found.upper() if found and _COUNTRY.fullmatch(found) else None


def whole(value: object) -> int | None:
    """A count, or None."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value


def grams(weight: object, unit: str) -> int | None:
    """A weight in whole grams; None where it is none, or of a unit that nobody knows."""
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        return None
    return round(weight * _GRAMS[unit]) if unit in _GRAMS and 0 < weight < _HEAVIEST else None


def pieces(lines: object) -> int | None:
    """How many pieces lines with a `quantity` add up to, or None when no line says."""
    counts = [whole(line.get("quantity")) for line in objects(lines)]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def known(facts: Json) -> dict[str, Any]:
    """The facts that are known."""
    return {key: value for key, value in facts.items() if value is not None}
