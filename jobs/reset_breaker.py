"""Closes a circuit breaker because somebody says that what is behind it is well again, on record.

Must not ask what is behind it: the next call does.
"""

from datetime import datetime

from jobs.ports import Storage
from jobs.ports.model import Circuits
from jobs.views.models import CircuitView
from policies.records import AuditEntry


async def reset_breaker(
    name: str,
    entry: AuditEntry,
    *,
    circuits: Circuits,
    storage: Storage,
) -> CircuitView | None:
    """Closes it and puts the entry on the trail; None where there is none of that name."""
    closed = circuits.reset(name)
    if closed is not None:
        async with storage.write() as tx:
            await tx.audit.append([entry])
    return closed


def reset_entry(
    name: str, tenant_id: int, actor: str, now: datetime, correlation_id: str | None = None
) -> AuditEntry:
    """What the trail of the tenant says whose key was used."""
    return AuditEntry(
        tenant_id=tenant_id,
        at=now,
        actor=actor,
        action="reset_breaker",
        subject=f"breaker:{name}",
        correlation_id=correlation_id,
    )
