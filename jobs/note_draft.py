"""Puts on the trail that somebody drafted a note to a client: who, when, and its digest.

Must not keep the text and must not send it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from jobs.ports import Storage
from jobs.set_timers import set_timers_of_acts
from jobs.tell import HISTORY, tell_changed
from policies.lifecycle import Act
from policies.records import AuditEntry, ExceptionRecord

DRAFTED = "drafted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note as a person edited it, and the tone and language in which it was drafted."""

    text: str
    tone: str
    language: str


async def note_draft(
    note: Note, act: Act, *, storage: Storage, now: datetime, wall_now: datetime
) -> ExceptionRecord | None:
    """The exception that it is about; None where that is unknown or not visible.

    Args:
        note: of its text only the SHA-256 digest and the length are kept.
        act: who drafted it for which exception; its other fields do not matter.
        storage: where the trail is.
        now: business time, for the trail.
        wall_now: for the outbox.
    """
    async with storage.write() as tx:
        record = await tx.exceptions.get(act.exception_id)
        if record is None or record.tenant_id not in act.tenant_ids:
            return None
        entry = AuditEntry(
            tenant_id=record.tenant_id,
            at=now,
            actor=act.actor,
            action=DRAFTED,
            subject=f"exception:{record.id}",
            after={
                "digest": hashlib.sha256(note.text.encode()).hexdigest(),
                "characters": len(note.text),
                "tone": note.tone,
                "language": note.language,
                **({"by": act.actor_name} if act.actor_name else {}),
            },
            correlation_id=act.correlation_id,
        )
        await set_timers_of_acts(tx, DRAFTED, [record], now)
        await tx.audit.append([entry])
        await tell_changed(tx, record, wall_now, act.correlation_id, (HISTORY,))
    return record
