"""Findings in memory.

Must not promise more or less than the SQL ones: the same contract suite holds them to it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from policies.money.findings.clusters import ClusterKey, cluster_key, clusters
from policies.money.findings.filed import (
    Decided,
    FiledFinding,
    FindingState,
    InvoiceCheck,
    TenantCluster,
)
from policies.money.invoice_values import InvoiceKind
from storage.memory.state import MemoryState


class MemoryFindings:
    """Findings in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state
        self._rows, self._checks = state.findings, state.invoice_checks

    async def add(self, found: Sequence[FiledFinding]) -> list[FiledFinding]:
        """Keeps those whose key is new for their tenant, with their numbers; returns these."""
        known = {(one.tenant_id, one.finding.key) for one in self._rows.values()}
        added = []
        for one in found:
            key = (one.tenant_id, one.finding.key)
            if key not in known:
                known.add(key)
                kept = replace(one, id=self._state.next_number("findings"))
                self._rows[kept.id] = kept
                added.append(kept)
        return added

    async def get(self, finding_id: int) -> FiledFinding | None:
        """That one, or None."""
        return self._rows.get(finding_id)

    async def known(self, tenant_id: int, keys: Sequence[str]) -> Mapping[str, FiledFinding]:
        """Those of these keys, by key."""
        mine = [one for one in self._rows.values() if one.tenant_id == tenant_id]
        return {one.finding.key: one for one in mine if one.finding.key in keys}

    async def save(self, filed: FiledFinding, *, was: FindingState) -> bool:
        """Keeps how it stands now, if it still stands as it was read."""
        known = self._rows.get(filed.id)
        if known is None or known.state is not was:
            return False
        self._rows[filed.id] = filed
        return True

    async def of_orders(
        self, tenant_id: int, period: str, order_ids: Sequence[str]
    ) -> list[FiledFinding]:
        """All of these orders in a month, by number; the empty name is the month as a whole."""
        mine = [
            one
            for one in self._rows.values()
            if one.tenant_id == tenant_id and one.period == period
        ]
        return [one for one in _by_id(mine) if one.finding.order_id in order_ids]

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
        found = [
            one
            for one in self._of(tenant_ids, states, period)
            if one.id > after_id
            and (order_id is None or one.finding.order_id == order_id)
            and (cluster is None or cluster_key(one.finding) == cluster)
        ]
        return found[:limit]

    async def clusters(
        self,
        tenant_ids: Collection[int],
        *,
        states: Sequence[FindingState] = (FindingState.OPEN,),
        period: str | None = None,
    ) -> list[TenantCluster]:
        """By tenant, most money first."""
        by_tenant: dict[int, list[FiledFinding]] = defaultdict(list)
        for one in self._of(tenant_ids, states, period):
            by_tenant[one.tenant_id].append(one)
        return [
            TenantCluster(tenant_id=tenant_id, cluster=cluster)
            for tenant_id in sorted(by_tenant)
            for cluster in clusters(one.finding for one in by_tenant[tenant_id])
        ]

    async def decided(
        self, tenant_ids: Collection[int], since: datetime, until: datetime
    ) -> list[Decided]:
        """What was decided in [since, until), by tenant, state, currency and direction."""
        groups: dict[tuple[int, str, str, bool], list[int]] = defaultdict(list)
        for one in self._rows.values():
            at, off = one.decided_at, one.finding.difference_cents
            if one.tenant_id in tenant_ids and at is not None and since <= at < until:
                key = (one.tenant_id, one.state.value, one.finding.currency, off < 0)
                groups[key].append(off)
        return [
            Decided(
                tenant_id=tenant_id,
                state=FindingState(state),
                currency=currency,
                over=over,
                count=len(cents),
                difference_cents=sum(cents),
            )
            for (tenant_id, state, currency, over), cents in sorted(groups.items())
        ]

    async def invoiced(self, tenant_id: int, period: str) -> list[str]:
        """The orders with an invoice that counts in a month, by id, without reading a line."""
        return sorted(
            one.subject
            for one in self._state.invoices.values()
            if (one.tenant_id, one.period) == (tenant_id, period) and one.kind is InvoiceKind.ORDER
        )

    async def note_check(self, check: InvoiceCheck) -> bool:
        """Keeps it; False where the same inputs were checked before."""
        key = (check.tenant_id, check.period, check.input_hash)
        if key in self._checks:
            return False
        self._checks[key] = check
        return True

    async def latest_checks(self, tenant_ids: Collection[int]) -> list[InvoiceCheck]:
        """The last one of each tenant and month, newest first."""
        mine = [one for one in self._checks.values() if one.tenant_id in tenant_ids]
        mine.sort(key=lambda one: one.period, reverse=True)
        mine.sort(key=lambda one: one.tenant_id)
        mine.sort(key=lambda one: one.checked_at, reverse=True)
        found: dict[tuple[int, str], InvoiceCheck] = {}
        for one in mine:
            found.setdefault((one.tenant_id, one.period), one)
        return list(found.values())

    def _of(
        self, tenant_ids: Collection[int], states: Sequence[FindingState], period: str | None
    ) -> list[FiledFinding]:
        mine = [
            one
            for one in self._rows.values()
            if one.tenant_id in tenant_ids
            and one.state in states
            and (period is None or one.period == period)
        ]
        return _by_id(mine)


def _by_id(rows: Sequence[FiledFinding]) -> list[FiledFinding]:
    return sorted(rows, key=lambda one: one.id)
