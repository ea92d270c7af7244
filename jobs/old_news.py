"""Keeps what retention has forgotten from being told as news when an old event is sent again.

Must not judge: clocks are put on record as they are, only no exception opens on them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from jobs.ports import Transaction
from jobs.put_on_record import Verdict
from policies.judgement import Decision, Opened, Reopened
from policies.retention import APPLIED, RETENTION, Keeping, forgotten_before


async def only_news(
    tx: Transaction, verdicts: Sequence[Verdict], keeping: Keeping, now: datetime
) -> list[Verdict]:
    """The verdicts without exceptions of a time from which orders of their tenant were deleted.

    A history that is loaded late is news, however old, as long as nothing of it was deleted.
    """
    old = {
        verdict.tenant.id
        for verdict in verdicts
        for decision in verdict.decisions
        if not keeping.is_news(decision.record.breached_at, verdict.tenant.name, now)
    }
    forgotten = {tenant_id: await _forgotten(tx, tenant_id) for tenant_id in old}
    return [_told(verdict, forgotten.get(verdict.tenant.id)) for verdict in verdicts]


async def _forgotten(tx: Transaction, tenant_id: int) -> datetime | None:
    trail = await tx.audit.of_subject(tenant_id, RETENTION)
    return forgotten_before([entry.after for entry in trail if entry.action == APPLIED])


def _told(verdict: Verdict, forgotten: datetime | None) -> Verdict:
    if forgotten is None:
        return verdict
    told = tuple(one for one in verdict.decisions if not _is_gone(one, forgotten))
    return replace(verdict, decisions=told)


def _is_gone(decision: Decision, forgotten: datetime) -> bool:
    opens = isinstance(decision, Opened | Reopened)
    return opens and decision.record.breached_at < forgotten
