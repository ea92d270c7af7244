"""Puts on record what became of an attempt: trail, thread, and the block after the last one.

Must not decide what is tried, nor carry it out. Everything happens in the caller's transaction.
"""

from dataclasses import replace
from datetime import datetime

from jobs.errors import StaleRecordError
from jobs.ports import Transaction
from jobs.set_timers import set_timers_of_acts
from jobs.tell import CARD, HISTORY, tell_changed
from jobs.tell_storms import tell_storms
from policies.attempts import Attempt, AttemptState
from policies.records import AuditEntry, ExceptionRecord, WorkItem
from policies.resolution import ACTOR
from policies.resolution_gates import blocked, maximum_reached, used_up

TRIED, ENDED = "attempt", "attempt_ended"
"""Entries of the trail about one attempt."""
RESOLVE = "resolve"
"""The kind of work item that carries an attempt out; its subject is `attempt:NUMBER`."""


def item_of(attempt: Attempt) -> WorkItem:
    """The work that carries it out."""
    return WorkItem(tenant_id=attempt.tenant_id, kind=RESOLVE, subject=f"attempt:{attempt.id}")


async def change(
    tx: Transaction,
    before: ExceptionRecord,
    after: ExceptionRecord,
    entries: list[AuditEntry],
    now: datetime,
    wall_now: datetime,
    *,
    settled: bool = False,
) -> None:
    """Saves a record with what the trail says of it, and has its messages brought up to date.

    What is done by itself is nobody's answer: timers go on, unless the exception is `settled` now.

    Raises:
        StaleRecordError: somebody changed the record since it was read.
    """
    if after != before and not await tx.exceptions.save(after, was=before.version):
        raise StaleRecordError
    if settled:
        await set_timers_of_acts(tx, "resolve", [after], now)
    await tx.audit.append(entries)
    await tell_changed(tx, after, wall_now, None, (CARD, HISTORY))
    await tell_storms(tx, [after.id], wall_now)


async def note_end(
    tx: Transaction,
    attempt: Attempt,
    record: ExceptionRecord,
    now: datetime,
    wall_now: datetime,
    *,
    was: AttemptState,
) -> bool:
    """Keeps how an attempt ended; blocks the exception where it was the last that it had.

    Returns:
        False where somebody else did; then nothing was written.
    """
    ended = replace(attempt, ended_at=now)
    if not await tx.attempts.save(ended, was=was):
        return False
    entries, after = [entry_of(ended, ENDED, now)], record
    if used_up(record) and ended.real and ended.undoes is None:
        after = blocked(record, maximum_reached(record), now)
        entries.append(entry_of_block(after, now))
    await change(tx, record, after, entries, now, wall_now)
    return True


async def block_resolution(
    tx: Transaction, record: ExceptionRecord, reason: str, now: datetime, wall_now: datetime
) -> None:
    """Lets nothing happen to it by itself any more, until a person unblocks it."""
    after = blocked(record, reason, now)
    await change(tx, record, after, [entry_of_block(after, now)], now, wall_now)


def entry_of_block(record: ExceptionRecord, now: datetime) -> AuditEntry:
    """The trail's line about a block that no person asked for."""
    return AuditEntry(
        tenant_id=record.tenant_id,
        at=now,
        actor=ACTOR,
        action="block",
        subject=f"exception:{record.id}",
        after={"resolution_attempts": record.resolution_attempts},
        note=record.resolution_block_reason,
    )


def entry_of(attempt: Attempt, action: str, now: datetime) -> AuditEntry:
    """The trail's line about an attempt: TRIED or ENDED."""
    return AuditEntry(
        tenant_id=attempt.tenant_id,
        at=now,
        actor=ACTOR,
        action=action,
        subject=f"exception:{attempt.exception_id}",
        after={
            "action": attempt.action,
            "number": attempt.number,
            "key": attempt.key,
            "state": attempt.state.value,
            **({"status": attempt.status} if attempt.status is not None else {}),
            **({"approved_by": attempt.approved_by} if attempt.approved_by else {}),
            **({"undoes": attempt.undoes} if attempt.undoes else {}),
        },
    )
