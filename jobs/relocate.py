"""Takes what Slack refuses to have in a further channel to the default channel, and says so once.

Must not lose anything that is open, nor try the same channel for ever. What a default channel
refuses has nowhere else to go: it becomes a dead letter, as ever.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.find_patterns import take_back
from jobs.ports import Storage, Transaction
from jobs.put_on_record import Telling
from jobs.retell import retell
from jobs.subscribe import TRIAL
from policies.permissions import NEEDED
from policies.records import OutboxMessage, Tenant
from policies.roles import EVERYONE, holders
from policies.routing import BRIEF, DIGEST, HANDOVER, INSIGHT, INVOICES, is_home

UNREACHED = "unreached"
REFUSALS = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
"""What Slack says of a channel that it will not let us post in."""
_SUBSCRIBED = frozenset({DIGEST, BRIEF, HANDOVER, INSIGHT, INVOICES, TRIAL})
"""Notices that a channel asked for; others have their own ways."""
_ONCE = "once"
_PRIORITY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A message that Slack refused, why, and the times by which things are told and kept."""

    message: OutboxMessage
    why: str
    now: datetime
    wall_now: datetime


async def relocate(refusal: Refusal, *, storage: Storage, telling: Telling) -> bool:
    """Tells it elsewhere; False where that is not possible."""
    if refusal.why not in REFUSALS:
        return False
    payload = refusal.message.payload
    does = next((does for key, does in _KINDS.items() if key in payload), None)
    if does is None or payload.get("notice", TRIAL) not in _SUBSCRIBED:
        return False
    async with storage.write() as tx:
        return await does(tx, refusal, telling)


async def _alert(tx: Transaction, refusal: Refusal, telling: Telling) -> bool:
    alert = await tx.alerts.get(refusal.message.payload["alert_id"])
    tenant = await tx.tenants.get(alert.tenant_id) if alert else None
    if alert is None or tenant is None:
        return True
    channel = {alert.channel, alert.channel_id or alert.channel}
    if _is_home(tenant, channel, telling):
        return False
    records = await tx.exceptions.among(alert.exception_ids)
    await tx.alerts.drop(alert.id)
    await retell(
        tx,
        tenant,
        records,
        without=channel,
        telling=telling,
        now=refusal.now,
        wall_now=refusal.wall_now,
    )
    await _say(tx, tenant, alert.channel_id or alert.channel, refusal, telling)
    return True


async def _storm(tx: Transaction, refusal: Refusal, telling: Telling) -> bool:
    """Client by client; those whose default channel it is have nowhere else to go."""
    storm = await tx.storms.get(refusal.message.payload["storm_id"])
    if storm is None:
        return True
    channel = {storm.channel, storm.channel_id or storm.channel}
    members = await tx.storms.members(storm.id)
    stays = False
    for tenant_id in sorted({member.tenant_id for member in members}):
        tenant = await tx.tenants.get(tenant_id)
        if tenant is None or _is_home(tenant, channel, telling):
            stays = True
            continue
        mine = [one.exception_id for one in members if one.tenant_id == tenant_id]
        await retell(
            tx,
            tenant,
            await tx.exceptions.among(mine),
            without=channel,
            telling=telling,
            now=refusal.now,
            wall_now=refusal.wall_now,
        )
        await _say(tx, tenant, storm.channel_id or storm.channel, refusal, telling)
    if not stays:
        await tx.storms.drop(storm.id)
    return not stays


async def _notice(tx: Transaction, refusal: Refusal, telling: Telling) -> bool:
    """A digest or a test comes again tomorrow, or when asked for: that it could not is enough."""
    channel = refusal.message.payload["channel"]
    tenant = await tx.tenants.get(refusal.message.tenant_id)
    if tenant is None or _is_home(tenant, {channel}, telling):
        return False
    if refusal.message.payload["notice"] == INSIGHT:
        await take_back(tx, refusal.message)
    await _say(tx, tenant, channel, refusal, telling)
    return True


def _is_home(tenant: Tenant, channel: set[str], telling: Telling) -> bool:
    home = telling.destination_of(tenant)
    return any(is_home(name, name, home) for name in channel)


async def _say(
    tx: Transaction, tenant: Tenant, channel: str, refusal: Refusal, telling: Telling
) -> None:
    """Tells the leads in the default channel, once for as long as fires are kept."""
    home = telling.destination_of(tenant)
    key = f"{UNREACHED}:{home.home}:{channel}"
    if not telling.notify or not await tx.fires.begin(key, _ONCE, refusal.wall_now):
        return
    mine = await tx.subscriptions.find(tenant_ids=[tenant.id], channel_id=channel)
    leads = holders(await tx.roles.all(), NEEDED["map"], tenant.id)
    message = OutboxMessage(
        kind="slack",
        lane=home.channel,
        dedup_key=key,
        tenant_id=tenant.id,
        payload={
            "notice": UNREACHED,
            "channel": home.channel,
            "lost": channel,
            "why": refusal.why,
            "leads": [one for one in leads if one != EVERYONE],
            "numbers": [one.id for one in mine],
        },
        priority=_PRIORITY,
    )
    await tx.outbox.put([message], refusal.wall_now)


_KINDS: Mapping[str, Callable[[Transaction, Refusal, Telling], Coroutine[Any, Any, bool]]] = {
    "notice": _notice,
    "alert_id": _alert,
    "storm_id": _storm,
}
"""What a message is about, by what names it."""
