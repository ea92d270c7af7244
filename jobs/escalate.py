"""Calls whoever is next where nobody answers, each level once, a storm as one.

Must not decide who or when: policies/escalation.py and policies/callees.py do. A level is noted in
the transaction that asks for its messages, so that neither a restart nor a replica tells it twice.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.call_somebody import Call, messages_of, rests_until
from jobs.ports import Storage, Transaction
from jobs.ports.escalation import Hold, never
from jobs.put_on_record import Telling
from jobs.show_storm import thread_of
from jobs.tell import HISTORY, tell_changed
from policies.callees import callees
from policies.escalation import Ladder, Looked, Phase, Timer, climbed, ladder_for, look
from policies.promises import Promises
from policies.reasons import Severity
from policies.records import AuditEntry, ExceptionRecord, OutboxMessage, Tenant
from policies.storms import Storm, Thread, Told

LIMIT = 200
MembersOf = Callable[[str], Awaitable[frozenset[str]]]
"""Who is in a user group."""


async def unknown_group(_group_id: str) -> frozenset[str]:
    """Nobody knows who is in it."""
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalating:
    """What calling needs: where the timers are, what was promised, whom to call and where."""

    storage: Storage
    promises: Promises
    telling: Telling
    members_of: MembersOf = unknown_group
    hold: Hold = never


@dataclass(frozen=True, slots=True, kw_only=True)
class _Climb:
    """A timer that is to be looked at, with its exception and what the look came to."""

    timer: Timer
    record: ExceptionRecord
    tenant: Tenant
    ladder: Ladder | None
    looked: Looked


async def escalate_due(
    escalating: Escalating, *, now: datetime, wall_now: datetime, limit: int = LIMIT
) -> int:
    """Looks at timers whose time has come; returns how many calls went out.

    Args:
        escalating: what it needs.
        now: business time, by which timers run.
        wall_now: by which the outbox lives.
        limit: timers at once, so that a storm makes no long transaction.
    """
    async with escalating.storage.read() as tx:
        waiting = await _climbs(tx, escalating, now, limit)
    if not waiting:
        return 0
    known = await _groups(waiting, escalating)

    async with escalating.storage.write() as tx:
        await tx.escalations.one_at_a_time()
        climbs = await _climbs(tx, escalating, now, limit)
        for climb in climbs:
            if climb.looked.timer is None:
                await tx.escalations.forget(climb.timer)
        going_on = [c.looked.timer for c in climbs if c.looked.timer and c.looked.due is None]
        await tx.escalations.save(going_on)
        calls = [
            call
            for group in await _together(tx, [c for c in climbs if c.looked.due is not None])
            if (call := await _call(tx, group, escalating, now)) is not None
        ]
        await _tell(tx, calls, known, escalating.hold, now, wall_now)
    return len(calls)


async def _climbs(
    tx: Transaction, escalating: Escalating, now: datetime, limit: int
) -> list[_Climb]:
    timers = await tx.escalations.due(now, limit)
    records = await tx.exceptions.among([timer.exception_id for timer in timers])
    by_id = {record.id: record for record in records}
    tenants = {tenant.id: tenant for tenant in await tx.tenants.all()} if timers else {}
    climbs: list[_Climb] = []
    for timer in timers:
        record, tenant = by_id[timer.exception_id], tenants[timer.tenant_id]
        rule = escalating.promises.rule(tenant.name, record.sla_id, record.rule_version)
        ladder = ladder_for(escalating.telling.calling, record, rule.escalate if rule else ())
        looked = look(timer, record, ladder, now)
        climbs.append(
            _Climb(timer=timer, record=record, tenant=tenant, ladder=ladder, looked=looked)
        )
    return climbs


async def _groups(climbs: Sequence[_Climb], escalating: Escalating) -> dict[str, frozenset[str]]:
    """Who is in the groups that are to be told directly; looked up outside of any transaction."""
    due = [climb.looked.due.whom for climb in climbs if climb.looked.due is not None]
    wanted = {group for whom in due for group in whom.groups}
    return {group: await escalating.members_of(group) for group in sorted(wanted)}


async def _together(
    tx: Transaction, climbs: Sequence[_Climb]
) -> list[tuple[Storm | None, list[_Climb]]]:
    """Those of one storm that wait for the same are called about together."""
    found: dict[tuple[int, Phase], list[_Climb]] = {}
    storms: dict[int, Storm] = {}
    alone: list[tuple[Storm | None, list[_Climb]]] = []
    members = await tx.storms.members_among([climb.record.id for climb in climbs])
    listed = {number for _, number in members}
    for climb in climbs:
        storm = await _storm_of(tx, climb.record.id, storms) if climb.record.id in listed else None
        if storm is None or climb.looked.timer is None:
            alone.append((None, [climb]))
        else:
            found.setdefault((storm.id, climb.looked.timer.phase), []).append(climb)
    return alone + [(storms[storm_id], group) for (storm_id, _), group in found.items()]


async def _storm_of(tx: Transaction, exception_id: int, known: dict[int, Storm]) -> Storm | None:
    """The storm that tells of it; None for what was split off."""
    members = await tx.storms.memberships(exception_id)
    member = next((one for one in members if one.told is not Told.SPLIT), None)
    if member is None:
        return None
    if member.storm_id not in known:
        storm = await tx.storms.get(member.storm_id)
        if storm is None:
            return None
        known[storm.id] = storm
    return known[member.storm_id]


async def _call(
    tx: Transaction,
    group: tuple[Storm | None, list[_Climb]],
    escalating: Escalating,
    now: datetime,
) -> Call | None:
    """Notes the level, and what is to be told; None where it waits, or was told already."""
    storm, climbs = group
    lead = max(climbs, key=lambda one: (_rank(one.record.severity), _timer(one).told))
    step = lead.looked.due
    if step is None:
        return None
    telling = escalating.telling
    thread: Thread | None = storm or await thread_of(tx, lead.record.id)
    until = rests_until(thread, lead.tenant, lead.record.severity, telling, now)
    if until > now:
        due = until + step.after
        waits = [replace(_timer(one), due_at=due, next_at=due) for one in climbs]
        await tx.escalations.save(waits)
        return None
    level, saved = await _note_level(tx, storm, climbs, lead, now)
    if level is None:
        return None
    return Call(
        step=step,
        level=level,
        timer=_timer(lead),
        record=lead.record,
        tenant=lead.tenant,
        thread=thread,
        storm=storm,
        climbed=tuple(sorted(saved)),
        channel=telling.channel_of(lead.tenant),
        called=callees(step.whom, telling.calling.shifts, _site(lead.record), now),
    )


async def _note_level(
    tx: Transaction, storm: Storm | None, climbs: Sequence[_Climb], lead: _Climb, now: datetime
) -> tuple[int | None, set[int]]:
    """Which level is told now, None where the storm's was, and whose timers have climbed."""
    timer, ladder = _timer(lead), lead.ladder
    if ladder is None:
        return None, set()
    siblings = await _siblings(tx, storm, climbs, timer, now) if storm else []
    alike = [one for one in siblings if one.ladder == ladder.name]
    ahead = max((one.told for one in alike), default=0)
    level = max(ahead, timer.told + 1)
    rising = [
        climbed(_timer(one), one.ladder, now, level if one.ladder.name == ladder.name else None)
        for one in climbs
        if one.ladder is not None
    ]
    rising += [climbed(one, ladder, now, level) for one in alike if one.told < level]
    saved = await tx.escalations.save(rising)
    graver = any(one.told and _rank(one.severity) > _rank(lead.record.severity) for one in siblings)
    told_before = ahead == level or graver or timer.exception_id not in saved
    return (None if told_before else level), saved


