"""Keeps audits of others' bills, their lines, and how senders write columns. Must not judge."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.money.audit.record import BillAudit, BillLine, BillState
from policies.records import JsonObject
from storage.bulk import among_these, bulk_insert, chunks
from storage.columns import to_json
from storage.instants import micros
from storage.tables_bills import UNFILED, bill_audits, bill_columns, bill_lines

_LINES = bulk_insert(
    bill_lines, ("tenant_id", "audit_id", "row", "verdict", "cause", "parcel_key", "told"), ""
)
_REMEMBER = text("""
INSERT INTO bill_columns (tenant_id, fingerprint, columns, actor, confirmed_at)
VALUES (:tenant_id, :fingerprint, :columns, :actor, :confirmed_at)
ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET columns = excluded.columns,
    actor = excluded.actor, confirmed_at = excluded.confirmed_at
""")
_LIGHT = [column for column in bill_audits.c if column.name != "content"]
"""All but the file itself."""


class SqlBillAudits:
    """Audits of bills in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, audit: BillAudit) -> BillAudit:
        """Keeps a new one; returns it with its number."""
        statement = insert(bill_audits).values(_values(audit)).returning(*bill_audits.c)
        return _audit((await self._connection.execute(statement)).one())

    async def save(self, audit: BillAudit) -> None:
        """Replaces it by its number."""
        mine = and_(bill_audits.c.id == audit.id, bill_audits.c.tenant_id == audit.tenant_id)
        await self._connection.execute(update(bill_audits).where(mine).values(_values(audit)))

    async def get(self, audit_id: int, tenant_ids: Collection[int]) -> BillAudit | None:
        """The audit, where it is one of these tenants'."""
        row = (await self._connection.execute(_one(audit_id, tenant_ids))).one_or_none()
        return _audit(row) if row else None

    async def hold(self, audit_id: int, tenant_ids: Collection[int]) -> BillAudit | None:
        """The same, and nobody else changes it until this transaction ends."""
        statement = _one(audit_id, tenant_ids).with_for_update()
        row = (await self._connection.execute(statement)).one_or_none()
        return _audit(row) if row else None

    async def by_key(self, tenant_id: int, key: str) -> BillAudit | None:
        """That which was judged by the same; None where none was."""
        mine = and_(bill_audits.c.tenant_id == tenant_id, bill_audits.c.key == key)
        row = (await self._connection.execute(select(bill_audits).where(mine))).one_or_none()
        return _audit(row) if row else None

    async def recent(self, tenant_ids: Collection[int], limit: int) -> list[BillAudit]:
        """Those that are done, newest first; without their content."""
        statement = (
            select(*_LIGHT)
            .where(bill_audits.c.tenant_id.in_(sorted(tenant_ids)))
            .where(bill_audits.c.state == BillState.DONE.value)
            .order_by(bill_audits.c.id.desc())
            .limit(limit)
        )
        return [_audit(row) for row in await self._connection.execute(statement)]

    async def due(self, now: datetime, limit: int) -> list[BillAudit]:
        """Those whose claims are to be spoken of by now and that nobody filed."""
        statement = (
            select(*_LIGHT)
            .where(UNFILED, bill_audits.c.remind_at <= now)
            .order_by(bill_audits.c.remind_at, bill_audits.c.id)
            .limit(limit)
        )
        return [_audit(row) for row in await self._connection.execute(statement)]

    async def forget_asked(self, before: datetime) -> None:
        """Lets go of files that nobody confirmed since then."""
        asked = and_(
            bill_audits.c.state != BillState.DONE.value, bill_audits.c.received_at < before
        )
        old = select(bill_audits.c.id).where(asked)
        await self._connection.execute(delete(bill_lines).where(bill_lines.c.audit_id.in_(old)))
        await self._connection.execute(delete(bill_audits).where(asked))

    async def put_lines(self, tenant_id: int, audit_id: int, lines: Sequence[BillLine]) -> None:
        """Adds lines."""
        rows = [
            (
                tenant_id,
                audit_id,
                one.row,
                one.verdict,
                one.cause,
                one.parcel_key,
                to_json(one.told),
            )
            for one in lines
        ]
        await _LINES.run(self._connection, rows)

    async def lines(self, tenant_id: int, audit_id: int) -> list[BillLine]:
        """All of them, by row."""
        table = bill_lines.c
        shown = (table.row, table.verdict, table.cause, table.parcel_key, table.told)
        statement = select(*shown).where(_of(tenant_id, audit_id)).order_by(table.row)
        rows = await self._connection.execute(statement)
        return [BillLine(**row._asdict()) for row in rows]

    async def billed(
        self, tenant_id: int, parcel_keys: Sequence[str], *, not_of: str
    ) -> Mapping[str, tuple[str, int]]:
        """Which of these charges an earlier file has: its name and row."""
        found: dict[str, tuple[str, int]] = {}
        table = bill_lines.c
        same = and_(table.tenant_id == bill_audits.c.tenant_id, table.audit_id == bill_audits.c.id)
        for part in chunks(parcel_keys):
            statement = (
                select(table.parcel_key, bill_audits.c.name, table.row)
                .join(bill_audits, same)
                .where(table.tenant_id == tenant_id, bill_audits.c.file_hash != not_of)
                .where(bill_audits.c.state == BillState.DONE.value)
                .where(table.parcel_key.is_not(None))
                .where(among_these(self._connection, table.parcel_key, part))
                .order_by(bill_audits.c.id.desc(), table.row.desc())
            )
            for key, name, row in await self._connection.execute(statement):
                found[key] = (name, row)
        return found

    async def columns(self, tenant_id: int, fingerprint: str) -> JsonObject | None:
        """What the columns of such files are, as somebody confirmed."""
        mine = and_(
            bill_columns.c.tenant_id == tenant_id, bill_columns.c.fingerprint == fingerprint
        )
        found: JsonObject | None = (
            await self._connection.execute(select(bill_columns.c.columns).where(mine))
        ).scalar_one_or_none()
        return found

    async def remember(
        self, tenant_id: int, fingerprint: str, columns: JsonObject, actor: str, now: datetime
    ) -> None:
        """Keeps it in the place of what was confirmed before."""
        values = {
            "tenant_id": tenant_id,
            "fingerprint": fingerprint,
            "columns": to_json(columns),
            "actor": actor,
            "confirmed_at": micros(now),
        }
        await self._connection.execute(_REMEMBER, values)


def _one(audit_id: int, tenant_ids: Collection[int]) -> Select[Any]:
    mine = bill_audits.c.tenant_id.in_(sorted(tenant_ids))
    return select(bill_audits).where(bill_audits.c.id == audit_id, mine)


def _of(tenant_id: int, audit_id: int) -> Any:  # noqa: ANN401 - a condition
    return and_(bill_lines.c.tenant_id == tenant_id, bill_lines.c.audit_id == audit_id)


def _values(audit: BillAudit) -> dict[str, Any]:
    values = {part.name: getattr(audit, part.name) for part in fields(audit) if part.name != "id"}
    values["claim_by"] = audit.claim_by.isoformat() if audit.claim_by else None
    return {**values, "state": audit.state.value}


def _audit(row: Any) -> BillAudit:  # noqa: ANN401 - a row of bill_audits
    told = row._asdict()
    told["claim_by"] = date.fromisoformat(row.claim_by) if row.claim_by else None
    return BillAudit(**{**told, "state": BillState(row.state)})
