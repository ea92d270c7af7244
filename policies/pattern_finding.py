"""What a pattern is, with its numbers: the value that finders make and that is told.

Must not judge or draw.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from policies.pattern_counts import Values
from policies.records import JsonObject
from policies.sightings import Dimension, Span

_PLAIN = ("count", "of", "usual", "over", "level", "hour", "order_id")


class Kind(StrEnum):
    """What was found, in the order of telling."""

    MORE = "more"
    RISE = "rise"
    FALL = "fall"
    REPEAT = "repeat"
    HOUR = "hour"
    DELAY = "delay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something worth telling, with its numbers and the span that they are of.

    `count` exceptions have `values` in common, `of` there are in all. `usual` is what was expected:
    of MORE the rate of the same hours in `over` weeks, of RISE and FALL last week's count, of DELAY
    the middle delay in minutes of `of` exceptions of the reason, and `count` is the order's own.
    REPEAT and HOUR came on `over` days. `level` grows as it gets worse. `examples` are numbers of
    exceptions, `along` is what the same exceptions have in common besides, and `parts` are large
    parts of them with their counts.
    """

    kind: Kind
    values: Values
    count: int
    of: int
    usual: float
    over: int
    span: Span
    level: int
    hour: int | None = None
    order_id: str = ""
    examples: tuple[int, ...] = ()
    along: tuple[Values, ...] = ()
    parts: tuple[tuple[Values, int], ...] = ()
    ids: frozenset[int] = frozenset()

    @classmethod
    def of_json(cls, data: JsonObject) -> "Finding":
        """What `as_json` wrote."""
        since, until = data["span"]
        return cls(
            **{name: data[name] for name in _PLAIN},
            kind=Kind(data["kind"]),
            values=values_of(data["values"]),
            span=(datetime.fromisoformat(since), datetime.fromisoformat(until)),
            examples=tuple(data["examples"]),
            along=tuple(values_of(values) for values in data["along"]),
            parts=tuple((values_of(values), count) for values, count in data["parts"]),
        )

    @property
    def as_json(self) -> dict[str, Any]:
        """All of it but the numbers of all its exceptions."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "kind": self.kind.value,
            "values": values_json(self.values),
            "span": [at.isoformat() for at in self.span],
            "examples": list(self.examples),
            "along": [values_json(values) for values in self.along],
            "parts": [[values_json(values), count] for values, count in self.parts],
        }

    @property
    def key(self) -> str:
        """The same for the same finding whenever it is made."""
        return self.key_of(self.values)

    @property
    def keys(self) -> tuple[str, ...]:
        """Its own and those of what was folded into it."""
        return (self.key, *(self.key_of(values) for values in self.along))

    def key_of(self, values: Values) -> str:
        """The key that the same finding of other values has."""
        what = [f"{name.value}={value.casefold()}" for name, value in values]
        what += [] if self.hour is None else [f"hour={self.hour}"]
        what += [f"exception={self.examples[0]}"] if self.kind is Kind.DELAY else []
        return "|".join([self.kind.value, *what])


def values_json(values: Values) -> list[list[str]]:
    """What exceptions have in common, for JSON."""
    return [[name.value, value] for name, value in values]


def values_of(data: Sequence[Sequence[str]]) -> Values:
    """What `values_json` wrote."""
    return tuple((Dimension(name), value) for name, value in data)
