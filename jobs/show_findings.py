"""Shows how clients' invoices stand: proofs, what is open by cause, one finding, its evidence.

Must not change anything, nor show anybody another client.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from jobs.ports import Storage, Transaction
from jobs.views.findings import ClientFindings, EvidenceView, FindingView, GroupView, Proof
from policies.facts import timeline_of
from policies.local_time import local_date
from policies.money.findings.clusters import ClusterKey
from policies.money.periods import span_of
from policies.records import OrderKey, Tenant

_SHOWN, _LARGEST, _PROOFS = 10, 500, 20


async def show_clients(
    tenants: Sequence[Tenant], *, storage: Storage, now: datetime, period: str | None = None
) -> tuple[ClientFindings, ...]:
    """How the invoices of each client stand; `period` narrows what is open to one month."""
    async with storage.read() as tx:
        return tuple([await _of_client(tx, tenant, now, period) for tenant in tenants])


async def show_finding(
    finding_id: int, tenants: Sequence[Tenant], *, storage: Storage
) -> FindingView | None:
    """One finding with its note; None where there is none that they may see."""
    async with storage.read() as tx:
        return await _view(tx, finding_id, tenants)


async def show_group(tenant: Tenant, key: ClusterKey, *, storage: Storage) -> GroupView | None:
    """The open findings of one cause, the first few whole; None where nothing is open."""
    async with storage.read() as tx:
        made = await tx.findings.clusters([tenant.id])
        cluster = next((one.cluster for one in made if one.cluster.key == key), None)
        if cluster is None:
            return None
        last = 0
        first = await tx.findings.find([tenant.id], cluster=key, limit=_SHOWN)
        after = 0
        while page := await tx.findings.find(
            [tenant.id], cluster=key, after_id=after, limit=_LARGEST
        ):
            last = after = page[-1].id
    return GroupView(tenant=tenant, cluster=cluster, shown=tuple(first), up_to=last)


async def show_evidence(
    finding_id: int, tenants: Sequence[Tenant], *, storage: Storage
) -> EvidenceView | None:
    """A finding with the order's events and the billed line."""
    async with storage.read() as tx:
        view = await _view(tx, finding_id, tenants)
        if view is None:
            return None
        filed = view.filed
        finding = filed.finding
        key = OrderKey(tenant_id=filed.tenant_id, order_id=finding.order_id)
        events = (await tx.events.of_orders([key]))[key] if finding.order_id else []
        invoice = (
            await tx.invoices.get(filed.tenant_id, finding.invoice_id)
            if finding.invoice_id
            else None
        )
    timeline = timeline_of(finding.order_id, events)
    proofs = [
        Proof(
            event_id=event.event_id,
            kind=event.kind,
            at=event.occurred_at,
            source=event.source,
            counted=event.event_id in finding.evidence,
        )
        for event in timeline.events
    ]
    lines = invoice.lines if invoice else ()
    return EvidenceView(
        view=view,
        proofs=tuple(proofs[:_PROOFS]),
        more=max(0, len(proofs) - _PROOFS),
        invoice=invoice,
        line=next((one for one in lines if one.number == finding.place), None),
    )


async def _of_client(
    tx: Transaction, tenant: Tenant, now: datetime, period: str | None
) -> ClientFindings:
    month = period or f"{local_date(now, tenant.timezone):%Y-%m}"
    since, until = span_of(month, tenant.timezone)
    found = await tx.findings.clusters([tenant.id], period=period)
    largest = await _largest(tx, tenant, period)
    checks = await tx.findings.latest_checks([tenant.id])
    return ClientFindings(
        tenant=tenant,
        checks=tuple(one for one in checks if period in (None, one.period)),
        open=tuple(one.cluster for one in found),
        decided=tuple(await tx.findings.decided([tenant.id], since, until)),
        largest=tuple(largest),
        month=month,
        now=now,
    )


async def _largest(tx: Transaction, tenant: Tenant, period: str | None) -> list[FindingView]:
    """The few that are about most money, of the latest."""
    found = await tx.findings.find([tenant.id], period=period, limit=_LARGEST)
    found.sort(key=lambda one: (-abs(one.finding.difference_cents), one.id))
    return [view for one in found[:3] if (view := await _view(tx, one.id, [tenant])) is not None]


async def _view(
    tx: Transaction, finding_id: int, tenants: Collection[Tenant]
) -> FindingView | None:
    filed = await tx.findings.get(finding_id)
    tenant = next((one for one in tenants if filed and one.id == filed.tenant_id), None)
    if filed is None or tenant is None:
        return None
    note = None
    if filed.adjustment_id is not None:
        note = await tx.adjustments.get(tenant.id, filed.adjustment_id)
    return FindingView(filed=filed, tenant=tenant, note=note)
