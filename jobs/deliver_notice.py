"""Posts a notice: a digest that was subscribed to, a silent source, a target's alarm, a wish.

Must not decide when: the outbox holds those that are due.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from jobs.ask_approval import APPROVAL
from jobs.call_somebody import CALL
from jobs.carry_out import RESOLUTION
from jobs.deliver_alert import Delivery
from jobs.deliver_call import deliver_call
from jobs.deliver_claim import deliver_claim
from jobs.deliver_personal import draw_personal
from jobs.deliver_warning import deliver_warning
from jobs.digest import DIGEST, show_digest
from jobs.errors import SlackRefusedError
from jobs.find_patterns import insight_of
from jobs.hand_over import handover_of
from jobs.invoice_digest import invoice_digest_of
from jobs.list_subscriptions import list_subscriptions
from jobs.model_budget import MODEL_BUDGET, budget_of
from jobs.morning_brief import brief_of
from jobs.open_claim import CLAIM
from jobs.ports.slack import Message
from jobs.relocate import UNREACHED
from jobs.remind_claims import CLAIMS, claims_of
from jobs.subscribe import TRIAL
from jobs.tell_owner import PERSONAL
from jobs.tell_silence import SILENCE, silence_of
from jobs.tell_warnings import RISK
from jobs.views import ApprovalView
from jobs.views.routing import TrialView, UnreachedView
from jobs.watch_enrichment import ENRICHMENT, enrichment_alarm_of
from jobs.watch_targets import TARGET, target_view
from policies.records import OutboxMessage
from policies.routing import BRIEF, HANDOVER, INSIGHT, INVOICES


async def deliver_notice(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Posts the notice; returns and raises as deliver_alert does. A warning is kept up to date."""
    if message.payload["notice"] == CALL:
        return await deliver_call(message, delivery=delivery, now=now)
    if message.payload["notice"] == RISK:
        return await deliver_warning(message, delivery=delivery, now=now)
    if message.payload["notice"] == CLAIM:
        return await deliver_claim(message, delivery=delivery, now=now)
    drawn = await _drawn(message, delivery, now)
    if drawn is None:
        return "gone"
    channel, thread_ts = message.payload["channel"], message.payload.get("thread_ts")
    metadata = {"event_type": "e2a_notice", "event_payload": {"notice_id": message.dedup_key}}
    outcome = "posted"
    if message.uncertain:
        try:
            if await delivery.messenger.find(channel, metadata=metadata, thread_ts=thread_ts):
                return "found"
        except SlackRefusedError:
            outcome = "ambiguous"
    await delivery.messenger.post(channel, drawn, metadata=metadata, thread_ts=thread_ts)
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


async def _handover(message: OutboxMessage, delivery: Delivery, now: datetime) -> Message | None:
    """A shift as it ends; None when it is no longer in the book."""
    view = await handover_of(
        message,
        storage=delivery.storage,
        promises=delivery.promises,
        book=delivery.occasions.book,
        now=now,
    )
    return delivery.renderer.handover(view) if view else None


async def _brief(message: OutboxMessage, delivery: Delivery, now: datetime) -> Message | None:
    """A morning; None when its zone is no longer one of the operation's."""
    view = await brief_of(
        message,
        storage=delivery.storage,
        promises=delivery.promises,
        book=delivery.occasions.book,
        chart=delivery.occasions.briefing.chart,
        now=now,
    )
    return delivery.renderer.brief(view) if view else None


async def _insight(message: OutboxMessage, delivery: Delivery, _now: datetime) -> Message | None:
    """What was new; None when its clients are gone."""
    async with delivery.storage.read() as tx:
        views = insight_of(message, await tx.tenants.all())
    return delivery.renderer.insight(views) if views else None


async def _invoices(message: OutboxMessage, delivery: Delivery, now: datetime) -> Message | None:
    """How a client's invoices stand; None where nothing of it was proved yet."""
    view = await invoice_digest_of(message, storage=delivery.storage, now=now)
    chart = delivery.occasions.briefing.chart
    return delivery.renderer.invoice_digest(view, chart) if view else None


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


async def _model_budget(
    message: OutboxMessage, delivery: Delivery, _now: datetime
) -> Message | None:
    """How the day's budget for a model stands now."""
    view = await budget_of(message, storage=delivery.storage)
    return delivery.renderer.model_budget(view) if view else None


async def _enrichment(message: OutboxMessage, delivery: Delivery, _now: datetime) -> Message | None:
    """What turned, as it was noticed."""
    async with delivery.storage.read() as tx:
        tenant = await tx.tenants.get(message.tenant_id)
    if tenant is None:
        return None
    return delivery.renderer.enrichment_alarm(enrichment_alarm_of(message, tenant))


async def _trial(message: OutboxMessage, delivery: Delivery, _now: datetime) -> Message:
    """What would come there as things stand now."""
    tenant_ids = message.payload["tenant_ids"]
    clients = await list_subscriptions(
        tenant_ids, storage=delivery.storage, default_channel=delivery.default_channel
    )
    channel = message.payload["channel"]
    return delivery.renderer.trial(TrialView(channel_id=channel, clients=clients))


async def _unreached(message: OutboxMessage, delivery: Delivery, _now: datetime) -> Message | None:
    """A further channel that cannot be told."""
    async with delivery.storage.read() as tx:
        tenant = await tx.tenants.get(message.tenant_id)
    if tenant is None:
        return None
    said = message.payload
    view = UnreachedView(
        tenant=tenant,
        channel_id=said["lost"],
        why=said["why"],
        leads=tuple(said["leads"]),
        numbers=tuple(said["numbers"]),
    )
    return delivery.renderer.unreached(view)


async def _claims(message: OutboxMessage, delivery: Delivery, now: datetime) -> Message | None:
    """How long a bill may be disputed; None once its claims were filed."""
    view = await claims_of(message, storage=delivery.storage, now=now)
    return delivery.renderer.claims_due(view) if view else None


async def _said(message: OutboxMessage, delivery: Delivery, _now: datetime) -> Message | None:
    """A line of a policy; None once its exception is gone."""
    async with delivery.storage.read() as tx:
        record = await tx.exceptions.get(message.payload["exception_id"])
    return delivery.renderer.said(message.payload["text"]) if record else None


_NOTICES: Mapping[str, Callable[[OutboxMessage, Delivery, datetime], Awaitable[Message | None]]] = {
    APPROVAL: _request,
    BRIEF: _brief,
    CLAIMS: _claims,
    DIGEST: _digest,
    ENRICHMENT: _enrichment,
    MODEL_BUDGET: _model_budget,
    HANDOVER: _handover,
    INSIGHT: _insight,
    INVOICES: _invoices,
    PERSONAL: draw_personal,
    RESOLUTION: _said,
    SILENCE: _silence,
    TARGET: _target,
    TRIAL: _trial,
    UNREACHED: _unreached,
}
