"""Judges orders by their stored events and puts on record what is true now.

Must not send anything itself: what people are to hear goes into the outbox, in the same
transaction as the change. Works on batches: one gather, one decision pass, one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobs.errors import LeaseLostError, StaleRecordError
from jobs.ports import Storage
from jobs.put_on_record import Recorded, Telling, Verdict, put_on_record
from policies.explanation import account_for
from policies.facts import Timeline, timeline_of
from policies.judgement import Corrected, Decision, judge
from policies.queries import ClockRow, Peers
from policies.records import ExceptionRecord, OrderKey, Tenant, WorkItem
from policies.sla import Clock, SlaRule, evaluate

_TRIES = 5
_NOBODY = Peers(running=0, breached=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    timelines: Mapping[OrderKey, Timeline]
    clocks: Mapping[OrderKey, list[ClockRow]]
    records: Mapping[OrderKey, list[ExceptionRecord]]
    tenants: Mapping[int, Tenant]


async def evaluate_orders(
    items: Sequence[WorkItem],
    *,
    storage: Storage,
    rules: Sequence[SlaRule],
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> Recorded:
    """Evaluates the orders of claimed work items and finishes the items.

    Args:
        items: at most some hundred, of kind evaluate, all leased by the caller.
        storage: where facts are gathered and verdicts written.
        rules: the promises in force.
        telling: where alerts go.
        now: business time, by which promises are judged.
        wall_now: by which leases and the outbox live.

    Raises:
        LeaseLostError: another worker took an item over; nothing was changed.
    """
    for _ in range(_TRIES):
        gathered = await _gather(items, storage)
        verdicts = _decide(items, gathered, rules, now)
        try:
            async with storage.write() as tx:
                recorded = await put_on_record(tx, verdicts, telling, now, wall_now)
                if not await tx.work.done(items, wall_now):
                    raise LeaseLostError
                for item, verdict in zip(items, verdicts, strict=True):
                    if verdict.ahead is not None:
                        await tx.work.put([_later(item)], wall_now + _wait(verdict.ahead - now))
        except StaleRecordError:
            continue  # a person was faster; look again
        return recorded
    raise StaleRecordError


async def _gather(items: Sequence[WorkItem], storage: Storage) -> _Gathered:
    keys = [OrderKey(tenant_id=item.tenant_id, order_id=item.subject) for item in items]
    async with storage.read() as tx:
        events = await tx.events.of_orders(keys)
        clocks = await tx.clocks.of_orders(keys)
        records = await tx.exceptions.of_orders(keys)
        tenants = {tenant.id: tenant for tenant in await tx.tenants.all()}
    return _Gathered(
        timelines={key: timeline_of(key.order_id, events.get(key, [])) for key in keys},
        clocks=clocks,
        records=records,
        tenants=tenants,
    )


def _decide(
    items: Sequence[WorkItem], gathered: _Gathered, rules: Sequence[SlaRule], now: datetime
) -> list[Verdict]:
    verdicts = []
    for item in items:
        key = OrderKey(tenant_id=item.tenant_id, order_id=item.subject)
        timeline = gathered.timelines[key]
        clocks = evaluate(timeline, rules, now)
        records = gathered.records.get(key, [])
        known = timeline.until(now)
        decisions = judge(item.tenant_id, known, clocks, records, now)
        decisions += _new_evidence(decisions, clocks, records, known, now)
        changed = _changed(clocks, gathered.clocks.get(key, []))
        verdicts.append(
            Verdict(
                tenant=gathered.tenants[item.tenant_id],
                timeline=known,
                changed=changed,
                orphans=_orphans(clocks, gathered.clocks.get(key, [])),
                warnings=_warnings(changed, gathered.clocks.get(key, [])),
                decisions=tuple(decisions),
                correlation_id=item.correlation_id or _last_correlation(known),
                ahead=_ahead(timeline, known),
            )
        )
    return verdicts


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


def _changed(clocks: Sequence[Clock], rows: Sequence[ClockRow]) -> tuple[Clock, ...]:
    """The clocks that differ from their rows in more than the passing of time."""
    stored = {
        (row.sla_id, row.instance): (
            row.state,
            row.started_at,
            row.deadline_at,
            row.stopped_at,
            row.check_at,
            row.rule_version,
        )
        for row in rows
    }
    return tuple(
        clock
        for clock in clocks
        if stored.get((clock.rule.sla_id, clock.instance))
        != (
            clock.state.value,
            clock.started_at,
            clock.deadline_at,
            clock.stopped_at,
            clock.check_at,
            clock.rule.version,
        )
    )


def _orphans(clocks: Sequence[Clock], rows: Sequence[ClockRow]) -> tuple[ClockRow, ...]:
    """Rows that still wait for a time although their rule was renamed or taken away."""
    judged = {(clock.rule.sla_id, clock.instance) for clock in clocks}
    return tuple(row for row in rows if row.check_at and (row.sla_id, row.instance) not in judged)


def _warnings(changed: Sequence[Clock], rows: Sequence[ClockRow]) -> tuple[Clock, ...]:
    """Clocks that were not at risk when last judged, where the rule wants it posted."""
    warned = {
        (row.sla_id, row.instance)
        for row in rows
        if row.check_at is None or row.check_at > row.at_risk_at
    }
    return tuple(
        clock
        for clock in changed
        if clock.at_risk
        and clock.rule.post_warning
        and (clock.rule.sla_id, clock.instance) not in warned
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
    by_rule = {(clock.rule.sla_id, clock.instance): clock for clock in clocks}
    found: list[Decision] = []
    for record in records:
        clock = by_rule.get((record.sla_id, record.instance))
        if clock is None or not record.active or record.id in decided:
            continue
        receipts = account_for(clock, timeline, _NOBODY, now).receipts
        told = record.explanation.evidence if record.explanation else ()
        if tuple(event.event_id for event in receipts) != tuple(told):
            after = replace(record, updated_at=now)
            found.append(Corrected(before=record, record=after, clock=clock))
    return found