async def _siblings(
    tx: Transaction, storm: Storm, climbs: Sequence[_Climb], timer: Timer, now: datetime
) -> list[Timer]:
    """Timers of the storm's other members that wait for the same and are not to be looked at."""
    mine = {climb.record.id for climb in climbs}
    members = await tx.storms.members(storm.id)
    others = [one.exception_id for one in members if one.told is not Told.SPLIT]
    return [
        one
        for one in await tx.escalations.among(others)
        if one.exception_id not in mine
        and one.phase is timer.phase
        and (one.next_at is None or one.next_at > now)
    ]


async def _tell(
    tx: Transaction,
    calls: Sequence[Call],
    known: dict[str, frozenset[str]],
    hold: Hold,
    now: datetime,
    wall_now: datetime,
) -> None:
    """Puts every call on the trail, then what people are to hear of it."""
    told = [(call, await messages_of(call, known, hold, now)) for call in calls]
    told = [(call, messages) for call, messages in told if messages]
    numbers = [number for call, _ in told for number in call.climbed]
    records = {record.id: record for record in await tx.exceptions.among(numbers)}
    entries = [_entry(records[number], call, now) for call, _ in told for number in call.climbed]
    await tx.audit.append(entries)
    for number in numbers:
        await tell_changed(tx, records[number], wall_now, None, (HISTORY,))
    messages: list[OutboxMessage] = [one for _, some in told for one in some]
    await tx.outbox.put(messages, wall_now)


def _entry(record: ExceptionRecord, call: Call, now: datetime) -> AuditEntry:
    return AuditEntry(
        tenant_id=record.tenant_id,
        at=now,
        actor="system",
        action="escalate",
        subject=f"exception:{record.id}",
        before={"status": record.status.value},
        after={
            "status": record.status.value,
            "level": call.level,
            "to": call.step.whom.words,
            "waited_for": call.timer.phase.value,
        },
    )


def _timer(climb: _Climb) -> Timer:
    return climb.looked.timer or climb.timer


def _site(record: ExceptionRecord) -> str | None:
    site = record.facts.get("warehouse")
    return str(site) if site is not None else None


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)
