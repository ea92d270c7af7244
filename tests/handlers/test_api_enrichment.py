"""Enrichment over HTTP: figures with their limits, what is missing and why, and doing it again."""

from dataclasses import replace

import pytest

from policies.enrichment import COMPLETED, failed, skipped
from policies.enrichment_states import begun
from policies.records import ExceptionRecord, Tenant
from tests.handlers.world import NOW, World
from tests.storage.builders import MINUTE


async def unfinished(world: World, tenant: Tenant | None = None, order: str = "SO-1") -> int:
    """An exception whose classification failed for good ten minutes ago."""
    record: ExceptionRecord = await world.open_exception(tenant, order_id=order)
    row = replace(
        begun(record, NOW - 10 * MINUTE),
        order_analysis=COMPLETED,
        classification=failed("timeout"),
        automation=skipped("no_policy"),
        tries=6,
        ask_at=None,
        filled=6,
        expected=8,
        quality=75,
    )
    async with world.storage.write() as tx:
        await tx.enrichments.save([row])
    return record.id


async def test_health_tells_figures_limits_and_levels(world: World) -> None:
    """Each measure with where it gets bad; few records alarm nobody and say so with null."""
    await unfinished(world)
    await unfinished(world, world.other)
    status, body = await world.call("GET", "/api/enrichment/health", key="read")
    assert (status, body["status"]) == (200, "ok")
    assert body["measures"]["completeness"] == {
        "figure": None,
        "level": "ok",
        "warning": 85,
        "critical": 70,
    }
    assert body["measures"]["backlog"]["critical"] == 1000
    figures = body["figures"]
    assert (figures["records"], figures["completeness"], figures["quality"]) == (1, 0, 75)
    assert figures["failures_percent"]["classification"] == 100
    assert figures["causes"] == [
        {
            "stage": "classification",
            "state": "FAILED",
            "reason": "timeout",
            "words": "the model did not answer in time",
            "records": 1,
        }
    ]


async def test_the_backlog_is_read_page_by_page_by_its_own_tenant(world: World) -> None:
    """Newest first, with the reason in words; another tenant's are never in it."""
    numbers = [await unfinished(world, order=f"SO-{n}") for n in range(3)]
    await unfinished(world, world.other)
    seen: list[int] = []
    cursor = ""
    while True:
        path = f"/api/enrichment/backlog?limit=2{cursor}"
        status, body = await world.call("GET", path, key="read")
        assert status == 200
        seen += [one["exception_id"] for one in body["items"]]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"
    assert seen == numbers[::-1]
    assert body["items"][0]["classification"]["words"] == "the model did not answer in time"


async def test_the_report_tells_what_is_aimed_at(world: World) -> None:
    """Four aims, the stages as they stand, and seven days."""
    await unfinished(world)
    status, body = await world.call("GET", "/api/enrichment/report", key="read")
    assert status == 200
    assert [one["name"] for one in body["goals"]] == [
        "complete_within_24_hours",
        "quality",
        "failures",
        "high_confidence",
    ]
    assert body["stages"][0]["records"] == 1
    assert len(body["days"]) == 7


@pytest.mark.parametrize(("body", "queued"), [({}, 1), (b"", 1), ({"exception_ids": [1, 99]}, 1)])
async def test_what_is_missing_is_done_again(world: World, body: object, queued: int) -> None:
    """All of the tenant, or those that are named; a foreign number is no number."""
    number = await unfinished(world)
    foreign = await unfinished(world, world.other)
    path = "/api/enrichment/process"
    assert await world.send(body, path, key="admin") == (200, {"queued": queued})
    named = {"exception_ids": [foreign]}
    assert await world.send(named, path, key="admin") == (200, {"queued": 0})
    async with world.storage.write() as tx:
        mine, other = await tx.enrichments.of([number, foreign])
        trail = await tx.audit.of_subject(world.tenant.id, "enrichment")
    assert (mine.tries, mine.ask_at, other.ask_at) == (0, NOW, None)
    assert [one.actor for one in trail] == ["api:3", "api:3"]


@pytest.mark.parametrize("body", [{"exception_ids": ["1"]}, {"ids": [1]}, {"exception_ids": [0]}])
async def test_a_wrong_wish_is_refused(world: World, body: object) -> None:
    """Nothing is queued by a body that says something else."""
    assert (await world.send(body, "/api/enrichment/process", key="admin"))[0] == 422


async def test_reading_does_not_let_process(world: World) -> None:
    """Doing something takes the scope admin."""
    assert (await world.send({}, "/api/enrichment/process", key="read"))[0] == 403
