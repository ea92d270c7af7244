"""Proves each client's invoices at 02:00 of its own night, once however many replicas there are.

Must not catch up on nights that are over: the next one proves the same months.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from jobs.check_invoices import Checking, check_month
from jobs.nights import ByHand, due_tonight
from jobs.views.findings import CheckReport
from policies.local_time import local_date
from policies.money.currency import MixedCurrenciesError
from policies.money.usage import UsageError
from policies.records import Tenant

CHECK = "check_invoices"
_LOOK_BACK = (timedelta(days=1), timedelta(days=8))
"""The months of these days are proved: late work still changes the last week."""


async def check_due(
    *,
    checking: Checking,
    now: datetime,
    wall_now: datetime,
    failed: Callable[[Tenant, ValueError], None],
    by_hand: ByHand | None = None,
) -> list[CheckReport]:
    """Proves the invoices of those clients whose night it is and that were not proved in it.

    Args:
        checking: where invoices and events are, and what work costs.
        now: business time, by which it is night somewhere.
        wall_now: by which the ledger lives.
        failed: hears of a client whose months cannot be priced, and why.
        by_hand: whatever the hour.
    """
    reports: list[CheckReport] = []
    storage = checking.storage
    nights = due_tonight(CHECK, storage=storage, now=now, wall_now=wall_now, by_hand=by_hand)
    async for tenant in nights:
        for period in periods_of(tenant, now):
            try:
                reports.append(await check_month(tenant, period, checking=checking, now=now))
            except (UsageError, MixedCurrenciesError) as error:
                failed(tenant, error)
    return reports


def periods_of(tenant: Tenant, now: datetime) -> list[str]:
    """The months that a night proves, earliest first."""
    days = [local_date(now - back, tenant.timezone) for back in _LOOK_BACK]
    return sorted({f"{day:%Y-%m}" for day in days})
