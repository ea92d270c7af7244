"""Tells a channel, once, that an alert in it got worse or is open again: a reply that all see.

Must not mention anybody, nor decide about retries and limits: the outbox worker does.
"""

from datetime import datetime

from jobs.deliver_alert import Delivery
from jobs.deliver_part import Place, bring_up
from jobs.ports import Storage
from jobs.ports.slack import Message
from jobs.show import exception_view
from jobs.show_storm import storm_view
from jobs.tell import CARD
from jobs.tell_broadcast import RISE
from jobs.views import ExceptionView
from policies.cards import Cards
from policies.quiet import held_at
from policies.records import Alert, OutboxMessage
from policies.storms import Storm, Told, same_channel


async def deliver_broadcast(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Posts it.

    Returns:
        `posted`, `found` or `ambiguous` as deliver_alert does; `unchanged` where it was posted
        before, `unwanted` by the channel, `quiet` in its quiet hours (the card says it anyway),
        `covered` by what stands there, or `gone`.

    Raises:
        SlackRetryError: Slack did not take it; nothing is recorded as sent.
        SlackRefusedError: Slack never will.
    """
    storm = "storm_id" in message.payload
    return await (_of_storm if storm else _of_alert)(message, delivery, now)


async def _of_alert(message: OutboxMessage, delivery: Delivery, now: datetime) -> str:
    part = message.payload["broadcast"]
    async with delivery.storage.read() as tx:
        alert = await tx.alerts.get(message.payload["alert_id"])
        record = await tx.exceptions.get(alert.exception_ids[0]) if alert else None
        view = await exception_view(tx, record, delivery.promises, now) if record else None
    if alert is None or view is None or not view.record.active:
        return "gone"
    if alert.part(part).ts is not None:
        return "unchanged"
    names = _names(alert, view)
    if not _is_wanted(names, part, delivery.cards):
        return "unwanted"
    if held_at(delivery.quiet.of(*names), view.record.severity, now):
        return "quiet"
    if await _is_covered(delivery.storage, alert, part, view):
        return "covered"
    return await _post(message, _drawn(message, view, delivery), alert, delivery)


async def _of_storm(message: OutboxMessage, delivery: Delivery, now: datetime) -> str:
    part = message.payload["broadcast"]
    async with delivery.storage.read() as tx:
        storm = await tx.storms.get(message.payload["storm_id"])
        view = await storm_view(tx, storm, now) if storm else None
    if storm is None or view is None or not view.active:
        return "gone"
    if storm.part(part).ts is not None:
        return "unchanged"
    if not delivery.cards.of(storm.channel, storm.channel_id).severity_rises:
        return "unwanted"
    if part != f"{RISE}{view.severity.value}" or storm.part(CARD).ts is None:
        return "covered"
    if held_at(delivery.quiet.of(storm.channel, storm.channel_id), view.severity, now):
        return "quiet"
    drawn = delivery.renderer.storm_risen(view, _since(message, now))
    return await _post(message, drawn, storm, delivery)


def _names(alert: Alert, view: ExceptionView) -> tuple[str | None, ...]:
    """What the channel is known by: its id, and its name where that is known."""
    tenant = view.tenant
    own = tenant.channel if tenant.channel_id in {alert.channel, alert.channel_id} else None
    return alert.channel, alert.channel_id, own


def _is_wanted(names: tuple[str | None, ...], part: str, cards: Cards) -> bool:
    said = cards.of(*names)
    return said.severity_rises if part.startswith(RISE) else said.reopens


async def _is_covered(storage: Storage, alert: Alert, part: str, view: ExceptionView) -> bool:
    """Whether the card is gone or it rose further since; of a storm's members the storm tells."""
    if alert.part(CARD).ts is None:
        return True
    if not part.startswith(RISE):
        return False
    if part != f"{RISE}{view.record.severity.value}":
        return True
    async with storage.read() as tx:
        members = await tx.storms.memberships(view.record.id)
        storms = [await tx.storms.get(one.storm_id) for one in members if one.told is Told.CARD]
    return any(storm is not None and same_channel(alert, storm) for storm in storms)


def _drawn(message: OutboxMessage, view: ExceptionView, delivery: Delivery) -> Message:
    if message.payload["broadcast"].startswith(RISE):
        return delivery.renderer.risen(view, _since(message, view.now))
    return delivery.renderer.reopened(view)


def _since(message: OutboxMessage, now: datetime) -> datetime:
    said = message.payload.get("since")
    return datetime.fromisoformat(said) if isinstance(said, str) else now


async def _post(
    message: OutboxMessage, drawn: Message, thread: Alert | Storm, delivery: Delivery
) -> str:
    part = message.payload["broadcast"]
    about = "storm_id" if isinstance(thread, Storm) else "alert_id"
    brought = await bring_up(
        drawn,
        part=thread.part(part),
        place=Place(
            channel=thread.channel,
            channel_id=thread.channel_id,
            root=thread.part(CARD).ts,
            broadcast=True,
        ),
        uncertain=message.uncertain,
        metadata={"event_type": "e2a_alert", "event_payload": {about: thread.id, "part": part}},
        messenger=delivery.messenger,
    )
    sent = {"channel_id": brought.posted.channel_id, "ts": brought.posted.ts}
    async with delivery.storage.write() as tx:
        store = tx.storms if isinstance(thread, Storm) else tx.alerts
        await store.sent(thread.id, part, **sent, digest=brought.digest)
    return brought.outcome
