"""Reads the times that people type, and turns them into instants in the person's zone.

Must not read a clock: `now` and the zone are arguments.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

MOST_MINUTES = 30 * 24 * 60
_UNITS = {"m": 1, "min": 1, "h": 60, "d": 1440}
_SPAN = re.compile(
    r"(\d{1,5})\s*(m|min|mins|minutes?|h|hrs?|hours?|d|days?)(?![a-z])", re.IGNORECASE
)
_CLOCK = re.compile(r"^(\d{1,2})(?::(\d{2}))?\s*(am|pm)?$", re.IGNORECASE)
_DAYS = {"today": 0, "tomorrow": 1}
_NEAR = {**_DAYS, "yesterday": -1}
_MORNING = time(8, 0)
_NOON = 12
_LONGEST_PHRASE = 4
_BETWEEN = frozenset({"", "or", "and", "at", "on", "vs"})
_GLUE = frozenset({"until", "till", "til", "for", "at", "to"})


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """So many minutes from now."""

    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """A time of day; without a day, the next time that the clock shows it."""

    at: time
    days_ahead: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactly:
    """An instant that a form gave."""

    at: datetime


Until = After | At | Exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class Ago:
    """So many minutes back."""

    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FromDay:
    """Midnight of a day: some days back, or a date."""

    days_ago: int = 0
    on: date | None = None


Since = Ago | FromDay | Exactly


def read_until(words: Sequence[str]) -> tuple[Until, int] | None:
    """The time at the beginning of the words and how many words it took."""
    for size in range(min(_LONGEST_PHRASE, len(words)), 0, -1):
        found = _until(" ".join(word for word in words[:size] if word.lower() not in _GLUE))
        if found is not None:
            return found, size
    return None


def read_since(word: str) -> Since | None:
    """`2h`, `today`, `yesterday`, `2026-03-02`, `2026-03-02T12:00Z`."""
    word = word.lower()
    if word in ("today", "yesterday"):
        return FromDay(days_ago=int(word == "yesterday"))
    minutes = _minutes(word)
    if minutes is not None:
        return Ago(minutes=minutes)
    day = _date(word)
    return FromDay(on=day) if day else _exactly(word)


def read_moments(words: Sequence[str]) -> tuple[At, ...] | str:
    """`13:59 14:01`, `tomorrow 2pm`, `2026-03-02 13:59 14:01`; a day holds for what follows it.

    The first word that is none of these is returned as it is.
    """
    found: list[At] = []
    day: dict[str, Any] = {"days_ahead": 0}
    for word in (word.lower().strip(",?") for word in words):
        on, at = _date(word), _time(word)
        if word in _NEAR:
            day = {"days_ahead": _NEAR[word]}
        elif on is not None:
            day = {"on": on}
        elif at is not None and (":" in word or word.endswith("m")):
            found.append(At(at=at, **day))
        elif word not in _BETWEEN:
            return word
    return tuple(found)


def until_moment(until: Until, now: datetime, zone: tzinfo) -> datetime:
    """The instant that is meant, in UTC."""
    if isinstance(until, Exactly):
        return until.at.astimezone(UTC)
    if isinstance(until, After):
        return now.astimezone(UTC) + timedelta(minutes=until.minutes)
    today = now.astimezone(zone).date()
    day = until.on or today + timedelta(days=until.days_ahead or 0)
    moment = datetime.combine(day, until.at, zone).astimezone(UTC)
    if moment <= now and until.on is None and until.days_ahead is None:
        moment = datetime.combine(day + timedelta(days=1), until.at, zone).astimezone(UTC)
    return moment


def since_moment(since: Since, now: datetime, zone: tzinfo) -> datetime:
    """The instant that is meant, in UTC."""
    if isinstance(since, Exactly):
        return since.at.astimezone(UTC)
    if isinstance(since, Ago):
        return now.astimezone(UTC) - timedelta(minutes=since.minutes)
    day = since.on or now.astimezone(zone).date() - timedelta(days=since.days_ago)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _until(phrase: str) -> Until | None:
    minutes = _minutes(phrase)
    if minutes is not None:
        return After(minutes=minutes)
    first, _, rest = phrase.lower().partition(" ")
    if first in _DAYS:
        at = _time(rest) if rest else _MORNING
        days = _DAYS[first]
        bare_today = first == "today" and not rest
        return At(at=at, days_ahead=days) if at and not bare_today else None
    day = _date(first)
    if day:
        at = _time(rest) if rest else _MORNING
        return At(at=at, on=day) if at else None
    at = _time(phrase)
    return At(at=at) if at and (":" in phrase or phrase.lower().endswith("m")) else None


def _minutes(phrase: str) -> int | None:
    """`2h`, `90 min`, `1h30m`, `1 h 30 min`; None for anything else or too long."""
    total, at = 0, 0
    for match in _SPAN.finditer(phrase):
        if phrase[at : match.start()].strip():
            return None
        unit = match[2].lower()
        total += int(match[1]) * _UNITS.get(unit, _UNITS[unit[0]])
        at = match.end()
    whole = at > 0 and not phrase[at:].strip()
    return total if whole and 0 < total <= MOST_MINUTES else None


def _time(word: str) -> time | None:
    match = _CLOCK.match(word.strip())
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _exactly(word: str) -> Exactly | None:
    """A day and time with its offset from UTC, as E2A itself writes it."""
    try:
        at = datetime.fromisoformat(word.upper())
    except ValueError:
        return None
    return Exactly(at=at) if at.tzinfo is not None else None


def _date(word: str) -> date | None:
    try:
        return date.fromisoformat(word) if len(word) == len("2026-03-02") else None
    except ValueError:
        return None
