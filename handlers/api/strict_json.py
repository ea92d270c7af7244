"""Reads JSON that strangers sent: strict, bounded, and telling exactly what is wrong where.

What must not be used (NaN, a key that appears twice, ...) is read as `Unusable`, so that one
bad value spoils its own event and not the batch. Must not know what the JSON means.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from handlers.api.errors import Issue

MAX_DEPTH = 64
_MAX_INTEGER_DIGITS = 308  # what a double can still hold, so that no later sum overflows
_EXACT = 2**53
_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_PATH_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Unusable:
    """Stands where a value stood that must not be used."""

    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `suspect` means that `flaws_of` has something to look for."""

    value: Any
    suspect: bool


class MalformedError(ValueError):
    """The body is not JSON."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.issues = (Issue(path="body", message=message),)


class _Hooks:
    """What the standard decoder calls while it reads one body."""

    def __init__(self) -> None:
        self.suspect = False

    def unusable(self, why: str) -> Unusable:
        self.suspect = True
        return Unusable(why)

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                value[key] = self.unusable("the key appears twice")
            seen.add(key)
        return value

    def constant(self, name: str) -> Unusable:
        return self.unusable(f"{name} is not a JSON number")

    def integer(self, digits: str) -> int | Unusable:
        if len(digits) <= _MAX_INTEGER_DIGITS:
            return int(digits)
        return self.unusable("the number is out of range")

    def number(self, digits: str) -> float | int | Unusable:
        """One number has one form: 5.0 is read as 5."""
        value = float(digits)
        if math.isinf(value):
            return self.unusable("the number is out of range")
        return int(value) if value.is_integer() and abs(value) < _EXACT else value


def read_json(body: bytes) -> Reading:
    """Reads a body, or raises MalformedError when it is not JSON in UTF-8."""
    hooks = _Hooks()
    decoder = json.JSONDecoder(
        object_pairs_hook=hooks.pairs,
        parse_constant=hooks.constant,
        parse_int=hooks.integer,
        parse_float=hooks.number,
    )
    try:
        text = body.decode("utf-8")
        value = decoder.decode(text)
    except UnicodeDecodeError as error:
        message = "the body is not UTF-8"
        raise MalformedError(message) from error
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise MalformedError(message) from error
    except RecursionError as error:
        message = f"nested deeper than {MAX_DEPTH} levels"
        raise MalformedError(message) from error
    return Reading(value, hooks.suspect or _SUSPECT_ESCAPE.search(text) is not None)


def flaws_of(value: object) -> list[Issue]:
    """Every place of a value that must not be used, with its path."""
    return [Issue(path=path_of(path), message=why) for path, why in _flaws(value)]


def path_of(steps: tuple[str | int, ...]) -> str:
    """The steps to a value as `payload.items.3`, safe to print and to store."""
    joined = ".".join(str(step) for step in steps) or "body"
    return joined.encode("ascii", "backslashreplace").decode("ascii")[:_PATH_LENGTH]


def _flaws(root: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), root)]
    while waiting:
        path, value = waiting.pop()
        why = _flaw(value, len(path))
        if why is not None:
            yield path, why
        elif isinstance(value, dict):
            for key, inner in value.items():
                if bad_key := _text_flaw(key):
                    yield (*path, key), f"the key {bad_key}"
                waiting.append(((*path, key), inner))
        elif isinstance(value, list):
            waiting.extend(((*path, place), inner) for place, inner in enumerate(value))


def _flaw(value: object, depth: int) -> str | None:
    if isinstance(value, Unusable):
        return value.why
    if isinstance(value, str):
        found = _text_flaw(value)
        return f"the text {found}" if found else None
    if depth > MAX_DEPTH and isinstance(value, dict | list):
        return f"nested deeper than {MAX_DEPTH} levels"
    return None


def _text_flaw(text: str) -> str | None:
    if "\x00" in text:
        return "holds a NUL character"
    if text.isascii():
        return None
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "holds a lone surrogate"
    return None
