"""Carries attempts out that are due: within the house, by a post, or by a call of a system.

Must not choose what is tried. An attempt is noted as started before it is done; who finds it so
after a restart repeats it with the same key, so that a receiver can tell.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from jobs.errors import LeaseLostError, StaleRecordError
from jobs.note_attempt import RESOLVE, TRIED, change, entry_of, note_end
from jobs.open_claim import open_claim
from jobs.ports import Transaction
from jobs.ports.resolution import Answered
from jobs.put_on_record import Telling
from jobs.resolving import Resolving
from policies.attempts import Attempt, AttemptState
from policies.http_actions import HttpAction
from policies.lifecycle import Act, Impossible, take
from policies.records import AuditEntry, ExceptionRecord, OutboxMessage, WorkItem
from policies.resolution import ACTOR, CLAIM_FILE, CLOSE, DELIVERED, MESSAGE, REEVALUATE
from policies.resolution_gates import counted, eligible

LEASE = timedelta(seconds=60)
AT_ONCE = 10
"""Attempts a batch; a call takes ten seconds at most."""
AGAIN = (timedelta(minutes=1), timedelta(minutes=5))
"""Rests before a call that may have been lost is repeated with the same key."""
RESOLUTION = "resolution"
"""The notice that a message of a policy is."""


async def carry_out(resolving: Resolving, *, now: datetime, wall_now: datetime) -> int:
    """Carries out the next batch; returns how many there were.

    Args:
        resolving: what it needs.
        now: business time, for the record and the trail.
        wall_now: for leases, repetitions and signatures.
    """
    async with resolving.storage.write() as tx:
        items = await tx.work.claim(RESOLVE, wall_now, LEASE, AT_ONCE)
    await asyncio.gather(*(_one(item, resolving, now, wall_now) for item in items))
    return len(items)


async def _one(item: WorkItem, resolving: Resolving, now: datetime, wall_now: datetime) -> None:
    """One attempt; what somebody changed beside it is left for when the lease is over."""
    number = int(item.subject.partition(":")[2])
    try:
        begun = await _begin(item, number, resolving, now, wall_now)
        if begun is None:
            return
        attempt, action = begun
        answered = await resolving.caller.call(action, attempt.request, attempt.key, wall_now)
        await _finish(item, attempt, answered, resolving, now, wall_now)
    except (LeaseLostError, StaleRecordError):
        return


async def _begin(
    item: WorkItem, number: int, resolving: Resolving, now: datetime, wall_now: datetime
) -> tuple[Attempt, HttpAction] | None:
    """Notes that it is started; what happens within the house is done in the same transaction.

    Returns:
        The attempt and whom to call, or None where nothing has to be called.
    """
    async with resolving.storage.write() as tx:
        attempt = await tx.attempts.get(number)
        record = await tx.exceptions.get(attempt.exception_id) if attempt else None
        tenant = await tx.tenants.get(item.tenant_id)
        if attempt is None or record is None or tenant is None:
            await _over(tx, item, wall_now)
            return None
        if attempt.state not in (AttemptState.DUE, AttemptState.STARTED):
            await _over(tx, item, wall_now)
            return None
        if why := _not_now(attempt, record):
            off = replace(attempt, state=_called_off(attempt), response=why)
            await note_end(tx, off, record, now, wall_now, was=attempt.state)
            await _over(tx, item, wall_now)
            return None
        action = resolving.book.actions_of(tenant.name).get(attempt.action)
        if attempt.state is AttemptState.DUE:
            attempt, record = await _started(tx, attempt, record, now, wall_now)
        if action is not None:
            return attempt, action
        await _within(tx, attempt, record, resolving, now, wall_now)
        await _over(tx, item, wall_now)
        return None


async def _over(tx: Transaction, item: WorkItem, wall_now: datetime) -> None:
    if not await tx.work.done([item], wall_now):
        raise LeaseLostError


def _not_now(attempt: Attempt, record: ExceptionRecord) -> str | None:
    """Why it is not carried out any more; taking something back is always possible."""
    if attempt.undoes is not None:
        return None
    if attempt.state is AttemptState.DUE:
        return None if eligible(record) else "not eligible any more"
    stopped = record.resolution_blocked or not record.active
    return "interrupted, and not wanted any more" if stopped else None


def _called_off(attempt: Attempt) -> AttemptState:
    """Nobody knows what became of one that was started."""
    return AttemptState.DROPPED if attempt.state is AttemptState.DUE else AttemptState.FAILED


async def _started(
    tx: Transaction,
    attempt: Attempt,
    record: ExceptionRecord,
    now: datetime,
    wall_now: datetime,
) -> tuple[Attempt, ExceptionRecord]:
    """From here on it counts."""
    started = replace(attempt, state=AttemptState.STARTED, started_at=now)
    if not await tx.attempts.save(started, was=attempt.state):
        raise StaleRecordError
    after = counted(record, now) if attempt.undoes is None else record
    await change(tx, record, after, [entry_of(started, TRIED, now)], now, wall_now)
    return started, after


async def _within(
    tx: Transaction,
    attempt: Attempt,
    record: ExceptionRecord,
    resolving: Resolving,
    now: datetime,
    wall_now: datetime,
) -> None:
    """What needs no call: it cannot be lost, because it is done with its note."""
    if attempt.action == CLOSE:
        await _close(tx, attempt, record, now, wall_now)
        resolving.observe(AttemptState.SUCCEEDED)
        return
    if attempt.action == REEVALUATE:
        item = WorkItem(tenant_id=record.tenant_id, kind="evaluate", subject=record.order_id)
        await tx.work.put([item], wall_now)
    elif attempt.action == MESSAGE:
        await _post(tx, attempt, resolving, wall_now)
    elif attempt.action == CLAIM_FILE:
        attempt = await open_claim(tx, attempt, record, resolving, now, wall_now)
    else:
        gone = replace(attempt, state=AttemptState.FAILED, response="no such action any more")
        await note_end(tx, gone, record, now, wall_now, was=AttemptState.STARTED)
        resolving.observe(AttemptState.FAILED)
        return
    await tx.attempts.save(_waiting(attempt, now), was=AttemptState.STARTED)


def _waiting(attempt: Attempt, now: datetime) -> Attempt:
    until = now + timedelta(minutes=attempt.within_minutes)
    return replace(attempt, state=AttemptState.WAITING, prove_by=until)


async def _close(
    tx: Transaction,
    attempt: Attempt,
    record: ExceptionRecord,
    now: datetime,
    wall_now: datetime,
) -> None:
    """Resolved because the order was delivered; a person can reopen it, and then it stays open."""
    act = Act(
        verb="resolve",
        exception_id=record.id,
        actor=ACTOR,
        tenant_ids=(record.tenant_id,),
        reason=DELIVERED,
    )
    after = take(record, act, now)
    if isinstance(after, Impossible):
        raise StaleRecordError
    ended = replace(attempt, state=AttemptState.SUCCEEDED, ended_at=now)
    if not await tx.attempts.save(ended, was=AttemptState.STARTED):
        raise StaleRecordError
    settled = AuditEntry(
        tenant_id=record.tenant_id,
        at=now,
        actor=ACTOR,
        action="settled",
        subject=f"exception:{record.id}",
        before={"status": record.status.value},
        after={"status": after.status.value, "attempt": attempt.id},
        note=DELIVERED,
    )
    await change(tx, record, after, [settled], now, wall_now, settled=True)


async def _post(
    tx: Transaction, attempt: Attempt, resolving: Resolving, wall_now: datetime
) -> None:
    """One line in the client's channel; where nothing is posted, nothing is."""
    tenant = await tx.tenants.get(attempt.tenant_id)
    if tenant is None or not resolving.notify:
        return
    channel = Telling(default_channel=resolving.default_channel).channel_of(tenant)
    message = OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{RESOLUTION}:{attempt.id}",
        tenant_id=attempt.tenant_id,
        payload={
            "notice": RESOLUTION,
            "channel": channel,
            "text": attempt.request.get("text", ""),
            "exception_id": attempt.exception_id,
            "order_id": attempt.order_id,
        },
        priority=30,
    )
    await tx.outbox.put([message], wall_now)


