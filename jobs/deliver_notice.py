"""Posts a notice: a digest that somebody subscribed to, or a warning that a rule wants posted.

Must not decide when: the outbox holds those that are due.
"""

from datetime import datetime

from jobs.deliver_alert import Delivery
from jobs.digest import show_digest
from jobs.errors import SlackRefusedError
from jobs.ports_slack import Message
from jobs.views import RiskView
from policies.reasons import ClockState
from policies.records import OrderKey, OutboxMessage


async def deliver_notice(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Posts the notice; returns and raises as deliver_alert does."""
    drawn = await _drawn(message, delivery, now)
    if drawn is None:
        return "gone"
    channel = message.payload["channel"]
    metadata = {"event_type": "e2a_notice", "event_payload": {"notice_id": message.dedup_key}}
    outcome = "posted"
    if message.uncertain:
        try:
            if await delivery.messenger.find(channel, metadata=metadata):
                return "found"
        except SlackRefusedError:
            outcome = "ambiguous"
    await delivery.messenger.post(channel, drawn, metadata=metadata)
    return outcome


async def _drawn(message: OutboxMessage, delivery: Delivery, now: datetime) -> Message | None:
    if message.payload["notice"] == "risk":
        view = await _risk(message, delivery, now)
        return delivery.renderer.risk(view) if view else None
    tenant_ids = message.payload["tenant_ids"]
    return delivery.renderer.digest(
        await show_digest(tenant_ids, storage=delivery.storage, now=now)
    )


async def _risk(message: OutboxMessage, delivery: Delivery, now: datetime) -> RiskView | None:
    """The promise as it stands; None when it is no longer at risk."""
    key = OrderKey(tenant_id=message.tenant_id, order_id=message.payload["order_id"])
    sla_id = message.payload["sla_id"]
    async with delivery.storage.read() as tx:
        rows = (await tx.clocks.of_orders([key])).get(key, [])
        tenant = await tx.tenants.get(message.tenant_id)
    subject = message.payload.get("subject", "")
    row = next((row for row in rows if (row.sla_id, row.subject) == (sla_id, subject)), None)
    if row is None or tenant is None or row.state != ClockState.RUNNING or now > row.deadline_at:
        return None
    rule = delivery.promises.rule(tenant.name, sla_id, row.rule_version)
    return RiskView(
        order_id=key.order_id,
        tenant=tenant,
        promise=rule.promise if rule else sla_id,
        deadline_at=row.deadline_at,
        now=now,
    )
