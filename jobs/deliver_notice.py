"""Posts a notice that somebody subscribed to. Must not decide when: the outbox holds those due."""

from datetime import datetime

from jobs.deliver_alert import Delivery
from jobs.digest import show_digest
from jobs.errors import SlackRefusedError
from policies.records import OutboxMessage


async def deliver_notice(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Posts the notice; returns and raises as deliver_alert does."""
    channel = message.payload["channel"]
    views = await show_digest(message.payload["tenant_ids"], storage=delivery.storage, now=now)
    metadata = {"event_type": "e2a_notice", "event_payload": {"notice_id": message.dedup_key}}
    outcome = "posted"
    if message.uncertain:
        try:
            if await delivery.messenger.find(channel, metadata=metadata):
                return "found"
        except SlackRefusedError:
            outcome = "ambiguous"
    await delivery.messenger.post(channel, delivery.renderer.digest(views), metadata=metadata)
    return outcome
