"""Gathers a person's Home: what they work on, promises, sources, subscriptions.

Must not change anything, and must not draw.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from jobs.list_subscriptions import client_routes
from jobs.ports import Storage, Transaction
from jobs.show import by_severity
from jobs.tell_silence import silence_views
from jobs.views.home import FeedView, HomeView, PromiseToday, SubscribedView, Tile
from jobs.views.routing import ClientRoutes
from jobs.watch_targets import target_views
from jobs.weigh_work import Weighed, weigh_work
from policies.local_time import at_local, local_date
from policies.promises import Promises
from policies.queries import OPEN_LETTERS, ExceptionFilter
from policies.reasons import ACTIVE_STATUSES
from policies.records import ExceptionRecord, Tenant
from policies.routing import ALERTS, Filters
from policies.silence import LEARNT_HOURS, Feed, usual_per_hour
from policies.targets import Target, window

_LOOKED_AT, _WAKING = 200, 8
"""Snoozed exceptions that are looked at, and shown."""
_TODAY = Target(sla_id="", at_least=Decimal(0), trailing_days=1)
_HOUR = 60.0


async def show_home(
    user_id: str,
    tenant_ids: Sequence[int],
    channels: Collection[str],
    *,
    storage: Storage,
    promises: Promises,
    default_channel: str,
    now: datetime,
    zone: str = "UTC",
) -> HomeView:
    """One person's Home.

    Args:
        user_id: whose.
        tenant_ids: the clients that they may see.
        channels: ids of the channels that they are in: whose subscriptions they see.
        storage: read only.
        promises: what was promised to whom.
        default_channel: of clients that have none of their own.
        now: business time.
        zone: theirs, in which today ends.
    """
    async with storage.read() as tx:
        tenants = tuple(one for one in await tx.tenants.all() if one.id in tenant_ids)
        by_id = {tenant.id: tenant for tenant in tenants}
        work = await weigh_work(tx, user_id, tenants, promises, now)
        return HomeView(
            tenants=tenants,
            tiles=await _tiles(tx, tenant_ids, work),
            mine=work.mine,
            mine_total=work.mine_total,
            saves=work.saves,
            saves_total=work.unowned + work.running,
            waking=await _waking(tx, tenant_ids, _midnight(now, zone)),
            promises=await _today(tx, tenants, promises, now),
            feeds=await _feeds(tx, by_id, now),
            silent=await silence_views(tx, tenants, promises, now),
            subscriptions=await _subscriptions(tx, tenant_ids, channels, default_channel),
            now=now,
        )


def _active(tenant_ids: Sequence[int]) -> ExceptionFilter:
    return ExceptionFilter(
        tenant_ids=tuple(tenant_ids), statuses=ACTIVE_STATUSES, soonest_first=True, limit=_LOOKED_AT
    )


async def _waking(
    tx: Transaction, tenant_ids: Sequence[int], midnight: datetime
) -> tuple[ExceptionRecord, ...]:
    """Snoozed ones that wake before midnight, the next one first."""
    asleep = await tx.exceptions.find(replace(_active(tenant_ids), snoozed=True))
    today = [(one.snoozed_until, one) for one in asleep if one.snoozed_until]
    waking = sorted((pair for pair in today if pair[0] < midnight), key=lambda pair: pair[0])
    return tuple(record for _, record in waking[:_WAKING])


def _midnight(now: datetime, zone: str) -> datetime:
    return at_local(local_date(now, zone) + timedelta(days=1), 0, zone)


async def _tiles(tx: Transaction, tenant_ids: Sequence[int], work: Weighed) -> tuple[Tile, ...]:
    """The figures at the top; one that there is nothing to say about is left out."""
    active = _active(tenant_ids)
    severities = await by_severity(tx, active)
    worst = ", ".join(f"{count} {name.lower()}" for name, count in severities)
    total = sum(count for _, count in severities)
    snoozed = await tx.exceptions.count(replace(active, snoozed=True))
    held = await tx.held.count(active.tenant_ids)
    letters = await tx.dead_letters.count(active.tenant_ids, OPEN_LETTERS)
    tiles = [
        Tile(name="Open", figure=f"{total:,}", note=worst),
        Tile(name="Without owner", figure=f"{work.unowned:,}"),
        Tile(name="Snoozed", figure=f"{snoozed:,}") if snoozed else None,
        Tile(name="Held", figure=f"{held:,}", note="until quiet hours end") if held else None,
        Tile(name="Dead letters", figure=f"{letters:,}", note="say dlq") if letters else None,
    ]
    return tuple(tile for tile in tiles if tile is not None)


async def _today(
    tx: Transaction, tenants: Sequence[Tenant], promises: Promises, now: datetime
) -> tuple[PromiseToday, ...]:
    """Promises with something due today, and those with a target; the worst kept first."""
    found = []
    targets = await target_views(tx, tenants, promises, now)
    for tenant in tenants:
        since, until, _ = window(_TODAY, now, tenant.timezone)
        for sla_id in dict.fromkeys(rule.sla_id for rule in promises.of(tenant.name)):
            tally = await tx.clocks.tally(tenant.id, sla_id, since, until)
            own = [t for t in targets if t.tenant.id == tenant.id and t.target.sla_id == sla_id]
            target = min(own, key=lambda view: view.standing.left, default=None)
            if target or tally.met or tally.late or tally.running or tally.no_data:
                found.append(PromiseToday(tenant=tenant, sla_id=sla_id, tally=tally, target=target))
    return tuple(sorted(found, key=_worst_kept))


def _worst_kept(one: PromiseToday) -> tuple[bool, float, str]:
    decided = one.tally.met + one.tally.late
    missed = one.target is not None and one.target.standing.left < 0
    return (not missed, one.tally.met / decided if decided else 1.0, one.sla_id)


async def _feeds(
    tx: Transaction, tenants: Mapping[int, Tenant], now: datetime
) -> tuple[FeedView, ...]:
    """Every source of these clients, silent ones first, longest unheard first."""
    views = [
        _feed(feed, tenants[feed.tenant_id], now)
        for feed in await tx.feeds.all()
        if feed.tenant_id in tenants
    ]
    return tuple(sorted(views, key=lambda view: (view.silence is None, view.last_at)))


def _feed(feed: Feed, tenant: Tenant, now: datetime) -> FeedView:
    usual = usual_per_hour(feed, now)
    silence = feed.silence
    return FeedView(
        tenant=tenant,
        source=feed.source,
        last_at=feed.last_at,
        usual_minutes=_HOUR / usual if usual else None,
        learnt=sum(feed.weeks) >= LEARNT_HOURS,
        silence=silence if silence and silence.ended_at is None else None,
    )


async def _subscriptions(
    tx: Transaction, tenant_ids: Sequence[int], channels: Collection[str], default_channel: str
) -> tuple[SubscribedView, ...]:
    """What comes to the channels that the person is in; clients who have it in common are one."""
    found: dict[tuple[str, str, str], SubscribedView] = {}
    for client in await client_routes(tx, tenant_ids, default_channel):
        for one in _asked_for(client):
            if one.channel_id not in channels and not one.channel_id.startswith("#"):
                continue
            key = (one.channel_id, one.kind, repr(one.filters))
            known = found.setdefault(key, replace(one, clients=()))
            found[key] = replace(known, clients=(*known.clients, client.tenant.name))
    return tuple(found[key] for key in sorted(found))


def _asked_for(client: ClientRoutes) -> list[SubscribedView]:
    """A default channel without alert subscriptions of its own hears every alert."""
    asked = [
        SubscribedView(channel_id=one.channel_id, kind=one.kind, filters=one.wanted)
        for one in client.subscriptions
    ]
    everything = SubscribedView(channel_id=client.home.channel, kind=ALERTS, filters=Filters())
    return asked if client.narrowed else [everything, *asked]
