"""Notices that a source has fallen silent, against what is usual for it at that hour of the week.

Must not listen: what was heard is handed in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from policies.facts import ALIASES
from policies.order_facts import HOUR, Silence
from policies.queries import Heard
from policies.verdict import CATCH_UP

_DAY, _WEEK = 24, 168
_SATURDAY = 5
_LONGEST_LOOK = timedelta(days=28)
_WEEKS_KEPT = 8
"""From here on older weeks weigh half, so that a habit that changed is learnt anew."""
LEARNT_HOURS = 24
"""Hours for which a source must have been watched before it can be called silent."""
LEAST = timedelta(minutes=15)
MISSED = 9.0
"""How many times a source would usually have spoken by now: three times the gap that one with
irregular gaps exceeds once in twenty times, which is three times its mean gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One source of one tenant: when it last spoke, and how often it usually speaks.

    `events` and `weeks` are by hour of the week (UTC, Monday 00:00 is 0): how often it spoke in
    that hour in all, and in how many weeks it was watched. A burst that is heard at one look is
    speaking once. `kinds` are what it tells. `last_at` is when its last words were received.
    """

    tenant_id: int
    source: str
    last_at: datetime
    first_at: datetime
    kinds: frozenset[str] = frozenset()
    events: tuple[int, ...] = (0,) * _WEEK
    weeks: tuple[int, ...] = (0,) * _WEEK
    silence: Silence | None = None


class Voice(NamedTuple):
    """What rules need of a feed: what its source tells, and whether it is silent."""

    tenant_id: int
    source: str
    kinds: frozenset[str]
    silence: Silence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How long a source has said nothing, in minutes of hours in which it usually speaks.

    `missed` is how often it would usually have spoken meanwhile.
    """

    minutes: float
    missed: float

    @property
    def usual_minutes(self) -> float:
        """The usual time from one word to the next, 0 where nothing is usual."""
        return self.minutes / self.missed if self.missed else 0.0


def listen(
    feed: Feed | None, told: Sequence[Heard], listening_since: datetime | None = None
) -> Feed:
    """The feed with what was heard of it at one look; `told` is not empty and all of one source.

    Hours that went by in between without a word were watched too, except those of a silence
    that was reported: nobody should get used to it. `listening_since` is as for `watch`.
    """
    if feed is None:
        first = min(told, key=lambda heard: heard.last_at)
        feed = _introduced(first)
    events, weeks = list(feed.events), list(feed.weeks)
    silent = feed.silence is not None and feed.silence.ended_at is None
    last_hour = _hour(feed.last_at)
    for hour in sorted({_hour(heard.hour) for heard in told}):
        if hour > last_hour:
            watched = hour if silent else max(last_hour + HOUR, _hour(listening_since or last_hour))
            _watch(events, weeks, min(watched, hour), hour)
            last_hour = hour
        events[_place(hour)] += 1
    last_at = max(feed.last_at, *(heard.last_at for heard in told))
    return replace(
        feed,
        last_at=last_at,
        kinds=feed.kinds | {heard.kind for heard in told},
        events=tuple(events),
        weeks=tuple(weeks),
        silence=_ended(feed.silence, last_at),
    )


def watch(feed: Feed, now: datetime, listening_since: datetime | None = None) -> Feed:
    """The feed as of now: a silence begins, or one that is over and caught up with is forgotten.

    Args:
        feed: with everything that was heard up to now.
        now: business time.
        listening_since: since when we could hear at all; our own absence is nobody's silence.
    """
    silence = feed.silence
    if silence and silence.ended_at and now >= silence.ended_at + CATCH_UP:
        feed = replace(feed, silence=None)
    if feed.silence is None and is_silent(feed, now, listening_since):
        begun = Silence(source=feed.source, since=feed.last_at, reported_at=now)
        feed = replace(feed, silence=begun)
    return feed


def is_silent(feed: Feed, now: datetime, listening_since: datetime | None = None) -> bool:
    """Whether it says nothing although it should, and enough was learnt of it to say so."""
    if sum(feed.weeks) < LEARNT_HOURS:
        return False
    found = gap(feed, now, listening_since)
    return found.missed >= MISSED and found.minutes >= LEAST.total_seconds() / 60


def gap(feed: Feed, now: datetime, listening_since: datetime | None = None) -> Gap:
    """What has gone by since it last spoke, hours left out in which it usually says nothing."""
    at = max(feed.last_at, listening_since or feed.last_at, now - _LONGEST_LOOK)
    minutes = missed = 0.0
    while at < now:
        until = min(_hour(at) + HOUR, now)
        usual = usual_per_hour(feed, at)
        if usual:
            minutes += (until - at).total_seconds() / 60
            missed += usual * ((until - at) / HOUR)
        at = until
    return Gap(minutes=minutes, missed=missed)


def usual_per_hour(feed: Feed, moment: datetime) -> float:
    """How often it usually speaks in the hour of the week in which a moment lies.

    By earlier weeks where there are any, else by the same hour of the other working days (on
    Saturdays and Sundays: of the other day of the weekend), else nothing is usual.
    """
    place = _place(moment)
    newest = place == _place(feed.last_at)  # this hour of this week is not over, or just was
    if feed.weeks[place] > newest:
        return feed.events[place] / feed.weeks[place]
    weekend = place // _DAY >= _SATURDAY
    days = range(_SATURDAY, 7) if weekend else range(_SATURDAY)
    alike = [other for day in days if (other := day * _DAY + place % _DAY) != place]
    watched = sum(feed.weeks[other] for other in alike)
    return sum(feed.events[other] for other in alike) / watched if watched else 0.0


def speakers_of(feeds: Iterable[Feed | Voice]) -> dict[str, frozenset[str]]:
    """Which sources tell a kind of event."""
    found: dict[str, frozenset[str]] = {}
    for feed in feeds:
        for told in feed.kinds:
            kind = ALIASES.get(told, told)
            found[kind] = found.get(kind, frozenset()) | {feed.source}
    return found


def _introduced(first: Heard) -> Feed:
    weeks = [0] * _WEEK
    weeks[_place(first.hour)] = 1
    return Feed(
        tenant_id=first.tenant_id,
        source=first.source,
        last_at=first.last_at,
        first_at=first.last_at,
        weeks=tuple(weeks),
    )


def _watch(events: list[int], weeks: list[int], first: datetime, last: datetime) -> None:
    """Counts the hours from `first` to `last` as watched."""
    hour = max(first, last - _LONGEST_LOOK)
    while hour <= last:
        place = _place(hour)
        if weeks[place] >= _WEEKS_KEPT:
            events[place] = round(events[place] / 2)
            weeks[place] = _WEEKS_KEPT // 2
        weeks[place] += 1
        hour += HOUR


def _ended(silence: Silence | None, last_at: datetime) -> Silence | None:
    if silence is None or silence.ended_at is not None or last_at <= silence.since:
        return silence
    return replace(silence, ended_at=last_at)


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _place(moment: datetime) -> int:
    utc = moment.astimezone(UTC)
    return utc.weekday() * _DAY + utc.hour
