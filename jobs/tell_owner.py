"""Puts into the outbox what an owner hears directly: it was assigned to them, or got worse.

Must not draw or send, nor know what they want to hear: deliver_personal does, with the state and
their settings as they are by then.
"""

from datetime import datetime

from jobs.ports import Transaction
from jobs.show_storm import thread_of
from jobs.tell import FIRST
from policies.cards import worse
from policies.judgement import Corrected, Decision, Reopened, Woken
from policies.lifecycle import Act
from policies.personal_settings import is_person
from policies.records import ExceptionRecord, OutboxMessage

PERSONAL = "personal"
ASSIGNED, AGAIN, WORSE = "assigned", "again", "worse"
_LANE = "person:"
"""Each person has a lane of their own, so that nobody's quiet hours hold up somebody else."""


async def tell_owner_of_act(
    tx: Transaction, act: Act, before: ExceptionRecord, after: ExceptionRecord, wall_now: datetime
) -> None:
    """Tells the owner what somebody else did: made it theirs, or opened it again.

    Nothing is told of an exception that Slack never heard of: notifications are off there.
    """
    if after.assignee is None or act.actor == f"slack:{after.assignee}":
        return
    news = {"assign": ASSIGNED if after.assignee != before.assignee else None, "reopen": AGAIN}
    why = news.get(act.verb)
    if why and await thread_of(tx, after.id):
        await _tell(tx, after, why, wall_now, act.correlation_id, by=act.actor_name)


async def tell_owner_of_verdict(
    tx: Transaction, decision: Decision, wall_now: datetime, correlation_id: str | None
) -> None:
    """Tells the owner what nobody clicked: it is open again, or its severity rose."""
    record = decision.record
    if isinstance(decision, Reopened):
        await _tell(tx, record, AGAIN, wall_now, correlation_id)
    elif isinstance(decision, Corrected | Woken) and _is_worse(record, decision.before):
        await _tell(tx, record, WORSE, wall_now, correlation_id)


def _is_worse(record: ExceptionRecord, before: ExceptionRecord) -> bool:
    return record.active and worse(record.severity, before.severity)


async def _tell(
    tx: Transaction,
    record: ExceptionRecord,
    why: str,
    wall_now: datetime,
    correlation_id: str | None,
    by: str | None = None,
) -> None:
    if record.assignee and is_person(record.assignee):
        message = _message(record, record.assignee, why, by, correlation_id)
        await tx.outbox.put([message], wall_now)


def _message(
    record: ExceptionRecord, user_id: str, why: str, by: str | None, correlation_id: str | None
) -> OutboxMessage:
    """One for each that was not sent yet: what waits till morning is told once, as it is then."""
    said = {"by": by} if by else {}
    return OutboxMessage(
        kind="slack",
        lane=f"{_LANE}{user_id}",
        dedup_key=f"{PERSONAL}:{record.id}:{user_id}:{why}",
        tenant_id=record.tenant_id,
        payload={
            "notice": PERSONAL,
            "channel": user_id,
            "exception_id": record.id,
            "why": why,
            "order_id": record.order_id,
            **said,
        },
        priority=FIRST[record.severity],
        correlation_id=correlation_id,
    )
