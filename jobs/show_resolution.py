"""Shows what may run by itself for an exception, what was tried, and how often what helped.

Must not change anything.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobs.ports import Storage
from jobs.views.resolution import RatesView, ResolutionView
from policies.attempts import UNENDED, rates_of
from policies.records import OrderKey
from policies.resolution import ResolutionBook, undoable

DAYS = 30


async def show_resolution(
    exception_id: int,
    tenant_ids: Sequence[int],
    *,
    storage: Storage,
    book: ResolutionBook,
    now: datetime,
) -> ResolutionView | None:
    """Of one exception; None where there is none of that number among those tenants."""
    async with storage.read() as tx:
        record = await tx.exceptions.get(exception_id)
        tenant = await tx.tenants.get(record.tenant_id) if record else None
        if record is None or tenant is None or tenant.id not in tenant_ids:
            return None
        key = OrderKey(tenant_id=tenant.id, order_id=record.order_id)
        tried = (await tx.attempts.of_orders([key]))[key]
    mine = tuple(one for one in tried if one.exception_id == record.id)
    last = undoable(mine, book.actions_of(tenant.name))
    return ResolutionView(
        tenant=tenant,
        record=record,
        rules=book.rules(tenant.name, record.reason_code.value),
        attempts=mine,
        now=now,
        undoable=last[1].name if last else None,
    )


async def show_rates(tenant_ids: Sequence[int], *, storage: Storage, now: datetime) -> RatesView:
    """How it went in the last DAYS; from outcomes alone."""
    async with storage.read() as tx:
        tenants = tuple(one for one in await tx.tenants.all() if one.id in tenant_ids)
        counted = await tx.attempts.tally(tenant_ids, now - timedelta(days=DAYS))
        blocked = sum([await tx.attempts.blocked(one.id) for one in tenants])
    return RatesView(
        tenants=tenants,
        rates=rates_of(counted),
        blocked=blocked,
        under_way=sum(count for _, state, count in counted if state in UNENDED),
        days=DAYS,
        now=now,
    )
