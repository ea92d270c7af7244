"""Posts a call for help where nobody answers, if nobody has answered by then.

Must not decide whom to call, nor about retries and limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobs.deliver_alert import Delivery
from jobs.deliver_part import Place, bring_up
from jobs.errors import SlackRefusedError
from jobs.ports import Transaction
from jobs.show_storm import storm_view, thread_of
from jobs.tell import CARD
from jobs.views.escalation import CallView, Where
from policies.escalation import Phase
from policies.reasons import Status
from policies.records import AlertPart, ExceptionRecord, OutboxMessage
from policies.storms import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is called about, as it stands now, and the thread that tells of it."""

    view: CallView
    thread: Thread | None


async def deliver_call(message: OutboxMessage, *, delivery: Delivery, now: datetime) -> str:
    """Posts it; `gone` where somebody answered meanwhile. Returns and raises as deliver_alert."""
    async with delivery.storage.read() as tx:
        found = await _found(tx, message.payload, now)
    if found is None:
        return "gone"
    where = Where(message.payload["where"])
    channel: str = message.payload["channel"]
    place = Place(channel=channel, channel_id=None, root=None)
    view = replace(found.view, where=where)
    if where is Where.THREAD:
        root = found.thread.part(CARD).ts if found.thread else None
        channel_id = found.thread.channel_id if found.thread and root else None
        broadcast = bool(message.payload["loud"]) and root is not None
        place = Place(channel=channel, channel_id=channel_id, root=root, broadcast=broadcast)
    else:
        view = replace(view, link=await _link(found.thread, delivery))
    brought = await bring_up(
        delivery.renderer.call(view),
        part=AlertPart(part=message.dedup_key),
        place=place,
        uncertain=message.uncertain,
        metadata={
            "event_type": "e2a_notice",
            "event_payload": {"notice_id": message.dedup_key},
        },
        messenger=delivery.messenger,
    )
    return brought.outcome


async def _found(tx: Transaction, payload: Mapping[str, Any], now: datetime) -> _Found | None:
    """None where nobody is waited for any more."""
    record = await tx.exceptions.get(payload["exception_id"])
    tenant = await tx.tenants.get(record.tenant_id) if record else None
    if record is None or tenant is None:
        return None
    phase, since = Phase(payload["phase"]), datetime.fromisoformat(payload["since"])
    view = CallView(
        record=record,
        tenant=tenant,
        phase=phase,
        waited_minutes=(now - since).total_seconds() / 60,
        now=now,
        people=tuple(payload.get("people", ())),
        groups=tuple(payload.get("groups", ())),
        owner=await _owner(tx, record) if phase is Phase.SILENCE else None,
    )
    if payload["of_storm"] is not None:
        return await _of_storm(tx, view, payload["of_storm"])
    timers = await tx.escalations.among([record.id])
    if not waits(record, phase) or not any(one.since == since for one in timers):
        return None
    return _Found(view=view, thread=await thread_of(tx, record.id))


async def _of_storm(tx: Transaction, view: CallView, storm_id: int) -> _Found | None:
    storm = await tx.storms.get(storm_id)
    if storm is None:
        return None
    whole = await storm_view(tx, storm, view.now)
    unanswered = tuple(record for record in whole.active if waits(record, view.phase))
    if not unanswered:
        return None
    owner = view.owner if len({one.assignee for one in unanswered}) == 1 else None
    view = replace(view, storm=whole, unanswered=unanswered, owner=owner)
    return _Found(view=view, thread=storm)


def waits(record: ExceptionRecord, phase: Phase) -> bool:
    """Whether that is still waited for."""
    if not record.active or record.snoozed_until is not None:
        return False
    return (record.status is Status.OPEN) is (phase is Phase.ANSWER)


async def _owner(tx: Transaction, record: ExceptionRecord) -> str | None:
    """What colleagues call whoever has it; nobody is mentioned by what a record says."""
    if record.assignee is None:
        return None
    trail = await tx.audit.of_subject(record.tenant_id, f"exception:{record.id}")
    actor = f"slack:{record.assignee}"
    named = (entry.after.get("by") for entry in reversed(trail) if entry.actor == actor)
    return next((str(name) for name in named if name), record.assignee)


async def _link(thread: Thread | None, delivery: Delivery) -> str | None:
    """Where the card is; None where Slack does not say."""
    ts = thread.part(CARD).ts if thread else None
    if thread is None or thread.channel_id is None or ts is None:
        return None
    try:
        return await delivery.messenger.link(thread.channel_id, ts)
    except SlackRefusedError:
        return None
