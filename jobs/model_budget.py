"""Takes a call's tokens from a tenant's day before it is made, and tells once when a day runs low.

Must not ask a model. What is reserved and never settled stays counted: a crash spends too much
rather than too little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jobs.ports import Storage, Transaction
from jobs.put_on_record import Telling
from jobs.views.models import ModelBudgetView
from policies.model_budget import DailyLimits, ModelUsage, Spent, day_of, resets_at
from policies.records import OutboxMessage, Tenant

MODEL_BUDGET = "model_budget"
_PRIORITY = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What was taken for one call, and from which of the tenant's days."""

    tenant_id: int
    day: date
    spent: Spent


async def reserve_tokens(
    tenant: Tenant,
    wanted: Spent,
    *,
    storage: Storage,
    limits: DailyLimits,
    telling: Telling,
    wall_now: datetime,
) -> Reservation | None:
    """Takes what a call may cost; None where the day's limits leave no room for it.

    The first to pass 75 % of a limit, or to be refused, puts the day's one notice into the outbox.
    """
    day = day_of(wall_now, tenant.timezone)
    async with storage.write() as tx:
        taken = await tx.model_usage.reserve(tenant.id, day, wanted, limits, wall_now)
        used = await tx.model_usage.of([tenant.id], [day])
        low = used and (not taken or limits.alarms(used[0].spent))
        if low and await tx.model_usage.alarm(tenant.id, day, wall_now):
            await _tell(tx, tenant, day, limits, telling, wall_now)
    return Reservation(tenant_id=tenant.id, day=day, spent=wanted) if taken else None


async def show_budget(
    tenant_ids: Sequence[int], *, storage: Storage, limits: DailyLimits, wall_now: datetime
) -> tuple[ModelBudgetView, ...]:
    """What each of these tenants used on its day so far, and what its limits are."""
    async with storage.read() as tx:
        tenants = [one for one in await tx.tenants.all() if one.id in tenant_ids]
        days = {day_of(wall_now, tenant.timezone) for tenant in tenants}
        used = await tx.model_usage.of([tenant.id for tenant in tenants], sorted(days))
    found = {(one.tenant_id, one.day): one for one in used}
    return tuple(budget_view(tenant, found, limits, wall_now) for tenant in tenants)


async def budget_on(
    tenant: Tenant, day: date, limits: DailyLimits, *, storage: Storage
) -> ModelBudgetView:
    """The same for one tenant and any of its days."""
    async with storage.read() as tx:
        used = await tx.model_usage.of([tenant.id], [day])
    usage = used[0] if used else ModelUsage(tenant_id=tenant.id, day=day)
    return ModelBudgetView(tenant=tenant, usage=usage, limits=limits)


def budget_view(
    tenant: Tenant,
    used: dict[tuple[int, date], ModelUsage],
    limits: DailyLimits,
    wall_now: datetime,
) -> ModelBudgetView:
    """A tenant's day; one without a call used nothing."""
    day = day_of(wall_now, tenant.timezone)
    usage = used.get((tenant.id, day), ModelUsage(tenant_id=tenant.id, day=day))
    until = resets_at(wall_now, tenant.timezone)
    return ModelBudgetView(tenant=tenant, usage=usage, limits=limits, resets_at=until)


async def _tell(
    tx: Transaction,
    tenant: Tenant,
    day: date,
    limits: DailyLimits,
    telling: Telling,
    wall_now: datetime,
) -> None:
    if not telling.notify or tenant.synthetic:
        return
    channel = telling.channel_of(tenant)
    message = OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{MODEL_BUDGET}:{tenant.id}:{day.isoformat()}",
        tenant_id=tenant.id,
        payload={
            "notice": MODEL_BUDGET,
            "channel": channel,
            "day": day.isoformat(),
            "tokens": limits.tokens,
            "cents": limits.cents,
        },
        priority=_PRIORITY,
    )
    await tx.outbox.put([message], wall_now)


async def budget_of(message: OutboxMessage, *, storage: Storage) -> ModelBudgetView | None:
    """What a notice is about, as it stands now; None where the tenant is gone."""
    told = message.payload
    async with storage.read() as tx:
        tenant = await tx.tenants.get(message.tenant_id)
    if tenant is None:
        return None
    limits = DailyLimits(tokens=told["tokens"], cents=told["cents"])
    return await budget_on(tenant, date.fromisoformat(told["day"]), limits, storage=storage)
