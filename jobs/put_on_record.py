"""Writes down what was judged: clocks, exceptions, the trail, and what people are to hear.

Must not judge. All of it happens in the caller's transaction, or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.errors import StaleRecordError
from jobs.group_storm import Opening, tell_of
from jobs.ports import Transaction
from jobs.tell import risk_message, tell_changed
from jobs.tell_storms import tell_storms
from policies.clock import Clock
from policies.facts import Timeline
from policies.grouping import ALONE, Grouping
from policies.judgement import (
    MERGED,
    Corrected,
    Decision,
    Dropped,
    Opened,
    Reopened,
    Settled,
    Woken,
)
from policies.queries import ClockRow
from policies.records import AuditEntry, ExceptionRecord, Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a batch changed: for logs and metrics."""

    opened: tuple[ExceptionRecord, ...]
    settled: tuple[ExceptionRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One order's clocks, those that changed, and what follows for its exceptions, explained.

    `orphans` are rows of rules that are no longer in force. `warnings` are the changed clocks
    that came to be at risk just now and whose rule wants that posted. `ahead` is when its first
    event from the future will have happened.
    """

    tenant: Tenant
    timeline: Timeline
    changed: tuple[Clock, ...]
    orphans: tuple[ClockRow, ...]
    warnings: tuple[Clock, ...]
    decisions: tuple[Decision, ...]
    correlation_id: str | None
    ahead: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Where alerts go, and what is told as one storm: nowhere when notifications are off."""

    default_channel: str
    notify: bool = True
    grouping: Grouping = ALONE

    def channel_of(self, tenant: Tenant) -> str:
        """The tenant's own channel, by its id once that is known, else the default one."""
        known = tenant.channel_id if tenant.channel else None
        return known or self.home_of(tenant)

    def home_of(self, tenant: Tenant) -> str:
        """The same channel by the name that it always has."""
        return tenant.channel or self.default_channel


async def put_on_record(
    tx: Transaction,
    verdicts: Sequence[Verdict],
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> Recorded:
    """Writes clocks, exceptions, trail and what people are to hear, in the caller's transaction.

    Everybody locks in this order, so that nobody waits for each other: exceptions by number, the
    trail by tenant, causes, storms.

    Raises:
        StaleRecordError: a person changed one of the records since it was read.
    """
    await tx.clocks.save(
        [(verdict.tenant.id, clock) for verdict in verdicts for clock in verdict.changed], now
    )
    await tx.clocks.retire([row for verdict in verdicts for row in verdict.orphans])
    if telling.notify:
        await _warn(tx, verdicts, telling, wall_now)
    pairs = [(verdict, decision) for verdict in verdicts for decision in verdict.decisions]
    followed = sorted(
        ((verdict, decision) for verdict, decision in pairs if not isinstance(decision, Opened)),
        key=lambda pair: pair[1].record.id,
    )
    openings, entries = await _open(tx, pairs, telling, now)
    entries += [await _follow(tx, verdict, decision, now) for verdict, decision in followed]
    await tx.audit.append(entries)
    if telling.notify:
        for verdict, decision in followed:
            await tell_changed(tx, decision.record, wall_now, verdict.correlation_id)
        await tell_of(tx, openings, telling.grouping, now, wall_now)
        await tell_storms(tx, [decision.record.id for _, decision in followed], wall_now)
    settled = [d.record for _, d in followed if isinstance(d, Settled | Dropped)]
    opened = [opening.record for opening in openings]
    return Recorded(opened=tuple(opened), settled=tuple(settled))


async def _warn(
    tx: Transaction, verdicts: Sequence[Verdict], telling: Telling, wall_now: datetime
) -> None:
    told = [
        risk_message(
            verdict.tenant, clock, telling.channel_of(verdict.tenant), verdict.correlation_id
        )
        for verdict in verdicts
        for clock in verdict.warnings
    ]
    if told:
        await tx.outbox.put(told, wall_now)


async def _open(
    tx: Transaction,
    pairs: Sequence[tuple[Verdict, Decision]],
    telling: Telling,
    now: datetime,
) -> tuple[list[Opening], list[AuditEntry]]:
    """Puts new exceptions on record, oldest deadline first, so that numbers follow time."""
    fresh = {
        (v.tenant.id, d.record.order_id, d.record.sla_id, d.record.subject): (v, d.record)
        for v, d in pairs
        if isinstance(d, Opened)
    }
    ordered = sorted(fresh.values(), key=lambda pair: (pair[1].breached_at, pair[1].order_id))
    opened = await tx.exceptions.open([record for _, record in ordered])
    verdicts = [fresh[r.tenant_id, r.order_id, r.sla_id, r.subject][0] for r in opened]
    told = list(zip(opened, verdicts, strict=True))
    entries = [
        _entry(record, "opened" if record.active else "settled", verdict, now)
        for record, verdict in told
    ]
    openings = [
        Opening(
            record=record,
            channel=telling.channel_of(verdict.tenant),
            home=telling.home_of(verdict.tenant),
            correlation_id=verdict.correlation_id,
            workspace=verdict.tenant.workspace_id or "",
        )
        for record, verdict in told
    ]
    return openings, entries


async def _follow(
    tx: Transaction,
    verdict: Verdict,
    decision: Settled | Corrected | Reopened | Dropped | Woken,
    now: datetime,
) -> AuditEntry:
    if not await tx.exceptions.save(decision.record, was=decision.before.version):
        raise StaleRecordError
    action = _ACTIONS[type(decision)]
    entry = _entry(decision.record, action, verdict, now, before=decision.before)
    return replace(entry, note=decision.why) if isinstance(decision, Woken) else entry


_ACTIONS = {
    Settled: "settled",
    Dropped: "settled",
    Corrected: "corrected",
    Reopened: "reopened",
    Woken: "wake",
}
"""What the trail calls a change that nobody clicked."""


def _entry(
    record: ExceptionRecord,
    action: str,
    verdict: Verdict,
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
        after={
            "status": record.status.value,
            "delay_minutes": round(record.delay_minutes, 2),
            **({"order_id": record.resolution_note} if record.resolution == MERGED else {}),
        },
        note=record.resolution,
        correlation_id=verdict.correlation_id,
    )
