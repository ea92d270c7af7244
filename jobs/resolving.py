"""What resolution needs, in one bundle that bot/resolving.py fills. Must not do anything."""

from collections.abc import Callable
from dataclasses import dataclass, field

from jobs.ports import Storage
from jobs.ports.resolution import Caller
from policies.promises import Promises
from policies.resolution import NO_RESOLUTION, ResolutionBook


def unobserved(_result: str) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolving:
    """Where, by which rules, through whom.

    `observe` is told how every real attempt ended; `notify` is off where nothing is posted unasked.
    `looked` remembers for each tenant up to which exception the last run came, so that a run looks
    at a bounded number and all have their turn.
    """

    storage: Storage
    promises: Promises
    caller: Caller
    default_channel: str
    book: ResolutionBook = NO_RESOLUTION
    notify: bool = True
    observe: Callable[[str], None] = unobserved
    looked: dict[int, int] = field(default_factory=dict)
