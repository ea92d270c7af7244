"""Who is on shift: named shifts of sites in local time, and which of them runs at a moment.

Must not know who somebody is, nor what they are told; ids are handed on as they were written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from policies.local_time import at_local, local_date

_ONE_DAY = timedelta(days=1)
_LONGEST_DAYS = 2
"""A shift ends at the latest so many dates after the one it begins on."""
_SEARCH_DAYS = 22
"""Within three weeks every weekly shift begins, even where a clock change swallows it once."""


class Occurrence(NamedTuple):
    """One run of a shift, as UTC instants; the end is exclusive."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A shift as the operator wrote it.

    `sites` are values of the fact `warehouse`, empty: all of them. `days` are the weekdays on which
    it begins, Monday 0. `begins` and `ends` are minutes after local midnight; an end above 1440 is
    on the next date. `group` is the id of a Slack user group, `people` and `leads` are of users.
    """

    name: str
    zone: str
    days: tuple[int, ...]
    begins: int
    ends: int
    sites: tuple[str, ...] = ()
    group: str | None = None
    people: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()

    def covers(self, site: str | None) -> bool:
        """Whether it works there; an unknown site is only that of a shift for all sites."""
        return not self.sites or _plain(site) in {_plain(one) for one in self.sites}

    def occurrence_at(self, now: datetime) -> Occurrence | None:
        """The run that holds this instant, None while it is not on."""
        first = local_date(now, self.zone) - _ONE_DAY * _LONGEST_DAYS
        return next(
            (one for one in self._from(first, _LONGEST_DAYS + 1) if one.start <= now < one.end),
            None,
        )

    def next_after(self, now: datetime) -> Occurrence | None:
        """The first run that begins after this instant; None where none has a length."""
        first = local_date(now, self.zone)
        return next((one for one in self._from(first, _SEARCH_DAYS) if one.start > now), None)

    def last_before(self, now: datetime) -> Occurrence | None:
        """The latest run that was over at this instant."""
        first = local_date(now, self.zone) - _ONE_DAY * _SEARCH_DAYS
        over = [one for one in self._from(first, _SEARCH_DAYS + 1) if one.end <= now]
        return over[-1] if over else None

    def _from(self, first: date, days: int) -> Iterator[Occurrence]:
        """Its runs that begin on so many local dates, in order; without those of no length."""
        for day in (first + _ONE_DAY * ahead for ahead in range(days)):
            if day.weekday() in self.days:
                start = at_local(day, self.begins, self.zone)
                end = at_local(day, self.ends, self.zone, last=True)
                if start < end:
                    yield Occurrence(start, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftBook:
    """All shifts, in the order in which they were written."""

    shifts: tuple[Shift, ...] = ()

    def named(self, name: str) -> Shift | None:
        """The shift of that name, however its letters are written."""
        return next((one for one in self.shifts if _plain(one.name) == _plain(name)), None)


NO_SHIFTS = ShiftBook()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A shift and one of its runs."""

    shift: Shift
    run: Occurrence


def on_shift(book: ShiftBook, site: str | None, now: datetime) -> tuple[Turn, ...]:
    """The shifts of that site that are on now, as they stand in the book."""
    return tuple(
        Turn(shift=shift, run=run)
        for shift in book.shifts
        if shift.covers(site) and (run := shift.occurrence_at(now)) is not None
    )


def next_shift(book: ShiftBook, site: str | None, now: datetime) -> Turn | None:
    """The shift of that site that begins next; of several the first in the book."""
    coming = [
        Turn(shift=shift, run=run)
        for shift in book.shifts
        if shift.covers(site) and (run := shift.next_after(now)) is not None
    ]
    return min(coming, key=lambda turn: turn.run.start, default=None)


def next_change(book: ShiftBook, site: str | None, now: datetime) -> datetime | None:
    """When a shift of that site next begins or ends; None where there are no shifts."""
    ends = [turn.run.end for turn in on_shift(book, site, now)]
    coming = next_shift(book, site, now)
    return min([*ends, *([coming.run.start] if coming else [])], default=None)


def fewest(held: Mapping[str, int]) -> str | None:
    """Whoever holds the fewest exceptions, the first by id where several do; None of nobody."""
    return min(held, key=lambda person: (held[person], person), default=None)


def _plain(site: str | None) -> str:
    return (site or "").strip().casefold()
