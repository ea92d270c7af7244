"""The morning brief: yesterday against what is usual, the night, and what breaks today.

Must not post where nobody subscribed, nor catch up on mornings that are over.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from jobs.brief_scope import (
    Scope,
    Site,
    due_between,
    everything,
    open_ones,
    opened_on,
    opened_since,
    scope_of,
    settled_on,
    settled_since,
    subscribed,
)
from jobs.hand_over import severities
from jobs.ports import Storage, Transaction
from jobs.tell_silence import silence_views
from jobs.views.briefs import BriefView, DueHour, Figure, Kept
from policies.briefs import Briefing, ChartAs, Zoned, alike, brief_day, day_of, zones_of
from policies.local_time import local_date
from policies.money.at_risk import credit_at_risk, value_of
from policies.promises import Promises
from policies.queries import ClockRow
from policies.records import ExceptionRecord, JsonObject, OutboxMessage, Tenant
from policies.routing import BRIEF
from policies.shifts import Occurrence, ShiftBook

_PRIORITY = 40
_OLDEST = 3
_DAY = timedelta(days=1)
_MOST_HOURS = 20
"""Bars of a chart that Slack draws."""


async def show_briefs(
    tenants: Sequence[Tenant],
    *,
    storage: Storage,
    promises: Promises,
    book: ShiftBook,
    chart: ChartAs,
    now: datetime,
) -> list[BriefView]:
    """One for each time zone of the operation, as of now."""
    views: list[BriefView] = []
    for zoned in zones_of(book, tenants[0].timezone):
        scope = everything(tenants, _site(zoned))
        async with storage.read() as tx:
            views.append(await _view(tx, zoned, scope, promises, chart, now))
    return views


async def brief_of(
    message: OutboxMessage,
    *,
    storage: Storage,
    promises: Promises,
    book: ShiftBook,
    chart: ChartAs,
    now: datetime,
) -> BriefView | None:
    """What that message is to show; None where the zone is no longer one of the operation's."""
    async with storage.read() as tx:
        tenants = await tx.tenants.all()
        mine = [tenant for tenant in tenants if str(tenant.id) in message.payload["wanted"]]
        zones = zones_of(book, mine[0].timezone) if mine else ()
        zoned = next((one for one in zones if one.zone == message.payload["zone"]), None)
        if zoned is None:
            return None
        scope = scope_of(mine, message.payload["wanted"], _site(zoned))
        return await _view(tx, zoned, scope, promises, chart, now)


async def post_due_briefs(
    *,
    storage: Storage,
    book: ShiftBook,
    briefing: Briefing,
    default_channel: str,
    now: datetime,
    wall_now: datetime,
) -> int:
    """Puts the brief of each zone where it is time into the outbox, once a day and channel.

    Args:
        storage: where subscriptions, fires and outbox are.
        book: the shifts, whose sites have time zones.
        briefing: at what time of the day.
        default_channel: where clients without a channel of their own are told of.
        now: business time, by which it is morning somewhere.
        wall_now: by which the outbox lives.
    """
    async with storage.read() as tx:
        tenants = {str(tenant.id): tenant for tenant in await tx.tenants.all()}
        channels = await subscribed(tx, BRIEF, default_channel)
    due = [
        _message(channel, wanted, zoned, day)
        for channel, wanted in channels.items()
        for zoned in zones_of(book, tenants[next(iter(wanted))].timezone)
        if (day := brief_day(zoned.zone, briefing, now)) is not None
    ]
    posted = 0
    if due:
        async with storage.write() as tx:
            for message in due:
                key, _, slot = message.dedup_key.rpartition(":")
                if await tx.fires.begin(key, slot, wall_now):
                    await tx.outbox.put([message], wall_now)
                    posted += 1
    return posted


def _message(
    channel: str, wanted: Mapping[str, list[JsonObject]], zoned: Zoned, day: date
) -> OutboxMessage:
    return OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{BRIEF}:{channel}:{zoned.zone}:{day.isoformat()}",
        tenant_id=min(map(int, wanted)),
        payload={
            "notice": BRIEF,
            "channel": channel,
            "zone": zoned.zone,
            "wanted": dict(wanted),
        },
        priority=_PRIORITY,
    )


def _site(zoned: Zoned) -> Site | None:
    return zoned.covers if zoned.sites or zoned.others else None


