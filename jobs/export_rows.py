"""Gathers long lists whole, for files. Must not hold more rows than are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.ports import Storage
from policies.queries import ExceptionFilter
from policies.records import AuditEntry, ExceptionRecord

_PAGE = 100
EXPORT, TRAIL = "export", "audit"
"""Action and subject under which an export of the trail is on the trail."""


async def all_exceptions(
    wanted: ExceptionFilter, most: int, *, storage: Storage
) -> list[ExceptionRecord]:
    """All that fit, newest first, at most so many."""
    found: list[ExceptionRecord] = []
    async with storage.read() as tx:
        while len(found) < most:
            before_id = found[-1].id if found else None
            size = min(_PAGE, most - len(found))
            page = await tx.exceptions.find(replace(wanted, before_id=before_id, limit=size))
            found += page
            if len(page) < size:
                break
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Entries, oldest first; `cut` where older ones were left out for their number."""

    entries: tuple[AuditEntry, ...]
    cut: bool = False


async def export_trail(
    tenant_ids: Sequence[int],
    since: datetime | None,
    most: int,
    *,
    actor: str,
    correlation_id: str | None,
    storage: Storage,
    now: datetime,
) -> Trail:
    """The newest entries of these tenants, and a line on their trails that somebody took them."""
    found = await _newest(tenant_ids, since, most + 1, storage)
    took = f"{min(len(found), most)} entries" + (f" since {since.isoformat()}" if since else "")
    async with storage.write() as tx:
        await tx.audit.append(
            [
                AuditEntry(
                    tenant_id=tenant_id,
                    at=now,
                    actor=actor,
                    action=EXPORT,
                    subject=TRAIL,
                    note=took,
                    correlation_id=correlation_id,
                )
                for tenant_id in tenant_ids
            ]
        )
    return Trail(entries=tuple(reversed(found[:most])), cut=len(found) > most)


async def _newest(
    tenant_ids: Sequence[int], since: datetime | None, most: int, storage: Storage
) -> list[AuditEntry]:
    found: list[AuditEntry] = []
    last: int | None = None
    async with storage.read() as tx:
        while len(found) < most:
            page = await tx.audit.find(tenant_ids, before_id=last, limit=_PAGE)
            fitting = [entry for entry in page if since is None or entry.at >= since]
            found += fitting
            if len(page) < _PAGE or not fitting:
                break
            last = page[-1].id
    return found[:most]
