"""Posts the morning digest of invoices: what the night proved, what is open, what was saved.

Must not post where nobody subscribed, nor catch up on mornings that are over.
"""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from jobs.ports import Storage, Transaction
from jobs.route_alerts import routes_of
from jobs.show_findings import show_clients
from jobs.views.findings import ClientFindings
from policies.records import OutboxMessage, Tenant
from policies.routing import INVOICES

_FROM, _UNTIL = time(8), time(9)
_PRIORITY = 41


async def post_due_invoice_digests(
    *, storage: Storage, now: datetime, wall_now: datetime, default_channel: str
) -> int:
    """Puts the digest of each client whose morning it is into the outbox, once a channel and day.

    Args:
        storage: where subscriptions, fires and outbox are.
        now: business time, by which it is morning somewhere.
        wall_now: by which the outbox lives.
        default_channel: of clients that have none of their own.
    """
    async with storage.read() as tx:
        tenants = [
            one for one in await tx.tenants.all() if not one.synthetic and _morning(one, now)
        ]
        channels = await _subscribed(tx, tenants, default_channel) if tenants else []
    if not channels:
        return 0
    posted = 0
    async with storage.write() as tx:
        for tenant, channel in channels:
            day = now.astimezone(ZoneInfo(tenant.timezone)).date().isoformat()
            if await tx.fires.begin(f"{INVOICES}:{channel}:{tenant.id}", day, wall_now):
                await tx.outbox.put([_message(tenant, channel, day)], wall_now)
                posted += 1
    return posted


async def invoice_digest_of(
    message: OutboxMessage, *, storage: Storage, now: datetime
) -> ClientFindings | None:
    """What that message is to show; None where nothing of the client was proved yet."""
    async with storage.read() as tx:
        tenant = await tx.tenants.get(message.tenant_id)
    if tenant is None:
        return None
    [view] = await show_clients([tenant], storage=storage, now=now)
    return view if view.checks else None


def _morning(tenant: Tenant, now: datetime) -> bool:
    return _FROM <= now.astimezone(ZoneInfo(tenant.timezone)).time() < _UNTIL


async def _subscribed(
    tx: Transaction, tenants: Sequence[Tenant], default_channel: str
) -> list[tuple[Tenant, str]]:
    routes = await routes_of(
        tx, [tenant.id for tenant in tenants], default_channel, kinds=(INVOICES,)
    )
    return [
        (tenant, channel)
        for tenant in tenants
        for channel in sorted({one.channel_id for one in routes.heard(tenant, INVOICES)})
    ]


def _message(tenant: Tenant, channel: str, day: str) -> OutboxMessage:
    return OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{INVOICES}:{channel}:{tenant.id}:{day}",
        tenant_id=tenant.id,
        payload={"notice": INVOICES, "channel": channel, "tenant_ids": [tenant.id]},
        priority=_PRIORITY,
    )
