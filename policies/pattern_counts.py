"""Counts exceptions by what they have in common, in each span that patterns compare.

Must not judge. The order in which exceptions are handed in changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from policies.sightings import Dimension, Sighting, Span, Spans

Values = tuple[tuple[Dimension, str], ...]
"""What exceptions have in common, in the order of dimensions; empty for all of them."""
_PAIRED = (
    (Dimension.SITE, Dimension.REASON),
    (Dimension.CARRIER, Dimension.REASON),
    (Dimension.SERVICE, Dimension.REASON),
    (Dimension.REASON, Dimension.TIER),
    (Dimension.REASON, Dimension.COMPLEXITY),
    (Dimension.SITE, Dimension.CARRIER),
)
_DAY, _TICK = timedelta(days=1), timedelta(microseconds=1)


@dataclass(kw_only=True)
class Counts:
    """How often something was there: now, in the same hours of each week, this week and the last.

    `days` are of this week and `days_before` of the week before, in days back from the end.
    """

    now: list[Sighting] = field(default_factory=list)
    week: list[Sighting] = field(default_factory=list)
    before: list[Sighting] = field(default_factory=list)
    weeks: Counter[int] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)
    days_before: Counter[int] = field(default_factory=Counter)

    def in_weeks(self, spans: Spans) -> list[int]:
        """The counts of the same hours, week by week."""
        return [self.weeks[week] for week in range(len(spans.weeks))]


def counted(seen: Iterable[Sighting], spans: Spans) -> dict[Values, Counts]:
    """Counts by each value and by pairs of them; what all exceptions state is told of none."""
    ordered = sorted(seen, key=lambda one: (one.opened_at, one.id))
    names = _names(ordered)
    found: dict[Values, Counts] = defaultdict(Counts, {(): Counts()})
    for one in ordered:
        place = _place(one.opened_at, spans)
        for values in _of(one, names):
            _add(found[values], one, place)
    return dict(found)


def _names(seen: Sequence[Sighting]) -> Mapping[Dimension, Mapping[str, str]]:
    """The commonest spelling of each value, of dimensions with more than one value."""
    spelt: dict[Dimension, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    stated: Counter[Dimension] = Counter()
    for one in seen:
        for dimension in Dimension:
            value = one.value(dimension)
            if value:
                stated[dimension] += 1
                spelt[dimension][value.casefold()][value] += 1
    return {
        dimension: {key: min(names, key=lambda n: (-names[n], n)) for key, names in keys.items()}
        for dimension, keys in spelt.items()
        if len(keys) > 1 or stated[dimension] < len(seen)
    }


def _of(one: Sighting, names: Mapping[Dimension, Mapping[str, str]]) -> Iterator[Values]:
    yield ()
    stated = {
        dimension: names[dimension][value.casefold()]
        for dimension in names
        if (value := one.value(dimension))
    }
    for dimension in Dimension:
        if dimension in stated:
            yield ((dimension, stated[dimension]),)
    for pair in _PAIRED:
        if all(dimension in stated for dimension in pair):
            yield tuple((dimension, stated[dimension]) for dimension in pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Which of the spans an exception is in."""

    now: bool
    weeks: tuple[int, ...]
    week: bool
    before: bool
    day: int


def _place(at: datetime, spans: Spans) -> _Place:
    return _Place(
        now=_within(at, spans.now),
        weeks=tuple(week for week, span in enumerate(spans.weeks) if _within(at, span)),
        week=_within(at, spans.week),
        before=spans.before is not None and _within(at, spans.before),
        day=days_back(at, spans),
    )


def _add(counts: Counts, one: Sighting, place: _Place) -> None:
    if place.now:
        counts.now.append(one)
    for week in place.weeks:
        counts.weeks[week] += 1
    if place.week:
        counts.week.append(one)
        counts.days[place.day] += 1
    elif place.before:
        counts.before.append(one)
        counts.days_before[place.day] += 1


def days_back(at: datetime, spans: Spans) -> int:
    """How many whole days before the end that was; the week has the days 0 to 6."""
    return (spans.week[1] - at - _TICK) // _DAY


def _within(at: datetime, span: Span) -> bool:
    return span[0] <= at < span[1]
