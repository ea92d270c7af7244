"""What erasing asks of the database: the texts about orders and people, and writing them back.

Must not name a concrete class: bot/ plugs that in.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from policies.personal import Document
from policies.records import AuditEntry, OutboxMessage


class People(Protocol):
    """What is stored about people. Tables: events, exceptions, dead_letters, outbox, ..."""

    async def page(self, table: str, tenant_id: int, after: int) -> list[Document]:
        """The tenant's next rows behind that number; none when there are no more."""
        ...

    async def of_orders(
        self, table: str, tenant_id: int, order_ids: Collection[str]
    ) -> list[Document]: ...

    async def family(self, tenant_id: int, order_ids: Collection[str]) -> set[str]:
        """These orders under every name that they have."""
        ...

    async def rewrite(
        self,
        tenant_id: int,
        documents: Sequence[Document],
        entry: AuditEntry | None,
        messages: Sequence[OutboxMessage],
        now: datetime,
    ) -> None:
        """Writes the rows in portions; with the first go the entry and the messages."""
        ...
