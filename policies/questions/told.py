"""Says what a question was understood to ask, and what its figures are, in short plain words.

Must not look anything up.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from policies.durations import duration
from policies.questions.results import Share, Spread
from policies.questions.shape import (
    ME,
    NOBODY,
    OPEN_ONES,
    SETTLED_ONES,
    Dated,
    Figures,
    Measure,
    Names,
    Only,
    Split,
)
from policies.reasons import Severity

ALL = "all that is kept"
_MOST = 12
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UPWARD = {
    (Severity.HIGH, Severity.CRITICAL): "high and up",
    (Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL): "medium and up",
}
_DATED = {Dated.OPENED: "opened", Dated.SETTLED: "settled", Dated.DUE: "due"}
_BY_MONTH = (Measure.FINDINGS, Measure.NOTES)
_BY_DEADLINE = (Measure.COMPLIANCE, Measure.AT_RISK)
_UNKNOWN = {Split.OWNER: "nobody"}


def zone_words(zone: str) -> str:
    """`New York time`; what names no place stays as it is: `UTC`."""
    area, _, place = zone.rpartition("/")
    return f"{place.replace('_', ' ')} time" if area and area != "Etc" else zone


def at_clock(moment: datetime, zone: str, pattern: str) -> str:
    """`Mon 10:00 New York time`, by the clock of who reads it."""
    return f"{moment.astimezone(ZoneInfo(zone)):{pattern}} {zone_words(zone)}"


def understood(asked: Figures, zone: str, people: Mapping[str, str] | None = None) -> str:
    """The filters and the window as they were understood, in one line."""
    only, parts = asked.only, []
    parts += [_names(reason.value for reason in only.reasons)] if only.reasons else []
    parts += [f"in {_names(stage.value for stage in only.stages)}"] if only.stages else []
    parts += [_severities(only)] if only.severities else []
    parts += [_statuses(only)] if only.statuses else []
    parts += [f"for {', '.join(only.clients)}"] if only.clients else []
    parts += [f"at {', '.join(only.sites)}"] if only.sites else []
    parts += [f"with {', '.join(only.carriers)}"] if only.carriers else []
    parts += [f"service {', '.join(only.services)}"] if only.services else []
    parts += [f"wave {', '.join(only.waves)}"] if only.waves else []
    parts += _left_out(only.but) if only.but else []
    parts += [_owner(only, people or {})] if only.owner else []
    parts += [f"promise {asked.promise.replace('_', ' ')}"] if asked.promise else []
    parts += ["snoozed"] if only.snoozed else []
    parts += [f"over by more than {duration(only.over_minutes)}"] if only.over_minutes else []
    parts += [asked.state.replace("_", " ")] if asked.state else []
    if asked.window is not None:
        parts.append(f"{_dated(asked)}{in_words(asked.window.words)} ({zone_words(zone)})")
    return ", ".join(parts) or ALL


def _dated(asked: Figures) -> str:
    if asked.measure in _BY_MONTH:
        return ""
    return f"{'due' if asked.measure in _BY_DEADLINE else _DATED[asked.dated]} "


def _left_out(but: Names) -> list[str]:
    listed = (
        ("not for", but.clients),
        ("not at", but.sites),
        ("not with", but.carriers),
        ("not service", but.services),
        ("not wave", but.waves),
    )
    return [f"{words} {', '.join(names)}" for words, names in listed if names]


def in_words(words: str) -> str:
    """`on Tue 3 Mar`, `in the last week`, `since Monday`."""
    if words.startswith(("since", "today", "this")):
        return words
    return f"on {words}" if words[:3] in _WEEKDAYS and " to " not in words else f"in {words}"


def _severities(only: Only) -> str:
    upward = _UPWARD.get(only.severities)
    return upward or _names(severity.value for severity in only.severities)


def _statuses(only: Only) -> str:
    if only.statuses == OPEN_ONES:
        return "not settled"
    return "settled" if only.statuses == SETTLED_ONES else _names(s.value for s in only.statuses)


def _owner(only: Only, people: Mapping[str, str]) -> str:
    if only.owner == NOBODY:
        return "without an owner"
    return "yours" if only.owner == ME else f"owned by {people.get(only.owner or '', 'them')}"


def _names(values: object) -> str:
    listed = [str(value).lower().replace("_", " ") for value in values]  # type: ignore[attr-defined]
    return " or ".join(listed)


def counted(count: int, noun: str = "exception") -> str:
    """`no exceptions`, `1 exception`, `17 exceptions`."""
    return f"{count or 'No'} {noun}{'' if count == 1 else 's'}"


def against(count: int, before: int, words: str) -> str:
    """`12, against 8 in the week before: 4 more (+50 %)`."""
    difference = count - before
    if difference == 0:
        return f"{count}, as many as {in_words(words)}"
    share = f" ({difference / before:+.0%})" if before else ""
    way = "more" if difference > 0 else "fewer"
    return f"{count}, against {before} {in_words(words)}: {abs(difference)} {way}{share}"


def ranked(shares: Sequence[Share], by: Split, *, least: bool, limit: int | None) -> str:
    """`UPS 12 · FedEx 5 · not stated 1`, most first or fewest first."""
    listed = list(reversed(shares)) if least else list(shares)
    most = most_listed(limit)
    told = [f"{kind_words(share.name, by)} {share.count}" for share in listed[:most]]
    rest = sum(share.count for share in listed[most:])
    more = [f"{len(listed) - most} more with {rest}"] if rest and not limit else []
    return " · ".join([*told, *more])


def most_listed(limit: int | None) -> int:
    """How many kinds are told."""
    return min(limit or _MOST, _MOST)


def kind_words(name: str, by: Split) -> str:
    """What one of a kind is called; `nobody`, `not stated` where none is."""
    if not name:
        return _UNKNOWN.get(by, "not stated")
    worded = by in (Split.REASON, Split.SEVERITY, Split.STATUS, Split.STAGE)
    return name.lower().replace("_", " ") if worded else name


def lasted(spread: Spread, what: str) -> str:
    """`1 h 12 min on average, the middle one 50 min, nine of ten within 3 h (41 exceptions)`."""
    if not spread.count:
        return f"Nothing to tell: {what} of no exception is known"
    return (
        f"{duration(spread.mean)} on average, the middle one {duration(spread.median)}, nine of "
        f"ten within {duration(spread.ninth)}, {duration(spread.longest)} at most "
        f"({counted(spread.count)})"
    )


Days = tuple[datetime, datetime]


def buckets(
    quarters: Sequence[tuple[datetime, int]], by: Split, zone: str, span: Days | None = None
) -> tuple[tuple[str, int], ...]:
    """Counts by local hour, day, weekday or week, in the order of time; empty days are 0.

    Args:
        quarters: how many began in which quarter of an hour.
        by: a split by time.
        zone: IANA name.
        span: days that are told even where nothing happened on them.
    """
    local = ZoneInfo(zone)
    moments = [(moment.astimezone(local), count) for moment, count in quarters]
    if by is Split.HOUR:
        found = {f"{hour:02}:00": 0 for hour in range(24)}
        for moment, count in moments:
            found[f"{moment:%H}:00"] += count
        return tuple(found.items()) if moments else ()
    if by is Split.WEEKDAY:
        found = dict.fromkeys(_WEEKDAYS, 0)
        for moment, count in moments:
            found[f"{moment:%a}"] += count
        return tuple(found.items()) if moments else ()
    edges = [moment.astimezone(local).date() for moment in _inside(span)]
    return _by_days(moments, 7 if by is Split.WEEK else 1, edges)


def _inside(span: Days | None) -> tuple[datetime, ...]:
    """The first and the last instant of it: midnight at its end belongs to the next day."""
    if span is None or span[0] >= span[1]:
        return ()
    return span[0], span[1] - timedelta(microseconds=1)


def _by_days(
    moments: Sequence[tuple[datetime, int]], length: int, edges: Sequence[date]
) -> tuple[tuple[str, int], ...]:
    if not moments:
        return ()
    days = [(moment.date(), count) for moment, count in moments]
    firsts, lasts = [days[0][0], *edges], [days[-1][0], *edges]
    first = min(firsts) - timedelta(days=min(firsts).weekday() if length > 1 else 0)
    counts = [0] * ((max(lasts) - first).days // length + 1)
    for day, count in days:
        counts[(day - first).days // length] += count
    starts = [first + timedelta(days=length * place) for place in range(len(counts))]
    return tuple(
        (f"{start.day} {start:%b}", count) for start, count in zip(starts, counts, strict=True)
    )
