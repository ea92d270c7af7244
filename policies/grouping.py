"""Sorts new exceptions by common cause: which get an alert of their own, which are one storm.

Must not read a clock or write anything: it takes what was seen before and `now`, returns values.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from policies.reasons import ReasonCode
from policies.records import ExceptionRecord

_LONGEST = 120
"""Longer values of a fact are no name that several orders share."""
Place = tuple[str, str]
"""Where a cause is counted: the channel, and the cause's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A way to have something in common: these facts, for these reasons (none: for all).

    More than `above` of them within the window are a storm.
    """

    by: tuple[str, ...]
    above: int
    reasons: frozenset[ReasonCode] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How exceptions are grouped: levels from the most specific to the broadest.

    A storm goes on while no more than `window` lies between two that join it.
    """

    window: timedelta = timedelta(minutes=30)
    levels: tuple[Level, ...] = ()


ALONE = Grouping()
"""Nothing has anything in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What exceptions have in common: the reason, and facts with the same value."""

    reason_code: ReasonCode
    shared: tuple[tuple[str, str], ...]
    above: int

    @property
    def key(self) -> str:
        """Equal for equal causes, however their names are spelt."""
        said = [[fact, value.casefold()] for fact, value in sorted(self.shared)]
        return json.dumps([self.reason_code.value, *said], separators=(",", ":"))


def causes_of(record: ExceptionRecord, grouping: Grouping) -> tuple[Cause, ...]:
    """What the record may have in common with others, most specific first."""
    found: dict[str, Cause] = {}
    for level in grouping.levels:
        if level.reasons and record.reason_code not in level.reasons:
            continue
        named = [(fact, _named(record.facts.get(fact))) for fact in level.by]
        shared = tuple((fact, value) for fact, value in named if value is not None)
        if len(shared) == len(level.by):
            cause = Cause(reason_code=record.reason_code, shared=shared, above=level.above)
            found.setdefault(cause.key, cause)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An exception that was told alone, and when it opened."""

    tenant_id: int
    exception_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is known of a cause in a channel: who had it of late, and the storm that it became."""

    recent: tuple[Seen, ...] = ()
    storm: int | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A new exception and the channel that hears of it, by a name that never changes."""

    channel: str
    record: ExceptionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Somebody becomes a member of a storm; `listed` unless it was told alone before."""

    storm: int
    channel: str
    seen: Seen
    listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A storm that begins now; `storm` is a number below 0 until it has one of its own."""

    storm: int
    channel: str
    cause: Cause
    opener: ExceptionRecord


@dataclass(slots=True, kw_only=True)
class Grouped:
    """What became of the news: each is either alone or joins one storm of its channel.

    `alone` is by channel and number: several channels may hear of one exception.
    """

    alone: dict[tuple[str, int], News] = field(default_factory=dict)
    joining: list[Joining] = field(default_factory=list)
    begun: list[Begun] = field(default_factory=list)
    tallies: dict[Place, Tally] = field(default_factory=dict)


def group(
    news: Sequence[News],
    tallies: Mapping[Place, Tally],
    members: Collection[tuple[str, int]],
    grouping: Grouping,
    now: datetime,
) -> Grouped:
    """Sorts the news, in their order.

    Args:
        news: exceptions that opened just now.
        tallies: of every place of theirs; what is missing was never seen.
        members: channels and exceptions that are in a storm there already.
        grouping: the levels and the window in force.
        now: when they opened.
    """
    done = Grouped()
    since = now - grouping.window
    gone: dict[str, set[int]] = {}
    for channel, number in members:
        gone.setdefault(channel, set()).add(number)
    done.tallies = {
        place: _of_late(one, gone.get(place[0], ()), since) for place, one in tallies.items()
    }
    for new in news:
        causes = causes_of(new.record, grouping)
        places = {(new.channel, cause.key): cause for cause in causes}
        seen = Seen(tenant_id=new.record.tenant_id, exception_id=new.record.id, at=now)
        _place(new, seen, places, done, now)
    return done


def _place(
    new: News, seen: Seen, places: Mapping[Place, Cause], done: Grouped, now: datetime
) -> None:
    known = {place: done.tallies.get(place, Tally()) for place in places}
    standing = next((p for p, tally in known.items() if tally.storm is not None), None)
    if standing is None:
        over = (p for p, cause in places.items() if len(known[p].recent) >= cause.above)
        standing = next(over, None)
        if standing is not None:
            known[standing] = _begin(new, standing, places[standing], done)
    if standing is None:
        done.alone[new.channel, new.record.id] = new
        for place, tally in known.items():
            done.tallies[place] = replace(tally, recent=(*tally.recent, seen), last_at=now)
        return
    storm = known[standing].storm
    done.tallies[standing] = replace(known[standing], last_at=now)
    if storm is not None:
        joins = Joining(storm=storm, channel=new.channel, seen=seen, listed=True)
        done.joining.append(joins)


def _begin(new: News, place: Place, cause: Cause, done: Grouped) -> Tally:
    """The cause becomes a storm, and those that had it of late are its first members."""
    storm = -1 - len(done.begun)
    done.begun.append(Begun(storm=storm, channel=place[0], cause=cause, opener=new.record))
    firsts = done.tallies.get(place, Tally()).recent
    for seen in firsts:
        listed = done.alone.pop((new.channel, seen.exception_id), None) is not None
        joins = Joining(storm=storm, channel=new.channel, seen=seen, listed=listed)
        done.joining.append(joins)
    gone = {seen.exception_id for seen in firsts}
    for other, tally in done.tallies.items():
        here = other[0] == new.channel
        if here and any(seen.exception_id in gone for seen in tally.recent):
            done.tallies[other] = replace(tally, recent=_without(tally.recent, gone))
    return Tally(storm=storm)


def _of_late(tally: Tally, members: Collection[int], since: datetime) -> Tally:
    """Without what is past the window, and without those that are in a storm already."""
    goes_on = tally.last_at is not None and tally.last_at > since
    recent = tuple(seen for seen in tally.recent if seen.at > since)
    return replace(tally, recent=_without(recent, members), storm=tally.storm if goes_on else None)


def _without(seen: Iterable[Seen], gone: Collection[int]) -> tuple[Seen, ...]:
    return tuple(one for one in seen if one.exception_id not in gone)


def _named(value: object) -> str | None:
    """A fact's value as a name, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    name = " ".join(str(value).split())
    return name if 0 < len(name) <= _LONGEST else None
