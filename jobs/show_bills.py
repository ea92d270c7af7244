"""Shows audited bills, and notes that their claims are made. Must not judge or draw."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from jobs.ports import Storage
from jobs.views.bills import BillView
from policies.money.audit.kept import totals_in
from policies.money.audit.record import BillAudit, BillLine, BillState
from policies.records import AuditEntry, Tenant

FILED = "file_claims"
"""The action under which it is on the trail that claims were made."""
_MOST = 10


async def recent_bills(tenants: Sequence[Tenant], *, storage: Storage) -> list[BillView]:
    """The latest audits of these clients, newest first."""
    known = {tenant.id: tenant for tenant in tenants}
    async with storage.read() as tx:
        found = await tx.bills.recent(list(known), _MOST)
    return [bill_view(one, known[one.tenant_id]) for one in found]


async def show_bill(
    audit_id: int, tenants: Sequence[Tenant], *, storage: Storage
) -> tuple[BillView, tuple[BillLine, ...]] | None:
    """An audit that is done, with its lines; None where there is none of these clients."""
    known = {tenant.id: tenant for tenant in tenants}
    async with storage.read() as tx:
        found = await tx.bills.get(audit_id, list(known))
        if found is None or found.state is not BillState.DONE:
            return None
        lines = await tx.bills.lines(found.tenant_id, found.id)
    return bill_view(found, known[found.tenant_id]), tuple(lines)


async def file_claims(
    audit_id: int, tenants: Sequence[Tenant], actor: str, *, storage: Storage, now: datetime
) -> tuple[BillView, bool] | None:
    """Ends the countdown; False with it where somebody had said so before."""
    known = {tenant.id: tenant for tenant in tenants}
    async with storage.write() as tx:
        found = await tx.bills.hold(audit_id, list(known))
        if found is None or found.state is not BillState.DONE:
            return None
        view = bill_view(found, known[found.tenant_id])
        if found.filed_at is not None:
            return view, False
        done = replace(found, filed_at=now, filed_by=actor)
        await tx.bills.save(done)
        entry = AuditEntry(
            tenant_id=found.tenant_id,
            at=now,
            actor=actor,
            action=FILED,
            subject=f"bill:{found.id}",
            before={},
            after={"disputed": [list(one) for one in view.totals.disputed]},
        )
        await tx.audit.append([entry])
    return replace(view, audit=done), True


def bill_view(audit: BillAudit, tenant: Tenant) -> BillView:
    """An audit that is done, with its figures."""
    return BillView(audit=audit, tenant=tenant, totals=totals_in(audit.totals))
