"""Measures how likely running promises are to be broken, by the pace of orders decided lately.

Must not judge: it reads clocks as stored and says what others like them came to. Bounded: at most
some hundred orders a rule are looked at.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from jobs.gather_around import gather_around
from jobs.ports import Transaction
from jobs.tell_warnings import Risk, warn
from jobs.views import ClockName
from jobs.watching import Watching
from policies.clock import Clock
from policies.facts import Timeline, timeline_of
from policies.promise import SlaRule
from policies.promises import Promises
from policies.queries import ClockRow
from policies.reasons import ClockState
from policies.records import OrderKey, Tenant
from policies.risk import Outlook, Pace, outlook, pickup_before, point_of, sample_of
from policies.sla import evaluate

_SAMPLES, _RUNNING, _QUEUE = 200, 200, 1000
_AHEAD = timedelta(days=2)
"""What is due later is not looked at yet."""
_STUCK = timedelta(hours=2)


class Judged(NamedTuple):
    """A clock as judged now, with whose it is and the order's timeline."""

    tenant: Tenant
    timeline: Timeline
    clock: Clock

    @property
    def name(self) -> ClockName:
        """What names the clock."""
        clock = self.clock
        return (self.tenant.id, clock.order_id, clock.rule.sla_id, clock.subject)


async def assess_risk(watching: Watching, *, now: datetime, wall_now: datetime) -> int:
    """Warns of running promises whose measured risk has passed what their rule tolerates.

    Only of rules that want warnings posted, once a clock, and not where the warning by time has
    been posted already. Returns how many.
    """
    storage, promises = watching.storage, watching.promises
    async with storage.read() as tx:
        tenants = [tenant for tenant in await tx.tenants.all() if not tenant.synthetic]
        risky = [
            one
            for tenant in tenants
            for sla_id in _measured_rules(tenant, promises)
            for one in await _risky(tx, tenant, sla_id, promises, now)
        ]
    if not risky:
        return 0
    async with storage.write() as tx:
        return await _warn(tx, risky, watching, now, wall_now)


async def _risky(
    tx: Transaction, tenant: Tenant, sla_id: str, promises: Promises, now: datetime
) -> list[Judged]:
    """The rule's running clocks that are more at risk than it tolerates, and not by time yet."""
    rows = await tx.clocks.running(tenant.id, sla_id, now + _AHEAD, _RUNNING)
    calm = [row for row in rows if now < row.at_risk_at]
    judged = await judged_of(tx, calm, [tenant], promises, now)
    found = await outlooks_of(tx, judged, promises, now)
    return [one for one in judged if _is_risky(one.clock.rule, found.get(one.name))]


async def judged_of(
    tx: Transaction,
    rows: Sequence[ClockRow],
    tenants: Iterable[Tenant],
    promises: Promises,
    now: datetime,
) -> list[Judged]:
    """The clocks of these rows, judged from their events, in the order of the rows."""
    by_id = {tenant.id: tenant for tenant in tenants}
    keys = list(dict.fromkeys(_key(row) for row in rows))
    events = await tx.events.of_orders(keys)
    timelines = {key: timeline_of(key.order_id, events.get(key, [])) for key in keys}
    around = await gather_around(tx, timelines, by_id, promises)
    found: dict[ClockName, Judged] = {}
    for row in rows:
        tenant, timeline = by_id[row.tenant_id], timelines[_key(row)]
        rules = [rule for rule in promises.of(tenant.name) if rule.sla_id == row.sla_id]
        for clock in evaluate(timeline, rules, now, around[tenant.id]):
            judged = Judged(tenant, timeline, clock)
            found[judged.name] = judged
    names = [(row.tenant_id, row.order_id, row.sla_id, row.subject) for row in rows]
    return [found[name] for name in names if name in found]


