"""Gathers what is shown of a storm. Must not change anything."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from jobs.ports import Storage, Transaction
from jobs.tell import CARD
from jobs.views.storms import InStorm, StormView
from policies.money.at_risk import credit_at_risk
from policies.promises import Promises
from policies.storms import PAGE, Storm, Thread


async def storm_view(
    tx: Transaction,
    storm: Storm,
    now: datetime,
    *,
    page: int | None = None,
    tenant_ids: Collection[int] | None = None,
    promises: Promises | None = None,
) -> StormView:
    """The storm with its members: all of them, those of a page, or those of these tenants.

    What breaches give back is told where `promises` are given.
    """
    above, limit = (0, storm.members) if page is None else (page * PAGE, PAGE)
    found = await tx.storms.members(storm.id, above=above, limit=limit)
    if page is not None:  # numbers may have gaps
        found = [member for member in found if member.number <= above + PAGE]
    seen = [one for one in found if tenant_ids is None or one.tenant_id in tenant_ids]
    records = await tx.exceptions.among([member.exception_id for member in seen])
    by_id = {record.id: record for record in records}
    tenants = {tenant.id: tenant for tenant in await tx.tenants.all()}
    members = [
        InStorm(member=one, record=by_id[one.exception_id], tenant=tenants[one.tenant_id])
        for one in seen
        if one.exception_id in by_id and one.tenant_id in tenants
    ]
    if promises is not None:
        members = [replace(one, credit_cents=_credit(one, promises)) for one in members]
    return StormView(storm=storm, members=tuple(members), now=now)


def _credit(one: InStorm, promises: Promises) -> int | None:
    record = one.record
    rule = promises.rule(one.tenant.name, record.sla_id, record.rule_version)
    return credit_at_risk(rule, record)


async def thread_of(tx: Transaction, exception_id: int) -> Thread | None:
    """Where an exception is told first: an alert of its own, or a storm in whose list it is."""
    alerts = await tx.alerts.of_exception(exception_id)
    posted = next((one for one in alerts if one.part(CARD).ts is not None), None)
    if posted is not None:
        return posted
    members = await tx.storms.memberships(exception_id)
    storm = await tx.storms.get(members[0].storm_id) if members else None
    return storm or (alerts[0] if alerts else None)


async def show_storm(
    storm_id: int, tenant_ids: Collection[int], *, storage: Storage, now: datetime
) -> StormView | None:
    """The storm with those members that are visible; None where none is."""
    async with storage.read() as tx:
        storm = await tx.storms.get(storm_id)
        if storm is None:
            return None
        view = await storm_view(tx, storm, now, tenant_ids=tenant_ids)
    return view if view.members else None


async def storm_of(exception_id: int, *, storage: Storage) -> Storm | None:
    """The storm that an exception is in, the first where several channels have one."""
    async with storage.read() as tx:
        members = await tx.storms.memberships(exception_id)
        return await tx.storms.get(members[0].storm_id) if members else None
