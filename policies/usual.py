"""What is usual: how long a stage takes, and how many orders an hour get through it.

Must not gather: what was measured is handed in. Too few are no usual.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

LEAST_DONE = 20
"""Orders that must have been through before their time is called usual."""
LEAST_DAYS = 3
"""Days with work at that hour before their number is called usual."""
DAYS = 7
RATE_WINDOW = timedelta(hours=1)
_TENTHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Counted minutes that a promise's orders took: half of them, nine of ten, of how many."""

    median_minutes: float
    p90_minutes: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many orders were done in [since, until), and the median of that hour on `days` days."""

    done: int
    usual: float
    days: int
    since: datetime
    until: datetime

    @property
    def part(self) -> float:
        """The share of the usual number."""
        return self.done / self.usual


def usual_of(minutes: Iterable[float]) -> Usual | None:
    """What these orders took; None of fewer than LEAST_DONE."""
    taken = sorted(minutes)
    if len(taken) < LEAST_DONE:
        return None
    p90 = quantiles(taken, n=_TENTHS, method="inclusive")[-1]
    return Usual(median_minutes=median(taken), p90_minutes=p90, count=len(taken))


def rate_windows(now: datetime) -> list[tuple[datetime, datetime]]:
    """The hour up to `now`, and the same hour of the days before."""
    first = now - RATE_WINDOW
    return [(first - timedelta(days=day), now - timedelta(days=day)) for day in range(DAYS + 1)]


def rate_of(done: Sequence[int | None], now: datetime) -> Rate | None:
    """The rate from the counts of `rate_windows`; None is a count that nobody made.

    Days without work say nothing of what is usual. None under LEAST_DAYS with work.
    """
    latest, *before = done
    worked = [count for count in before if count]
    if latest is None or len(worked) < LEAST_DAYS:
        return None
    return Rate(
        done=latest,
        usual=median(worked),
        days=len(worked),
        since=now - RATE_WINDOW,
        until=now,
    )
