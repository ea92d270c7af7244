"""Goes after what is incomplete: of the last hours, of any age, or what somebody asks for.

Must not do the work: it is looked at by follow_enrichment, which asks for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobs.enriching import Enriching
from jobs.follow_enrichment import Followed, begin, follow_enrichment, served
from jobs.ports import Storage
from policies.enrichment_states import asked_anew
from policies.records import AuditEntry

LOOKBACK = timedelta(hours=6)
_PAGE = 500
_MOST = 10_000


async def enrich_exceptions(enriching: Enriching, *, now: datetime, wall_now: datetime) -> Followed:
    """Follows whatever opened in the last 6 hours and is not followed yet."""
    return await follow_enrichment(enriching, now=now, wall_now=wall_now, lately=LOOKBACK)


async def reprocess_enrichment(
    enriching: Enriching, *, now: datetime, wall_now: datetime
) -> tuple[int, int]:
    """Has everything looked at again that is incomplete, whatever its age.

    Returns:
        How many exceptions nobody had followed, and how many are looked at again.
    """
    found = again = 0
    for tenant in await served(enriching):
        while True:
            async with enriching.storage.write() as tx:
                missed = await tx.enrichments.active_without(tenant.id, _PAGE)
                await begin(tx, missed, wall_now)
            found += len(missed)
            if len(missed) < _PAGE:
                break
        async with enriching.storage.write() as tx:
            again += await tx.enrichments.hurry(tenant.id, wall_now)
    await follow_enrichment(enriching, now=now, wall_now=wall_now)
    return found, again


async def process_enrichment(
    tenant_id: int,
    exception_ids: Sequence[int] | None,
    actor: str,
    *,
    storage: Storage,
    now: datetime,
    wall_now: datetime,
    correlation_id: str | None = None,
) -> int:
    """Somebody wants it now: tries begin anew, also where a model failed too often.

    Args:
        tenant_id: whose.
        exception_ids: which of them; None: all that are incomplete.
        actor: for the trail.
        storage: where they are.
        now: business time, for the trail.
        wall_now: by which they are due.
        correlation_id: of the request.

    Returns:
        How many are looked at within the minute.
    """
    async with storage.write() as tx:
        if exception_ids is None:
            listed = await tx.enrichments.incomplete([tenant_id], None, _MOST)
            exception_ids = [one.exception_id for one in listed]
        rows = [one for one in await tx.enrichments.of(exception_ids) if one.tenant_id == tenant_id]
        await tx.enrichments.save([asked_anew(one, wall_now) for one in rows])
        entry = AuditEntry(
            tenant_id=tenant_id,
            at=now,
            actor=actor,
            action="process_enrichment",
            subject="enrichment",
            after={"exceptions": len(rows)},
            correlation_id=correlation_id,
        )
        await tx.audit.append([entry])
    return len(rows)
