"""Has a channel told what it asks for, or no more; and a test of it.

Must not check authority: the handler did, for these clients. Everything is put on the trail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.ports import Storage
from policies.records import AuditEntry, JsonObject, OutboxMessage
from policies.routing import Subscription

TRIAL = "trial"
_PRIORITY = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel, by Slack's id, and who speaks for it.

    `channel` is its name where it is the default channel of somebody who knows it by name.
    """

    channel_id: str
    actor: str
    channel: str = ""
    correlation_id: str | None = None


async def subscribe(
    place: Place,
    kind: str,
    tenant_ids: Sequence[int],
    filters: JsonObject,
    *,
    storage: Storage,
    now: datetime,
) -> bool:
    """Has the channel told that of these clients; False when it was told all of it already."""
    async with storage.write() as tx:
        fresh = [
            tenant_id
            for tenant_id in sorted(tenant_ids)
            if await tx.subscriptions.add(
                kind,
                place.channel_id,
                [tenant_id],
                place.actor,
                now,
                filters=filters,
                channel=place.channel,
            )
        ]
        after = {"kind": kind, **filters}
        await tx.audit.append(
            [_entry(place, "subscribe", tenant_id, now, after=after) for tenant_id in fresh]
        )
    return bool(fresh)


async def unsubscribe(
    place: Place,
    kind: str,
    tenant_ids: Sequence[int],
    *,
    storage: Storage,
    now: datetime,
    filters: JsonObject | None = None,
    number: int | None = None,
) -> list[Subscription]:
    """Takes away what the channel has of that kind and fits; returns what that was."""
    async with storage.write() as tx:
        gone = await tx.subscriptions.remove(
            kind, place.channel_id, tenant_ids=tenant_ids, filters=filters, number=number
        )
        await tx.audit.append(_gone(place, gone, now))
    return gone


async def change_subscription(
    place: Place, known: Subscription, filters: JsonObject, *, storage: Storage, now: datetime
) -> bool:
    """Narrows it otherwise; False where it is gone, or the channel has another one like that."""
    async with storage.write() as tx:
        if not await tx.subscriptions.change(known.id, filters):
            return False
        before, after = {"kind": known.kind, **known.filters}, {"kind": known.kind, **filters}
        entry = _entry(
            place, "change_subscription", known.tenant_id, now, before=before, after=after
        )
        await tx.audit.append([entry])
    return True


async def try_out(
    place: Place, tenant_ids: Sequence[int], *, storage: Storage, wall_now: datetime
) -> None:
    """Has a test message posted in the channel, the way by which everything goes there."""
    message = OutboxMessage(
        kind="slack",
        lane=place.channel_id,
        dedup_key=f"{TRIAL}:{place.channel_id}:{place.correlation_id}",
        tenant_id=tenant_ids[0],
        payload={
            "notice": TRIAL,
            "channel": place.channel_id,
            "tenant_ids": sorted(tenant_ids),
        },
        priority=_PRIORITY,
        correlation_id=place.correlation_id,
    )
    async with storage.write() as tx:
        await tx.outbox.put([message], wall_now)


def _gone(place: Place, gone: Iterable[Subscription], now: datetime) -> list[AuditEntry]:
    return [
        _entry(place, "unsubscribe", one.tenant_id, now, before={"kind": one.kind, **one.filters})
        for one in gone
    ]


def _entry(
    place: Place,
    action: str,
    tenant_id: int,
    now: datetime,
    *,
    before: JsonObject | None = None,
    after: JsonObject | None = None,
) -> AuditEntry:
    return AuditEntry(
        tenant_id=tenant_id,
        at=now,
        actor=place.actor,
        action=action,
        subject=f"channel:{place.channel_id}",
        before=before or {},
        after=after or {},
        correlation_id=place.correlation_id,
    )
