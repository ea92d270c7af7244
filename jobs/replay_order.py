"""Evaluates an exception's order again from its stored events, and retries its dead letters.

The preview changes nothing and says what would; the replay does it. Safe to press twice.
Must not evaluate by itself: it asks evaluate_orders, as every event does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobs.act_on_exception import NotFound
from jobs.judge_again import judge_again
from jobs.ports import Storage, Transaction
from jobs.retry_dead_letters import RETRYABLE, put_back
from jobs.set_timers import set_timers_of_acts
from jobs.tell import tell_changed
from jobs.tell_storms import tell_storms
from jobs.views import ReplayPreview
from policies.durations import duration
from policies.judgement import (
    Corrected,
    Decision,
    Dropped,
    Opened,
    Reopened,
    Settled,
    Woken,
)
from policies.lifecycle import Act
from policies.promises import Promises
from policies.queries import LetterFilter
from policies.records import AuditEntry, ExceptionRecord, OrderKey, WorkItem

_MOST = 1000
"""Letters of one order."""


async def preview_replay(
    exception_id: int,
    tenant_ids: Sequence[int],
    *,
    storage: Storage,
    promises: Promises,
    now: datetime,
) -> ReplayPreview | NotFound:
    """What evaluating the order again would change, in sentences."""
    async with storage.read() as tx:
        record = await _visible(tx, exception_id, tenant_ids)
        if record is None:
            return NotFound()
        return await _preview(tx, record, promises, now)


async def replay_exception(
    act: Act, *, storage: Storage, promises: Promises, now: datetime, wall_now: datetime
) -> ReplayPreview | NotFound:
    """Asks for the evaluation, sets the order's dead letters going, and says what that changes.

    Args:
        act: whose replay of which exception; its other fields do not matter.
        storage: where the order's events, work and trail are.
        promises: what was promised to whom.
        now: business time.
        wall_now: by which work and outbox live.
    """
    async with storage.write() as tx:
        record = await _visible(tx, act.exception_id, act.tenant_ids)
        if record is None:
            return NotFound()
        preview = await _preview(tx, record, promises, now)
        await put_back(tx, _letters(record), wall_now)
        item = WorkItem(
            tenant_id=record.tenant_id,
            kind="evaluate",
            subject=record.order_id,
            correlation_id=act.correlation_id,
        )
        await tx.work.put([item], wall_now - timedelta(seconds=1))
        await set_timers_of_acts(tx, act.verb, [record], now)
        await tx.audit.append([_entry(record, act, preview, now)])
        await tell_changed(tx, record, wall_now, act.correlation_id)
        await tell_storms(tx, [record.id], wall_now, urgent=True)
    return preview


async def _visible(
    tx: Transaction, exception_id: int, tenant_ids: Sequence[int]
) -> ExceptionRecord | None:
    record = await tx.exceptions.get(exception_id)
    return record if record is not None and record.tenant_id in tenant_ids else None


def _letters(record: ExceptionRecord) -> LetterFilter:
    return LetterFilter(
        tenant_ids=(record.tenant_id,), kinds=RETRYABLE, order_id=record.order_id, limit=_MOST
    )


async def _preview(
    tx: Transaction, record: ExceptionRecord, promises: Promises, now: datetime
) -> ReplayPreview:
    key = OrderKey(tenant_id=record.tenant_id, order_id=record.order_id)
    decisions = (await judge_again(tx, [key], promises, now))[key]
    return ReplayPreview(
        record=record,
        changes=tuple(_sentence(decision) for decision in decisions),
        retryable=len(await tx.dead_letters.find(_letters(record))),
    )


def _sentence(decision: Decision) -> str:
    record = decision.record
    match decision:
        case Opened():
            late = duration(record.delay_minutes)
            return f"{record.reason_code} would be opened, {late} over."
        case Settled() | Dropped():
            return f"#{record.id} {record.reason_code} would be settled ({record.resolution})."
        case Reopened():
            return f"#{record.id} {record.reason_code} would be opened again."
        case Woken():
            return f"#{record.id} {record.reason_code} would wake."
        case Corrected():
            return f"#{record.id} {record.reason_code} would be brought up to date."


def _entry(record: ExceptionRecord, act: Act, preview: ReplayPreview, now: datetime) -> AuditEntry:
    return AuditEntry(
        tenant_id=record.tenant_id,
        at=now,
        actor=act.actor,
        action="replay",
        subject=f"exception:{record.id}",
        after={
            "changes": list(preview.changes),
            "dead_letters": preview.retryable,
            **({"by": act.actor_name} if act.actor_name else {}),
        },
        correlation_id=act.correlation_id,
    )
