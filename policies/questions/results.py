"""What figures are answered with. Must not know where they came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of those asked for are of one kind; `name` is empty where none is stated."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How durations are spread, in minutes; zeros where there are none."""

    count: int = 0
    mean: float = 0.0
    median: float = 0.0
    ninth: float = 0.0
    longest: float = 0.0


def spread_of(minutes: Sequence[float]) -> Spread:
    """How they are spread; the ninth tenth is that of the nearest rank."""
    if not minutes:
        return Spread()
    ordered = sorted(minutes)
    rank = -(-9 * len(ordered) // 10) - 1
    return Spread(
        count=len(ordered),
        mean=fmean(ordered),
        median=median(ordered),
        ninth=ordered[rank],
        longest=ordered[-1],
    )
