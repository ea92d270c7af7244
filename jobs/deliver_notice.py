"""Posts a notice: a digest that was subscribed to, a warning, a silent source, a target's alarm.

Must not decide when: the outbox holds those that are due.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from jobs.ask_approval import APPROVAL
from jobs.assess_risk import judged_of, outlooks_of
from jobs.deliver_alert import Delivery
from jobs.digest import DIGEST, show_digest
from jobs.errors import SlackRefusedError
from jobs.ports_slack import Message
from jobs.tell import RISK
from jobs.tell_silence import SILENCE, silence_of
from jobs.views import ApprovalView, RiskView
from jobs.watch_targets import TARGET, target_view
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
    return await _NOTICES[message.payload["notice"]](message, delivery, now)


async def _digest(message: OutboxMessage, delivery: Delivery, now: datetime) -> Message:
    views = await show_digest(
        message.payload["tenant_ids"],
        storage=delivery.storage,
        promises=delivery.promises,
        now=now,
    )
    return delivery.renderer.digest(views)


async def _silence(message: OutboxMessage, delivery: Delivery, _now: datetime) -> Message | None:
    async with delivery.storage.read() as tx:
        tenant = await tx.tenants.get(message.tenant_id)
    return delivery.renderer.silence(silence_of(message, tenant)) if tenant else None


async def _target(message: OutboxMessage, delivery: Delivery, now: datetime) -> Message | None:
    """The target as it stands now; None when it is not in force any more."""
    async with delivery.storage.read() as tx:
        tenant = await tx.tenants.get(message.tenant_id)
        if tenant is None:
            return None
        view = await target_view(tx, tenant, message.payload["target"], delivery.promises, now)
    return delivery.renderer.target_alarm(view) if view else None


async def _at_risk(message: OutboxMessage, delivery: Delivery, now: datetime) -> Message | None:
    view = await _risk(message, delivery, now)
    return delivery.renderer.risk(view) if view else None


async def _risk(message: OutboxMessage, delivery: Delivery, now: datetime) -> RiskView | None:
    """The promise as it stands; None when it is no longer at risk."""
    key = OrderKey(tenant_id=message.tenant_id, order_id=message.payload["order_id"])
    sla_id, subject = message.payload["sla_id"], message.payload.get("subject", "")
    async with delivery.storage.read() as tx:
        rows = (await tx.clocks.of_orders([key])).get(key, [])
        tenant = await tx.tenants.get(message.tenant_id)
        row = next((row for row in rows if (row.sla_id, row.subject) == (sla_id, subject)), None)
        if row is None or tenant is None:
            return None
        if row.state != ClockState.RUNNING or now > row.deadline_at:
            return None
        judged = await judged_of(tx, [row], [tenant], delivery.promises, now)
        found = await outlooks_of(tx, judged, delivery.promises, now)
    rule = delivery.promises.rule(tenant.name, sla_id, row.rule_version)
    return RiskView(
        order_id=key.order_id,
        tenant=tenant,
        promise=rule.promise if rule else sla_id,
        deadline_at=row.deadline_at,
        now=now,
        outlook=next(iter(found.values()), None),
    )


async def _request(message: OutboxMessage, delivery: Delivery, _now: datetime) -> Message | None:
    """Somebody's wish for approval; None once it was decided."""
    async with delivery.storage.read() as tx:
        approval = await tx.approvals.get(message.payload["approval_id"])
        if approval is None or approval.decided_at is not None:
            return None
        record = await tx.exceptions.get(approval.exception_id)
        tenant = await tx.tenants.get(approval.tenant_id)
    if record is None or tenant is None:
        return None
    view = ApprovalView(approval=approval, record=record, tenant=tenant)
    return delivery.renderer.request(view, message.payload["may"])


_NOTICES: Mapping[str, Callable[[OutboxMessage, Delivery, datetime], Awaitable[Message | None]]] = {
    APPROVAL: _request,
    DIGEST: _digest,
    RISK: _at_risk,
    SILENCE: _silence,
    TARGET: _target,
}
