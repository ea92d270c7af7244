"""What the jobs ask of the store of findings: what the proof of invoices found, and decisions.

Must not name a concrete class: bot/wiring.py plugs those in.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from policies.money.findings.clusters import ClusterKey
from policies.money.findings.filed import (
    Decided,
    FiledFinding,
    FindingState,
    InvoiceCheck,
    TenantCluster,
)


class Findings(Protocol):
    """Findings and checks."""

    async def add(self, found: Sequence[FiledFinding]) -> list[FiledFinding]:
        """Keeps those whose key is new for their tenant, with their numbers; returns these."""
        ...

    async def get(self, finding_id: int) -> FiledFinding | None: ...

    async def known(self, tenant_id: int, keys: Sequence[str]) -> Mapping[str, FiledFinding]:
        """Those of these keys, by key."""
        ...

    async def save(self, filed: FiledFinding, *, was: FindingState) -> bool:
        """Keeps how it stands now, if it still stands as it was read."""
        ...

    async def of_orders(
        self, tenant_id: int, period: str, order_ids: Sequence[str]
    ) -> list[FiledFinding]:
        """All of these orders in a month, by number; the empty name is the month as a whole."""
        ...

    async def find(
        self,
        tenant_ids: Collection[int],
        *,
        states: Sequence[FindingState] = (FindingState.OPEN,),
        period: str | None = None,
        cluster: ClusterKey | None = None,
        order_id: str | None = None,
        after_id: int = 0,
        limit: int = 50,
    ) -> list[FiledFinding]:
        """By number, those behind `after_id`."""
        ...

    async def clusters(
        self,
        tenant_ids: Collection[int],
        *,
        states: Sequence[FindingState] = (FindingState.OPEN,),
        period: str | None = None,
    ) -> list[TenantCluster]:
        """By tenant, most money first."""
        ...

    async def decided(
        self, tenant_ids: Collection[int], since: datetime, until: datetime
    ) -> list[Decided]:
        """What was decided in [since, until), by tenant, state, currency and direction."""
        ...

    async def invoiced(self, tenant_id: int, period: str) -> list[str]:
        """The orders with an invoice that counts in a month, by id, without reading a line."""
        ...

    async def note_check(self, check: InvoiceCheck) -> bool:
        """Keeps it; False where the same inputs were checked before."""
        ...

    async def latest_checks(self, tenant_ids: Collection[int]) -> list[InvoiceCheck]:
        """The last one of each tenant and month, newest first."""
        ...
