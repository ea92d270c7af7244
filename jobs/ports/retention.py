"""What retention asks of the database: what is past its days, and letting go of it in portions.

Must not name a concrete class: bot/wiring.py plugs that in.
"""

from collections.abc import Sequence
from typing import Protocol

from policies.records import AuditEntry, Tenant
from policies.retention import Due

Portion = tuple[int, int | str | None]


class Keeper(Protocol):
    """Who holds what is kept. Each portion is a short transaction of its own."""

    async def tenants(self) -> Sequence[Tenant]: ...

    async def count(self, due: Due) -> int:
        """How many rows may go."""
        ...

    async def drop(self, due: Due, after: int | str | None, entry: AuditEntry | None) -> Portion:
        """Lets the next portion go, and puts the entry on record where something went.

        Returns how many rows went, and where the next portion begins, None when none is left.
        What came to be needed since it was looked for stays.
        """
        ...