async def _finish(
    item: WorkItem,
    attempt: Attempt,
    answered: Answered,
    resolving: Resolving,
    now: datetime,
    wall_now: datetime,
) -> None:
    """Keeps what was answered: proof is waited for, the call is repeated, or it failed."""
    heard = replace(attempt, status=answered.status, response=answered.words)
    async with resolving.storage.write() as tx:
        if answered.again and item.attempts <= len(AGAIN):
            await tx.attempts.save(heard, was=AttemptState.STARTED)
            await tx.work.retry(item, wall_now + AGAIN[item.attempts - 1], answered.words)
            return
        record = await tx.exceptions.get(attempt.exception_id)
        if record is None:
            await _over(tx, item, wall_now)
            return
        if not answered.done:
            failed = replace(heard, state=AttemptState.FAILED)
            await note_end(tx, failed, record, now, wall_now, was=AttemptState.STARTED)
        elif attempt.undoes is not None:
            undone = replace(heard, state=AttemptState.SUCCEEDED)
            await note_end(tx, undone, record, now, wall_now, was=AttemptState.STARTED)
        else:
            await tx.attempts.save(_waiting(heard, now), was=AttemptState.STARTED)
        await _over(tx, item, wall_now)
    if not answered.done and attempt.undoes is None:
        resolving.observe(AttemptState.FAILED)
