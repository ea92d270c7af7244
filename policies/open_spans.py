"""Spans of open time on microseconds since 1970, and a table of them for bisection.

Must not know dates or time zones: calendar.py lays the spans out.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

Span = tuple[int, int]
"""Its first microsecond and the first one after it."""


@dataclass(frozen=True, slots=True)
class SpanTable:
    """All open spans from `first_us` to `until_us`, in order and apart from each other.

    The first one is empty and at `first_us`, so that each instant has one before it.
    `counted` is what had counted when a span started; `shut` is its start less that.
    """

    first_us: int
    until_us: int
    starts: list[int]
    ends: list[int]
    counted: list[int]
    shut: list[int]
    total: int

    def counted_until(self, moment_us: int) -> int:
        """What has counted from the table's beginning to an instant within."""
        index = bisect_right(self.starts, moment_us) - 1
        end = self.ends[index]
        return (moment_us if moment_us < end else end) - self.shut[index]  # noqa: FURB136 - min() takes as long as the bisection

    def after(self, start_us: int, counted_us: int) -> int | None:
        """The first instant at which so much has counted since `start_us`.

        None when that is not within the table.
        """
        index = bisect_right(self.starts, start_us) - 1
        end = self.ends[index]
        before = (start_us if start_us < end else end) - self.shut[index]  # noqa: FURB136 - as above
        wanted = before + counted_us
        if wanted > self.total:
            return None
        return wanted + self.shut[bisect_left(self.counted, wanted) - 1]

    def is_open(self, moment_us: int) -> bool:
        """Whether an instant within is in a span."""
        return moment_us < self.ends[bisect_right(self.starts, moment_us) - 1]

    def between(self, start_us: int, end_us: int) -> Iterator[Span]:
        """The spans, or what of them lies between two instants."""
        first, last = bisect_right(self.ends, start_us), bisect_left(self.starts, end_us)
        for index in range(first, last):
            yield max(self.starts[index], start_us), min(self.ends[index], end_us)


def table_of(spans: Iterable[Span], first_us: int, until_us: int) -> SpanTable:
    """Makes the table of spans that lie between two instants; they may touch or overlap."""
    rows = [(first_us, first_us), *merged(spans)]
    *counted, total = accumulate((end - start for start, end in rows), initial=0)
    return SpanTable(
        first_us=first_us,
        until_us=until_us,
        starts=[start for start, _ in rows],
        ends=[end for _, end in rows],
        counted=counted,
        shut=[start - before for (start, _), before in zip(rows, counted, strict=True)],
        total=total,
    )


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans in order without empty ones; those that touch or overlap become one."""
    rows = iter(sorted(span for span in spans if span[0] < span[1]))
    current = next(rows, None)
    if current is None:
        return
    for start, end in rows:
        if start <= current[1]:
            current = (current[0], max(current[1], end))
        else:
            yield current
            current = (start, end)
    yield current


def clipped(spans: Iterable[Span], first_us: int, until_us: int) -> Iterator[Span]:
    """What of the spans lies between two instants."""
    for start, end in spans:
        if start < until_us and first_us < end:
            yield max(start, first_us), min(end, until_us)


def without(spans: Iterable[Span], hole: Span) -> Iterator[Span]:
    """The spans with a hole cut into them."""
    for start, end in spans:
        if start < hole[0]:
            yield start, min(end, hole[0])
        if hole[1] < end:
            yield max(start, hole[1]), end
