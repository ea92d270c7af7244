"""A moment: one thing that happens to an order, and when the news of it arrives.

Lists of moments are values: a function returns a new list and must not change its argument.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """An event before it has an id: `at` seconds since 1970, `lag` and `repeats` in seconds."""

    event_type: str
    source: str
    at: int
    lag: int = 5
    repeats: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def arrives_at(self) -> int:
        """When the first copy is sent."""
        return self.at + self.lag


def find(moments: list[Moment], event_type: str) -> Moment:
    """Return the first moment of that type, which must be there."""
    return next(moment for moment in moments if moment.event_type == event_type)


def delay_from(moments: list[Moment], event_type: str, seconds: int) -> list[Moment]:
    """Move that moment and all that follow by `seconds`."""
    since = find(moments, event_type).at
    return [
        replace(moment, at=moment.at + seconds) if moment.at >= since else moment
        for moment in moments
    ]


def drop_from(moments: list[Moment], event_type: str) -> list[Moment]:
    """Leave out that moment and all that follow."""
    since = find(moments, event_type).at
    return [moment for moment in moments if moment.at < since]


def amend(moments: list[Moment], event_type: str, **facts: object) -> list[Moment]:
    """Add facts to the moments of that type."""
    return [
        replace(moment, facts={**moment.facts, **facts})
        if moment.event_type == event_type
        else moment
        for moment in moments
    ]


def hold_back(moments: list[Moment], event_type: str, lag: int) -> list[Moment]:
    """Let the news of that moment arrive `lag` seconds after it happened."""
    return [
        replace(moment, lag=lag) if moment.event_type == event_type else moment
        for moment in moments
    ]
