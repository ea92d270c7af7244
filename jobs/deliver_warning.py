"""Brings the warning of one clock up to date: posted once, edited at few points, then at rest.

It is edited when 50, 25 and 10 % of the time are left and when its clock is held, goes on or
ends, and at no other time. Must not decide about retries and limits: the outbox worker does.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from jobs.deliver_alert import Delivery
from jobs.deliver_part import Brought, Place, bring_up
from jobs.errors import MessageGoneError, SlackRefusedError
from jobs.ports import Storage
from jobs.show_warning import warning_view
from jobs.tell import CARD
from jobs.views.warnings import WarningView
from policies.clock import Clock
from policies.quiet import QuietHours, ends_at, held_at
from policies.records import AlertPart, OutboxMessage
from policies.warnings import (
    GOING_ON,
    LOOK_AGAIN,
    ClockName,
    LiveWarning,
    Standing,
    next_refresh,
    phase_of,
)


async def deliver_warning(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Delivers it; returns and raises as deliver_alert does.

    `early` is a broken promise whose card is not posted yet: it is looked at again in a minute.
    `quiet` is one that would be posted in quiet hours: it is looked at again when they end.
    """
    async with delivery.storage.read() as tx:
        warning = await tx.warnings.get(_name(message)) or _unknown(message, now)
        seen = await warning_view(tx, warning, delivery.promises, now)
    if seen is None:
        return "gone"
    view, clock = seen
    if message.uncertain and warning.ts is None and view.standing is not Standing.RUNNING:
        warning = await _adopted(message, warning, delivery)
    phase = phase_of(clock, now)
    rest = _rests(warning, view, clock, delivery.quiet)
    if rest is not None:
        await _keep(delivery.storage, warning, view, rest.phase, rest.refresh_at)
        return rest.outcome
    try:
        brought = await _bring_up(message, warning, view, delivery)
    except MessageGoneError:  # somebody deleted it and does not want to see it
        await _keep(delivery.storage, warning, view, phase, None)
        return "gone"
    sent = _sent(warning, brought)
    await _keep(delivery.storage, sent, view, phase, next_refresh(clock, now), posted=True)
    return brought.outcome


class _Rest(NamedTuple):
    """Nothing is sent now: how that is called, what stands there, when it is looked at again."""

    outcome: str
    phase: str
    refresh_at: datetime | None


def _rests(
    warning: LiveWarning, view: WarningView, clock: Clock | None, quiet: QuietHours
) -> _Rest | None:
    """Why nothing is to be sent; None where something is."""
    now, phase, posted = view.now, phase_of(clock, view.now), warning.ts is not None
    if not posted and view.standing is not Standing.RUNNING:
        return _Rest("gone", phase, None)
    if not posted and (until := _quiet_until(warning, view, quiet, now)):
        return _Rest("quiet", warning.phase, until)
    if phase == warning.phase:
        return _Rest("unchanged", phase, next_refresh(clock, now))
    if _is_early(view, clock):
        return _Rest("early", warning.phase, now + LOOK_AGAIN)
    return None


def _name(message: OutboxMessage) -> ClockName:
    said = message.payload
    return (message.tenant_id, said["order_id"], said["sla_id"], said.get("subject", ""))


def _unknown(message: OutboxMessage, now: datetime) -> LiveWarning:
    """One that was asked for before warnings were kept."""
    tenant_id, order_id, sla_id, subject = _name(message)
    return LiveWarning(
        tenant_id=tenant_id,
        order_id=order_id,
        sla_id=sla_id,
        subject=subject,
        channel=message.payload["channel"],
        warned_at=now,
    )


def _quiet_until(
    warning: LiveWarning, view: WarningView, quiet: QuietHours, now: datetime
) -> datetime | None:
    """When quiet hours end that hold it back; None where nothing does."""
    own = view.tenant.channel if view.tenant.channel_id == warning.channel else None
    windows = quiet.of(warning.channel, own)
    return ends_at(windows, now) if held_at(windows, view.severity, now) else None


def _is_early(view: WarningView, clock: Clock | None) -> bool:
    """Whether there will be a card that tells of the breach, and is none yet."""
    if view.standing is not Standing.BROKEN or clock is None or not clock.enforced:
        return False
    return view.thread is None or view.thread.part(CARD).ts is None


async def _adopted(message: OutboxMessage, warning: LiveWarning, delivery: Delivery) -> LiveWarning:
    """With the message that an earlier attempt may have left there, so that it does not stay."""
    try:
        found = await delivery.messenger.find(warning.channel, metadata=_metadata(message))
    except SlackRefusedError:
        return warning
    return replace(warning, channel_id=found.channel_id, ts=found.ts) if found else warning


def _metadata(message: OutboxMessage) -> Mapping[str, object]:
    return {"event_type": "e2a_notice", "event_payload": {"notice_id": message.dedup_key}}


async def _bring_up(
    message: OutboxMessage, warning: LiveWarning, view: WarningView, delivery: Delivery
) -> Brought:
    return await bring_up(
        delivery.renderer.warning(view),
        part=AlertPart(part="warning", ts=warning.ts, digest=warning.digest),
        place=Place(channel=warning.channel, channel_id=warning.channel_id, root=None),
        uncertain=message.uncertain,
        metadata=_metadata(message),
        messenger=delivery.messenger,
    )


def _sent(warning: LiveWarning, brought: Brought) -> LiveWarning:
    posted = brought.posted
    return replace(warning, channel_id=posted.channel_id, ts=posted.ts, digest=brought.digest)


async def _keep(
    storage: Storage,
    warning: LiveWarning,
    view: WarningView,
    phase: str,
    refresh_at: datetime | None,
    *,
    posted: bool = False,
) -> None:
    """Notes what it says now and when time alone is next to be told of."""
    ended_at = None if view.standing in GOING_ON else warning.ended_at or view.now
    after = replace(warning, phase=phase, refresh_at=refresh_at, ended_at=ended_at)
    if after != warning or posted:
        async with storage.write() as tx:
            await tx.warnings.save(after)
