"""Tells channels that asked for it what is new among the patterns of their clients' exceptions.

Must not post what was told before, nor where nobody subscribed, nor in a channel's quiet hours:
what is not posted stays news.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.gather_patterns import patterns_of
from jobs.ports import Storage, Transaction
from jobs.route_alerts import routes_of
from jobs.views.patterns import InsightView, PatternsView
from policies.pattern_finding import Finding
from policies.pattern_news import FORGOTTEN, News, Told, news_of, noted
from policies.patterns import Patterns
from policies.quiet import QuietHours, quiet_at
from policies.records import OutboxMessage, Tenant
from policies.routing import INSIGHT
from policies.sightings import slot_before

_UNTIL = timedelta(hours=1)
"""How late a window may still be told of; a bot that was down then leaves it out."""
_PRIORITY = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A channel for which four hours are over: its clients, their end, the name of the slot."""

    channel_id: str
    tenants: tuple[Tenant, ...]
    until: datetime

    @property
    def job(self) -> str:
        """Under which name the ledger knows it."""
        return f"{INSIGHT}:{self.channel_id}"

    @property
    def slot(self) -> str:
        """The same whoever asks."""
        return self.until.isoformat()


async def show_patterns(
    tenants: Sequence[Tenant], *, storage: Storage, now: datetime, channel_id: str | None = None
) -> list[PatternsView]:
    """What there is to tell of each client as of now; what is new to that channel, where one is."""
    views: list[PatternsView] = []
    for tenant in tenants:
        patterns, known_since = await patterns_of(tenant, now, storage=storage)
        news: News | None = None
        if channel_id is not None:
            async with storage.read() as tx:
                told = await tx.patterns.told(tenant.id, channel_id)
            news = news_of(patterns.findings, told, now) if told else None
        views.append(
            PatternsView(
                tenant=tenant, patterns=patterns, now=now, news=news, known_since=known_since
            )
        )
    return views


async def post_due_patterns(
    *, storage: Storage, quiet: QuietHours, default_channel: str, now: datetime, wall_now: datetime
) -> int:
    """Puts what is new into the outbox, once for each four hours of a subscribed channel.

    Args:
        storage: where exceptions, subscriptions, fires and outbox are.
        quiet: when channels are left in peace; they hear of it in the next four hours.
        default_channel: of clients that have none of their own.
        now: business time, by which the hours are reckoned.
        wall_now: by which the outbox lives.
    """
    async with storage.read() as tx:
        channels, names = await _subscribed(tx, default_channel)
        resting = {one for one in channels if quiet_at(quiet.of(one, names.get(one)), now)}
        due = await _due(tx, channels, resting, now)
    known: dict[tuple[int, datetime], Patterns] = {}
    posted = 0
    for one in due:
        for tenant in one.tenants:
            place = (tenant.id, one.until)
            if place not in known:
                known[place], _ = await patterns_of(tenant, one.until, storage=storage)
        async with storage.write() as tx:
            if await tx.fires.begin(one.job, one.slot, wall_now):
                posted += await _tell(tx, one, known, wall_now)
    return posted


async def forget_patterns(*, storage: Storage, default_channel: str, now: datetime) -> None:
    """Lets go of what was told long ago, and to channels that do not ask for it any more."""
    async with storage.write() as tx:
        channels, _ = await _subscribed(tx, default_channel)
        places = {(tenant.id, name) for name, mine in channels.items() for tenant in mine}
        await tx.patterns.forget(now - FORGOTTEN, places)


async def _tell(
    tx: Transaction,
    due: _Due,
    known: Mapping[tuple[int, datetime], Patterns],
    wall_now: datetime,
) -> bool:
    """Puts the message into the outbox and notes what it tells; False where nothing is new."""
    told: list[tuple[Tenant, News]] = []
    rows: list[Told] = []
    for tenant in due.tenants:
        before = await tx.patterns.told(tenant.id, due.channel_id)
        news = news_of(known[tenant.id, due.until].findings, before, due.until)
        if news.fresh:
            told.append((tenant, news))
            rows += noted(news, tenant.id, due.channel_id, due.until)
    if not told:
        return False
    await tx.patterns.note(rows)
    await tx.outbox.put([_message(due, told)], wall_now)
    return True


def insight_of(message: OutboxMessage, tenants: Collection[Tenant]) -> list[InsightView]:
    """What that message tells, as it was found; of clients that there are still."""
    by_id = {tenant.id: tenant for tenant in tenants}
    return [
        InsightView(
            tenant=by_id[one["tenant_id"]],
            fresh=tuple(Finding.of_json(found) for found in one["fresh"]),
            over=tuple(one["over"]),
        )
        for one in message.payload["told"]
        if one["tenant_id"] in by_id
    ]


async def take_back(tx: Transaction, message: OutboxMessage) -> None:
    """What could not be told in a channel is news there again."""
    said = message.payload
    until = datetime.fromisoformat(said["until"])
    for one in said["told"]:
        await tx.patterns.take_back(one["tenant_id"], said["channel"], until)


async def _subscribed(
    tx: Transaction, default_channel: str
) -> tuple[dict[str, list[Tenant]], Mapping[str, str]]:
    """The subscribed channels with those of their clients that they may see; names by id."""
    tenants = [tenant for tenant in await tx.tenants.all() if not tenant.synthetic]
    ids = [tenant.id for tenant in tenants]
    routes = await routes_of(tx, ids, default_channel, kinds=(INSIGHT,))
    found: dict[str, list[Tenant]] = {}
    for tenant in tenants:
        for channel_id in sorted({one.channel_id for one in routes.heard(tenant, INSIGHT)}):
            found.setdefault(channel_id, []).append(tenant)
    return found, routes.names


async def _due(
    tx: Transaction,
    channels: Mapping[str, Sequence[Tenant]],
    resting: Collection[str],
    now: datetime,
) -> list[_Due]:
    """Those whose four hours were over a short while ago and were not looked at yet."""
    found: list[_Due] = []
    for channel_id, tenants in sorted(channels.items()):
        until = slot_before(now, tenants[0].timezone)
        one = _Due(channel_id=channel_id, tenants=tuple(tenants), until=until)
        last = await tx.fires.last(one.job)
        looked_at = last is not None and last[0] == one.slot
        if now - until < _UNTIL and not looked_at and channel_id not in resting:
            found.append(one)
    return found


def _message(due: _Due, told: Sequence[tuple[Tenant, News]]) -> OutboxMessage:
    return OutboxMessage(
        kind="slack",
        lane=due.channel_id,
        dedup_key=f"{due.job}:{due.slot}",
        tenant_id=told[0][0].id,
        payload={
            "notice": INSIGHT,
            "channel": due.channel_id,
            "until": due.slot,
            "told": [
                {
                    "tenant_id": tenant.id,
                    "fresh": [one.as_json for one in news.fresh],
                    "over": [one.what for one in news.over],
                }
                for tenant, news in told
            ],
        },
        priority=_PRIORITY,
    )
