"""Keeps the trail of who changed what, append-only and hash-chained per tenant.

Must not alter or delete: it has no method for it, and the table a trigger against it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.records import AuditEntry
from storage.audit_chain import START, entry_hash, first_broken
from storage.bulk import bulk_insert
from storage.columns import storable, storable_or_none, to_json
from storage.instants import micros
from storage.tables import audit, tenants

_APPEND = bulk_insert(audit, [column.name for column in audit.c if column.name != "id"], "")


class SqlAudit:
    """The audit trail in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Adds them to the chains of their tenants."""
        for tenant_id in sorted({entry.tenant_id for entry in entries}):
            mine = [entry for entry in entries if entry.tenant_id == tenant_id]
            await self._append(tenant_id, mine)

    async def of_subject(self, tenant_id: int, subject: str) -> list[AuditEntry]:
        """All about that subject, oldest first."""
        about = select(audit).where(audit.c.tenant_id == tenant_id, audit.c.subject == subject)
        return await self._all(about.order_by(audit.c.id))

    async def find(
        self, tenant_ids: Sequence[int], *, before_id: int | None = None, limit: int = 50
    ) -> list[AuditEntry]:
        """Newest first."""
        statement = select(audit).where(audit.c.tenant_id.in_(tenant_ids))
        if before_id is not None:
            statement = statement.where(audit.c.id < before_id)
        return await self._all(statement.order_by(audit.c.id.desc()).limit(limit))

    async def first_broken(self, tenant_id: int) -> int | None:
        """The `seq` of the first entry of a tenant that does not fit its chain; None is well."""
        statement = select(audit).where(audit.c.tenant_id == tenant_id).order_by(audit.c.seq)
        rows = (await self._connection.execute(statement)).all()
        return first_broken(
            (row.seq, entry_of(row), row.previous_hash, row.entry_hash) for row in rows
        )

    async def _append(self, tenant_id: int, entries: Sequence[AuditEntry]) -> None:
        one_at_a_time = select(tenants.c.id).where(tenants.c.id == tenant_id)
        await self._connection.execute(one_at_a_time.with_for_update(key_share=True))
        latest = select(audit.c.seq, audit.c.entry_hash).where(audit.c.tenant_id == tenant_id)
        last = (
            await self._connection.execute(latest.order_by(audit.c.seq.desc()).limit(1))
        ).one_or_none()
        seq, previous = (last.seq, last.entry_hash) if last else (0, START)
        rows = []
        for number, entry in enumerate(entries, start=seq + 1):
            link = entry_hash(previous, number, entry)
            rows.append(_row(entry, number, previous, link))
            previous = link
        await _APPEND.run(self._connection, rows)

    async def _all(self, statement: Select[Any]) -> list[AuditEntry]:
        return [entry_of(row) for row in await self._connection.execute(statement)]


def entry_of(row: Row[Any]) -> AuditEntry:
    """The entry of a whole row."""
    return AuditEntry(
        id=row.id,
        tenant_id=row.tenant_id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        before=row.before,
        after=row.after,
        note=row.note,
        correlation_id=row.correlation_id,
    )


def _row(entry: AuditEntry, seq: int, previous: bytes, link: bytes) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    return (
        entry.tenant_id,
        seq,
        micros(entry.at),
        storable(entry.actor),
        entry.action,
        storable(entry.subject),
        to_json(entry.before),
        to_json(entry.after),
        storable_or_none(entry.note),
        storable_or_none(entry.correlation_id),
        previous,
        link,
    )
