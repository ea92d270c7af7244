"""Puts what people are to hear about a storm into the outbox, or has it brought up to date.

Must not draw or send: deliver_storm does, with the state as it is by then.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from jobs.ports import Transaction
from jobs.tell import CARD, EDITS, EXPLANATION, FIRST
from policies.reasons import Severity
from policies.records import OutboxMessage
from policies.storms import Storm

LIST = "list:"
_NEW = {CARD: 7, LIST: 12, EXPLANATION: 21}
"""A storm's card comes before ordinary cards, and who is in it before why."""
_EDIT = {CARD: 15, LIST: 12, EXPLANATION: 21}
_AT_MOST_ONE_IN = 10.0
_SOON = timedelta(minutes=1)
_EACH = 3.0
"""Slack takes about 50 edits a minute from us, whatever the channel; each storm needs about two."""


def list_part(page: int) -> str:
    """The name of a page of the list, counted from 0."""
    return f"{LIST}{page}"


def storm_message(
    storm: Storm, part: str, severity: Severity | None = None, correlation_id: str | None = None
) -> OutboxMessage:
    """The outbox row that brings one part of a storm's thread up to date."""
    lane = storm.channel_id or storm.channel
    kind = LIST if part.startswith(LIST) else part
    fresh = storm.part(part).ts is None
    priority = _NEW[kind] if fresh else _EDIT[kind]
    if fresh and part == CARD and severity is not None:
        priority = min(priority, FIRST[severity])
    return OutboxMessage(
        kind="slack",
        lane=lane if fresh else lane + EDITS,
        dedup_key=f"storm:{storm.id}:{part}",
        tenant_id=storm.first_tenant_id,
        payload={"storm_id": storm.id, "part": part},
        priority=priority,
        correlation_id=correlation_id,
    )


def replies(storm: Storm) -> list[str]:
    """The parts that stand in the thread; what a night left has no one cause to explain."""
    lists = [list_part(page) for page in range(storm.pages)]
    return lists if storm.overnight else [*lists, EXPLANATION]


async def next_refresh(tx: Transaction, wall_now: datetime) -> datetime:
    """When a storm that changed is to be brought up to date: later where many wait for that."""
    waiting = await tx.storms.refreshing(wall_now + _SOON)
    return wall_now + timedelta(seconds=max(_AT_MOST_ONE_IN, _EACH * waiting))


async def tell_storms(
    tx: Transaction, exception_ids: Collection[int], wall_now: datetime, *, urgent: bool = False
) -> None:
    """Has the storms of changed exceptions brought up to date; at once where somebody looks."""
    if exception_ids:
        at = wall_now if urgent else await next_refresh(tx, wall_now)
        await tx.storms.refresh_of(exception_ids, at)
