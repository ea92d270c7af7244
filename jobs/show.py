"""Gathers what a person asked to see. Must not change anything."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter

from jobs.assess_risk import Judged, judged_of, outlooks_of
from jobs.gather_around import gather_around
from jobs.ports import Storage, Transaction
from jobs.show_storm import thread_of
from jobs.tell_silence import silence_views
from jobs.views import ExceptionList, ExceptionView, OrderView, StatusView
from jobs.watch_targets import target_views
from policies.as_told import as_told
from policies.facts import timeline_of
from policies.money.at_risk import credit_at_risk
from policies.naming import spellings
from policies.order_names import names_meant
from policies.promises import Promises
from policies.queries import OPEN_LETTERS, ExceptionFilter, LetterFilter
from policies.reasons import ACTIVE_STATUSES, ClockKind, Severity
from policies.records import DeadLetter, ExceptionRecord, OrderKey, Tenant
from policies.sla import evaluate

_AT_RISK_SHOWN = 10
_LETTERS = 20
_SOON = timedelta(hours=4)
"""What is due by then is shown with how to save it, at risk or not."""


async def exception_view(
    tx: Transaction, record: ExceptionRecord, promises: Promises, now: datetime
) -> ExceptionView | None:
    """A record with everything that its card and thread show; None without its tenant."""
    tenant = await tx.tenants.get(record.tenant_id)
    if tenant is None:
        return None
    rule = promises.rule(tenant.name, record.sla_id, record.rule_version)
    link = promises.links.get(tenant.name)
    return ExceptionView(
        record=record,
        tenant=tenant,
        promise=rule.promise if rule else record.sla_id,
        history=tuple(await tx.audit.of_subject(record.tenant_id, f"exception:{record.id}")),
        thread=await thread_of(tx, record.id),
        now=now,
        kind=rule.kind if rule else ClockKind.SLA,
        credit_cents=credit_at_risk(rule, record),
        order_url=link.of(record.order_id, record.facts) if link else None,
        order_place=link.name if link else "",
    )


async def show_exception(
    exception_id: int,
    tenant_ids: Sequence[int],
    *,
    storage: Storage,
    promises: Promises,
    now: datetime,
) -> ExceptionView | None:
    """The exception, or None when it is unknown or belongs to a tenant that is not visible."""
    async with storage.read() as tx:
        record = await tx.exceptions.get(exception_id)
        if record is None or record.tenant_id not in tenant_ids:
            return None
        return await exception_view(tx, record, promises, now)


async def list_exceptions(
    wanted: ExceptionFilter, *, described: str, storage: Storage, now: datetime
) -> ExceptionList:
    """A page of exceptions with the true total."""
    async with storage.read() as tx:
        tenants = await _tenants(tx, wanted.tenant_ids)
        return ExceptionList(
            records=tuple(await tx.exceptions.find(wanted)),
            total=await tx.exceptions.count(replace(wanted, before_id=None)),
            described=described,
            tenants=tenants,
            now=now,
        )


async def show_order(
    order_id: str,
    tenant_ids: Sequence[int],
    *,
    storage: Storage,
    promises: Promises,
    now: datetime,
) -> list[OrderView]:
    """The order as each visible tenant has it. Empty when nobody has it.

    `#so-1` finds `SO-1`, and so does any number by which a vendor or a carrier knows it.
    """
    async with storage.read() as tx:
        typed = spellings(order_id)
        numbers = (name for spelling in typed for name in names_meant(spelling))
        for spelling in (*typed, *numbers):
            views = [
                view
                for tenant in await _tenants(tx, tenant_ids)
                if (view := await _order_view(tx, tenant, spelling, promises, now))
            ]
            if views:
                return views
    return []


async def _order_view(
    tx: Transaction, tenant: Tenant, order_id: str, promises: Promises, now: datetime
) -> OrderView | None:
    asked = OrderKey(tenant_id=tenant.id, order_id=order_id)
    key = (await tx.names.orders_of([asked]))[asked]
    names = tuple((await tx.names.names_of([key])).get(key, ()))
    events = (await tx.events.of_orders([key])).get(key, [])
    letters = await _letters(tx, key, names)
    if not events and not letters:
        return None
    timeline = timeline_of(key.order_id, events)
    around = await gather_around(tx, {key: timeline}, {tenant.id: tenant}, promises)
    records = tuple((await tx.exceptions.of_orders([key])).get(key, []))
    judged_now = evaluate(timeline, promises.judged(tenant.name), now, around[tenant.id])
    clocks = as_told(judged_now, records)
    soon = [clock for clock in clocks if clock.at_risk or clock.deadline_at - now <= _SOON]
    judged = [Judged(tenant, timeline, clock) for clock in soon]
    return OrderView(
        order_id=key.order_id,
        names=names,
        tenant=tenant,
        events=timeline.events,
        clocks=clocks,
        records=records,
        dead_letters=tuple(letters),
        now=now,
        around=around[tenant.id],
        outlooks=await outlooks_of(tx, judged, promises, now),
    )


async def _letters(tx: Transaction, key: OrderKey, names: Sequence[str]) -> list[DeadLetter]:
    """What was rejected or failed of the order, under any name of it."""
    found: list[DeadLetter] = []
    for order_id in (key.order_id, *names):
        of_it = LetterFilter(tenant_ids=(key.tenant_id,), order_id=order_id, limit=_LETTERS)
        found += await tx.dead_letters.find(of_it)
    return sorted(found, key=attrgetter("id"), reverse=True)[:_LETTERS]


async def show_status(
    tenant_ids: Sequence[int], *, storage: Storage, promises: Promises, now: datetime
) -> StatusView:
    """How the visible tenants' operation stands."""
    active = ExceptionFilter(tenant_ids=tuple(tenant_ids), statuses=ACTIVE_STATUSES)
    async with storage.read() as tx:
        oldest = await tx.exceptions.find(replace(active, soonest_first=True, limit=1))
        tenants = await _tenants(tx, tenant_ids)
        at_risk = await tx.clocks.at_risk(tenant_ids, _AT_RISK_SHOWN)
        judged = await judged_of(tx, at_risk, tenants, promises, now)
        return StatusView(
            tenants=tenants,
            active_by_severity=await by_severity(tx, active),
            unowned=await tx.exceptions.count(replace(active, unowned=True)),
            snoozed=await tx.exceptions.count(replace(active, snoozed=True)),
            at_risk=tuple(at_risk),
            oldest=oldest[0] if oldest else None,
            dead_letters=await tx.dead_letters.count(tenant_ids, OPEN_LETTERS),
            now=now,
            targets=await target_views(tx, tenants, promises, now),
            silent=await silence_views(tx, tenants, promises, now),
            outlooks=await outlooks_of(tx, judged, promises, now),
            held=await tx.held.count(tenant_ids),
        )


async def by_severity(tx: Transaction, wanted: ExceptionFilter) -> tuple[tuple[str, int], ...]:
    """How many there are of each severity, worst first; none is left out."""
    counts = [
        (severity.value, await tx.exceptions.count(replace(wanted, severity=severity)))
        for severity in reversed(Severity)
    ]
    return tuple((name, count) for name, count in counts if count)


async def _tenants(tx: Transaction, tenant_ids: Sequence[int]) -> tuple[Tenant, ...]:
    return tuple(tenant for tenant in await tx.tenants.all() if tenant.id in tenant_ids)
