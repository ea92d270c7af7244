"""Keeps the notes that correct invoices. Must not change one that was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.money.invoice_values import Adjustment, Approval, NoteKind, NoteStatus
from storage.billing_numbers import ADJUSTMENT, CREDIT, DEBIT, draw, number_of
from storage.bulk import among_these, chunks
from storage.tables_invoices import adjustments


class SqlAdjustments:
    """Notes in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def propose(self, notes: Sequence[Adjustment]) -> list[Adjustment]:
        """Stores those whose key is new, with the next ids; an issued one gets its number too."""
        stored: list[Adjustment] = []
        for tenant_id in sorted({one.tenant_id for one in notes}):
            mine: dict[str, Adjustment] = {}
            for one in notes:
                if one.tenant_id == tenant_id:
                    mine.setdefault(one.key, one)
            known = await self.known(tenant_id, list(mine))
            for note in mine.values():
                if note.key not in known:
                    place = await draw(self._connection, tenant_id, ADJUSTMENT)
                    stored.append(await self._numbered(replace(note, id=place)))
        if stored:
            await self._connection.execute(insert(adjustments), [_values(one) for one in stored])
        return stored

    async def get(self, tenant_id: int, adjustment_id: int) -> Adjustment | None:
        """The note of that id."""
        found = await self._all(_mine(tenant_id).where(adjustments.c.id == adjustment_id))
        return next(iter(found), None)

    async def known(self, tenant_id: int, keys: Sequence[str]) -> frozenset[str]:
        """Which of these keys were proposed before, whatever became of them."""
        found: set[str] = set()
        for part in chunks(keys):
            among = among_these(self._connection, adjustments.c.key, part)
            mine = select(adjustments.c.key).where(adjustments.c.tenant_id == tenant_id, among)
            found.update((await self._connection.execute(mine)).scalars())
        return frozenset(found)

    async def of_invoices(
        self, tenant_id: int, invoice_ids: Sequence[int]
    ) -> Mapping[int, list[Adjustment]]:
        """All notes on these invoices, by invoice, in the order of their ids."""
        found: dict[int, list[Adjustment]] = {}
        for part in chunks(invoice_ids):
            among = among_these(self._connection, adjustments.c.invoice_id, part)
            for note in await self._all(_mine(tenant_id).where(among).order_by(adjustments.c.id)):
                found.setdefault(note.invoice_id, []).append(note)
        return found

    async def of_period(self, tenant_id: int, period: str) -> list[Adjustment]:
        """All notes that count in a month, by id."""
        mine = _mine(tenant_id).where(adjustments.c.period == period)
        return await self._all(mine.order_by(adjustments.c.id))

    async def find(
        self,
        tenant_ids: Sequence[int],
        *,
        status: Sequence[str] = (),
        before_id: int | None = None,
        limit: int = 50,
    ) -> list[Adjustment]:
        """Newest first by id; no status means any."""
        table = adjustments.c
        statement = select(adjustments).where(table.tenant_id.in_(tenant_ids))
        if status:
            statement = statement.where(table.status.in_(status))
        if before_id is not None:
            statement = statement.where(table.id < before_id)
        return await self._all(statement.order_by(table.id.desc(), table.tenant_id).limit(limit))

    async def decide(self, note: Adjustment) -> Adjustment | None:
        """Stores the decision on a note that is still proposed; else None."""
        table = adjustments.c
        still = select(table.id).where(
            table.tenant_id == note.tenant_id,
            table.id == note.id,
            table.status == NoteStatus.PROPOSED.value,
        )
        if (await self._connection.execute(still)).scalar_one_or_none() is None:
            return None
        decided = await self._numbered(note)
        values = _values(decided)
        changed = {name: values[name] for name in _DECIDED}
        mine = table.tenant_id == note.tenant_id, table.id == note.id
        await self._connection.execute(update(adjustments).where(*mine).values(changed))
        return decided

    async def _numbered(self, note: Adjustment) -> Adjustment:
        if note.status is not NoteStatus.ISSUED:
            return note
        series = CREDIT if note.kind is NoteKind.CREDIT else DEBIT
        place = await draw(self._connection, note.tenant_id, series)
        return replace(note, number=number_of(series, place))

    async def _all(self, statement: Select[Any]) -> list[Adjustment]:
        return [note_of(row) for row in await self._connection.execute(statement)]


def note_of(row: Row[Any]) -> Adjustment:
    """The note of a whole row."""
    values = row._asdict()
    read = {
        "evidence": tuple(values["evidence"]),
        "approval": Approval(values["approval"]),
        "status": NoteStatus(values["status"]),
    }
    return Adjustment(**(values | read))


def _mine(tenant_id: int) -> Select[Any]:
    return select(adjustments).where(adjustments.c.tenant_id == tenant_id)


def _values(note: Adjustment) -> dict[str, Any]:
    plain = {"approval": note.approval.value, "status": note.status.value}
    return asdict(note) | plain


_DECIDED = ("status", "number", "period", "decided_by", "decided_at", "issued_at")
"""What a decision changes, once."""
