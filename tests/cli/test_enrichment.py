"""The jobs of enrichment from a terminal: listed with when they run, and run by their names."""

import asyncio
from pathlib import Path

from storage.engine import open_engines
from storage.transaction import SqlStorage
from tests.cli.conftest import Run
from tests.storage.builders import a_record

EVERY = {
    "follow_enrichment": 30,
    "watch_enrichment": 60,
    "reprocess_enrichment": 4 * 3600,
    "enrich_exceptions": 6 * 3600,
}


def test_the_jobs_are_listed_and_can_be_run(e2a: Run, acme: str, place: Path) -> None:
    """Each says how often it runs and how it ended; an old exception is found by the fourth."""

    async def fill() -> None:
        storage = SqlStorage(open_engines(f"sqlite+aiosqlite:///{place}/e2a.db"))
        async with storage.write() as tx:
            tenant = await tx.tenants.by_name(acme)
            assert tenant is not None
            await tx.exceptions.open([a_record(tenant.id, "SO-1")])
        await storage.close()

    asyncio.run(fill())
    assert "0 new" in e2a("jobs", "run", "follow_enrichment").err
    assert "1 were not followed" in e2a("jobs", "run", "reprocess_enrichment").err
    listed = {row["name"]: row for row in e2a("jobs", "list", "--json").json}
    assert {name: listed[name]["every_seconds"] for name in EVERY} == EVERY
    ran = {name for name in EVERY if listed[name]["last_outcome"] == "ok"}
    assert ran == {"follow_enrichment", "reprocess_enrichment"}
