"""Lets channels see clients, or no more, and moves a client's default channel.

Must not check authority: the handler did, for that client. Everything is put on the trail.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.ports import Storage, Transaction
from jobs.put_on_record import Telling
from jobs.retell import leave_channel
from policies.records import AuditEntry, Tenant
from policies.routing import home_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which client and which channel (Slack's id), by whom.

    `names` are further names of the channel: those by which it is somebody's default channel.
    """

    tenant: Tenant
    channel_id: str
    actor: str
    names: frozenset[str] = frozenset()
    correlation_id: str | None = None


async def map_channel(wish: Wish, *, storage: Storage, now: datetime) -> bool:
    """Lets the channel see the client; False where it did already."""
    async with storage.write() as tx:
        fresh = await tx.tenants.show_in(wish.tenant.id, wish.channel_id, wish.actor, now)
        if fresh:
            await tx.audit.append([_entry(wish, "map", now)])
    return fresh


async def unmap_channel(
    wish: Wish, *, storage: Storage, telling: Telling, now: datetime, wall_now: datetime
) -> bool:
    """The further channel sees the client no more; False where it did not.

    Its cards stand still from then on. What is open and was told only there is told elsewhere.
    """
    async with storage.write() as tx:
        if not await tx.tenants.hide_from(wish.tenant.id, wish.channel_id):
            return False
        await tx.audit.append([_entry(wish, "unmap", now)])
        await leave_channel(
            tx,
            wish.tenant,
            {wish.channel_id, *wish.names},
            telling=telling,
            now=now,
            wall_now=wall_now,
        )
    return True


async def make_default(
    wish: Wish, old_id: str | None, *, storage: Storage, telling: Telling, now: datetime
) -> bool:
    """The client's alerts go to the channel from now on; False where they did already.

    The default channel before, where its id is known, goes on seeing the client, so that the
    cards in it stay alive.
    """
    async with storage.write() as tx:
        tenant = await tx.tenants.get(wish.tenant.id)
        if tenant is None or old_id == wish.channel_id:
            return False
        before = home_of(tenant, telling.default_channel).home
        await _move(tx, tenant, wish.channel_id, wish.channel_id)
        if old_id is not None:
            await tx.tenants.show_in(tenant.id, old_id, wish.actor, now)
        entry = _entry(wish, "default_channel", now)
        after = {"channel": wish.channel_id}
        await tx.audit.append([replace(entry, before={"channel": before}, after=after)])
    return True


async def set_default(
    tenant: Tenant, channel: str, *, storage: Storage, telling: Telling, now: datetime
) -> str | None:
    """The same from the command line, which knows names; returns the channel that sees it still."""
    known = channel if not channel.startswith("#") else None
    before = home_of(tenant, telling.default_channel)
    old_id = None if before.channel.startswith("#") else before.channel
    async with storage.write() as tx:
        await _move(tx, tenant, channel, known)
        if old_id is not None and old_id != known:
            await tx.tenants.show_in(tenant.id, old_id, "cli", now)
        entry = AuditEntry(
            tenant_id=tenant.id,
            at=now,
            actor="cli",
            action="default_channel",
            subject=f"channel:{channel}",
            before={"channel": before.home},
            after={"channel": channel},
        )
        await tx.audit.append([entry])
    return old_id


async def forget_channel(
    tenant: Tenant,
    channel: Collection[str],
    *,
    storage: Storage,
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> None:
    """A channel that sees a client no more, from the command line."""
    async with storage.write() as tx:
        for one in channel:
            await tx.tenants.hide_from(tenant.id, one)
        await leave_channel(tx, tenant, channel, telling=telling, now=now, wall_now=wall_now)


async def _move(tx: Transaction, tenant: Tenant, channel: str, channel_id: str | None) -> None:
    """What is the default channel sees the client by that, and needs no showing."""
    await tx.tenants.set_channel(tenant.id, channel, channel_id)
    if channel_id is not None:
        await tx.tenants.hide_from(tenant.id, channel_id)


def _entry(wish: Wish, action: str, now: datetime) -> AuditEntry:
    return AuditEntry(
        tenant_id=wish.tenant.id,
        at=now,
        actor=wish.actor,
        action=action,
        subject=f"channel:{wish.channel_id}",
        correlation_id=wish.correlation_id,
    )
