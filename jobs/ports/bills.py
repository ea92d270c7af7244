"""What the jobs ask about bills of others: their store, their reading, the carriers' contracts.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from policies.money.audit.contract import Contracts
from policies.money.audit.record import BillAudit, BillLine
from policies.money.audit.table import Table
from policies.records import JsonObject

ReadWorkbook = Callable[[bytes], Table]
"""Reads the first sheet of a workbook that has lines; raises BillFileError."""
ContractsOf = Callable[[str], Contracts]
"""The carriers' contracts that hold for the tenant of that name."""


def no_contracts(_tenant: str) -> Contracts:
    """Nobody wrote a contract down."""
    return Contracts()


class BillAudits(Protocol):
    """Audits of others' bills, their lines, and how senders write their columns."""

    async def add(self, audit: BillAudit) -> BillAudit:
        """Keeps a new one; returns it with its number."""
        ...

    async def save(self, audit: BillAudit) -> None:
        """Replaces it by its number."""
        ...

    async def get(self, audit_id: int, tenant_ids: Collection[int]) -> BillAudit | None: ...

    async def hold(self, audit_id: int, tenant_ids: Collection[int]) -> BillAudit | None:
        """The same, and nobody else changes it until this transaction ends."""
        ...

    async def by_key(self, tenant_id: int, key: str) -> BillAudit | None:
        """That which was judged by the same; None where none was."""
        ...

    async def recent(self, tenant_ids: Collection[int], limit: int) -> list[BillAudit]:
        """Those that are done, newest first; without their content."""
        ...

    async def due(self, now: datetime, limit: int) -> list[BillAudit]:
        """Those whose claims are to be spoken of by now and that nobody filed."""
        ...

    async def forget_asked(self, before: datetime) -> None:
        """Lets go of files that nobody confirmed since then."""
        ...

    async def put_lines(self, tenant_id: int, audit_id: int, lines: Sequence[BillLine]) -> None: ...

    async def lines(self, tenant_id: int, audit_id: int) -> list[BillLine]:
        """All of them, by row."""
        ...

    async def billed(
        self, tenant_id: int, parcel_keys: Sequence[str], *, not_of: str
    ) -> Mapping[str, tuple[str, int]]:
        """Which of these charges an earlier file has: its name and row.

        Files with the hash `not_of` do not count: that is the same file again.
        """
        ...

    async def columns(self, tenant_id: int, fingerprint: str) -> JsonObject | None:
        """What the columns of such files are, as somebody confirmed."""
        ...

    async def remember(
        self, tenant_id: int, fingerprint: str, columns: JsonObject, actor: str, now: datetime
    ) -> None: ...
