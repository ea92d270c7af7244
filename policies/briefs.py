"""When shifts are handed over and mornings are briefed, and what a day is compared with.

Must not count or post anything: it takes the book of shifts and `now`, returns values.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from policies.local_time import at_local, local_date
from policies.shifts import NO_SHIFTS, Occurrence, Shift, ShiftBook

_DAY = timedelta(days=1)
_ALONE = timedelta(hours=8)
_LONGEST_STAMP = 11
_AFTERWARDS = timedelta(minutes=30)
"""A handover that could not be told in time is told so long after the shift, then no more."""
_MORNING = timedelta(hours=2)
"""And a brief so long after its time."""
WEEKS = 4
"""Weeks whose same weekday makes what is usual."""


class ChartAs(StrEnum):
    """How a chart is shown: as Slack's own block, as a picture, or not at all."""

    NATIVE = "native"
    PICTURE = "picture"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """How long before its end a shift is handed over."""

    before_minutes: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """At which minute of the local day the brief is posted, and how its chart is shown."""

    at: int = 450
    chart: ChartAs = ChartAs.NATIVE


HANDOVER, BRIEFING = Handover(), Briefing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasions:
    """The shifts, and when they and the mornings are told of."""

    book: ShiftBook = NO_SHIFTS
    handover: Handover = HANDOVER
    briefing: Briefing = BRIEFING


NO_OCCASIONS = Occasions()
"""Nobody is on shift, and mornings begin at half past seven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """A run of a shift that is to be handed over, and who takes over.

    `until` is when the next shift ends; where nobody follows within a day, eight hours from the
    end. `next` is then None.
    """

    shift: Shift
    run: Occurrence
    next: str | None
    until: datetime

    @property
    def key(self) -> str:
        """Names the run for good."""
        return f"{self.shift.name}:{int(self.run.end.timestamp())}"


def due_handings(book: ShiftBook, handover: Handover, now: datetime) -> tuple[Handing, ...]:
    """The runs that are to be handed over now, in the order of the book."""
    runs = [(shift, run) for shift in book.shifts if (run := _run_of(shift, now)) is not None]
    before = timedelta(minutes=handover.before_minutes)
    due = [(shift, run) for shift, run in runs if run.end - before <= now < run.end + _AFTERWARDS]
    return tuple(handing_of(book, shift, run) for shift, run in due)


def present_handings(book: ShiftBook, now: datetime) -> tuple[Handing, ...]:
    """What a handover is about if somebody asks now: the shifts that are on, or were last."""
    on = [(shift, run) for shift in book.shifts if (run := shift.occurrence_at(now)) is not None]
    if not on:
        over = [(one, run) for one in book.shifts if (run := one.last_before(now)) is not None]
        latest = max((run.end for _, run in over), default=None)
        on = [(shift, run) for shift, run in over if run.end == latest]
    return tuple(handing_of(book, shift, run) for shift, run in on)


def handing_of(book: ShiftBook, shift: Shift, run: Occurrence) -> Handing:
    """Who takes over: of the shifts at one of its sites the first that is on after its end."""
    coming = [
        (one, follows)
        for one in book.shifts
        if _shares(one, shift) and (follows := _follows(one, run.end)) is not None
    ]
    soon = [(one, follows) for one, follows in coming if follows.start - run.end < _DAY]
    found = min(soon, key=lambda pair: (max(pair[1].start, run.end), pair[1].end), default=None)
    if found is None:
        return Handing(shift=shift, run=run, next=None, until=run.end + _ALONE)
    return Handing(shift=shift, run=run, next=found[0].name, until=found[1].end)


def handing_named(book: ShiftBook, key: str) -> Handing | None:
    """The handing over of that key; None where the book has no such run any more."""
    name, _, end = key.rpartition(":")
    shift = book.named(name)
    if shift is None or not end.isdecimal() or len(end) > _LONGEST_STAMP:
        return None
    moment = datetime.fromtimestamp(int(end), tz=UTC)
    run = shift.occurrence_at(moment - timedelta(microseconds=1))
    return handing_of(book, shift, run) if run is not None and run.end == moment else None


def _run_of(shift: Shift, now: datetime) -> Occurrence | None:
    """The run that is on, or the one that was over just now."""
    on = shift.occurrence_at(now)
    over = shift.last_before(now)
    if on is None and over is not None and now - over.end < _AFTERWARDS:
        return over
    return on


def _shares(one: Shift, other: Shift) -> bool:
    """Whether they work at a site in common."""
    return not one.sites or not other.sites or any(one.covers(site) for site in other.sites)


def _follows(shift: Shift, end: datetime) -> Occurrence | None:
    """Its run that is on once the other has ended, or the one that begins next."""
    return shift.occurrence_at(end) or shift.next_after(end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoned:
    """A time zone of the operation and its sites; no sites: all but those of `others`.

    `named` are its sites as they were written, where there are other zones besides.
    """

    zone: str
    sites: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    named: tuple[str, ...] = ()

    def covers(self, site: object) -> bool:
        """Whether that value of the fact `warehouse` is among them."""
        name = str(site or "").strip().casefold()
        return name in self.sites if self.sites else name not in self.others


def zones_of(book: ShiftBook, otherwise: str) -> tuple[Zoned, ...]:
    """The zones in which mornings are briefed: those of the shifts' sites, else `otherwise`.

    With one zone there is one brief for everything. With several each is about its own sites, and
    the first is also about whatever is at none of them, so that nothing goes untold.
    """
    written: dict[str, dict[str, str]] = {}
    for shift in book.shifts:
        known = written.setdefault(shift.zone, {})
        known.update({site.strip().casefold(): site.strip() for site in shift.sites})
    if len(written) <= 1:
        return (Zoned(zone=next(iter(written), otherwise)),)
    first, *more = written
    told = [
        Zoned(zone=zone, sites=frozenset(written[zone]), named=tuple(written[zone].values()))
        for zone in more
        if written[zone]
    ]
    others = frozenset[str]().union(*(one.sites for one in told)) - frozenset(written[first])
    return (Zoned(zone=first, others=others, named=tuple(written[first].values())), *told)


def brief_day(zone: str, briefing: Briefing, now: datetime) -> date | None:
    """The local day whose brief is due now; None before its time, and long after it."""
    day = local_date(now, zone)
    at = at_local(day, briefing.at, zone)
    return day if at <= now < at + _MORNING else None


def day_of(zone: str, day: date) -> Occurrence:
    """A local day as instants, whether it has 23, 24 or 25 hours."""
    return Occurrence(at_local(day, 0, zone), at_local(day + _DAY, 0, zone))


def alike(day: date) -> tuple[date, ...]:
    """The same weekday of the weeks before, latest first."""
    return tuple(day - timedelta(weeks=week) for week in range(1, WEEKS + 1))
