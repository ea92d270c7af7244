"""Until when a late order can still make the next departure, and what else breaks by then.

Must not gather: what else is due is counted by who calls.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from policies.calendar import Calendar
from policies.cut_offs import next_cut_off
from policies.local_time import at_local, local_date
from policies.promise import SlaRule
from policies.reasons import Stage
from policies.records import ExceptionRecord

AHEAD, FURTHEST = timedelta(hours=1), timedelta(hours=24)
"""How far to look at what else is due where no departure is known, and at the furthest."""
_LONGEST_LOOK_DAYS = 14
_BEFORE_IT_LEFT = frozenset({Stage.PICK, Stage.PACK, Stage.SHIP})


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMoment:
    """The next departure: `kind` is pickup (of a carrier) or cut_off; `then` is the one after."""

    kind: str
    at: datetime
    then: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNext:
    """Other orders of the same promise that fall due until then, and when the first does.

    `most` tells that there may be more, `by_departure` that `until` is the next departure.
    """

    count: int
    until: datetime
    first: datetime
    most: bool = False
    by_departure: bool = False


def last_moment(
    record: ExceptionRecord, rules: Iterable[SlaRule], now: datetime
) -> LastMoment | None:
    """The next departure for an order that has not left, by the policy's calendars and cut-offs.

    A pick-up is what happens and goes before a cut-off, which is what was agreed.
    """
    if not record.active or record.stopped_at or record.stage not in _BEFORE_IT_LEFT:
        return None
    every = list(rules)
    pickup = _next_pickup(every, record.facts, now)
    if pickup is not None:
        then = _next_pickup(every, record.facts, pickup)
        return LastMoment(kind="pickup", at=pickup, then=then)
    cut_off = next_cut_off(record, every, now)
    return LastMoment(kind="cut_off", at=cut_off) if cut_off else None


def due_until(departure: LastMoment | None, now: datetime) -> tuple[datetime, bool]:
    """Until when to count what else is due, and whether that is the departure."""
    if departure is not None and departure.at - now <= FURTHEST:
        return departure.at, True
    return now + AHEAD, False


def next_pickup(calendar: Calendar, site: str, after: datetime) -> datetime | None:
    """The first pick-up at a site after an instant, None where the calendar knows of none."""
    minutes = {name.lower(): minute for name, minute in calendar.plan.pickups.items()}
    minute = minutes.get(site.lower(), minutes.get(""))
    if minute is None:
        return None
    day = local_date(after, calendar.timezone)
    for _ in range(_LONGEST_LOOK_DAYS):
        pickup = at_local(day, minute, calendar.timezone)
        if pickup > after and calendar.is_business_day(day):
            return pickup
        day += timedelta(days=1)
    return None


def _next_pickup(
    rules: Iterable[SlaRule], stated: Mapping[str, Any], now: datetime
) -> datetime | None:
    """Of the order's own carrier where one is known, else the soonest that any rule names."""
    site = str(stated.get("warehouse", ""))
    carriers = [
        rule.pick_calendar.of(stated)
        for rule in rules
        if rule.pick_calendar is not None and rule.pick_calendar.key == "carrier"
    ]
    fixed = [rule.calendar for rule in rules if rule.stage is Stage.SHIP]
    for calendars in (carriers, fixed):
        found = [at for one in calendars if (at := next_pickup(one, site, now)) is not None]
        if found:
            return min(found)
    return None
