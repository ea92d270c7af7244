"""Keeps a judged bill, once for the same file and contract, whoever else judges it meanwhile.

Must not judge.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.ports import Storage
from policies.money.audit.contract import Contracts
from policies.money.audit.record import BillAudit, BillLine, BillState
from policies.money.audit.table import BillFileError
from policies.records import AuditEntry

_PORTION = 5_000
"""Lines that are kept in one transaction, so that events are not kept waiting."""
AUDIT = "audit_bill"
"""The action under which an audit is on the trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A bill that was judged; `again` where it had been before."""

    audit: BillAudit
    lines: tuple[BillLine, ...]
    again: bool = False


def key_of(audit: BillAudit, contracts: Contracts) -> str:
    """All by which a file is judged, but for our events."""
    digests = sorted(one.digest for one in contracts.known)
    told = [audit.file_hash, audit.carrier, repr(sorted(audit.columns.items())), *digests]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


async def judged_before(audit: BillAudit, key: str, storage: Storage) -> Audited | None:
    """What came of the same file and contract before; None where nothing did."""
    async with storage.read() as tx:
        known = await tx.bills.by_key(audit.tenant_id, key)
    if known is None or known.state is not BillState.DONE:
        return None
    return await judged_as(audit.tenant_id, key, storage)


async def judged_as(tenant_id: int, key: str, storage: Storage) -> Audited:
    """What was kept under that key; raises BillFileError where it is gone."""
    async with storage.read() as tx:
        known = await tx.bills.by_key(tenant_id, key)
        if known is None:
            message = "somebody else has it judged just now; say bills for what came of it"
            raise BillFileError(message)
        lines = await tx.bills.lines(tenant_id, known.id)
    return Audited(audit=known, lines=tuple(lines), again=True)


async def keep_judged(
    done: BillAudit, lines: tuple[BillLine, ...], storage: Storage, now: datetime
) -> Audited | None:
    """Portion by portion; it counts once it is done. None where somebody else was faster."""
    working = replace(done, state=BillState.WORKING, key=None, remind_at=None)
    async with storage.write() as tx:
        if await tx.bills.by_key(done.tenant_id, done.key or "") is not None:
            return None
        asked = await tx.bills.hold(done.id, [done.tenant_id]) if done.id else None
        if asked is None:
            done = replace(done, id=(await tx.bills.add(working)).id)
        elif asked.state is BillState.ASKED:
            await tx.bills.save(working)
        else:
            return None
    for start in range(0, len(lines), _PORTION):
        async with storage.write() as tx:
            await tx.bills.put_lines(done.tenant_id, done.id, lines[start : start + _PORTION])
    async with storage.write() as tx:
        if await tx.bills.by_key(done.tenant_id, done.key or "") is not None:
            return None
        await tx.bills.save(done)
        await tx.audit.append([_entry(done, now)])
    return Audited(audit=done, lines=lines)


def _entry(audit: BillAudit, now: datetime) -> AuditEntry:
    return AuditEntry(
        tenant_id=audit.tenant_id,
        at=now,
        actor=audit.actor,
        action=AUDIT,
        subject=f"bill:{audit.id}",
        before={},
        after={"file": audit.file_hash[:16], "lines": audit.totals["lines"]},
    )
