"""Judges orders by their stored events and puts on record what is true now.

Must not send anything itself: what people are to hear goes into the outbox, in the same
transaction as the change. Works on batches: one gather, one decision pass, one transaction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from jobs.errors import LeaseLostError, StaleRecordError
from jobs.explain import explain
from jobs.ports import Storage, Transaction
from jobs.tell import tell_changed, tell_opened
from policies.explanation import account_for
from policies.facts import Timeline, timeline_of
from policies.judgement import Corrected, Decision, Opened, Settled, judge
from policies.queries import ClockRow, ExceptionFilter, Peers
from policies.reasons import ACTIVE_STATUSES, ReasonCode
from policies.records import AuditEntry, ExceptionRecord, OrderKey, Tenant, WorkItem
from policies.sla import Clock, SlaRule, evaluate

_TRIES = 5
_NOBODY = Peers(running=0, breached=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a batch did: for logs and metrics."""

    orders: int
    opened: tuple[ExceptionRecord, ...]
    settled: tuple[ExceptionRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    timelines: Mapping[OrderKey, Timeline]
    clocks: Mapping[OrderKey, list[ClockRow]]
    records: Mapping[OrderKey, list[ExceptionRecord]]
    tenants: Mapping[int, Tenant]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """One order's clocks, those that changed, and what follows for its exceptions."""

    tenant: Tenant
    timeline: Timeline
    changed: tuple[Clock, ...]
    decisions: tuple[Decision, ...]
    correlation_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Where alerts go: nowhere when notifications are off."""

    default_channel: str
    notify: bool = True


async def evaluate_orders(
    items: Sequence[WorkItem],
    *,
    storage: Storage,
    rules: Sequence[SlaRule],
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> Evaluation:
    """Evaluates the orders of claimed work items and finishes the items.

    Args:
        items: at most some hundred, of kind evaluate, all leased by the caller.
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
                evaluation = await _apply(tx, verdicts, telling, now, wall_now)
                if not await tx.work.done(items, wall_now):
                    raise LeaseLostError
        except StaleRecordError:
            continue  # a person was faster; look again
        return replace(evaluation, orders=len(items))
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
) -> list[_Verdict]:
    verdicts = []
    for item in items:
        key = OrderKey(tenant_id=item.tenant_id, order_id=item.subject)
        timeline = gathered.timelines[key]
        clocks = evaluate(timeline, rules, now)
        records = gathered.records.get(key, [])
        known = timeline.until(now)
        decisions = judge(item.tenant_id, known, clocks, records, now)
        decisions += _new_evidence(decisions, clocks, records, known, now)
        verdicts.append(
            _Verdict(
                tenant=gathered.tenants[item.tenant_id],
                timeline=known,
                changed=_changed(clocks, gathered.clocks.get(key, [])),
                decisions=tuple(decisions),
                correlation_id=item.correlation_id,
            )
        )
    return verdicts


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
            after = replace(record, version=record.version + 1, updated_at=now)
            found.append(Corrected(before=record, record=after, clock=clock))
    return found


async def _apply(
    tx: Transaction,
    verdicts: Sequence[_Verdict],
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> Evaluation:
    await tx.clocks.save(
        [(verdict.tenant.id, clock) for verdict in verdicts for clock in verdict.changed], now
    )
    pairs = [(verdict, decision) for verdict in verdicts for decision in verdict.decisions]
    if not pairs:
        return Evaluation(orders=0, opened=(), settled=())
    peers = await _peers(tx, pairs)
    explained = [(verdict, _explained(verdict, decision, peers, now)) for verdict, decision in pairs]
    opened = await _open(tx, explained, telling, now, wall_now)
    for verdict, decision in explained:
        if not isinstance(decision, Opened):
            await _follow(tx, verdict, decision, telling, now, wall_now)
    settled = [d.record for _, d in explained if isinstance(d, Settled)]
    return Evaluation(orders=0, opened=tuple(opened), settled=tuple(settled))


async def _peers(
    tx: Transaction, pairs: Sequence[tuple[_Verdict, Decision]]
) -> Mapping[tuple[int, str], Peers]:
    """How each promise concerned stands, this batch's new breaches included."""
    fresh = Counter(
        (verdict.tenant.id, decision.record.sla_id)
        for verdict, decision in pairs
        if isinstance(decision, Opened) and decision.record.active
    )
    wanted = {
        (verdict.tenant.id, decision.record.sla_id, decision.record.reason_code)
        for verdict, decision in pairs
    }
    return {
        (tenant_id, sla_id): Peers(
            running=(await tx.clocks.peers(tenant_id, sla_id)).running,
            breached=fresh[tenant_id, sla_id] + await _still_late(tx, tenant_id, reason),
        )
        for tenant_id, sla_id, reason in sorted(wanted)
    }


async def _still_late(tx: Transaction, tenant_id: int, reason: ReasonCode) -> int:
    return await tx.exceptions.count(
        ExceptionFilter(tenant_ids=(tenant_id,), statuses=ACTIVE_STATUSES, reason_code=reason)
    )


def _explained(
    verdict: _Verdict,
    decision: Decision,
    peers: Mapping[tuple[int, str], Peers],
    now: datetime,
) -> Decision:
    zone = ZoneInfo(verdict.tenant.timezone)
    around = peers[verdict.tenant.id, decision.record.sla_id]
    explanation = explain(decision.clock, verdict.timeline, around, zone, now)
    return replace(decision, record=replace(decision.record, explanation=explanation))


async def _open(
    tx: Transaction,
    explained: Sequence[tuple[_Verdict, Decision]],
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> list[ExceptionRecord]:
    """Puts new exceptions on record, oldest deadline first, so that numbers follow time."""
    fresh = {
        (v.tenant.id, d.record.order_id, d.record.sla_id, d.record.instance): (v, d.record)
        for v, d in explained
        if isinstance(d, Opened)
    }
    ordered = sorted(fresh.values(), key=lambda pair: (pair[1].breached_at, pair[1].order_id))
    opened = await tx.exceptions.open([record for _, record in ordered])
    verdicts = [fresh[r.tenant_id, r.order_id, r.sla_id, r.instance][0] for r in opened]
    await tx.audit.append(
        [
            _entry(record, "opened" if record.active else "settled", verdict, now)
            for record, verdict in zip(opened, verdicts, strict=True)
        ]
    )
    if telling.notify:
        told = [
            (record, verdict.tenant.channel or telling.default_channel, verdict.correlation_id)
            for record, verdict in zip(opened, verdicts, strict=True)
        ]
        await tell_opened(tx, told, now, wall_now)
    return opened


async def _follow(
    tx: Transaction,
    verdict: _Verdict,
    decision: Settled | Corrected,
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> None:
    if not await tx.exceptions.save(decision.record, was=decision.before.version):
        raise StaleRecordError
    if isinstance(decision, Settled):
        entry = _entry(decision.record, "settled", verdict, now, before=decision.before)
        await tx.audit.append([entry])
    if telling.notify:
        await tell_changed(tx, decision.record, wall_now, verdict.correlation_id)


def _entry(
    record: ExceptionRecord,
    action: str,
    verdict: _Verdict,
    now: datetime,
    before: ExceptionRecord | None = None,
) -> AuditEntry:
    return AuditEntry(
        tenant_id=record.tenant_id,
        at=now,
        actor=f"policy:{record.sla_id}",
        action=action,
        subject=f"exception:{record.id}",
        before={"status": before.status.value} if before else {},
        after={"status": record.status.value, "delay_minutes": round(record.delay_minutes, 2)},
        note=record.resolution,
        correlation_id=verdict.correlation_id,
    )
