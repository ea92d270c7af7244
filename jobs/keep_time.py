"""What time alone brings about: due clocks, ended snoozes, cards to redraw, records to close.

Must not judge orders: due ones are only asked to be evaluated, as every event does.
"""

from datetime import datetime, timedelta

from jobs.ports import Storage, Transaction
from jobs.tell import CARD, HISTORY, part_message, tell_changed
from policies.lifecycle import Act, Impossible, take
from policies.records import AuditEntry, ExceptionRecord

CLOSE_AFTER = timedelta(days=7)
_BATCH = 200
_FIRES_KEPT = timedelta(days=7)


async def sweep_deadlines(
    *, storage: Storage, now: datetime, wall_now: datetime, limit: int = 5000
) -> int:
    """Asks for the evaluation of every order whose clock is due; returns how many.

    This is how absence is noticed: from rows, by index, with no event arriving.
    """
    async with storage.write() as tx:
        return await tx.work.put_due_orders(now, wall_now, limit)


async def wake_snoozed(*, storage: Storage, now: datetime, wall_now: datetime) -> int:
    """Ends snoozes whose time has come, in the trail and on the card."""
    async with storage.write() as tx:
        due = await tx.exceptions.waking(now, _BATCH)
        for record in due:
            await _step(tx, record, "wake", now, wall_now)
        return len(due)


async def close_resolved(*, storage: Storage, now: datetime, wall_now: datetime) -> int:
    """Closes what has been resolved for seven days."""
    async with storage.write() as tx:
        due = await tx.exceptions.closable(now - CLOSE_AFTER, _BATCH)
        for record in due:
            await _step(tx, record, "close", now, wall_now)
        return len(due)


async def refresh_cards(*, storage: Storage, now: datetime, wall_now: datetime) -> int:
    """Has cards redrawn whose time over has grown enough to matter."""
    async with storage.write() as tx:
        alerts = await tx.alerts.stale(now, _BATCH)
        await tx.outbox.put([part_message(alert, CARD) for alert in alerts], wall_now)
        for alert in alerts:
            await tx.alerts.refresh_later(alert.id, None)  # delivery sets the next time
        return len(alerts)


async def _step(
    tx: Transaction, record: ExceptionRecord, verb: str, now: datetime, wall_now: datetime
) -> None:
    act = Act(verb=verb, exception_id=record.id, actor="system", tenant_ids=(record.tenant_id,))
    after = take(record, act, now)
    if isinstance(after, Impossible) or not await tx.exceptions.save(after, was=record.version):
        return
    entry = AuditEntry(
        tenant_id=record.tenant_id,
        at=now,
        actor="system",
        action=verb,
        subject=f"exception:{record.id}",
        before={"status": record.status.value},
        after={"status": after.status.value},
    )
    await tx.audit.append([entry])
    await tell_changed(tx, after, wall_now, None, (CARD, HISTORY))


async def forget_deliveries(*, storage: Storage, before: datetime) -> None:
    """Drops the memory of deliveries and fires that nobody can repeat any more."""
    async with storage.write() as tx:
        await tx.seen.forget(before)
        await tx.fires.forget(before - _FIRES_KEPT)
