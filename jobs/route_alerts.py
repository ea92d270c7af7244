"""Finds the channels that hear of exceptions, and tells those that come to hear of one later.

Must not decide who hears: policies/routing.py does, from what is read here once a batch.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from jobs.group_storm import Opening
from jobs.ports import Transaction
from policies.records import ExceptionRecord, Tenant
from policies.routing import ALERTS, Destination, Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record that was `before` and is `after`, and the client that it is of."""

    tenant: Tenant
    before: ExceptionRecord
    after: ExceptionRecord
    correlation_id: str | None = None


async def routes_of(
    tx: Transaction,
    tenant_ids: Collection[int],
    default_channel: str,
    *,
    kinds: Collection[str] = (ALERTS,),
) -> Routes:
    """What was asked for of these tenants, and which further channels may see them."""
    if not tenant_ids:
        return Routes(default_channel=default_channel)
    shown = await tx.tenants.showings(tenant_ids)
    return Routes(
        default_channel=default_channel,
        subscriptions=tuple(await tx.subscriptions.find(kinds=kinds, tenant_ids=tenant_ids)),
        shown=frozenset((one.tenant_id, one.channel_id) for one in shown),
    )


def openings_of(
    tenant: Tenant, record: ExceptionRecord, routes: Routes, correlation_id: str | None
) -> list[Opening]:
    """One for each channel that hears of it, the default channel first."""
    heard = routes.channels_for(tenant, record)
    return [opening_at(there, tenant, record, correlation_id) for there in heard]


def opening_at(
    there: Destination, tenant: Tenant, record: ExceptionRecord, correlation_id: str | None
) -> Opening:
    """A record and one channel that hears of it."""
    return Opening(
        record=record,
        channel=there.channel,
        home=there.home,
        correlation_id=correlation_id,
        workspace=tenant.workspace_id or "",
    )


async def newly_heard(tx: Transaction, changes: Iterable[Change], routes: Routes) -> list[Opening]:
    """Who hears of a record only since it changed: it got worse, or its carrier became known."""
    fresh = [one for change in changes for one in _widened(change, routes)]
    return await untold(tx, fresh)


async def untold(tx: Transaction, openings: Sequence[Opening]) -> list[Opening]:
    """Those whose channel was not told of the record, by an alert or in a storm."""
    numbers = {one.record.id for one in openings}
    if not numbers:
        return []
    alerts = await tx.alerts.channels_of(numbers)
    storms = await tx.storms.channels_of(numbers)
    return [
        one
        for one in openings
        if not {one.channel, one.home}
        & (alerts.get(one.record.id, frozenset()) | storms.get(one.record.id, frozenset()))
    ]


def _widened(change: Change, routes: Routes) -> list[Opening]:
    if not change.after.active:
        return []
    before = set(routes.channels_for(change.tenant, change.before))
    opened = openings_of(change.tenant, change.after, routes, change.correlation_id)
    return [one for one in opened if Destination(channel=one.channel, home=one.home) not in before]
