"""Turns the links of a cause chain into the values that their texts name, and into receipts.

Must not decide what is told: policies/causes.py did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from policies.causes import (
    LEAST_IN_PLACE,
    Beside,
    Link,
    Longer,
    Silent,
    Slow,
    Standstill,
)
from policies.durations import duration
from policies.place_names import name_of
from prompts.explanation import place_words

COUNTED = "count:"
"""How evidence is named that is no event: what was counted."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A link's evidence id, and what the texts name of it."""

    evidence: str
    values: Mapping[str, object]


def worded(link: Link, now: datetime, zone: tzinfo) -> Worded:
    """The values of one link, times in `zone`; those of the day of `now` without their day."""
    if isinstance(link, Silent):
        return _silent(link, now, zone)
    if isinstance(link, Beside):
        return _beside(link, now, zone)
    if isinstance(link, Standstill):
        return _standstill(link, now, zone)
    return _slow(link, now, zone) if isinstance(link, Slow) else _longer(link)


def at_words(
    moment: datetime, zone: tzinfo, *, with_zone: bool = False, with_date: bool = False
) -> str:
    """`Mon 12:10`, in the tenant's time; with the zone's name or the date where that is needed."""
    local = moment.astimezone(zone)
    day = f"{_DAYS[local.weekday()]} {day_words(local)}" if with_date else _DAYS[local.weekday()]
    at = f"{day} {local.hour:02}:{local.minute:02}"
    return f"{at} {local.tzname()}" if with_zone else at


def day_words(local: datetime) -> str:
    """`2 Mar`."""
    return f"{local.day} {_MONTHS[local.month - 1]}"


def near_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """The time alone where it is today."""
    today = moment.astimezone(zone).date() == now.astimezone(zone).date()
    words = at_words(moment, zone)
    return words.split()[1] if today else words


def span_words(since: datetime, until: datetime, now: datetime, zone: tzinfo) -> str:
    """`11:30-12:30`, or with the days where these are not today; one moment is told once."""
    first, last = near_words(since, now, zone), near_words(until, now, zone)
    if first == last:
        return first
    same_day = since.astimezone(zone).date() == until.astimezone(zone).date()
    return f"{first}-{last.split()[-1] if same_day else last}"


def _silent(link: Silent, now: datetime, zone: tzinfo) -> Worded:
    silence = link.silence
    source = name_of(silence.source) or "A source"
    values = {
        "source": source,
        "since": near_words(silence.since, now, zone),
        "ended": near_words(silence.ended_at, now, zone) if silence.ended_at else "",
        "noticed": near_words(silence.reported_at, now, zone),
    }
    return Worded(evidence=f"{COUNTED}silence {source}", values=values)


def _beside(link: Beside, now: datetime, zone: tzinfo) -> Worded:
    group = link.group
    inside, outside = group.inside, group.outside
    window = span_words(group.since, group.until, now, zone)
    place = place_words(group.kind, group.place)
    near = "" if group.whole else "nearest "
    values = {
        **place,
        "verdict": link.verdict,
        "looked_at": f"{inside.known} {near}{place['orders']} due {window}",
        "known": inside.known,
        "late": inside.late,
        "in_time": inside.known - inside.late,
        "all_missing": inside.missing == inside.late == inside.known,
        "known_elsewhere": outside.known,
        "late_elsewhere": outside.late,
        "few_elsewhere": outside.known < LEAST_IN_PLACE,
        "window": window,
        "whole": group.whole,
    }
    named = " ".join(f"{key}={value}" for key, value in group.place.items())
    return Worded(evidence=f"{COUNTED}orders {named}", values=values)


def _standstill(link: Standstill, now: datetime, zone: tzinfo) -> Worded:
    place = place_words(link.group.kind, link.group.place)
    values = {
        "since": near_words(link.last.occurred_at, now, zone),
        "others": link.elsewhere,
        "elsewhere": place["elsewhere"],
        "event_kind": link.last.kind,
        "order_id": link.last.order_id,
    }
    return Worded(evidence=link.last.event_id, values=values)


def _slow(link: Slow, now: datetime, zone: tzinfo) -> Worded:
    rate = link.rate
    usual = f"{rate.usual:g}"
    values = {
        "done": rate.done,
        "usual": usual,
        "days": rate.days,
        "window": span_words(rate.since, rate.until, now, zone),
    }
    return Worded(evidence=f"{COUNTED}rate", values=values)


def _longer(link: Longer) -> Worded:
    usual = link.usual
    values = {
        "median": duration(usual.median_minutes),
        "p90": duration(usual.p90_minutes),
        "count": usual.count,
        "minutes": duration(link.minutes),
    }
    return Worded(evidence=f"{COUNTED}usual", values=values)
