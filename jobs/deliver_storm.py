"""Brings one message of a storm's thread in Slack up to the present state.

Must not decide who is in the storm, nor about retries and limits: the outbox worker does.
"""

from datetime import datetime, timedelta

from jobs.deliver_alert import Delivery
from jobs.deliver_part import Brought, Place, bring_up
from jobs.errors import MessageGoneError, SlackRetryError
from jobs.ports import Storage, Transaction
from jobs.ports.slack import AlertRenderer, Message
from jobs.show_storm import storm_view
from jobs.storm_outlook import with_outlook
from jobs.tell import CARD, EXPLANATION
from jobs.tell_broadcast import tell_storm_risen
from jobs.tell_storms import LIST, replies, storm_message
from jobs.views.storms import StormView
from policies.cards import worse
from policies.records import OutboxMessage
from policies.storms import COARSEST, Storm, coarse

_SHORTLY = timedelta(seconds=5)


async def deliver_storm(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Delivers one part of a storm; returns and raises as deliver_alert does."""
    storm_id, name = message.payload["storm_id"], message.payload["part"]
    page = int(name.removeprefix(LIST)) if name.startswith(LIST) else None
    async with delivery.storage.read() as tx:
        storm = await tx.storms.get(storm_id)
        promises = delivery.promises if name == CARD else None
        view = await storm_view(tx, storm, now, page=page, promises=promises) if storm else None
        if view is not None and promises is not None:
            view = await with_outlook(tx, view, promises)
    if storm is None or view is None or not view.members:
        return "gone"
    if storm.held_until is not None:
        return "held"
    if name != CARD and storm.part(CARD).ts is None:
        return "early"
    root = storm.part(CARD).ts if name != CARD else None
    try:
        brought = await bring_up(
            _drawn(delivery.renderer, name, view),
            part=storm.part(name),
            place=Place(channel=storm.channel, channel_id=storm.channel_id, root=root),
            uncertain=message.uncertain,
            metadata={
                "event_type": "e2a_alert",
                "event_payload": {"storm_id": storm.id, "part": name},
            },
            messenger=delivery.messenger,
        )
    except MessageGoneError as error:
        return await _lost(delivery.storage, storm, name, view, error)
    if brought.outcome != "unchanged":
        await _record(delivery.storage, storm, message, brought, view)
    return brought.outcome


def _drawn(renderer: AlertRenderer, name: str, view: StormView) -> Message:
    if name == CARD:
        return renderer.storm_card(view)
    return renderer.storm_explanation(view) if name == EXPLANATION else renderer.storm_list(view)


async def _lost(
    storage: Storage, storm: Storm, name: str, view: StormView, error: MessageGoneError
) -> str:
    """Somebody deleted the message: while anything is open it is posted anew."""
    if not view.active:
        return "gone"
    async with storage.write() as tx:
        await tx.storms.forget_part(storm.id, name)
    reason = "the message was deleted"
    raise SlackRetryError(reason) from error


async def _record(
    storage: Storage, storm: Storm, message: OutboxMessage, brought: Brought, view: StormView
) -> None:
    name, posted = message.payload["part"], brought.posted
    asked = message.created_at or view.now
    async with storage.write() as tx:
        await tx.storms.sent(
            storm.id, name, channel_id=posted.channel_id, ts=posted.ts, digest=brought.digest
        )
        if name != CARD:
            return
        if storm.part(CARD).ts is None:
            parts = [storm_message(storm, part) for part in replies(storm)]
            await tx.outbox.put(parts, asked)
        await _tell_severity(tx, storm, view, asked)
        if bool(view.active) is (storm.closed_at is not None):
            await tx.storms.close(storm.id, None if view.active else view.now)
        if wait := redraw_after(view):
            await tx.storms.refresh([storm.id], asked + wait)


async def _tell_severity(tx: Transaction, storm: Storm, view: StormView, asked: datetime) -> None:
    """Remembers how bad the channel knows it to be; what is worse than that is told once."""
    known, severity = storm.told_severity, view.severity
    if known is not None and (not view.active or not worse(severity, known)):
        return
    await tx.storms.tell_severity(storm.id, severity)
    if known is not None:
        await tell_storm_risen(tx, storm, severity, view.now, asked)


def redraw_after(view: StormView) -> timedelta | None:
    """How long until the card's time over has grown enough, or what it warns of is over."""
    longest = max((record.delay_at(view.now) for record in view.active), default=None)
    if longest is None:
        return None
    grown = timedelta(minutes=2 * (coarse(longest) or COARSEST / 2) - longest)
    losses = view.next_losses
    return min(grown, losses.by - view.now + _SHORTLY) if losses else grown
