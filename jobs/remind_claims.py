"""Counts the days down in which bills may be disputed, in the thread in which they were audited.

Must not draw: deliver_notice does, with the state as it is by then.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from jobs.ports import Storage
from jobs.show_bills import bill_view
from jobs.views.bills import ClaimsView
from policies.local_time import local_date
from policies.money.audit.countdown import next_reminder
from policies.money.audit.record import BillAudit, BillState
from policies.money.audit.totals import CauseSum
from policies.money.audit.verdict import DISPUTED
from policies.records import OutboxMessage

CLAIMS = "claims"
"""The notice that counts the days down."""
_MOST, _PRIORITY = 50, 12
_UNCONFIRMED = timedelta(days=14)
"""So long a file waits for somebody to confirm its columns."""


async def remind_of_claims(*, storage: Storage, now: datetime, wall_now: datetime) -> int:
    """Has due reminders posted, and lets go of files that nobody confirmed; returns how many."""
    async with storage.write() as tx:
        await tx.bills.forget_asked(now - _UNCONFIRMED)
        due = await tx.bills.due(now, _MOST)
        tenants = {tenant.id: tenant for tenant in await tx.tenants.all()}
        messages = []
        for one in due:
            zone = tenants[one.tenant_id].timezone
            view = bill_view(one, tenants[one.tenant_id])
            days = [each.claim_by for each in view.totals.causes if each.claim_by]
            whole = await tx.bills.hold(one.id, [one.tenant_id])
            if whole is None or whole.filed_at is not None:
                continue
            await tx.bills.save(replace(whole, remind_at=next_reminder(days, now, zone)))
            if one.channel_id:
                messages.append(_message(one, one.channel_id))
        await tx.outbox.put(messages, wall_now)
    return len(messages)


async def claims_of(
    message: OutboxMessage, *, storage: Storage, now: datetime
) -> ClaimsView | None:
    """What may still be claimed; None once it was, or when it is too late."""
    async with storage.read() as tx:
        found = await tx.bills.get(message.payload["audit_id"], [message.tenant_id])
        tenant = await tx.tenants.get(message.tenant_id)
    if found is None or tenant is None or found.filed_at or found.state is not BillState.DONE:
        return None
    view = bill_view(found, tenant)
    today = local_date(now, tenant.timezone)
    open_ = [one for one in view.totals.causes if _is_open(one, today)]
    last = min((one.claim_by for one in open_ if one.claim_by), default=None)
    if last is None:
        return None
    next_ones = [one for one in open_ if one.claim_by == last]
    sums: dict[str, int] = {}
    for one in next_ones:
        sums[one.currency] = sums.get(one.currency, 0) + one.cents
    return ClaimsView(
        bill=view,
        today=today,
        last_day=last,
        sums=tuple(sorted(sums.items())),
        causes=tuple(next_ones),
    )


def _is_open(one: CauseSum, today: date) -> bool:
    return one.verdict in DISPUTED and one.claim_by is not None and one.claim_by >= today


def _message(audit: BillAudit, channel: str) -> OutboxMessage:
    return OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"claims:{audit.id}:{audit.remind_at:%Y%m%d}",
        tenant_id=audit.tenant_id,
        payload={
            "notice": CLAIMS,
            "channel": channel,
            "thread_ts": audit.thread_ts,
            "audit_id": audit.id,
        },
        priority=_PRIORITY,
    )
