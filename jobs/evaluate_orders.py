"""Judges orders by their stored events and puts on record what is true now.

Must not send anything itself: what people are to hear goes into the outbox, in the same
transaction as the change. Works on batches: one gather, one decision pass, one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from jobs.errors import LeaseLostError, StaleRecordError
from jobs.explain_decisions import explain_decisions
from jobs.gather_around import gather_around
from jobs.old_news import only_news
from jobs.ports import Storage, Transaction
from jobs.put_on_record import Recorded, Telling, Verdict, put_on_record
from jobs.slices import slices
from policies.as_told import as_told
from policies.awaiting import woken
from policies.clock import Clock
from policies.clock_rows import changed_clocks, merged_rows, new_warnings, orphaned_rows
from policies.explanation import account_for
from policies.facts import Timeline, timeline_of
from policies.judgement import Corrected, Decision, judge, merged
from policies.order_facts import Around
from policies.order_names import names_in
from policies.promises import Promises
from policies.queries import ClockRow, Peers
from policies.records import ExceptionRecord, OrderKey, Tenant, WorkItem
from policies.retention import FOR_EVER, Keeping
from policies.sla import evaluate

_TRIES = 5
Row = TypeVar("Row", ClockRow, ExceptionRecord)
_NOBODY = Peers(running=0, breached=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """`names` are those of each order under which something was told of it."""

    names: Mapping[OrderKey, Sequence[OrderKey]]
    timelines: Mapping[OrderKey, Timeline]
    clocks: Mapping[OrderKey, list[ClockRow]]
    records: Mapping[OrderKey, list[ExceptionRecord]]
    tenants: Mapping[int, Tenant]
    around: Mapping[int, Around]


async def evaluate_orders(
    items: Sequence[WorkItem],
    *,
    storage: Storage,
    promises: Promises,
    telling: Telling,
    now: datetime,
    wall_now: datetime,
    keeping: Keeping = FOR_EVER,
) -> Recorded:
    """Evaluates the orders of claimed work items and finishes the items.

    What is only a name of an order is not judged: its order is asked for instead, so that nobody
    else judges that one at the same time.

    Args:
        items: at most some hundred, of kind evaluate, all leased by the caller.
        storage: where facts are gathered and verdicts written.
        promises: what was promised to whom.
        telling: where alerts go.
        now: business time, by which promises are judged.
        wall_now: by which leases and the outbox live.
        keeping: how far back orders are known whole.

    Raises:
        LeaseLostError: another worker took an item over; nothing was changed.
    """
    for _ in range(_TRIES):
        async with storage.read() as tx:
            orders, others = await _told_apart(tx, items)
            gathered = await _gather(tx, orders, promises)
            judged = await _decide(orders, gathered, promises, now)
            told = await only_news(tx, judged, keeping, now)
            verdicts = await explain_decisions(tx, told, now, telling.steps)
        if others:
            async with storage.write() as tx:
                await tx.work.put(others, wall_now)
        try:
            async with storage.write() as tx:
                recorded = await put_on_record(tx, verdicts, telling, now, wall_now)
                if not await tx.work.done(items, wall_now):
                    raise LeaseLostError
                for item, verdict in zip(orders, verdicts, strict=True):
                    if verdict.ahead is not None:
                        await tx.work.put([_later(item)], wall_now + _wait(verdict.ahead - now))
        except StaleRecordError:
            continue  # a person was faster; look again
        return recorded
    raise StaleRecordError


async def _told_apart(
    tx: Transaction, items: Sequence[WorkItem]
) -> tuple[list[WorkItem], list[WorkItem]]:
    """The items that are orders; and for those that are names, their orders that are not here.

    Who asks for the order does so before the name's item is done: in one transaction with that,
    two workers could wait for each other.
    """
    meant = await tx.names.orders_of([_key(item) for item in items])
    orders = [item for item in items if meant[_key(item)] == _key(item)]
    here = {_key(item) for item in orders}
    others = {key: item for item in items if (key := meant[_key(item)]) not in here}
    return orders, [replace(_later(item), subject=key.order_id) for key, item in others.items()]


async def _gather(tx: Transaction, items: Sequence[WorkItem], promises: Promises) -> _Gathered:
    keys = [_key(item) for item in items]
    events = await tx.events.of_orders(keys)
    names = names_in(events)
    every = [*keys, *(name for key in keys for name in names[key])]
    clocks = await tx.clocks.of_orders(every)
    records = await tx.exceptions.of_orders(every)
    tenants = {tenant.id: tenant for tenant in await tx.tenants.all()}
    timelines = {key: timeline_of(key.order_id, events.get(key, [])) for key in keys}
    around = await gather_around(tx, timelines, tenants, promises)
    return _Gathered(
        names=names,
        timelines=timelines,
        clocks=clocks,
        records=records,
        tenants=tenants,
        around=around,
    )


async def _decide(
    items: Sequence[WorkItem], gathered: _Gathered, promises: Promises, now: datetime
) -> list[Verdict]:
    decided: list[Verdict] = []
    async for part in slices(items):
        decided += [_verdict(item, gathered, promises, now) for item in part]
    return decided


def _verdict(item: WorkItem, gathered: _Gathered, promises: Promises, now: datetime) -> Verdict:
    key = _key(item)
    timeline, rows = gathered.timelines[key], gathered.clocks.get(key, [])
    tenant, records = gathered.tenants[item.tenant_id], gathered.records.get(key, [])
    judged = evaluate(timeline, promises.judged(tenant.name), now, gathered.around[tenant.id])
    clocks = as_told(judged, records)
    known = timeline.until(now)
    decisions = judge(item.tenant_id, known, clocks, records, now)
    decisions += _new_evidence(decisions, clocks, records, known, now)
    told_as = gathered.names[key]
    decisions += merged(_of(told_as, gathered.records), key.order_id, now)
    changed = changed_clocks(clocks, rows)
    return Verdict(
        tenant=tenant,
        timeline=known,
        changed=changed,
        orphans=orphaned_rows(clocks, rows) + merged_rows(_of(told_as, gathered.clocks)),
        warnings=new_warnings(changed, rows),
        decisions=tuple(woken(decisions, records, clocks, known, now)),
        correlation_id=item.correlation_id or _last_correlation(known),
        ahead=_ahead(timeline, known),
    )


def _key(item: WorkItem) -> OrderKey:
    return OrderKey(tenant_id=item.tenant_id, order_id=item.subject)


def _of(keys: Sequence[OrderKey], found: Mapping[OrderKey, list[Row]]) -> list[Row]:
    return [row for key in keys for row in found[key]]


def _last_correlation(timeline: Timeline) -> str | None:
    """What time brought about is traced to the order's latest event."""
    return timeline.events[-1].correlation_id if timeline.events else None


