"""Writes down what was judged: clocks, exceptions, the trail, and what people are to hear.

Must not judge. All of it happens in the caller's transaction, or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.errors import StaleRecordError
from jobs.group_storm import Opening, tell_of
from jobs.hold_back import hold_back, let_through, sort_out
from jobs.ports import Transaction
from jobs.route_alerts import Change, newly_heard, openings_of, routes_of
from jobs.set_timers import set_timers
from jobs.tell import tell_changed
from jobs.tell_broadcast import tell_followed
from jobs.tell_owner import tell_owner_of_verdict
from jobs.tell_storms import tell_storms
from jobs.tell_warnings import Risk, tell_warnings, warn
from policies.briefs import NO_OCCASIONS, Occasions
from policies.cards import SILENT, Cards, worse
from policies.clock import Clock
from policies.escalation import NOBODY, Calling
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
from policies.next_steps import NextSteps
from policies.queries import ClockRow
from policies.quiet import AWAKE, QuietHours
from policies.records import AuditEntry, ExceptionRecord, Tenant
from policies.routing import Destination, Routes, home_of


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
    """Where alerts go, and what is told as one storm: nowhere when notifications are off.

    `steps` are what an explanation tells people to do next; `max_resolution_attempts` is how often
    a new exception may be tried by itself.
    """

    default_channel: str
    notify: bool = True
    grouping: Grouping = ALONE
    steps: NextSteps = ()
    calling: Calling = NOBODY
    cards: Cards = SILENT
    quiet: QuietHours = AWAKE
    occasions: Occasions = NO_OCCASIONS
    max_resolution_attempts: int = 2

    def destination_of(self, tenant: Tenant) -> Destination:
        """The tenant's own channel, else the default one."""
        return home_of(tenant, self.default_channel)

    def channel_of(self, tenant: Tenant) -> str:
        """The same by its id once that is known."""
        return self.destination_of(tenant).channel

    def home_of(self, tenant: Tenant) -> str:
        """The same channel by the name that it always has."""
        return self.destination_of(tenant).home


async def put_on_record(
    tx: Transaction,
    verdicts: Sequence[Verdict],
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> Recorded:
    """Writes clocks, exceptions, trail and what people are to hear, in the caller's transaction.

    Everybody locks in this order, so that nobody waits for each other: exceptions by number, their
    timers, the trail by tenant, causes, storms.

    Raises:
        StaleRecordError: a person changed one of the records since it was read.
    """
    await tx.clocks.save(
        [(verdict.tenant.id, clock) for verdict in verdicts for clock in verdict.changed], now
    )
    await tx.clocks.retire([row for verdict in verdicts for row in verdict.orphans])
    if telling.notify:
        await _warn(tx, verdicts, telling, now, wall_now)
    pairs = [(verdict, decision) for verdict in verdicts for decision in verdict.decisions]
    followed = sorted(
        ((verdict, decision) for verdict, decision in pairs if not isinstance(decision, Opened)),
        key=lambda pair: pair[1].record.id,
    )
    routes = await _routes(tx, pairs, telling)
    openings, entries = await _open(tx, pairs, routes, telling.max_resolution_attempts, now)
    opened = tuple({one.record.id: one.record for one in openings}.values())
    entries += [await _follow(tx, verdict, decision, now) for verdict, decision in followed]
    if telling.notify:
        judged = [decision for _, decision in pairs]
        await set_timers(tx, opened, judged, telling.calling, now)
    await tx.audit.append(entries)
    if telling.notify:
        for verdict, decision in followed:
            await tell_changed(tx, decision.record, wall_now, verdict.correlation_id)
            await tell_followed(tx, decision, now, wall_now, verdict.correlation_id)
            await tell_owner_of_verdict(tx, decision, wall_now, verdict.correlation_id)
        changes = [_change(verdict, decision) for verdict, decision in followed]
        heard = [*openings, *await newly_heard(tx, changes, routes)]
        await _tell_of_new(tx, heard, telling, now, wall_now)
        grown = [
            (d.record, v.correlation_id)
            for v, d in followed
            if worse(d.record.severity, d.before.severity)
        ]
        await let_through(tx, grown, telling.quiet, now, wall_now)
        await tell_storms(tx, [decision.record.id for _, decision in followed], wall_now)
    settled = [d.record for _, d in followed if isinstance(d, Settled | Dropped)]
    return Recorded(opened=opened, settled=tuple(settled))


async def _routes(
    tx: Transaction, pairs: Sequence[tuple[Verdict, Decision]], telling: Telling
) -> Routes:
    """Who hears of what, read once a batch; nothing is read where nobody is told."""
    heard = {verdict.tenant.id for verdict, _ in pairs} if telling.notify else set()
    return await routes_of(tx, heard, telling.default_channel)


def _change(verdict: Verdict, decision: Settled | Corrected | Reopened | Dropped | Woken) -> Change:
    return Change(
        tenant=verdict.tenant,
        before=decision.before,
        after=decision.record,
        correlation_id=verdict.correlation_id,
    )


async def _tell_of_new(
    tx: Transaction,
    openings: Sequence[Opening],
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> None:
    """Alone, in a storm, or held until it is no longer quiet there; the places are locked first."""
    sorted_out = await sort_out(tx, openings, telling.quiet, now)
    await tell_of(tx, sorted_out.told, telling.grouping, now, wall_now)
    await hold_back(tx, sorted_out.back, telling.quiet, now)


async def _warn(
    tx: Transaction,
    verdicts: Sequence[Verdict],
    telling: Telling,
    now: datetime,
    wall_now: datetime,
) -> None:
    """New warnings, and those that stand there already about clocks that changed."""
    risks = [
        Risk(
            tenant=verdict.tenant,
            clock=clock,
            channel=telling.channel_of(verdict.tenant),
            correlation_id=verdict.correlation_id,
        )
        for verdict in verdicts
        for clock in verdict.warnings
    ]
    await warn(tx, risks, now, wall_now)
    changed = [
        (verdict.tenant.id, clock.order_id, clock.rule.sla_id, clock.subject)
        for verdict in verdicts
        for clock in verdict.changed
        if clock.rule.post_warning and clock not in verdict.warnings
    ]
    changed += [
        (row.tenant_id, row.order_id, row.sla_id, row.subject)
        for verdict in verdicts
        for row in verdict.orphans
    ]
    await tell_warnings(tx, changed, wall_now)


async def _open(
    tx: Transaction,
    pairs: Sequence[tuple[Verdict, Decision]],
    routes: Routes,
    most_attempts: int,
    now: datetime,
) -> tuple[list[Opening], list[AuditEntry]]:
    """Puts new exceptions on record, oldest deadline first, so that numbers follow time."""
    fresh = {
        (v.tenant.id, d.record.order_id, d.record.sla_id, d.record.subject): (v, d.record)
        for v, d in pairs
        if isinstance(d, Opened)
    }
    ordered = sorted(fresh.values(), key=lambda pair: (pair[1].breached_at, pair[1].order_id))
    drafts = [replace(record, max_resolution_attempts=most_attempts) for _, record in ordered]
    opened = await tx.exceptions.open(drafts)
    verdicts = [fresh[r.tenant_id, r.order_id, r.sla_id, r.subject][0] for r in opened]
    told = list(zip(opened, verdicts, strict=True))
    entries = [
        _entry(record, "opened" if record.active else "settled", verdict, now)
        for record, verdict in told
    ]
    openings = [
        opening
        for record, verdict in told
        for opening in openings_of(verdict.tenant, record, routes, verdict.correlation_id)
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
