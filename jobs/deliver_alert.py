"""Brings one message of an alert's thread in Slack up to the present state.

Desired state against what was last sent: posts what is missing, edits what differs, and does
nothing when nothing changed, so that asking twice is harmless. Must not decide about retries
and limits: the outbox worker and bot/slack.py do.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobs.errors import MessageGoneError, SlackRefusedError, SlackRetryError
from jobs.ports import Storage, Transaction
from jobs.ports_slack import AlertRenderer, Message, Messenger, Posted
from jobs.show import exception_view
from jobs.tell import CARD, EXPLANATION, HISTORY, part_message
from jobs.views import ExceptionView
from policies.promises import Promises
from policies.records import Alert, OutboxMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a delivery needs besides the message: where from, how drawn, by whom sent."""

    storage: Storage
    promises: Promises
    renderer: AlertRenderer
    messenger: Messenger


async def deliver_alert(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Delivers one part of an alert.

    Returns:
        `posted`, `found` (an uncertain earlier attempt had arrived), `ambiguous` (posted, though
        an earlier attempt may have arrived), `updated`, `unchanged`, `early` (a reply whose card
        is not there; the card asks for it again) or `gone`.

    Raises:
        SlackRetryError: Slack did not take it; nothing is recorded as sent.
        SlackRefusedError: Slack never will.
    """
    alert_id, name = message.payload["alert_id"], message.payload["part"]
    async with delivery.storage.read() as tx:
        alert = await tx.alerts.get(alert_id)
        view = await _view(tx, alert, delivery.promises, now) if alert else None
    if alert is None or view is None:
        return "gone"
    if name != CARD and alert.part(CARD).ts is None:
        return "early"
    drawn = _drawn(delivery.renderer, name, view)
    digest = _digest(drawn)
    part = alert.part(name)
    metadata = {
        "event_type": "e2a_alert",
        "event_payload": {
            "alert_id": alert.id,
            "exception_ids": list(alert.exception_ids),
            "part": name,
        },
    }
    if part.ts is not None and alert.channel_id is not None:
        if part.digest == digest:
            return "unchanged"
        posted = Posted(channel_id=alert.channel_id, ts=part.ts)
        try:
            await delivery.messenger.update(alert.channel_id, part.ts, drawn, metadata=metadata)
        except MessageGoneError as error:
            return await _lost(delivery.storage, alert, name, view, error)
        outcome = "updated"
    else:
        outcome, posted = await _post(message, alert, drawn, metadata, delivery.messenger)
    await _record(delivery.storage, alert, message, posted, digest, view)
    return outcome


async def _lost(
    storage: Storage, alert: Alert, name: str, view: ExceptionView, error: MessageGoneError
) -> str:
    """Somebody deleted the message: what is still open is posted anew, the rest is let go.

    Raises:
        SlackRetryError: it is to be posted again.
    """
    if not view.record.active:
        return "gone"
    async with storage.write() as tx:
        await tx.alerts.forget(alert.id, name)
    reason = "the message was deleted"
    raise SlackRetryError(reason) from error


async def _post(
    message: OutboxMessage,
    alert: Alert,
    drawn: Message,
    metadata: Mapping[str, Any],
    messenger: Messenger,
) -> tuple[str, Posted]:
    root = alert.part(CARD).ts if message.payload["part"] != CARD else None
    channel = alert.channel_id or alert.channel
    outcome = "posted"
    if message.uncertain:
        try:
            found = await messenger.find(channel, metadata=metadata, thread_ts=root)
        except SlackRefusedError:
            outcome = "ambiguous"  # the history cannot be read, so it may stand there twice
        else:
            if found is not None:
                await messenger.update(found.channel_id, found.ts, drawn, metadata=metadata)
                return "found", found
    return outcome, await messenger.post(channel, drawn, metadata=metadata, thread_ts=root)


async def _view(
    tx: Transaction, alert: Alert, promises: Promises, now: datetime
) -> ExceptionView | None:
    record = await tx.exceptions.get(alert.exception_ids[0]) if alert.exception_ids else None
    return await exception_view(tx, record, promises, now) if record else None


def _drawn(renderer: AlertRenderer, name: str, view: ExceptionView) -> Message:
    draw = {
        CARD: renderer.card,
        EXPLANATION: renderer.explanation,
        HISTORY: renderer.history,
    }[name]
    return draw(view)


async def _record(
    storage: Storage,
    alert: Alert,
    message: OutboxMessage,
    posted: Posted,
    digest: str,
    view: ExceptionView,
) -> None:
    name = message.payload["part"]
    async with storage.write() as tx:
        await tx.alerts.sent(
            alert.id, name, channel_id=posted.channel_id, ts=posted.ts, digest=digest
        )
        if name == CARD:
            await tx.alerts.refresh_later(alert.id, refresh_at(view))
            if alert.channel_id is None and view.tenant.channel == alert.channel:
                await tx.tenants.learn_channel_id(alert.tenant_id, posted.channel_id)
        if name == CARD and alert.part(CARD).ts is None:
            told = (EXPLANATION, HISTORY) if len(view.history) > 1 else (EXPLANATION,)
            asked = [
                part_message(alert, part, message.correlation_id, view.record.order_id)
                for part in told
            ]
            await tx.outbox.put(asked, message.created_at or view.now)


def refresh_at(view: ExceptionView) -> datetime | None:
    """When the card's time over has grown enough to be drawn again: at 10, 20, 40, ... minutes.

    Nothing to refresh once the exception is settled.
    """
    if not view.record.active:
        return None
    step = 10.0
    while step <= view.record.delay_at(view.now):
        step *= 2
    return view.record.deadline_at + timedelta(minutes=step)


def _digest(message: Message) -> str:
    text = json.dumps([message.text, message.color, message.blocks], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
