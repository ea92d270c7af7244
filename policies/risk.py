"""Says until when a running promise can still be saved, and how likely it is to be broken.

Must not gather: how fast orders have gone lately is handed in. A risk is a share of orders that
were really seen, never a guess.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from policies.calendar import Calendar
from policies.clock import Clock
from policies.durations import duration
from policies.facts import OrderEvent, Timeline
from policies.local_time import at_local, local_date
from policies.promise import SlaRule
from policies.reasons import Stage

LEAST_SAMPLES = 20
STEPS = ("pick_completed", "pack_completed")
"""What lies between an order's beginning and its leaving."""
_DAYS_LOOKED_BACK = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast orders go through a rule just now.

    `samples` are counted minutes from the order's present point to the stop, of orders that
    were finished lately; they contain the usual waiting. `per_hour` of them are finished an
    hour, and `ahead` wait with an earlier deadline.
    """

    samples: tuple[float, ...] = ()
    per_hour: float = 0.0
    ahead: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is left to do about a running promise.

    `last_moment` is when the order must go on at the latest (it may be over), None while too
    little is known. `limit` is the deadline, or the `pickup` before it. `risk` is the share of
    orders that had come as far and needed longer than what is left, None under 20 of them.
    """

    next_kind: str
    limit: datetime
    pickup: bool = False
    last_moment: datetime | None = None
    risk: float | None = None
    reasons: tuple[str, ...] = ()


def outlook(
    clock: Clock, timeline: Timeline, pace: Pace, now: datetime, pickup: datetime | None = None
) -> Outlook:
    """What is left of a running clock at that pace."""
    limit = min(pickup or clock.deadline_at, clock.deadline_at)
    plain = Outlook(next_kind=next_kind(clock, timeline), limit=limit, pickup=pickup is not None)
    if len(pace.samples) < LEAST_SAMPLES:
        return plain
    calendar, since = clock.calendar, point_of(clock, timeline).occurred_at
    room = calendar.minutes_between(since, limit)
    needed = max(median(pace.samples), _queue_minutes(pace))
    return replace(
        plain,
        last_moment=calendar.add_minutes(since, max(0.0, room - needed)),
        risk=risk_of(pace.samples, calendar.minutes_between(since, max(since, now)), room),
        reasons=_reasons(pace),
    )


def risk_of(samples: Iterable[float], spent: float, room: float) -> float:
    """The share of orders that needed longer than `room`, among those not done after `spent`.

    The order itself counts as one that is late: waiting longer than all others is no good sign.
    """
    waiting = [minutes for minutes in samples if minutes > spent]
    late = sum(minutes > room for minutes in waiting)
    return (late + 1) / (len(waiting) + 1)


def point_of(clock: Clock, timeline: Timeline) -> OrderEvent:
    """How far the order has come: the last step on the way to the stop, else the start."""
    kinds = (*STEPS, *(kind for milestone in clock.rule.milestones for kind in milestone.events))
    happened = (timeline.first((kind,)) for kind in kinds if kind not in clock.rule.stop)
    later = [event for event in happened if event and event.occurred_at >= clock.started_at]
    return max((clock.start_event, *later), key=lambda event: event.occurred_at)


def sample_of(clock: Clock, timeline: Timeline, kind: str) -> float | None:
    """Counted minutes that an order needed from its first event of a kind to the stop.

    One that is still not done counts with what it has needed so far: leaving it out would make
    the others look fast.
    """
    if kind in clock.rule.start:
        return clock.elapsed_minutes
    event = timeline.first((kind,))
    if event is None or not clock.started_at <= event.occurred_at <= clock.counted_until:
        return None
    return clock.calendar.minutes_between(event.occurred_at, clock.counted_until)


def next_kind(clock: Clock, timeline: Timeline) -> str:
    """What has to happen next so that the promise is kept."""
    if clock.rule.stage is Stage.SHIP:
        begun = max(
            (place for place, kind in enumerate(STEPS) if _done(kind, clock, timeline)), default=-1
        )
        if begun + 1 < len(STEPS):
            return STEPS[begun + 1]
    return clock.rule.stop[0]


def pickup_before(
    clock: Clock, rules: Iterable[SlaRule], stated: Mapping[str, Any]
) -> datetime | None:
    """The last pickup at the order's site that still keeps a promise to ship, if one is known.

    It stands in the clock's own calendar, or in that of the order's carrier.
    """
    if clock.rule.stage is not Stage.SHIP:
        return None
    for calendar in (clock.calendar, *_of_carrier(rules, stated)):
        pickup = last_pickup(calendar, str(stated.get("warehouse", "")), clock.deadline_at)
        if pickup is not None and pickup > clock.started_at:
            return pickup
    return None


def last_pickup(calendar: Calendar, site: str, until: datetime) -> datetime | None:
    """The last pickup at a site up to an instant, None where the calendar knows of none."""
    minutes = {name.lower(): minute for name, minute in calendar.plan.pickups.items()}
    minute = minutes.get(site.lower(), minutes.get(""))
    if minute is None:
        return None
    day = local_date(until, calendar.timezone)
    for _ in range(_DAYS_LOOKED_BACK):
        pickup = at_local(day, minute, calendar.timezone)
        if pickup <= until and calendar.is_business_day(day):
            return pickup
        day -= timedelta(days=1)
    return None


def _of_carrier(rules: Iterable[SlaRule], stated: Mapping[str, Any]) -> Iterable[Calendar]:
    for rule in rules:
        choice = rule.pick_calendar
        if choice is not None and choice.key == "carrier":
            yield choice.of(stated)


def _done(kind: str, clock: Clock, timeline: Timeline) -> bool:
    return kind in timeline.firsts or kind in clock.rule.start


def _queue_minutes(pace: Pace) -> float:
    """Until those ahead and this one are through; in usual times no more than the usual time."""
    return 60 * (pace.ahead + 1) / pace.per_hour if pace.per_hour else 0.0


def _reasons(pace: Pace) -> tuple[str, ...]:
    usual = f"usually {duration(median(pace.samples))} from here"
    if not pace.ahead:
        return (usual,)
    orders = "order" if pace.ahead == 1 else "orders"
    return usual, f"{pace.ahead} {orders} ahead, {pace.per_hour:.0f} an hour"
