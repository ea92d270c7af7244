"""Lets an attempt run, or not, as the person said who was asked for it.

Must not check authority: the handler did, from server state, before it called.
"""

from dataclasses import replace
from datetime import datetime

from jobs.act_on_exception import Done, NotFound, NotPossible
from jobs.note_attempt import item_of, note_end
from jobs.ports import Transaction
from policies.attempts import AttemptState
from policies.lifecycle import name
from policies.roles import Approval

ATTEMPT = "attempt_id"
"""What of a wish says that it is about an attempt."""


async def let_attempt(
    tx: Transaction,
    approval: Approval,
    *,
    approved: bool,
    actor: str,
    now: datetime,
    wall_now: datetime,
) -> Done | NotPossible | NotFound:
    """In the transaction of the decision: the attempt is due from now on, or declined."""
    attempt = await tx.attempts.get(int(approval.wish[ATTEMPT]))
    record = await tx.exceptions.get(approval.exception_id)
    if attempt is None or record is None:
        return NotFound()
    if attempt.state is not AttemptState.ASKED:
        return NotPossible(record=record, why=f"{name(record)} does not need this any more.")
    decided = replace(attempt, approved_by=actor, approved_at=now)
    if not approved:
        declined = replace(decided, state=AttemptState.DECLINED)
        await note_end(tx, declined, record, now, wall_now, was=AttemptState.ASKED)
        return Done(record=record, before=record)
    due = replace(decided, state=AttemptState.DUE)
    await tx.attempts.save(due, was=AttemptState.ASKED)
    await tx.work.put([item_of(due)], wall_now)
    return Done(record=record, before=record)
