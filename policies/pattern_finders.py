"""The rules by which something among a client's exceptions is worth telling.

Must not gather or draw, and must not call chance a pattern: where the sample is small, or the
usual is not known, nothing is found. docs/insight.md gives the reason of each threshold.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from zoneinfo import ZoneInfo

from policies.chance import ALPHA, at_least, far_out, is_more, is_shift, usual_rate
from policies.pattern_counts import Counts, Values, days_back
from policies.pattern_finding import Finding, Kind
from policies.sightings import Dimension, Sighting, Span, Spans

LEAST_NOW, TWICE = 6, 2.0
"""More than usual: so many in four hours, and so many times the usual number."""
LEAST_WEEK, SHIFTED = 20, 1.5
"""A trend: so many in both weeks together, and so many times the other week's number."""
LEAST_REPEATS, SHARE, DAYS, OVER_EVEN = 10, 0.4, 4, 1.5
"""Repeats: so many in the week, their share, on so many days, and over an even share."""
LEAST_HOUR, HOUR_SHARE, HOUR_DAYS, HOUR_EVEN, BUSY_HOURS = 10, 0.25, 3, 2.5, 8
"""An hour: so many in the week, their share, on so many days, over an even share of busy hours."""
LEAST_DELAYS, LEAST_DELAY, MOST_DELAYS = 12, 60.0, 2
"""An unlike delay: among so many of its reason, so many minutes at least, so many told at most."""
_EXAMPLES = 3
_A_WEEK = 7

ByValues = Mapping[Values, Counts]


def _more(counts: ByValues, spans: Spans) -> Iterator[Finding]:
    """More than in the same hours of the weeks before."""
    looked_at = {values: one for values, one in counts.items() if one.now and spans.weeks}
    for values, one in looked_at.items():
        weeks = one.in_weeks(spans)
        count, rate = len(one.now), usual_rate(weeks)
        if count < max(LEAST_NOW, TWICE * rate) or not is_more(count, weeks, len(looked_at)):
            continue
        yield _finding(
            Kind.MORE,
            values,
            one.now,
            count=count,
            of=len(counts[()].now),
            usual=float(median(weeks)),
            over=len(weeks),
            span=spans.now,
            level=round(count - rate),
        )


def _shifted(counts: ByValues, spans: Spans) -> Iterator[Finding]:
    """This week against the last, and not by the doing of one day."""
    if spans.before is None:
        return
    looked_at = {values: one for values, one in counts.items() if one.week or one.before}
    for values, one in looked_at.items():
        now, before = len(one.week), len(one.before)
        daily = [[days[day] for day in range(2 * _A_WEEK)] for days in (one.days, one.days_before)]
        days, earlier = daily[0][:_A_WEEK], daily[1][_A_WEEK:]
        if now + before < LEAST_WEEK or not is_shift(days, earlier, len(looked_at)):
            continue
        up = now > before
        rest = now - max(days), before - max(earlier)
        if not (_much(now, before, up=up) and _much(*rest, up=up)):
            continue
        yield _finding(
            Kind.RISE if up else Kind.FALL,
            values,
            one.week if up else one.before,
            count=now,
            of=len(counts[()].week),
            usual=float(before),
            over=_A_WEEK,
            span=spans.week,
            level=abs(now - before),
        )


def _much(now: int, before: int, *, up: bool) -> bool:
    more, fewer = (now, before) if up else (before, now)
    return more > fewer and more >= SHIFTED * fewer


def _repeats(counts: ByValues, spans: Spans) -> Iterator[Finding]:
    """What a large part of the week's exceptions has in common, day after day."""
    total = len(counts[()].week)
    kinds = Counter(values[0][0] for values, one in counts.items() if len(values) == 1 and one.week)
    for values, one in counts.items():
        even = _even(values, kinds)
        least = max(LEAST_REPEATS, SHARE * total, min(1.0, OVER_EVEN * even) * total)
        if values and len(one.week) >= least and len(one.days) >= DAYS:
            yield _finding(
                Kind.REPEAT,
                values,
                one.week,
                count=len(one.week),
                of=total,
                usual=even * total,
                over=len(one.days),
                span=spans.week,
                level=len(one.week),
            )


def _even(values: Values, kinds: Mapping[Dimension, int]) -> float:
    """The share that it had if all values were equally frequent."""
    even = 1.0
    for dimension, _ in values:
        even /= max(1, kinds[dimension])
    return even


def _hours(counts: ByValues, spans: Spans) -> Iterator[Finding]:
    """The hour of the day in which exceptions gather, on several days."""
    week, zone = counts[()].week, ZoneInfo(spans.zone)
    by_hour: dict[int, list[Sighting]] = {}
    for one in week:
        by_hour.setdefault(one.opened_at.astimezone(zone).hour, []).append(one)
    even = len(week) / max(len(by_hour), BUSY_HOURS)
    least = max(LEAST_HOUR, HOUR_SHARE * len(week), HOUR_EVEN * even)
    for hour, found in sorted(by_hour.items()):
        days = {days_back(one.opened_at, spans) for one in found}
        if len(found) < least or len(days) < HOUR_DAYS:
            continue
        if at_least(len(found), even) <= ALPHA / len(by_hour):
            yield _finding(
                Kind.HOUR,
                (),
                found,
                count=len(found),
                of=len(week),
                usual=even,
                over=len(days),
                span=spans.week,
                level=len(found),
                hour=hour,
            )


def _delays(counts: ByValues, spans: Spans) -> Iterator[Finding]:
    """Open exceptions that are over by much more than others of their reason."""
    by_reason: dict[str, list[Sighting]] = {}
    for one in counts[()].week:
        by_reason.setdefault(one.reason, []).append(one)
    found: list[Finding] = []
    for alike in by_reason.values():
        if len(alike) < LEAST_DELAYS:
            continue
        delays = [one.delay_at(spans.week[1]) for one in alike]
        limit = max(LEAST_DELAY, far_out(delays))
        found += [
            _late(one, delay, delays, spans)
            for one, delay in zip(alike, delays, strict=True)
            if one.active and delay > limit
        ]
    yield from sorted(found, key=lambda one: (-one.count, one.examples))[:MOST_DELAYS]


def _late(one: Sighting, delay: float, delays: Sequence[float], spans: Spans) -> Finding:
    return _finding(
        Kind.DELAY,
        ((Dimension.REASON, one.reason),),
        [one],
        count=int(delay),
        of=len(delays),
        usual=median(delays),
        over=_A_WEEK,
        span=spans.week,
        level=1,
        order_id=one.order_id,
    )


FINDERS: Sequence[Callable[[ByValues, Spans], Iterator[Finding]]] = (
    _more,
    _shifted,
    _repeats,
    _hours,
    _delays,
)


def _finding(  # noqa: PLR0913 - the numbers of a finding
    kind: Kind,
    values: Values,
    found: Sequence[Sighting],
    *,
    count: int,
    of: int,
    usual: float,
    over: int,
    span: Span,
    level: int,
    hour: int | None = None,
    order_id: str = "",
) -> Finding:
    ids = sorted((one.id for one in found), reverse=True)
    return Finding(
        kind=kind,
        values=values,
        count=count,
        of=of,
        usual=usual,
        over=over,
        span=span,
        level=level,
        hour=hour,
        order_id=order_id,
        examples=tuple(ids[:_EXAMPLES]),
        ids=frozenset(ids),
    )
