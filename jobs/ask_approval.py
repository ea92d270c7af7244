"""Carries an act through that somebody asked for and somebody else may do.

Must not check authority: the handler did, from server state, before it called.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.act_on_exception import ActOutcome, NotFound, act_on_exception
from jobs.let_attempt import ATTEMPT, let_attempt
from jobs.ports import Storage, Transaction
from policies.lifecycle import Act
from policies.records import AuditEntry, ExceptionRecord, OutboxMessage
from policies.roles import Approval

APPROVAL = "approval"
APPROVED, DECLINED = "approved", "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """It was decided before."""

    approval: Approval


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """Somebody said no; nothing was changed."""

    approval: Approval


async def ask_approval(
    act: Act,
    record: ExceptionRecord,
    *,
    channel: str,
    may: tuple[str, ...],
    storage: Storage,
    now: datetime,
    wall_now: datetime,
) -> int:
    """Keeps the act and asks in the client's channel for somebody who may do it.

    Args:
        act: what is wanted, by whom.
        record: the exception that it is about.
        channel: where to ask.
        may: who may decide, as Slack mentions them.
        storage: where the request, the trail and the outbox change together.
        now: business time, for the request and the trail.
        wall_now: for the outbox.
    """
    approval = Approval(
        id=0,
        tenant_id=record.tenant_id,
        exception_id=record.id,
        verb=act.verb,
        wish=wish_of(act),
        asked_by=act.actor,
        asked_name=act.actor_name or act.actor,
        channel_id=channel,
        asked_at=now,
    )
    async with storage.write() as tx:
        return await put_request(
            tx, approval, record.order_id, channel, may, act.correlation_id, wall_now
        )


async def put_request(
    tx: Transaction,
    approval: Approval,
    order_id: str,
    channel: str | None,
    may: Sequence[str],
    correlation_id: str | None,
    wall_now: datetime,
) -> int:
    """Keeps a wish, on the trail too, and has it posted; its number. No channel: not posted."""
    number = await tx.approvals.ask(approval)
    asked = _entry(approval, "ask_approval", approval.asked_by, approval.asked_at, correlation_id)
    await tx.audit.append([asked])
    if channel is None:
        return number
    message = OutboxMessage(
        kind="slack",
        lane=channel,
        dedup_key=f"{APPROVAL}:{number}",
        tenant_id=approval.tenant_id,
        payload={
            "notice": APPROVAL,
            "channel": channel,
            "approval_id": number,
            "may": list(may),
            "order_id": order_id,
        },
        priority=8,
        correlation_id=correlation_id,
    )
    await tx.outbox.put([message], wall_now)
    return number


async def decide_approval(
    approval: Approval,
    *,
    approved: bool,
    actor: str,
    storage: Storage,
    now: datetime,
    wall_now: datetime,
    correlation_id: str | None = None,
) -> ActOutcome | Decided | Declined:
    """Decides it once; where it was approved, the act is done as the one who asked wanted it."""
    outcome = APPROVED if approved else DECLINED
    async with storage.write() as tx:
        first = await tx.approvals.decide(approval.id, outcome, actor, now)
        known = await tx.approvals.get(approval.id)
        if first:
            word = "approve" if approved else "decline"
            await tx.audit.append([_entry(approval, word, actor, now, correlation_id)])
        let: ActOutcome | None = None
        if first and ATTEMPT in approval.wish:
            let = await let_attempt(
                tx, approval, approved=approved, actor=actor, now=now, wall_now=wall_now
            )
    if not first:
        return Decided(approval=known) if known else NotFound()
    if not approved:
        return Declined(approval=approval)
    if let is not None:
        return let
    act = act_of(approval, correlation_id)
    return await act_on_exception(act, storage=storage, now=now, wall_now=wall_now)


def wish_of(act: Act) -> dict[str, object]:
    """What of an act has to be kept until it is approved."""
    return {
        "note": act.note,
        "reason": act.reason,
        "assignee": act.assignee,
        "until": act.until.isoformat() if act.until else None,
        "awaits": act.awaits,
        "version": act.expected_version,
    }


def act_of(approval: Approval, correlation_id: str | None = None) -> Act:
    """The act that was asked for."""
    wish = approval.wish
    until = wish.get("until")
    act = Act(
        verb=approval.verb,
        exception_id=approval.exception_id,
        actor=approval.asked_by,
        actor_name=approval.asked_name,
        tenant_ids=(approval.tenant_id,),
        note=wish.get("note"),
        reason=wish.get("reason"),
        assignee=wish.get("assignee"),
        awaits=wish.get("awaits"),
        expected_version=wish.get("version"),
        correlation_id=correlation_id,
    )
    return replace(act, until=datetime.fromisoformat(until)) if until else act


def _entry(
    approval: Approval, action: str, actor: str, now: datetime, correlation_id: str | None
) -> AuditEntry:
    return AuditEntry(
        tenant_id=approval.tenant_id,
        at=now,
        actor=actor,
        action=action,
        subject=f"exception:{approval.exception_id}",
        after={"verb": approval.verb, "asked_by": approval.asked_by},
        note=approval.wish.get("note"),
        correlation_id=correlation_id,
    )