async def _view(
    tx: Transaction,
    zoned: Zoned,
    scope: Scope,
    promises: Promises,
    chart: ChartAs,
    now: datetime,
) -> BriefView:
    today = local_date(now, zoned.zone)
    yesterday, midnight = today - _DAY, day_of(zoned.zone, today)
    active = await open_ones(tx, scope)
    orders, opened, settled = await _figures(tx, scope, zoned.zone, yesterday)
    coming, due = await due_between(tx, scope, promises, now, midnight.end)
    return BriefView(
        zone=zoned.zone,
        yesterday=yesterday,
        tenants=scope.tenants,
        sites=zoned.named,
        orders=orders,
        opened=opened,
        settled=settled,
        kept=await _kept(tx, scope, promises, day_of(zoned.zone, yesterday)),
        due=_by_hour(due, zoned.zone),
        coming=coming,
        night_opened=len(await opened_since(tx, scope, midnight.start)),
        night_settled=len(await settled_since(tx, scope, midnight.start)),
        held=await tx.held.count(scope.tenant_ids),
        open=severities(active),
        unowned=sum(record.assignee is None for record in active),
        oldest=tuple(active[:_OLDEST]),
        silent=await silence_views(tx, scope.tenants, promises, now),
        credit_cents=sum(_credit(record, scope, promises) for record in active),
        value_cents=sum(value_of(record.facts) or 0 for record in active),
        now=now,
        chart=chart,
    )


async def _figures(
    tx: Transaction, scope: Scope, zone: str, yesterday: date
) -> tuple[Figure | None, Figure, Figure]:
    """Orders, opened and settled of the day, each with what is usual on that weekday.

    A weekday on which no order began is none to compare with: nothing was known of it.
    """
    days = (yesterday, *alike(yesterday))
    runs = [day_of(zone, day) for day in days]
    orders = [await _orders(tx, scope, run) for run in runs]
    counted = [index for index in range(1, len(days)) if orders[index]]
    opened = await opened_on(tx, scope, runs)
    settled = await settled_on(tx, scope, runs)
    figures = [_figure(numbers, counted) for numbers in (orders, opened, settled)]
    return None if scope.narrow else figures[0], figures[1], figures[2]


async def _orders(tx: Transaction, scope: Scope, run: Occurrence) -> int:
    """Orders of these clients that began on that day, whatever the site."""
    window = run.end - run.start
    asked = [(tenant.id, run.end, window) for tenant in scope.tenants]
    return sum((await tx.events.volume(asked)).values())


def _figure(numbers: Sequence[int], counted: Sequence[int]) -> Figure:
    if not counted:
        return Figure(value=numbers[0])
    usual = sum(numbers[index] for index in counted) / len(counted)
    return Figure(value=numbers[0], usual=usual, days=len(counted))


async def _kept(
    tx: Transaction, scope: Scope, promises: Promises, day: Occurrence
) -> tuple[Kept, ...]:
    """By promise, those with most late first; promises that nothing was due of are left out."""
    found = []
    for tenant in scope.tenants:
        for sla_id in dict.fromkeys(rule.sla_id for rule in promises.of(tenant.name)):
            tally = await tx.clocks.tally(tenant.id, sla_id, day.start, day.end)
            if tally.met + tally.late:
                kept = Kept(tenant=tenant, sla_id=sla_id, met=tally.met, late=tally.late)
                found.append(kept)
    return tuple(sorted(found, key=lambda one: (-one.late, one.tenant.name, one.sla_id)))


def _by_hour(due: Sequence[ClockRow], zone: str) -> tuple[DueHour, ...]:
    """From the first hour with something due to the last one, none left out."""
    if not due:
        return ()
    counts = Counter(_hour(row.deadline_at) for row in due)
    at, last = min(counts), max(counts)
    hours: list[DueHour] = []
    while at <= last:
        local = at.astimezone(ZoneInfo(zone))
        hours.append(DueHour(at=at, label=f"{local:%H:%M}", count=counts[at]))
        at += timedelta(hours=1)
    return tuple(_paired(hours) if len(hours) > _MOST_HOURS else hours)


def _paired(hours: Sequence[DueHour]) -> list[DueHour]:
    """Two hours at a time, where there are too many to draw."""
    pairs = [hours[index : index + 2] for index in range(0, len(hours), 2)]
    return [
        DueHour(at=pair[0].at, label=pair[0].label, count=sum(one.count for one in pair))
        for pair in pairs
    ]


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _credit(record: ExceptionRecord, scope: Scope, promises: Promises) -> int:
    tenant = next(one for one in scope.tenants if one.id == record.tenant_id)
    rule = promises.rule(tenant.name, record.sla_id, record.rule_version)
    return credit_at_risk(rule, record) or 0
