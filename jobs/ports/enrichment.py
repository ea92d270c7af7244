"""What the jobs ask of the store of enrichment.

Must not name a concrete class: bot/wiring.py plugs it in.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from policies.enrichment import Enrichment
from policies.enrichment_figures import Group, Level, Measure
from policies.records import ExceptionRecord


class Enrichments(Protocol):
    """How far each exception is enriched, and which alarms ring."""

    async def opened_without(
        self, tenant_id: int, since: datetime, limit: int
    ) -> Sequence[ExceptionRecord]:
        """Exceptions that opened since then (business time) and have no row yet, by number."""
        ...

    async def active_without(self, tenant_id: int, limit: int) -> Sequence[ExceptionRecord]:
        """Active exceptions of any age without a row, by number."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[Enrichment]:
        """Those to be looked at by now, longest due first, for the caller's transaction alone."""
        ...

    async def of(self, exception_ids: Sequence[int]) -> Sequence[Enrichment]:
        """Those of these exceptions that there are, by number, for the transaction alone."""
        ...

    async def save(self, rows: Sequence[Enrichment]) -> None:
        """Inserts or replaces them."""
        ...

    async def hurry(self, tenant_id: int, now: datetime) -> int:
        """Has looked at now what is not complete, and what nobody would look at again.

        The latter of active exceptions only. Returns how many there are.
        """
        ...

    async def groups(
        self, tenant_ids: Collection[int], since: datetime, until: datetime
    ) -> Sequence[Group]:
        """Rows that were begun in [since, until), those that stand alike together."""
        ...

    async def backlog(self, tenant_ids: Collection[int]) -> int:
        """How many are not complete and are still followed."""
        ...

    async def incomplete(
        self, tenant_ids: Collection[int], before_id: int | None, limit: int
    ) -> Sequence[Enrichment]:
        """Those that are not complete, of exceptions with a smaller number, newest first."""
        ...

    async def alarms(self, tenant_id: int) -> Mapping[Measure, Level]:
        """What was told and is not over."""
        ...

    async def alarm(self, tenant_id: int, measure: Measure, level: Level, now: datetime) -> bool:
        """Notes what is told, OK: that it is over; False where that was known already."""
        ...
