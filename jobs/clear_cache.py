"""Forgets what is kept so that it need not be asked again, on record.

Must not touch what was decided by it: explanations that were posted stay.
"""

from collections.abc import Mapping
from datetime import datetime

from jobs.ports import Storage
from policies.records import AuditEntry

MODEL_ANSWERS = "model_answers"


async def clear_cache(
    tenant_id: int,
    actor: str,
    *,
    storage: Storage,
    now: datetime,
    correlation_id: str | None = None,
) -> Mapping[str, int]:
    """Empties a tenant's caches; returns how many entries went of each."""
    async with storage.write() as tx:
        cleared = {MODEL_ANSWERS: await tx.model_answers.clear(tenant_id)}
        entry = AuditEntry(
            tenant_id=tenant_id,
            at=now,
            actor=actor,
            action="clear_cache",
            subject="cache",
            after=cleared,
            correlation_id=correlation_id,
        )
        await tx.audit.append([entry])
    return cleared
