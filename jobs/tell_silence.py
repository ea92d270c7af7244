"""Words what there is to tell of silent sources, for the outbox and for whoever looks.

Must not decide that a source is silent: policies/silence.py does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from jobs.ports import Transaction
from jobs.views import SilenceView
from policies.order_facts import Around, Silence
from policies.promises import Promises
from policies.records import OutboxMessage, Tenant
from policies.silence import Feed, gap, speakers_of

SILENCE = "silence"
_PRIORITY = 12


async def silence_views(
    tx: Transaction, tenants: Sequence[Tenant], promises: Promises, now: datetime
) -> tuple[SilenceView, ...]:
    """The sources of these tenants that are silent just now."""
    feeds = await tx.feeds.all()
    by_tenant = {
        tenant.id: (tenant, [feed for feed in feeds if feed.tenant_id == tenant.id])
        for tenant in tenants
    }
    return tuple(
        [
            await _view(tx, *by_tenant[feed.tenant_id], feed, feed.silence, promises, now)
            for feed in feeds
            if feed.tenant_id in by_tenant and feed.silence and feed.silence.ended_at is None
        ]
    )


async def silence_news(
    tx: Transaction,
    tenant: Tenant,
    mine: Sequence[Feed],
    was: Silence | None,
    feed: Feed,
    promises: Promises,
    now: datetime,
) -> list[SilenceView]:
    """What there is to tell: that a silence is over, that one has begun, or both."""
    silence = feed.silence
    same = was is not None and silence is not None and was.since == silence.since
    views = []
    if was is not None and was.ended_at is None:
        ended_at = silence.ended_at if same and silence else None
        over = replace(was, ended_at=ended_at or feed.last_at)
        views.append(await _view(tx, tenant, mine, feed, over, promises, now))
    if silence is not None and not same:
        views.append(await _view(tx, tenant, mine, feed, silence, promises, now))
    return views


def silence_message(view: SilenceView, channel: str) -> OutboxMessage:
    """What was true when it was noticed stands in it: a notice is not brought up to date."""
    ended = view.ended_at.isoformat() if view.ended_at else None
    since = view.since.isoformat()
    return OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{SILENCE}:{view.tenant.id}:{view.source}:{since}{':over' if ended else ''}",
        tenant_id=view.tenant.id,
        payload={
            "notice": SILENCE,
            "channel": channel,
            "source": view.source,
            "since": since,
            "reported_at": view.reported_at.isoformat(),
            "usual_minutes": view.usual_minutes,
            "waiting": view.waiting,
            "ended_at": ended,
        },
        priority=_PRIORITY,
    )


def silence_of(message: OutboxMessage, tenant: Tenant) -> SilenceView:
    """What the notice says."""
    told = message.payload
    return SilenceView(
        tenant=tenant,
        source=told["source"],
        since=datetime.fromisoformat(told["since"]),
        reported_at=datetime.fromisoformat(told["reported_at"]),
        usual_minutes=told["usual_minutes"],
        waiting=told["waiting"],
        ended_at=datetime.fromisoformat(told["ended_at"]) if told["ended_at"] else None,
    )


def told_by(feed: Feed, tenant: Tenant, promises: Promises) -> dict[str, tuple[str, ...]]:
    """The rules whose stop this source tells, each with the kinds that stop it."""
    kinds = speakers_of([feed]).keys()
    return {
        rule.sla_id: rule.stop
        for rule in promises.of(tenant.name)
        if not kinds.isdisjoint(rule.stop)
    }


async def _view(
    tx: Transaction,
    tenant: Tenant,
    mine: Sequence[Feed],
    feed: Feed,
    silence: Silence,
    promises: Promises,
    now: datetime,
) -> SilenceView:
    around = Around(
        silences={one.source: one.silence for one in mine if one.silence},
        speakers=speakers_of(mine),
    )
    told_by_it = told_by(feed, tenant, promises)
    deaf = [sla_id for sla_id, stop in told_by_it.items() if around.silence_of(stop)]
    peers = [await tx.clocks.peers(tenant.id, sla_id) for sla_id in deaf]
    return SilenceView(
        tenant=tenant,
        source=feed.source,
        since=silence.since,
        reported_at=silence.reported_at,
        usual_minutes=gap(feed, now).usual_minutes,
        waiting=sum(one.running for one in peers),
        ended_at=silence.ended_at,
    )