def _ahead(timeline: Timeline, known: Timeline) -> datetime | None:
    """A sender's clock may be ahead of ours: such an event counts once its time has come."""
    unknown = timeline.events[len(known.events) :]
    return unknown[0].occurred_at if unknown else None


def _wait(ahead: timedelta) -> timedelta:
    """Business time may run faster than the wall, so a long way is gone in steps."""
    return min(max(ahead / 60, timedelta(seconds=1)), timedelta(minutes=1))


def _later(item: WorkItem) -> WorkItem:
    return WorkItem(
        tenant_id=item.tenant_id,
        kind=item.kind,
        subject=item.subject,
        correlation_id=item.correlation_id,
    )


def _new_evidence(
    decisions: Sequence[Decision],
    clocks: Sequence[Clock],
    records: Sequence[ExceptionRecord],
    timeline: Timeline,
    now: datetime,
) -> list[Decision]:
    """Open exceptions that are to be explained anew because more is known of their span."""
    decided = {decision.record.id for decision in decisions}
    by_rule = {(clock.rule.sla_id, clock.subject): clock for clock in clocks}
    found: list[Decision] = []
    for record in records:
        clock = by_rule.get((record.sla_id, record.subject))
        if clock is None or not record.active or record.id in decided:
            continue
        receipts = account_for(clock, timeline, _NOBODY, now).receipts
        told = record.explanation.own_evidence if record.explanation else ()
        if tuple(event.event_id for event in receipts) != tuple(told):
            after = replace(record, updated_at=now)
            found.append(Corrected(before=record, record=after, clock=clock))
    return found
