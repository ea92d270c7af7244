"""Audits of others' bills in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from policies.money.audit.record import BillAudit, BillLine, BillState
from policies.records import JsonObject
from storage.errors import StorageRefusedError
from storage.memory.state import MemoryState


class MemoryBillAudits:
    """Audits of bills in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state
        self._audits, self._lines = state.bill_audits, state.bill_lines
        self._columns = state.bill_columns

    async def add(self, audit: BillAudit) -> BillAudit:
        """Keeps a new one; returns it with its number."""
        if audit.key is not None and await self.by_key(audit.tenant_id, audit.key):
            message = "bill_audits: the key is there"
            raise StorageRefusedError(message)
        kept = replace(audit, id=self._state.next_number("bill_audits"))
        self._audits[kept.id] = kept
        return kept

    async def save(self, audit: BillAudit) -> None:
        """Replaces it by its number."""
        known = self._audits.get(audit.id)
        if known is not None and known.tenant_id == audit.tenant_id:
            self._audits[audit.id] = audit

    async def get(self, audit_id: int, tenant_ids: Collection[int]) -> BillAudit | None:
        """The audit, where it is one of these tenants'."""
        found = self._audits.get(audit_id)
        return found if found is not None and found.tenant_id in tenant_ids else None

    async def hold(self, audit_id: int, tenant_ids: Collection[int]) -> BillAudit | None:
        """The same: writers take turns here."""
        return await self.get(audit_id, tenant_ids)

    async def by_key(self, tenant_id: int, key: str) -> BillAudit | None:
        """That which was judged by the same; None where none was."""
        mine = (one for one in self._audits.values() if one.tenant_id == tenant_id)
        return next((one for one in mine if one.key == key), None)

    async def recent(self, tenant_ids: Collection[int], limit: int) -> list[BillAudit]:
        """Those that are done, newest first; without their content."""
        mine = (one for one in self._audits.values() if one.tenant_id in tenant_ids)
        done = [replace(one, content=None) for one in mine if one.state is BillState.DONE]
        return sorted(done, key=lambda one: -one.id)[:limit]

    async def due(self, now: datetime, limit: int) -> list[BillAudit]:
        """Those whose claims are to be spoken of by now and that nobody filed."""
        dated = [
            (one.remind_at, one.id, replace(one, content=None))
            for one in self._audits.values()
            if one.remind_at is not None and one.remind_at <= now and one.filed_at is None
        ]
        return [one for _, _, one in sorted(dated, key=lambda each: each[:2])[:limit]]

    async def forget_asked(self, before: datetime) -> None:
        """Lets go of files that nobody confirmed since then."""
        for one in list(self._audits.values()):
            if one.state is not BillState.DONE and one.received_at < before:
                del self._audits[one.id]
                for place in [each for each in self._lines if each[1] == one.id]:
                    del self._lines[place]

    async def put_lines(self, tenant_id: int, audit_id: int, lines: Sequence[BillLine]) -> None:
        """Adds lines."""
        self._lines.update({(tenant_id, audit_id, one.row): one for one in lines})

    async def lines(self, tenant_id: int, audit_id: int) -> list[BillLine]:
        """All of them, by row."""
        mine = sorted(one for one in self._lines if one[:2] == (tenant_id, audit_id))
        return [self._lines[place] for place in mine]

    async def billed(
        self, tenant_id: int, parcel_keys: Sequence[str], *, not_of: str
    ) -> Mapping[str, tuple[str, int]]:
        """Which of these charges an earlier file has: its name and row."""
        wanted, found = set(parcel_keys), dict[str, tuple[str, int]]()
        for place in sorted(self._lines, reverse=True):
            line, audit = self._lines[place], self._audits[place[1]]
            done = audit.state is BillState.DONE and audit.file_hash != not_of
            if place[0] == tenant_id and line.parcel_key in wanted and line.parcel_key and done:
                found[line.parcel_key] = (audit.name, line.row)
        return found

    async def columns(self, tenant_id: int, fingerprint: str) -> JsonObject | None:
        """What the columns of such files are, as somebody confirmed."""
        return self._columns.get((tenant_id, fingerprint))

    async def remember(
        self, tenant_id: int, fingerprint: str, columns: JsonObject, actor: str, now: datetime
    ) -> None:
        """Keeps it in the place of what was confirmed before."""
        del actor, now
        self._columns[tenant_id, fingerprint] = columns
