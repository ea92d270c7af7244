"""The small rules from which block schemas are put together.

It must not name any block or element.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that Slack would refuse.

    Attributes:
        pointer: JSON pointer to the place, such as `/blocks/0/text/text`.
        message: the reason in Slack's words.
        code: the error code of the whole call.
    """

    pointer: str
    message: str
    code: str = "invalid_blocks"

    def __str__(self) -> str:
        """Return the line that Slack puts into `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


class Rule(Protocol):
    """Whatever can look at a JSON value."""

    def check(self, value: object, pointer: str, /) -> Iterator[Fault]:
        """Yield what is wrong with `value`, which stands at `pointer`."""


@dataclass(frozen=True)
class Anything:
    """Accepts every value."""

    def check(self, _value: object, _pointer: str, /) -> Iterator[Fault]:
        """Yield nothing."""
        yield from ()


@dataclass(frozen=True)
class Flag:
    """A boolean."""

    def check(self, value: object, pointer: str, /) -> Iterator[Fault]:
        """Yield a fault for everything but true and false."""
        if not isinstance(value, bool):
            yield Fault(pointer=pointer, message="must be a boolean")


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number within limits."""

    least: float = float("-inf")
    most: float = float("inf")

    def check(self, value: object, pointer: str, /) -> Iterator[Fault]:
        """Yield a fault for another type and outside the limits."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Fault(pointer=pointer, message="must be a number")
        elif not self.least <= value <= self.most:
            yield Fault(pointer=pointer, message=f"must be between {self.least} and {self.most}")


@dataclass(frozen=True, kw_only=True)
class Words:
    """A string of limited length, or one of a few."""

    most: int
    least: int = 0
    among: tuple[str, ...] = ()

    def check(self, value: object, pointer: str, /) -> Iterator[Fault]:
        """Yield a fault for another type, a wrong length and an unknown word."""
        if not isinstance(value, str):
            yield Fault(pointer=pointer, message="must provide a string")
        elif len(value) > self.most:
            yield Fault(pointer=pointer, message=f"must be less than {self.most + 1} characters")
        elif len(value) < self.least:
            yield Fault(pointer=pointer, message=f"must be more than {self.least - 1} characters")
        elif self.among and value not in self.among:
            yield Fault(pointer=pointer, message=f"must be one of: {', '.join(self.among)}")


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list whose items follow one rule."""

    of: Rule
    most: int
    least: int = 1

    def check(self, value: object, pointer: str, /) -> Iterator[Fault]:
        """Yield a fault for another type, a wrong count and each wrong item."""
        if not isinstance(value, list):
            yield Fault(pointer=pointer, message="must be an array")
            return
        if len(value) > self.most:
            yield Fault(pointer=pointer, message=f"no more than {self.most} items allowed")
        if len(value) < self.least:
            yield Fault(pointer=pointer, message=f"no less than {self.least} items allowed")
        for index, item in enumerate(value):
            yield from self.of.check(item, f"{pointer}/{index}")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """An object with known fields; `either` names fields of which one must be there."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    either: tuple[str, ...] = ()

    def check(self, value: object, pointer: str, /) -> Iterator[Fault]:
        """Yield missing, unknown and wrong fields."""
        if not isinstance(value, dict):
            yield Fault(pointer=pointer, message="must provide an object")
            return
        for name in self.required:
            if name not in value:
                yield Fault(pointer=pointer, message=f"missing required field: {name}")
        if self.either and not any(name in value for name in self.either):
            yield Fault(pointer=pointer, message=f"missing required field: {self.either[0]}")
        for name, item in value.items():
            rule = self.required.get(name) or self.optional.get(name)
            if name == "type":
                continue
            if rule is None:
                yield Fault(pointer=pointer, message=f"invalid additional property: {name}")
            else:
                yield from rule.check(item, f"{pointer}/{name}")


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """An object whose `type` chooses the rule."""

    kinds: Mapping[str, Rule]

    def check(self, value: object, pointer: str, /) -> Iterator[Fault]:
        """Yield a fault for an unknown type and whatever its rule finds."""
        if not isinstance(value, dict):
            yield Fault(pointer=pointer, message="must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            yield Fault(pointer=pointer, message="missing required field: type")
        elif not isinstance(kind, str) or kind not in self.kinds:
            yield Fault(pointer=f"{pointer}/type", message=f"unsupported type: {kind}")
        else:
            yield from self.kinds[kind].check(value, pointer)


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text object; `plain` allows only plain_text."""

    most: int
    plain: bool = False

    def check(self, value: object, pointer: str, /) -> Iterator[Fault]:
        """Yield a fault where it is no such text object, is empty or too long."""
        kinds = ("plain_text",) if self.plain else ("plain_text", "mrkdwn")
        known = {"type", "text", "emoji", "verbatim"}
        if not isinstance(value, dict) or value.get("type") not in kinds or set(value) - known:
            yield Fault(pointer=pointer, message="failed to match all allowed schemas")
        elif value["type"] == "mrkdwn" and "emoji" in value:
            yield Fault(pointer=pointer, message="invalid additional property: emoji")
        else:
            yield from Words(most=self.most, least=1).check(value.get("text"), f"{pointer}/text")
