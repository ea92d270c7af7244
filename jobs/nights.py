"""Says whose night it is: each client between 02:00 and 06:00 of its own zone, once a local day.

Must not do the night's work: who asks does.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from jobs.ports import Storage
from policies.records import Tenant

_FROM, _UNTIL = time(2), time(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """Somebody wants it now, whatever the hour: for one client by its name, or for all."""

    tenant: str | None = None


async def due_tonight(
    fire: str, *, storage: Storage, now: datetime, wall_now: datetime, by_hand: ByHand | None
) -> AsyncIterator[Tenant]:
    """Those whose turn it is, each noted just before its work begins.

    Args:
        fire: what is noted, once a client and local day among all replicas.
        storage: where clients and fires are.
        now: business time, by which it is night somewhere.
        wall_now: by which fires are kept.
        by_hand: leaves the hour and the note out.
    """
    async with storage.read() as tx:
        tenants = [tenant for tenant in await tx.tenants.all() if not tenant.synthetic]
    for tenant in tenants:
        if by_hand is not None:
            if by_hand.tenant in (None, tenant.name):
                yield tenant
            continue
        local = now.astimezone(ZoneInfo(tenant.timezone))
        if not _FROM <= local.time() < _UNTIL:
            continue
        async with storage.write() as tx:
            mine = await tx.fires.begin(f"{fire}:{tenant.id}", local.date().isoformat(), wall_now)
        if mine:
            yield tenant
