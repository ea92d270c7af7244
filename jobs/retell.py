"""Tells anew, elsewhere, what was told in a channel that cannot or may not be told any more.

Nothing that is open may be told nowhere. Must not decide who hears: routing.py does.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from jobs.group_storm import Opening, tell_of
from jobs.ports import Transaction
from jobs.put_on_record import Telling
from jobs.route_alerts import opening_at, openings_of, routes_of
from policies.queries import ExceptionFilter
from policies.reasons import ACTIVE_STATUSES
from policies.records import ExceptionRecord, Tenant
from policies.routing import Routes

_PAGE = 500


async def leave_channel(
    tx: Transaction,
    tenant: Tenant,
    channel: Collection[str],
    *,
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> int:
    """Forgets what stands of a client in a channel; what is open and told nowhere else is retold.

    Args:
        tx: the mapping is gone already.
        tenant: the client, with the default channel that it has now.
        channel: the id and the names by which the channel is known.
        telling: where alerts go, and what is told as one storm.
        now: business time.
        wall_now: by which the outbox lives.

    Returns:
        How many exceptions are told anew.
    """
    there: list[ExceptionRecord] = []
    wanted = ExceptionFilter(tenant_ids=(tenant.id,), statuses=ACTIVE_STATUSES, limit=_PAGE)
    while page := await tx.exceptions.find(wanted):
        told = await _told(tx, page)
        there += [one for one in page if told.get(one.id, frozenset()) & frozenset(channel)]
        wanted = replace(wanted, before_id=page[-1].id)
    await tx.alerts.leave(tenant.id, channel)
    left = await tx.storms.leave(tenant.id, channel)
    await tx.storms.refresh(left, wall_now)
    return await retell(
        tx, tenant, there, without=channel, telling=telling, now=now, wall_now=wall_now
    )


async def retell(
    tx: Transaction,
    tenant: Tenant,
    records: Iterable[ExceptionRecord],
    *,
    without: Collection[str],
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> int:
    """Tells what is open and told nowhere; `without` are names of a channel that does not count."""
    waiting = sorted((one for one in records if one.active), key=lambda one: one.id)
    if not waiting or not telling.notify:
        return 0
    told = await _told(tx, waiting)
    lost = [one for one in waiting if not told.get(one.id, frozenset()) - frozenset(without)]
    routes = await routes_of(tx, [tenant.id], telling.default_channel)
    openings = [
        opening for record in lost for opening in _elsewhere(tenant, record, routes, without)
    ]
    await tell_of(tx, openings, telling.grouping, now, wall_now)
    return len(lost)


async def _told(tx: Transaction, records: Iterable[ExceptionRecord]) -> dict[int, frozenset[str]]:
    """Names and ids of the channels in which each stands."""
    numbers = [record.id for record in records]
    alerts = await tx.alerts.channels_of(numbers)
    storms = await tx.storms.channels_of(numbers)
    nowhere: frozenset[str] = frozenset()
    return {one: alerts.get(one, nowhere) | storms.get(one, nowhere) for one in numbers}


def _elsewhere(
    tenant: Tenant, record: ExceptionRecord, routes: Routes, without: Collection[str]
) -> list[Opening]:
    """Whoever hears of it else, and the default channel where that is nobody."""
    heard = openings_of(tenant, record, routes, None)
    others = [one for one in heard if not {one.channel, one.home} & set(without)]
    return others or [opening_at(routes.home_of(tenant), tenant, record, None)]
