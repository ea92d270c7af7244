"""What enrichment asks again and again is answered from an index that was made for it."""

from datetime import timedelta

from tests.storage.builders import T0
from tests.storage.test_plans import Watched, watched

__all__ = ["watched"]
HOUR = timedelta(hours=1)


async def test_nobody_goes_through_all_exceptions(watched: Watched) -> None:
    """New ones by when they opened, missed ones among the active, rows by when they are due."""
    rows = watched.transaction.enrichments
    await rows.opened_without(1, T0, 100)
    await rows.active_without(1, 100)
    await rows.due(T0, 100)
    await rows.backlog([1])
    await rows.incomplete([1], 99, 50)
    await rows.groups([1], T0 - HOUR, T0)
    opened, active, due, backlog, incomplete, groups = await watched.plans()
    assert "ix_exceptions_usual (tenant_id=? AND opened_at>?)" in opened
    assert "ix_exceptions_tenant_id_status_id (tenant_id=? AND status=?)" in active
    assert "ix_enrichments_next_at (next_at<?)" in due
    owed = "ix_enrichments_incomplete (completed_at=?"
    assert owed in backlog
    assert owed in incomplete
    assert "(tenant_id=? AND begun_at>? AND begun_at<?)" in groups
