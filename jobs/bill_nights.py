"""Bills every tenant at 02:00 of its own time zone: what was done in the last seven days.

Must not bill by day: a night that was missed is made up by the next one.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from jobs.nights import ByHand, due_tonight
from jobs.ports import Storage
from jobs.run_invoices import RunReport, Window, run_invoices
from policies.money.versions import Tariffs
from policies.records import Tenant

FIRE = "invoices"
LOOKBACK = timedelta(hours=168)
Told = Callable[[Tenant, RunReport], Awaitable[None]]
"""Is told what a tenant's night came to, once its bills are on the books."""


async def bill_due_nights(
    *,
    storage: Storage,
    tariffs: Tariffs,
    now: datetime,
    wall_now: datetime,
    told: Told,
    by_hand: ByHand | None = None,
) -> int:
    """Runs the invoices of each tenant whose night it is, once a local day; returns how many.

    Args:
        storage: where events, books and fires are.
        tariffs: what work costs.
        now: business time, by which it is night somewhere.
        wall_now: by which fires are kept.
        told: what follows a tenant's bills, such as counting them.
        by_hand: whatever the hour.
    """
    ran = 0
    nights = due_tonight(FIRE, storage=storage, now=now, wall_now=wall_now, by_hand=by_hand)
    async for tenant in nights:
        window = Window(since=now - LOOKBACK, until=now)
        report = await run_invoices(tenant, window, storage=storage, tariffs=tariffs, now=now)
        await told(tenant, report)
        ran += 1
    return ran
