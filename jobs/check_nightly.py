"""Proves each client's invoices at 02:00 of its own night, once however many replicas there are.

Must not catch up on nights that are over: the next one proves the same months.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from jobs.check_invoices import Checking, check_month
from jobs.views.findings import CheckReport
from policies.local_time import local_date
from policies.money.currency import MixedCurrenciesError
from policies.money.usage import UsageError
from policies.records import Tenant

CHECK = "check_invoices"
_FROM, _UNTIL = time(2), time(6)
"""Local hours in which a night's proof begins."""
_LOOK_BACK = (timedelta(days=1), timedelta(days=8))
"""The months of these days are proved: late work still changes the last week."""


async def check_due(
    *,
    checking: Checking,
    now: datetime,
    wall_now: datetime,
    failed: Callable[[Tenant, ValueError], None],
) -> list[CheckReport]:
    """Proves the invoices of those clients whose night it is and that were not proved in it.

    Args:
        checking: where invoices and events are, and what work costs.
        now: business time, by which it is night somewhere.
        wall_now: by which the ledger lives.
        failed: hears of a client whose months cannot be priced, and why.
    """
    reports: list[CheckReport] = []
    for tenant in await _due(checking, now, wall_now):
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


async def _due(checking: Checking, now: datetime, wall_now: datetime) -> list[Tenant]:
    async with checking.storage.read() as tx:
        tenants = await tx.tenants.all()
    night = [
        tenant
        for tenant in tenants
        if not tenant.synthetic
        and _FROM <= now.astimezone(ZoneInfo(tenant.timezone)).time() < _UNTIL
    ]
    if not night:
        return []
    async with checking.storage.write() as tx:
        return [
            tenant
            for tenant in night
            if await tx.fires.begin(
                f"{CHECK}:{tenant.id}",
                local_date(now, tenant.timezone).isoformat(),
                wall_now,
            )
        ]
