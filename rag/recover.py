"""Gets the JSON object out of what a model wrote, or refuses it; nothing is guessed.

Must not repair a value. The rules:

- One JSON object counts, alone or in a fence (```), with prose before or after it. An object inside
  another one, or inside a list, is part of that and does not count by itself.
- Several objects are refused, unless all of them are equal. So is none, and a list.
- One comma too many before a closing bracket is accepted, because it changes no value. Single
  quotes, comments, bare names, missing commas, NaN and Infinity are refused.
- The same name twice in one object is refused, unless with the same value.
- A text that was cut off is refused, unless the object's members that are whole include every one
  that the schema requires. A member that was cut off, or may have been, is left out: what stands
  behind it is not there.
- Deeper than 32 levels is refused.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.asking import JsonSchema, NoAnswerError

_DEEPEST = 32
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_TOO_MANY_COMMAS = re.compile(r'("(?:[^"\\]|\\.)*")|,(\s*[}\]])', re.DOTALL)


class NotJsonError(NoAnswerError):
    """There is no single JSON object in what the model wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """The object; `whole` is False where its end was cut off."""

    value: Mapping[str, Any]
    whole: bool = True


def recover(text: str, schema: JsonSchema) -> Recovered:
    """The one object that a text holds.

    Args:
        text: what the model wrote.
        schema: of which `required` says what an object that was cut off must still have.

    Raises:
        NotJsonError: by the rules of this module.
    """
    spans, rest = _spans(text)
    if rest is not None:
        if spans:
            msg = "more than one object"
            raise _refused(msg)
        return Recovered(value=_prefix(text[rest:], schema), whole=False)
    found = [_parsed(text[start:end]) for start, end in spans]
    if not found:
        msg = "no object"
        raise _refused(msg)
    if any(other != found[0] for other in found[1:]):
        msg = "more than one object"
        raise _refused(msg)
    return Recovered(value=_object(found[0]))


def _spans(text: str) -> tuple[list[tuple[int, int]], int | None]:
    """Where outermost brackets open and close, and where one opens that never does.

    Prose may hold brackets too: `[1]` or `{x}` count only where JSON follows the bracket.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    while (start := _opening(text, at)) is not None:
        end = _closing(text, start)
        if end is None:
            return spans, start
        spans.append((start, end))
        at = end
    return spans, None


_OPENING = re.compile(r'\{\s*(?=["}])|\[\s*(?=[{\[])')


def _opening(text: str, at: int) -> int | None:
    found = _OPENING.search(text, at)
    return found.start() if found else None


def _closing(text: str, start: int) -> int | None:
    """Behind the bracket that closes the one at `start`; None where the text ends before."""
    depth, at = 0, start
    while at < len(text):
        mark = text[at]
        if mark == '"':
            found = _STRING.match(text, at)
            if found is None:
                return None
            at = found.end()
            continue
        depth += (mark in "{[") - (mark in "}]")
        at += 1
        if depth > _DEEPEST:
            msg = "too deep"
            raise _refused(msg)
        if depth == 0:
            return at
    return None


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    plain = _TOO_MANY_COMMAS.sub(lambda found: found[1] or found[2], text)
    try:
        return json.loads(
            plain, object_pairs_hook=_members, parse_constant=_constant, parse_float=_number
        )
    except ValueError as error:
        msg = "not JSON"
        raise _refused(msg) from error


def _members(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members and not _same(members[name], value):
            msg = "a name twice"
            raise _refused(msg)
        members[name] = value
    return members


def _same(one: object, other: object) -> bool:
    """Equal and of one type: in Python true is 1."""
    return type(one) is type(other) and one == other


def _constant(word: str) -> float:
    message = f"{word} is no number"
    raise ValueError(message)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        message = f"{text} is no number"
        raise ValueError(message)
    return value


def _object(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        msg = "no object"
        raise _refused(msg)
    return value


def _prefix(text: str, schema: JsonSchema) -> Mapping[str, Any]:
    """The whole members of an object whose end is missing."""
    if not text.startswith("{"):
        msg = "cut off"
        raise _refused(msg)
    whole = _object(_parsed(text[: _last_comma(text)] + "}"))
    required = schema.get("required")
    if not required or any(name not in whole for name in required):
        msg = "cut off"
        raise _refused(msg)
    return whole


def _last_comma(text: str) -> int:
    """Where the last comma of the outermost level stands: what is before it is whole."""
    depth, at, last = 0, 0, 1
    while at < len(text):
        mark = text[at]
        if mark == '"':
            found = _STRING.match(text, at)
            if found is None:
                break
            at = found.end()
            continue
        depth += (mark in "{[") - (mark in "}]")
        if mark == "," and depth == 1:
            last = at
        at += 1
    return last


def _refused(why: str) -> NotJsonError:
    message = f"the answer is no JSON object: {why}"
    return NotJsonError(message)
