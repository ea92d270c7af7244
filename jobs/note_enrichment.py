"""Notes what came of asking a model about an exception, and when it is asked again.

Must not ask: improve_explanation.py does.
"""

from datetime import datetime

from jobs.enriching import Enriching
from jobs.follow_enrichment import count_failures
from jobs.gather_enrichment import known_of
from policies.enrichment_states import begun, look, noted
from policies.model_budget import resets_at

IMPROVED = "improved"


async def note_answer(
    exception_id: int, outcome: str, enriching: Enriching, *, wall_now: datetime
) -> None:
    """Keeps it; an exception that nobody follows yet is followed from here on.

    Args:
        exception_id: about which a model was asked.
        outcome: what improve_explanation returned.
        enriching: what it needs.
        wall_now: by which retries are counted.
    """
    async with enriching.storage.write() as tx:
        record = await tx.exceptions.get(exception_id)
        tenant = await tx.tenants.get(record.tenant_id) if record else None
        if record is None or tenant is None or tenant.synthetic:
            return
        known = (await known_of(tx, [record], enriching))[record.id]
        rows = await tx.enrichments.of([record.id])
        was = rows[0] if rows else begun(record, wall_now)
        told = was
        if outcome != IMPROVED:
            told = noted(was, outcome, wall_now, resets_at(wall_now, tenant.timezone))
        seen = look(told, known, wall_now)
        after = told if seen.ask else seen.enrichment
        await tx.enrichments.save([after])
    count_failures(was, after, enriching)
