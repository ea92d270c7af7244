"""Explains one exception in full just before people read it, with what is around its order.

Must not post, and must not run for what nobody reads: that is why it does not happen on judging.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from jobs.explain import Explaining, explain
from jobs.gather_around import gather_around
from jobs.gather_evidence import Subject, gather_evidence
from jobs.ports import Storage, Transaction
from policies.as_told import as_told
from policies.causes import beside_of
from policies.explanation import MANY
from policies.facts import timeline_of
from policies.next_steps import NextSteps
from policies.promises import Promises
from policies.queries import Peers
from policies.records import ExceptionRecord, Explanation, OrderKey, Tenant
from policies.sla import evaluate

_UNTOLD = Peers(running=0, breached=0)


async def explain_exception(
    exception_id: int,
    *,
    storage: Storage,
    promises: Promises,
    steps: NextSteps,
    now: datetime,
) -> bool:
    """Adds what is around an exception to its explanation, once for what its events say now.

    Returns:
        Whether it did: not where that was done, nothing explains it yet, a model wrote it, or
        it was changed meanwhile (it will be told again then).
    """
    async with storage.read() as tx:
        record = await tx.exceptions.get(exception_id)
        if record is None or not _wanted(record.explanation):
            return False
        explanation = await explained_by_rules(tx, record, promises, steps, now)
    if explanation is None:
        return False
    async with storage.write() as tx:
        return await tx.exceptions.explain(record, explanation)


def _wanted(known: Explanation | None) -> bool:
    return known is not None and known.as_of is None and known.source == "rules"


async def explained_by_rules(
    tx: Transaction,
    record: ExceptionRecord,
    promises: Promises,
    steps: NextSteps,
    now: datetime,
) -> Explanation | None:
    """What the rules say of it now, with what is around it; None where no promise is on it."""
    tenant = await tx.tenants.get(record.tenant_id)
    subject = await subject_of(tx, record, tenant, promises, now) if tenant else None
    if tenant is None or subject is None:
        return None
    around = await gather_evidence(tx, subject, now)
    peers = await _peers(tx, record) if beside_of(around.groups) is None else _UNTOLD
    explaining = Explaining(zone=ZoneInfo(tenant.timezone), steps=steps, around=around)
    return explain(subject.clock, subject.timeline, peers, explaining, now)


async def _peers(tx: Transaction, record: ExceptionRecord) -> Peers:
    """How many others stand at the same point, told where nothing better is known of them."""
    waiting = await tx.clocks.peers(record.tenant_id, record.sla_id, MANY + 1)
    late = await tx.exceptions.active(record.tenant_id, record.reason_code, MANY + 1)
    return Peers(running=waiting.running, breached=late)


async def subject_of(
    tx: Transaction,
    record: ExceptionRecord,
    tenant: Tenant,
    promises: Promises,
    now: datetime,
) -> Subject | None:
    """The record with its clock as it is judged now; None where no promise is on it any more."""
    key = OrderKey(tenant_id=record.tenant_id, order_id=record.order_id)
    events = (await tx.events.of_orders([key])).get(key, [])
    timeline = timeline_of(key.order_id, events)
    around = await gather_around(tx, {key: timeline}, {tenant.id: tenant}, promises)
    rules = promises.judged(tenant.name)
    judged = evaluate(timeline, rules, now, around[tenant.id])
    clocks = as_told(judged, (await tx.exceptions.of_orders([key])).get(key, []))
    named = (record.sla_id, record.subject)
    clock = next((one for one in clocks if (one.rule.sla_id, one.subject) == named), None)
    if clock is None:
        return None
    return Subject(record, clock, timeline.until(now), rules, around[tenant.id])
