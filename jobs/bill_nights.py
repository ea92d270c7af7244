"""Bills every tenant at 02:00 of its own time zone: what was done in the last seven days.

Must not bill by day: a night that was missed is made up by the next one.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from jobs.ports import Storage
from jobs.run_invoices import RunReport, Window, run_invoices
from policies.money.versions import Tariffs
from policies.records import Tenant

FIRE = "invoices"
_FROM, _UNTIL = time(2), time(6)
"""Local hours in which the night's bills are drawn up; a bot that was down then leaves it out."""
LOOKBACK = timedelta(hours=168)
Told = Callable[[Tenant, RunReport], Awaitable[None]]
"""Is told what a tenant's night came to, once its bills are on the books."""


async def bill_due_nights(
    *, storage: Storage, tariffs: Tariffs, now: datetime, wall_now: datetime, told: Told
) -> int:
    """Runs the invoices of each tenant whose night it is, once a local day; returns how many.

    Args:
        storage: where events, books and fires are.
        tariffs: what work costs.
        now: business time, by which it is night somewhere.
        wall_now: by which fires are kept.
        told: what follows a tenant's bills, such as counting them.
    """
    async with storage.read() as tx:
        tenants = [tenant for tenant in await tx.tenants.all() if not tenant.synthetic]
    ran = 0
    for tenant in tenants:
        local = now.astimezone(ZoneInfo(tenant.timezone))
        if not _FROM <= local.time() < _UNTIL:
            continue
        async with storage.write() as tx:
            slot = local.date().isoformat()
            if not await tx.fires.begin(f"{FIRE}:{tenant.id}", slot, wall_now):
                continue
        window = Window(since=now - LOOKBACK, until=now)
        report = await run_invoices(tenant, window, storage=storage, tariffs=tariffs, now=now)
        await told(tenant, report)
        ran += 1
    return ran
