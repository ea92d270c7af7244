"""Does what somebody asked to be done with an exception, once, and tells whoever should know.

Must not check authority: the handler did, from server state, before it called.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from jobs.note_draft import DRAFTED
from jobs.ports import Storage, Transaction
from jobs.set_timers import set_timers_of_acts
from jobs.tell import CARD, HISTORY, tell_changed
from jobs.tell_broadcast import tell_reopened
from jobs.tell_owner import tell_owner_of_act
from jobs.tell_storms import tell_storms
from policies.awaiting import awaited
from policies.lifecycle import KEPT, Act, Impossible, kept_of, take
from policies.records import AuditEntry, ExceptionRecord

_TRIES = 5
_NO_CHANGE = frozenset({"corrected", DRAFTED, "ask_approval", "decline", "split", "escalate"})
"""Entries that changed nothing that anybody saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It was done."""

    record: ExceptionRecord
    before: ExceptionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """The exception changed since the actor saw it, so nothing was done.

    `last` is the latest change.
    """

    record: ExceptionRecord
    last: AuditEntry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPossible:
    """The action makes no sense now; `why` is a sentence for people."""

    record: ExceptionRecord
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """There is no such exception among those that the actor may see."""


ActOutcome = Done | Stale | NotPossible | NotFound


async def act_on_exception(
    act: Act, *, storage: Storage, now: datetime, wall_now: datetime
) -> ActOutcome:
    """Carries out one action.

    Args:
        act: what, by whom, on the strength of which version.
        storage: where the record, the trail and the outbox change together.
        now: business time, for the record and the trail.
        wall_now: for the outbox.
    """
    outcome: ActOutcome = NotFound()
    for _ in range(_TRIES):
        async with storage.write() as tx:
            record = await tx.exceptions.get(act.exception_id)
            if record is None or record.tenant_id not in act.tenant_ids:
                return NotFound()
            if act.expected_version not in (None, record.version):
                return Stale(record=record, last=await last_change(tx, record))
            if act.verb == "undo":
                act = replace(act, undoes=await last_change(tx, record))
            after = take(record, act, now)
            if isinstance(after, Impossible):
                latest = await tx.exceptions.get(record.id)
                if latest is None or latest.version == record.version:
                    return NotPossible(record=record, why=after.why)
                continue  # it was judged beside what somebody else did just now
            if await tx.exceptions.save(after, was=record.version):
                await set_timers_of_acts(tx, act.verb, [after], now)
                await tx.audit.append([entry_of(act, record, after, now)])
                await tell_changed(
                    tx, after, wall_now, act.correlation_id, (CARD, HISTORY), urgent=True
                )
                await tell_storms(tx, [after.id], wall_now, urgent=True)
                await tell_owner_of_act(tx, act, record, after, wall_now)
                if act.verb == "reopen":
                    await tell_reopened(tx, after, wall_now, act.correlation_id)
                return Done(record=after, before=record)
            outcome = Stale(record=record, last=None)
    return outcome


async def last_change(tx: Transaction, record: ExceptionRecord) -> AuditEntry | None:
    """The latest entry of the trail that changed something that people saw."""
    trail = await tx.audit.of_subject(record.tenant_id, f"exception:{record.id}")
    return next((entry for entry in reversed(trail) if entry.action not in _NO_CHANGE), None)


def entry_of(
    act: Act, before: ExceptionRecord, after: ExceptionRecord, now: datetime
) -> AuditEntry:
    """The line of the trail about an act."""
    return AuditEntry(
        tenant_id=before.tenant_id,
        at=now,
        actor=act.actor,
        action=act.verb,
        subject=f"exception:{before.id}",
        before=state_of(before) | {KEPT: kept_of(before)},
        after=state_of(after) | ({"by": act.actor_name} if act.actor_name else {}),
        note=act.undoes.action if act.undoes else act.note or act.reason,
        correlation_id=act.correlation_id,
    )


def state_of(record: ExceptionRecord) -> dict[str, str | None]:
    """What the trail keeps of a record before and after an act."""
    return {
        "status": record.status.value,
        "assignee": record.assignee,
        "snoozed_until": record.snoozed_until.isoformat() if record.snoozed_until else None,
        "awaits": awaited(record),
    }
