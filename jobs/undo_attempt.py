"""Takes back what was done by itself, through the inverse action that its configuration names.

Must not check authority: the handler did, from server state, before it called.
"""

from dataclasses import dataclass
from datetime import datetime

from jobs.act_on_exception import NotFound, NotPossible
from jobs.note_attempt import item_of
from jobs.plan_attempts import request_for
from jobs.ports import Storage
from policies.attempts import Attempt, AttemptState, key_of
from policies.lifecycle import name
from policies.records import AuditEntry, OrderKey
from policies.resolution import ResolutionBook, next_number, undoable


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """The inverse action is on the list."""

    attempt: Attempt


async def undo_attempt(
    exception_id: int,
    tenant_ids: tuple[int, ...],
    *,
    actor: str,
    storage: Storage,
    book: ResolutionBook,
    now: datetime,
    wall_now: datetime,
) -> Undoing | NotPossible | NotFound:
    """Puts the inverse of the last undoable attempt on the list; it counts as none."""
    async with storage.write() as tx:
        record = await tx.exceptions.get(exception_id)
        tenant = await tx.tenants.get(record.tenant_id) if record else None
        if record is None or tenant is None or tenant.id not in tenant_ids:
            return NotFound()
        key = OrderKey(tenant_id=tenant.id, order_id=record.order_id)
        tried = (await tx.attempts.of_orders([key]))[key]
        mine = [one for one in tried if one.exception_id == record.id]
        found = undoable(mine, book.actions_of(tenant.name))
        if found is None:
            why = f"Nothing that was done by itself for {name(record)} can be taken back."
            return NotPossible(record=record, why=why)
        last, inverse = found
        number = next_number(record.id, inverse.name, tried)
        kept = await tx.attempts.add(
            Attempt(
                id=0,
                tenant_id=tenant.id,
                exception_id=record.id,
                order_id=record.order_id,
                action=inverse.name,
                number=number,
                key=key_of(record, inverse.name, number, now),
                state=AttemptState.DUE,
                asked_at=now,
                request=request_for(inverse, tenant, record, now),
                approved_by=actor,
                approved_at=now,
                undoes=last.id,
            )
        )
        if kept is None:
            why = f"Something is under way for {name(record)}; try again when it has ended."
            return NotPossible(record=record, why=why)
        await tx.work.put([item_of(kept)], wall_now)
        entry = AuditEntry(
            tenant_id=tenant.id,
            at=now,
            actor=actor,
            action="undo_attempt",
            subject=f"exception:{record.id}",
            after={"action": inverse.name, "undoes": last.id},
        )
        await tx.audit.append([entry])
    return Undoing(attempt=kept)
