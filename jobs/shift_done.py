"""What a shift did: opened, settled, breached, and how long it took to be acknowledged.

Must not judge anybody: counts of records and the trail are all it reads.
"""

from datetime import datetime
from statistics import median

from jobs.brief_scope import Scope, opened_since, settled_since
from jobs.ports import Transaction
from jobs.views.briefs import ShiftDone
from policies.reasons import Status
from policies.records import AuditEntry

_TOOK = frozenset({"acknowledge", "assign"})
_PAGE, _PAGES = 500, 20
"""Entries of the trail that are looked through for who acknowledged when."""


async def shift_done(tx: Transaction, scope: Scope, since: datetime, now: datetime) -> ShiftDone:
    """What was done between then and now."""
    opened = await opened_since(tx, scope, since)
    settled = await settled_since(tx, scope, since)
    minutes = await _minutes_to_take(tx, scope, since)
    return ShiftDone(
        opened=len(opened),
        settled=len(settled),
        breached=sum(since <= record.breached_at <= now for record in opened),
        acknowledged=len(minutes),
        ack_minutes=median(minutes) if minutes else None,
    )


async def _minutes_to_take(tx: Transaction, scope: Scope, since: datetime) -> list[float]:
    """Of each exception that was first taken since then: how long that took."""
    first: dict[int, AuditEntry] = {}
    for entry in await _lately(tx, scope, since):
        kind, _, number = entry.subject.partition(":")
        if entry.action in _TOOK and kind == "exception" and number.isdecimal():
            first[int(number)] = entry  # they come newest first
    records = [one for one in await tx.exceptions.among(sorted(first)) if scope.has(one)]
    waits = [(first[one.id].at - one.opened_at).total_seconds() / 60 for one in records]
    return [
        wait
        for wait, one in zip(waits, records, strict=True)
        if first[one.id].before.get("status") == Status.OPEN.value
    ]


async def _lately(tx: Transaction, scope: Scope, since: datetime) -> list[AuditEntry]:
    found: list[AuditEntry] = []
    before: int | None = None
    for _ in range(_PAGES):
        page = await tx.audit.find(scope.tenant_ids, before_id=before, limit=_PAGE)
        found += [entry for entry in page if entry.at >= since]
        if len(page) < _PAGE or page[-1].at < since:
            break
        before = page[-1].id
    return found
