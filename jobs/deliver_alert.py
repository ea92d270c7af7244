"""Brings one message of an alert's thread in Slack up to the present state.

Desired state against what was last sent: posts what is missing, edits what differs, and does
nothing when nothing changed, so that asking twice is harmless. Must not decide about retries
and limits: the outbox worker and bot/slack.py do.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.deliver_part import Place, bring_up
from jobs.errors import MessageGoneError, SlackRetryError
from jobs.improvements import by_rules, improvement_of
from jobs.ports import Storage, Transaction
from jobs.ports.slack import AlertRenderer, Message, Messenger, Posted
from jobs.show import exception_view
from jobs.tell import CARD, EXPLANATION, HISTORY, part_message
from jobs.tell_storms import tell_storms
from jobs.views import ExceptionView
from policies.briefs import NO_OCCASIONS, Occasions
from policies.cards import SILENT, Cards
from policies.promises import Promises
from policies.quiet import AWAKE, QuietHours
from policies.records import Alert, OutboxMessage
from policies.storms import Member, Told, same_channel


async def _as_it_is(_exception_id: int, _now: datetime) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a delivery needs besides the message: where from, how drawn, by whom sent.

    `explain` adds what is around an exception to its explanation, and tells whether it did.
    """

    storage: Storage
    promises: Promises
    renderer: AlertRenderer
    messenger: Messenger
    cards: Cards = SILENT
    quiet: QuietHours = AWAKE
    default_channel: str = "#e2a-alerts"
    occasions: Occasions = NO_OCCASIONS
    explain: Callable[[int, datetime], Awaitable[bool]] = _as_it_is
    improves: bool = False


async def deliver_alert(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Delivers one part of an alert.

    Returns:
        `posted`, `found` (an uncertain earlier attempt had arrived), `ambiguous` (posted, though
        an earlier attempt may have arrived), `updated`, `unchanged`, `early` (a reply whose card
        is not there; the card asks for it again), `covered` (a storm that began meanwhile tells
        it) or `gone`.

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
    if await _covered(delivery.storage, alert, message, now):
        return "covered"
    view = await _explained(delivery, alert, name, view, now)
    metadata = {
        "event_type": "e2a_alert",
        "event_payload": {
            "alert_id": alert.id,
            "exception_ids": list(alert.exception_ids),
            "part": name,
        },
    }
    root = alert.part(CARD).ts if name != CARD else None
    try:
        brought = await bring_up(
            _drawn(delivery.renderer, name, view),
            part=alert.part(name),
            place=Place(channel=alert.channel, channel_id=alert.channel_id, root=root),
            uncertain=message.uncertain,
            metadata=metadata,
            messenger=delivery.messenger,
        )
    except MessageGoneError as error:
        return await _lost(delivery.storage, alert, name, view, error)
    if brought.outcome != "unchanged":
        await _record(delivery, alert, message, brought.posted, brought.digest, view)
    return brought.outcome


async def _covered(storage: Storage, alert: Alert, message: OutboxMessage, now: datetime) -> bool:
    """Whether a storm began meanwhile that tells it, before its card was posted."""
    if message.payload["part"] != CARD or alert.part(CARD).ts is not None or message.uncertain:
        return False
    number = alert.exception_ids[0]
    async with storage.read() as tx:
        member = await _member_here(tx, alert)
    if member is None or member.told is Told.SPLIT:
        return False
    if member.told is Told.LISTED:
        return True
    async with storage.write() as tx:
        await tx.storms.tell_as(member.storm_id, number, Told.LISTED)
        await tell_storms(tx, [number], message.created_at or now, urgent=True)
    return True


async def _member_here(tx: Transaction, alert: Alert) -> Member | None:
    """Its exception's place in a storm of the same channel."""
    for member in await tx.storms.memberships(alert.exception_ids[0]):
        storm = await tx.storms.get(member.storm_id)
        if storm is not None and same_channel(alert, storm):
            return member
    return None


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


async def _explained(
    delivery: Delivery, alert: Alert, name: str, view: ExceptionView, now: datetime
) -> ExceptionView:
    """The view with the whole explanation, where the part shows any of it."""
    told = view.record.explanation
    if name == HISTORY or told is None or told.as_of is not None:
        return view
    if not await delivery.explain(view.record.id, now):
        return view
    async with delivery.storage.read() as tx:
        return await _view(tx, alert, delivery.promises, now) or view


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
    delivery: Delivery,
    alert: Alert,
    message: OutboxMessage,
    posted: Posted,
    digest: str,
    view: ExceptionView,
) -> None:
    name = message.payload["part"]
    async with delivery.storage.write() as tx:
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
        if name == EXPLANATION and delivery.improves and by_rules(view.record):
            await tx.work.put([improvement_of(view.record)], message.created_at or view.now)


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
