"""When a channel or a person wants quiet, until when, and what is told all the same.

Must not hold anything back itself, nor know who somebody is: it takes windows and `now`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from policies.local_time import at_local, local_date
from policies.reasons import Severity

_DAY, _ONE_DAY = 1440, timedelta(days=1)
_LONGEST_DAYS = 2
"""A window ends at the latest so many dates after the one it begins on."""
_LOOK_AHEAD = timedelta(days=8)
"""Quiet without an end is looked at again after so long: nothing is held for ever."""
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A window of quiet, in local time.

    `begins` and `ends` are minutes after local midnight; an end that is not after the beginning is
    on the next date. `days` are the weekdays on which it begins, Monday 0. `passes` is the least
    severity that is told all the same. What spans an hour that the clocks repeat holds it whole.
    """

    begins: int
    ends: int
    zone: str = "UTC"
    days: tuple[int, ...] = EVERY_DAY
    passes: Severity = Severity.CRITICAL

    def holds(self, severity: Severity) -> bool:
        """Whether that is not bad enough to be told."""
        return _rank(severity) < _rank(self.passes)

    def at(self, now: datetime) -> bool:
        """Whether it is on at this instant."""
        return any(begin <= now < end for begin, end in self._runs(now))

    def run_end(self, now: datetime) -> datetime | None:
        """When the run that is on now ends; None while none is."""
        return max((end for begin, end in self._runs(now) if begin <= now < end), default=None)

    def _runs(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Those that may be on at this instant; the end is exclusive."""
        first = local_date(now, self.zone) - _ONE_DAY * _LONGEST_DAYS
        for day in (first + _ONE_DAY * ahead for ahead in range(_LONGEST_DAYS + 1)):
            if day.weekday() in self.days:
                yield self._run(day)

    def _run(self, day: date) -> tuple[datetime, datetime]:
        ends = self.ends if self.ends > self.begins else self.ends + _DAY
        begin = at_local(day, self.begins, self.zone)
        return begin, at_local(day, ends, self.zone, last=True)


def quiet_at(windows: Iterable[Quiet], now: datetime) -> bool:
    """Whether any of them is on."""
    return any(window.at(now) for window in windows)


def held_at(windows: Iterable[Quiet], severity: Severity, now: datetime) -> bool:
    """Whether something of that severity is not to be told now."""
    return any(window.holds(severity) and window.at(now) for window in windows)


def ends_at(windows: Iterable[Quiet], now: datetime) -> datetime | None:
    """When it is no longer quiet, with windows that follow each other taken as one.

    None while it is not quiet. Quiet that never ends is said to end after eight days.
    """
    known, until = tuple(windows), now
    while until - now < _LOOK_AHEAD:
        ends = [end for window in known if (end := window.run_end(until)) is not None]
        if not ends:
            return until if until > now else None
        until = max(ends)
    return until


def dm_allowed_at(windows: Iterable[Quiet], severity: Severity, now: datetime) -> datetime:
    """When a person may be told that directly: `now`, or when what holds it back has ended."""
    holding = [window for window in windows if window.holds(severity)]
    return ends_at(holding, now) or now


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelQuiet:
    """A window and the channels that it is for, by name or id; none: for all."""

    window: Quiet
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """The quiet hours of all channels.

    `awake` are channels that were named without a window. What names a channel counts for it
    instead of what is for all.
    """

    windows: tuple[ChannelQuiet, ...] = ()
    awake: frozenset[str] = frozenset()

    def of(self, *channel: str | None) -> tuple[Quiet, ...]:
        """The windows of a channel, which may be known by several names."""
        names = {plain_channel(name) for name in channel if name}
        mine = tuple(one.window for one in self.windows if names & one.channels)
        if mine or names & self.awake:
            return mine
        return tuple(one.window for one in self.windows if not one.channels)


AWAKE = QuietHours()
"""It is never quiet."""


def plain_channel(name: str) -> str:
    """`#Acme-Ops ` and `acme-ops` are the same channel."""
    return name.strip().removeprefix("#").casefold()


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)
