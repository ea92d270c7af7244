"""What time alone brings about: due clocks, ended snoozes, cards to redraw, records to close.

Must not judge orders: due ones are only asked to be evaluated, as every event does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from jobs.ports import Storage, Transaction
from jobs.set_timers import set_timers_of_acts
from jobs.tell import CARD, HISTORY, part_message, tell_changed
from jobs.tell_storms import replies, storm_message, tell_storms
from jobs.tell_warnings import warning_message
from policies.lifecycle import Act, Impossible, take
from policies.records import AuditEntry, ExceptionRecord

CLOSE_AFTER = timedelta(days=7)
FORGET_CAUSES_AFTER = timedelta(days=2)
_BATCH = 200
_DAY_OF_HOMES = timedelta(days=1)


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
        await _step(tx, due, "wake", now, wall_now)
        return len(due)


async def close_resolved(*, storage: Storage, now: datetime, wall_now: datetime) -> int:
    """Closes what has been resolved for seven days."""
    async with storage.write() as tx:
        due = await tx.exceptions.closable(now - CLOSE_AFTER, _BATCH)
        await _step(tx, due, "close", now, wall_now)
        return len(due)


async def refresh_cards(*, storage: Storage, now: datetime, wall_now: datetime) -> int:
    """Has cards redrawn whose time over has grown enough to matter."""
    async with storage.write() as tx:
        alerts = await tx.alerts.stale(now, _BATCH)
        await tx.outbox.put([part_message(alert, CARD) for alert in alerts], wall_now)
        for alert in alerts:
            await tx.alerts.refresh_later(alert.id, None)  # delivery sets the next time
        return len(alerts)


async def refresh_storms(*, storage: Storage, wall_now: datetime) -> int:
    """Has the messages of storms brought up to date whose members changed, all changes at once."""
    async with storage.write() as tx:
        storms = await tx.storms.stale(wall_now, _BATCH)
        for storm in storms:
            parts = [CARD, *replies(storm)]
            await tx.outbox.put([storm_message(storm, part) for part in parts], wall_now)
        await tx.storms.refreshed([storm.id for storm in storms])
        return len(storms)


async def refresh_warnings(*, storage: Storage, now: datetime, wall_now: datetime) -> int:
    """Has warnings brought up to date of whose time another part is gone."""
    async with storage.write() as tx:
        due = await tx.warnings.stale(now, _BATCH)
        await tx.outbox.put([warning_message(one) for one in due], wall_now)
        for warning in due:
            await tx.warnings.refresh_later(warning.name, None)  # delivery sets the next time
        return len(due)


async def _step(
    tx: Transaction, due: Sequence[ExceptionRecord], verb: str, now: datetime, wall_now: datetime
) -> None:
    """Locks as put_on_record does: the records by number, then the trail, then their storms."""
    changed: list[tuple[ExceptionRecord, ExceptionRecord]] = []
    for record in sorted(due, key=attrgetter("id")):
        who = (record.tenant_id,)
        act = Act(verb=verb, exception_id=record.id, actor="system", tenant_ids=who)
        after = take(record, act, now)
        if isinstance(after, Impossible):
            continue
        if await tx.exceptions.save(after, was=record.version):
            changed.append((record, after))
    await set_timers_of_acts(tx, verb, [after for _, after in changed], now)
    await tx.audit.append([_entry(verb, before, after, now) for before, after in changed])
    for _, after in changed:
        await tell_changed(tx, after, wall_now, None, (CARD, HISTORY))
    await tell_storms(tx, [after.id for _, after in changed], wall_now)


def _entry(verb: str, before: ExceptionRecord, after: ExceptionRecord, now: datetime) -> AuditEntry:
    return AuditEntry(
        tenant_id=before.tenant_id,
        at=now,
        actor="system",
        action=verb,
        subject=f"exception:{before.id}",
        before={"status": before.status.value},
        after={"status": after.status.value},
    )


async def forget_causes(*, storage: Storage, now: datetime) -> None:
    """Drops causes that nobody had for longer than any storm rests."""
    async with storage.write() as tx:
        await tx.storms.forget(now - FORGET_CAUSES_AFTER)


async def forget_homes(*, storage: Storage, wall_now: datetime) -> None:
    """Drops the Homes that nobody opened for a day; after an hour they are left alone anyway."""
    async with storage.write() as tx:
        await tx.people.forget_homes(wall_now - _DAY_OF_HOMES)


async def forget_deliveries(
    *, storage: Storage, before: datetime | None, fires_before: datetime | None
) -> None:
    """Drops the memory of deliveries and fires that nobody can repeat any more; None: of none."""
    async with storage.write() as tx:
        if before is not None:
            await tx.seen.forget(before)
        if fires_before is not None:
            await tx.fires.forget(fires_before)
