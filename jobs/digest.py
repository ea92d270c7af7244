"""The daily digest of a channel: what came, what went, what waits, for each of its clients.

Must not post where nobody subscribed, nor catch up on days that nobody asked about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from jobs.ports import Storage, Transaction
from jobs.route_alerts import routes_of
from jobs.show import by_severity
from jobs.views import DigestView
from jobs.watch_targets import target_views
from policies.promises import Promises
from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES, Status
from policies.records import OutboxMessage, Tenant
from policies.routing import DIGEST as DIGEST  # noqa: PLC0414 - jobs name it from here

_FROM, _UNTIL = time(8), time(9)
"""Local hours in which the day's digest is posted; a bot that was down then leaves it out."""
_DAY = timedelta(hours=24)
_OLDEST = 3


async def show_digest(
    tenant_ids: Sequence[int], *, storage: Storage, promises: Promises, now: datetime
) -> tuple[DigestView, ...]:
    """The last 24 hours of each visible client, and how its targets stand."""
    async with storage.read() as tx:
        tenants = [tenant for tenant in await tx.tenants.all() if tenant.id in tenant_ids]
        return tuple([await _of_tenant(tx, tenant, promises, now) for tenant in tenants])


async def post_due_digests(
    *, storage: Storage, now: datetime, wall_now: datetime, default_channel: str
) -> int:
    """Puts each subscribed channel's digest into the outbox, once a local day.

    Args:
        storage: where subscriptions, fires and outbox are.
        default_channel: of clients that have none of their own.
        now: business time, by which it is morning somewhere.
        wall_now: by which the outbox lives.
    """
    posted = 0
    async with storage.write() as tx:
        tenants = {tenant.id: tenant for tenant in await tx.tenants.all()}
        for channel_id, tenant_ids in (await _subscribed(tx, tenants, default_channel)).items():
            local = now.astimezone(ZoneInfo(tenants[tenant_ids[0]].timezone))
            if not _FROM <= local.time() < _UNTIL:
                continue
            slot = local.date().isoformat()
            if not await tx.fires.begin(f"{DIGEST}:{channel_id}", slot, wall_now):
                continue
            await tx.outbox.put([_message(channel_id, tenant_ids, slot)], wall_now)
            posted += 1
    return posted


async def _subscribed(
    tx: Transaction, tenants: Mapping[int, Tenant], default_channel: str
) -> dict[str, list[int]]:
    """The subscribed channels, each with those of its clients that it may still see."""
    routes = await routes_of(tx, tenants, default_channel, kinds=(DIGEST,))
    found: dict[str, set[int]] = {}
    for tenant in tenants.values():
        for one in routes.heard(tenant, DIGEST):
            found.setdefault(one.channel_id, set()).add(tenant.id)
    return {channel_id: sorted(found[channel_id]) for channel_id in sorted(found)}


def _message(channel_id: str, tenant_ids: Sequence[int], slot: str) -> OutboxMessage:
    return OutboxMessage(
        kind="slack",
        lane=channel_id,
        dedup_key=f"{DIGEST}:{channel_id}:{slot}",
        tenant_id=tenant_ids[0],
        payload={"notice": DIGEST, "channel": channel_id, "tenant_ids": list(tenant_ids)},
        priority=40,
    )


async def _of_tenant(
    tx: Transaction, tenant: Tenant, promises: Promises, now: datetime
) -> DigestView:
    of_tenant = ExceptionFilter(tenant_ids=(tenant.id,))
    active = replace(of_tenant, statuses=ACTIVE_STATUSES)
    settled = replace(
        of_tenant, statuses=(Status.RESOLVED, Status.CLOSED), settled_since=now - _DAY
    )
    oldest = replace(active, soonest_first=True, limit=_OLDEST)
    return DigestView(
        tenant=tenant,
        opened=await tx.exceptions.count(replace(of_tenant, since=now - _DAY)),
        settled=await tx.exceptions.count(settled),
        active_by_severity=await by_severity(tx, active),
        unowned=await tx.exceptions.count(replace(active, unowned=True)),
        oldest=tuple(await tx.exceptions.find(oldest)),
        now=now,
        targets=await target_views(tx, [tenant], promises, now),
        held=await tx.held.count([tenant.id]),
    )
