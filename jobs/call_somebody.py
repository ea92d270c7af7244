"""Turns a level that is due into messages: in the thread, in another channel, to people directly.

Must not draw or send: deliver_call does, if it is still true by then. Whom it mentions comes from
what the operator wrote, never from an order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.ports.escalation import Hold
from jobs.put_on_record import Telling
from jobs.views.escalation import Where
from policies.callees import Callees, Kind
from policies.escalation import Step, Timer
from policies.quiet import dm_allowed_at, plain_channel
from policies.reasons import Severity
from policies.records import ExceptionRecord, OutboxMessage, Tenant
from policies.storms import Storm, Thread

CALL = "call"
_IN_THREAD, _ELSEWHERE = 11, 8
"""A line in a thread comes after the cards that wait, and before who is in a storm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A level that is due, for one exception or for a whole storm.

    `level` counts from 1. `record` and `timer` are of the gravest that is due, `thread` is where it
    is told, `channel` where it would be if it was told nowhere yet. `climbed` are the exceptions
    that the call is about.
    """

    step: Step
    level: int
    timer: Timer
    record: ExceptionRecord
    tenant: Tenant
    thread: Thread | None
    storm: Storm | None
    climbed: tuple[int, ...]
    channel: str
    called: Callees


def rests_until(
    thread: Thread | None, tenant: Tenant, severity: Severity, telling: Telling, now: datetime
) -> datetime:
    """When the place may be told that: now, or when its quiet hours end."""
    if isinstance(thread, Storm) and thread.held_until is not None and thread.held_until > now:
        return thread.held_until
    names = (thread.channel, thread.channel_id) if thread else (telling.channel_of(tenant),)
    return dm_allowed_at(telling.quiet.of(*names, telling.home_of(tenant)), severity, now)


async def messages_of(
    call: Call, known: Mapping[str, frozenset[str]], hold: Hold, now: datetime
) -> list[OutboxMessage]:
    """What is to be told; nothing where the card itself says it, or where nobody would hear it.

    Args:
        call: the level; where nobody is there to be called, only the gravest is told.
        known: who is in which user group, as far as Slack says.
        hold: whether somebody's direct messages wait.
        now: business time.
    """
    whom, called = call.step.whom, call.called
    if whom.kind is Kind.POST and whom.channel and not _is_home(whom.channel, call):
        return [_elsewhere(call, whom.channel, Where.CHANNEL)]
    if whom.kind is Kind.POST and not call.step.after:
        return []
    if whom.kind in (Kind.ON_SHIFT, Kind.LEAD) and called.nobody and not _is_gravest(call):
        return []  # a line that calls nobody is noise
    unknown = tuple(group for group in whom.groups if not known.get(group))
    directly = [*called.direct, *sorted({one for g in whom.groups for one in known.get(g, ())})]
    awake = [one for one in dict.fromkeys(directly) if not await _waits(one, call, hold, now)]
    messages = [_elsewhere(call, person, Where.DIRECT) for person in awake]
    if whom.kind is not Kind.DM:
        return [_in_thread(call, called.people, called.groups), *messages]
    return messages if awake and not unknown else [_in_thread(call, (), unknown), *messages]


async def _waits(person: str, call: Call, hold: Hold, now: datetime) -> bool:
    """The gravest is told at any hour."""
    return not _is_gravest(call) and await hold(person, call.record.severity, now)


def _is_gravest(call: Call) -> bool:
    return call.record.severity is Severity.CRITICAL


def _is_home(channel: str, call: Call) -> bool:
    """Whether the card stands there."""
    home = [call.channel, call.tenant.channel, call.tenant.channel_id]
    home += [call.thread.channel, call.thread.channel_id] if call.thread else []
    return plain_channel(channel) in {plain_channel(name) for name in home if name}


def _in_thread(call: Call, people: Sequence[str], groups: Sequence[str]) -> OutboxMessage:
    """Where nobody is mentioned, the channel sees the line: of the gravest, or if so written."""
    wanted = call.step.whom.kind in (Kind.CHANNEL, Kind.POST)
    nobody = not people and not groups
    loud = nobody and (wanted or _is_gravest(call))
    lane = call.thread.channel if call.thread else call.channel
    if isinstance(call.thread, Storm):
        lane = call.thread.channel_id or lane
    more = {"people": list(people), "groups": list(groups), "loud": loud}
    return _message(call, lane, Where.THREAD, _IN_THREAD, more)


def _elsewhere(call: Call, place: str, where: Where) -> OutboxMessage:
    return _message(call, place, where, _ELSEWHERE, {})


def _message(
    call: Call, lane: str, where: Where, priority: int, more: Mapping[str, Any]
) -> OutboxMessage:
    """Named by its climb and level, so that asking for it twice is asking for it once."""
    about = f"storm-{call.storm.id}" if call.storm else f"{call.record.id}"
    since = call.timer.since or call.timer.touched_at
    climb = f"{call.timer.phase.value}:{int(since.timestamp())}:{call.level}"
    return OutboxMessage(
        kind="slack",
        lane=lane,
        dedup_key=f"{CALL}:{about}:{climb}:{where.value}:{lane}",
        tenant_id=call.record.tenant_id,
        payload={
            "notice": CALL,
            "channel": lane,
            "where": where.value,
            "exception_id": call.record.id,
            "of_storm": call.storm.id if call.storm else None,
            "order_id": call.record.order_id,
            "phase": call.timer.phase.value,
            "since": since.isoformat(),
            **more,
        },
        priority=priority,
    )