async def outlooks_of(
    tx: Transaction, judged: Iterable[Judged], promises: Promises, now: datetime
) -> dict[ClockName, Outlook]:
    """What is left of each of these clocks that is running."""
    found: dict[ClockName, Outlook] = {}
    running = [one for one in judged if _is_running(one.clock, now)]
    for _, same in groupby(sorted(running, key=_rule_name), key=_rule_name):
        clocks = list(same)
        lately = await _lately(tx, clocks, promises, now)
        for one in clocks:
            rules, stated = promises.of(one.tenant.name), one.timeline.facts()
            pickup = pickup_before(one.clock, rules, stated)
            pace = lately.pace(point_of(one.clock, one.timeline).kind, one.clock.deadline_at)
            found[one.name] = outlook(one.clock, one.timeline, pace, now, pickup)
    return found


class _Lately:
    """What happened to a rule's orders lately, and the deadlines of those that wait, in order."""

    def __init__(self, decided: Sequence[Judged], waiting: Sequence[datetime]) -> None:
        self._decided, self._waiting = decided, waiting
        self._per_hour = _per_hour([one.clock for one in decided])
        self._samples: dict[str, tuple[float, ...]] = {}

    def pace(self, kind: str, deadline: datetime) -> Pace:
        """How fast orders went on from there, and how many are to be done before that deadline."""
        if kind not in self._samples:
            minutes = (sample_of(one.clock, one.timeline, kind) for one in self._decided)
            self._samples[kind] = tuple(one for one in minutes if one is not None)
        ahead = bisect_left(self._waiting, deadline)
        return Pace(samples=self._samples[kind], per_hour=self._per_hour, ahead=ahead)


async def _lately(
    tx: Transaction, clocks: Sequence[Judged], promises: Promises, now: datetime
) -> _Lately:
    tenant, sla_id = clocks[0].tenant, clocks[0].clock.rule.sla_id
    rows = await tx.clocks.decided(tenant.id, sla_id, now, _SAMPLES)
    until = max(one.clock.deadline_at for one in clocks)
    waiting = [row.deadline_at for row in await tx.clocks.running(tenant.id, sla_id, until, _QUEUE)]
    waiting += [row.deadline_at for row in rows if _is_queued(row, now)]
    return _Lately(await judged_of(tx, rows, [tenant], promises, now), sorted(waiting))


def _is_queued(row: ClockRow, now: datetime) -> bool:
    """What is over its deadline and not done for long is stuck, and holds nobody up."""
    return row.stopped_at is None and now - row.deadline_at <= _STUCK


def _per_hour(decided: Sequence[Clock]) -> float:
    """How many were finished in an hour that counts, over those decided lately."""
    stops = sorted(clock.stopped_at for clock in decided if clock.stopped_at)
    if len(stops) < 2:  # noqa: PLR2004 - a rate needs a span
        return 0.0
    minutes = decided[0].calendar.minutes_between(stops[0], stops[-1])
    return 60 * (len(stops) - 1) / minutes if minutes else 0.0


async def _warn(
    tx: Transaction, risky: Sequence[Judged], watching: Watching, now: datetime, wall_now: datetime
) -> int:
    told = []
    for one in risky:
        tenant, clock = one.tenant, one.clock
        key = f"risk:{clock.order_id}:{clock.rule.sla_id}:{clock.subject}"
        if await tx.alarms.ring(tenant.id, key, now):
            channel = watching.telling.channel_of(tenant)
            told.append(Risk(tenant=tenant, clock=clock, channel=channel))
    if told and watching.telling.notify:
        await warn(tx, told, now, wall_now)
    return len(told)


def _measured_rules(tenant: Tenant, promises: Promises) -> list[str]:
    wanting = [rule for rule in promises.of(tenant.name) if rule.post_warning]
    return list(dict.fromkeys(rule.sla_id for rule in wanting if rule.warn_risk is not None))


def _is_risky(rule: SlaRule, seen: Outlook | None) -> bool:
    if seen is None or seen.risk is None or rule.warn_risk is None:
        return False
    return rule.post_warning and seen.risk >= rule.warn_risk


def _is_running(clock: Clock, now: datetime) -> bool:
    return clock.state is ClockState.RUNNING and clock.verdict is None and now < clock.deadline_at


def _rule_name(one: Judged) -> tuple[int, str]:
    return (one.tenant.id, one.clock.rule.sla_id)


def _key(row: ClockRow) -> OrderKey:
    return OrderKey(tenant_id=row.tenant_id, order_id=row.order_id)
