"""Measures every target, and tells once a window when its budget of late orders runs low.

Must not judge orders: counts of clocks as stored are all it reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from jobs.ports import Transaction
from jobs.put_on_record import Telling
from jobs.views import TargetView
from jobs.watching import Watching
from policies.promises import Promises
from policies.queries import Tally
from policies.records import OutboxMessage, Tenant
from policies.targets import Target, standing, window

TARGET = "target"
_PRIORITY = 25
_MONTH = Target(sla_id="", at_least=Decimal(0))


async def watch_targets(watching: Watching, *, now: datetime, wall_now: datetime) -> int:
    """Puts a notice into the outbox for every alarm that has been passed and not been told.

    Returns how many. An alarm rings once a window, whatever becomes of the figures afterwards.
    """
    telling = watching.telling
    async with watching.storage.write() as tx:
        tenants = [tenant for tenant in await tx.tenants.all() if not tenant.synthetic]
        views = await target_views(tx, tenants, watching.promises, now)
        rung = [view for view in views if await _rings(tx, view, now)]
        if rung and telling.notify:
            await tx.outbox.put([_message(view, telling) for view in rung], wall_now)
    return len(rung)


async def target_views(
    tx: Transaction, tenants: Iterable[Tenant], promises: Promises, now: datetime
) -> tuple[TargetView, ...]:
    """How the targets of these tenants stand; one that cannot be measured is left out."""
    return tuple(
        [
            await _view(tx, tenant, target, now)
            for tenant in tenants
            for target in promises.targets_of(tenant.name)
            if target.measurable
        ]
    )


async def target_view(
    tx: Transaction, tenant: Tenant, name: str, promises: Promises, now: datetime
) -> TargetView | None:
    """How one target stands; None when it is not in force any more."""
    target = next((one for one in promises.targets_of(tenant.name) if one.name == name), None)
    return await _view(tx, tenant, target, now) if target else None


async def compliance(watching: Watching, now: datetime) -> Mapping[str, float]:
    """What share of its promises each tenant was kept this month, by tenant name.

    All rules count alike; a tenant without a decided promise is left out.
    """
    found: dict[str, float] = {}
    async with watching.storage.read() as tx:
        for tenant in await tx.tenants.all():
            if tenant.synthetic:
                continue
            tallies = await _of_all_rules(tx, tenant, watching.promises, now)
            met, late = sum(tally.met for tally in tallies), sum(tally.late for tally in tallies)
            if met + late:
                found[tenant.name] = met / (met + late)
    return found


async def _of_all_rules(
    tx: Transaction, tenant: Tenant, promises: Promises, now: datetime
) -> Sequence[Tally]:
    since, until, _ = window(_MONTH, now, tenant.timezone)
    rules = dict.fromkeys(rule.sla_id for rule in promises.of(tenant.name))
    return [await tx.clocks.tally(tenant.id, sla_id, since, until) for sla_id in rules]


async def _view(tx: Transaction, tenant: Tenant, target: Target, now: datetime) -> TargetView:
    meant = window(target, now, tenant.timezone)
    tally = await tx.clocks.tally(
        tenant.id,
        target.sla_id,
        meant.since,
        meant.until,
        clients=target.among("client"),
        channels=target.among("channel"),
    )
    return TargetView(tenant=tenant, target=target, window=meant, standing=standing(target, tally))


async def _rings(tx: Transaction, view: TargetView, now: datetime) -> bool:
    """Whether the highest alarm that was passed is news; lower ones are told with it.

    While not one late order is allowed yet, the first of them rings an alarm of its own: those
    of the budget are kept for the time when there is one.
    """
    if not view.standing.passed:
        return False
    levels = [f"{level.normalize():f}" for level in view.standing.passed]
    if not view.standing.allowed:
        levels = ["none"]
    news = [await tx.alarms.ring(view.tenant.id, _key(view, level), now) for level in levels]
    return news[-1]


def _key(view: TargetView, level: str) -> str:
    return f"{view.target.name}:{view.window.key}:{level}"


def _message(view: TargetView, telling: Telling) -> OutboxMessage:
    channel = telling.channel_of(view.tenant)
    level = len(view.standing.passed) if view.standing.allowed else 0
    return OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{TARGET}:{view.tenant.id}:{_key(view, str(level))}",
        tenant_id=view.tenant.id,
        payload={"notice": TARGET, "channel": channel, "target": view.target.name},
        priority=_PRIORITY,
    )
