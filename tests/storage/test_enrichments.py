"""How far exceptions are enriched is kept and counted alike everywhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from policies.enrichment import COMPLETED, Enrichment, EnrichmentState, Note, failed, skipped
from policies.enrichment_figures import IN_TIME, Level, Measure
from policies.enrichment_states import begun
from policies.reasons import Status
from policies.records import ExceptionRecord, Tenant
from policies.retention import Due
from storage.errors import StorageError
from storage.keeper import SqlKeeper
from tests.storage.builders import MINUTE, T0, a_record
from tests.storage.conftest import SqlWorld, World

DAY = timedelta(days=1)
DONE = {"order_analysis": COMPLETED, "automation": skipped("no_policy")}


async def opened(world: World, *orders: str, **changes: object) -> list[ExceptionRecord]:
    """Exceptions of these orders."""
    records = [a_record(world.tenant.id, order_id=order, **changes) for order in orders]
    async with world.storage.write() as tx:
        return list(await tx.exceptions.open(records))


async def saved(world: World, record: ExceptionRecord, **changes: object) -> Enrichment:
    """Its row with some fields as a test needs them."""
    row = replace(begun(record, T0), **changes)  # type: ignore[arg-type]
    async with world.storage.write() as tx:
        await tx.enrichments.save([row])
    return row


async def test_a_row_is_kept_as_it_is_and_replaced(world: World) -> None:
    """Every field comes back; None stays None; the same exception has one row."""
    [record] = await opened(world, "SO-1")
    row = await saved(world, record)
    async with world.storage.write() as tx:
        assert await tx.enrichments.of([record.id, 99]) == [row]
    full = await saved(
        world,
        record,
        order_analysis=COMPLETED,
        classification=failed("timeout"),
        automation=Note(EnrichmentState.IN_PROGRESS, "attempt"),
        tries=3,
        ask_at=T0 + DAY,
        next_at=None,
        completed_at=T0,
        confidence=0.4375,
        filled=5,
        expected=8,
        quality=27,
    )
    async with world.storage.write() as tx:
        assert await tx.enrichments.of([record.id]) == [full]


async def test_what_has_no_row_yet_is_found(world: World) -> None:
    """By when it opened, or because it is active, whatever its age; of one client alone."""
    first, second = await opened(world, "SO-1", "SO-2")
    [late] = await opened(world, "SO-3", opened_at=T0 + DAY)
    [over] = await opened(world, "SO-4", status=Status.CLOSED)
    await saved(world, second)
    mine = world.tenant.id
    async with world.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="globex"))
        assert list(await tx.enrichments.opened_without(mine, T0 + DAY, 9)) == [late]
        assert list(await tx.enrichments.active_without(mine, 9)) == [first, late]
        assert list(await tx.enrichments.active_without(mine, 1)) == [first]
        assert await tx.enrichments.active_without(other.id, 9) == []
        assert over not in await tx.enrichments.active_without(mine, 9)


async def test_rows_are_due_longest_first(world: World) -> None:
    """Up to the moment and the limit; what is not looked at again is never due."""
    one, two, three = await opened(world, "SO-1", "SO-2", "SO-3")
    a = await saved(world, one, next_at=T0 + 2 * MINUTE)
    b = await saved(world, two, next_at=T0 + MINUTE)
    await saved(world, three, next_at=None)
    async with world.storage.write() as tx:
        assert await tx.enrichments.due(T0 + 2 * MINUTE, 9) == [b, a]
        assert await tx.enrichments.due(T0 + 2 * MINUTE, 1) == [b]
        assert await tx.enrichments.due(T0, 9) == []


async def test_hurry_reaches_what_is_incomplete_or_left(world: World) -> None:
    """Owed ones come at once; a complete one only where nobody would look again and it is open."""
    owed, left, over, well = await opened(world, "SO-1", "SO-2", "SO-3", "SO-4")
    await saved(world, owed, next_at=T0 + DAY)
    await saved(world, left, next_at=None, completed_at=T0)
    await saved(world, well, next_at=T0 + DAY, completed_at=T0)
    async with world.storage.write() as tx:
        await tx.exceptions.save(replace(over, status=Status.CLOSED, version=2), was=over.version)
    await saved(world, over, next_at=None, completed_at=T0)
    async with world.storage.write() as tx:
        assert await tx.enrichments.hurry(world.tenant.id, T0) == 2
        due = await tx.enrichments.due(T0, 9)
        assert {one.exception_id for one in due} == {owed.id, left.id}


async def test_groups_add_up(world: World) -> None:
    """Those that stand alike are one group with exact sums; the window is half open."""
    records = await opened(world, *(f"SO-{n}" for n in range(5)))
    told = {"filled": 8, "expected": 8, "quality": 80, **DONE, "classification": COMPLETED}
    await saved(world, records[0], **told, confidence=0.5, completed_at=T0 + IN_TIME)
    late = T0 + IN_TIME + timedelta(microseconds=1)
    await saved(world, records[1], **told, confidence=0.75, completed_at=late)
    await saved(world, records[2], **DONE, classification=failed("timeout"), expected=8)
    await saved(world, records[3], begun_at=T0 - MINUTE)
    await saved(world, records[4], begun_at=T0 + DAY)
    async with world.storage.read() as tx:
        whole, failing = await tx.enrichments.groups([world.tenant.id], T0, T0 + DAY)
        assert await tx.enrichments.groups([world.tenant.id + 7], T0, T0 + DAY) == []
    assert (whole.records, whole.in_time, whole.answered, whole.sure) == (2, 1, 2, 1)
    assert (whole.filled, whole.expected, whole.quality) == (16, 16, 160)
    assert whole.confidence == pytest.approx(1.25)
    assert (failing.records, failing.in_time, failing.answered) == (1, 0, 0)
    assert failing.classification == failed("timeout")


async def test_what_is_missing_is_listed_and_counted(world: World) -> None:
    """Newest first, page by page; the backlog leaves out what nobody follows any more."""
    one, two, three = await opened(world, "SO-1", "SO-2", "SO-3")
    a = await saved(world, one)
    await saved(world, two, completed_at=T0)
    c = await saved(world, three, next_at=None, classification=failed("junk"))
    mine = [world.tenant.id]
    async with world.storage.read() as tx:
        assert await tx.enrichments.incomplete(mine, None, 9) == [c, a]
        assert await tx.enrichments.incomplete(mine, three.id, 9) == [a]
        assert await tx.enrichments.incomplete([], None, 9) == []
        assert await tx.enrichments.backlog(mine) == 1


async def test_an_alarm_is_known_until_it_is_over(world: World) -> None:
    """Noting the same level twice is no news, and neither is the end of what never rang."""
    mine = world.tenant.id
    async with world.storage.write() as tx:
        alarm = tx.enrichments.alarm
        assert not await alarm(mine, Measure.QUALITY, Level.OK, T0)
        assert await alarm(mine, Measure.QUALITY, Level.WARNING, T0)
        assert not await alarm(mine, Measure.QUALITY, Level.WARNING, T0)
        assert await alarm(mine, Measure.QUALITY, Level.CRITICAL, T0)
        assert await tx.enrichments.alarms(mine) == {Measure.QUALITY: Level.CRITICAL}
        assert await alarm(mine, Measure.QUALITY, Level.OK, T0)
        assert await tx.enrichments.alarms(mine) == {}


async def test_nothing_stays_incomplete_without_a_reason(sql: SqlWorld) -> None:
    """The database itself refuses a stage that is not completed and says nothing."""
    [record] = await opened(sql, "SO-1")
    with pytest.raises(StorageError):
        await saved(sql, record, classification=Note(EnrichmentState.FAILED))


async def test_rows_go_with_their_exceptions(sql: SqlWorld) -> None:
    """Retention lets go of how far an exception was enriched when it lets go of that."""
    [gone] = await opened(sql, "SO-1", status=Status.CLOSED, resolved_at=T0)
    [stays] = await opened(sql, "SO-2")
    for record in (gone, stays):
        await saved(sql, record)
    due = Due(kind="exceptions", shelf="exceptions", tenant_id=sql.tenant.id, before=T0 + DAY)
    assert (await SqlKeeper(sql.storage.engines).drop(due, None, None))[0] == 1
    async with sql.storage.write() as tx:
        left = await tx.enrichments.of([gone.id, stays.id])
    assert [one.exception_id for one in left] == [stays.id]


async def test_a_request_sees_its_own_tenants_rows(sql: SqlWorld) -> None:
    """Behind the wall of one tenant nobody reads how far another one's exceptions are."""
    async with sql.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        [theirs] = await tx.exceptions.open([a_record(other.id, "GX-1")])
        await tx.enrichments.save([begun(theirs, T0)])
        await tx.enrichments.alarm(other.id, Measure.QUALITY, Level.WARNING, T0)
    walled = not sql.storage.engines.on_sqlite
    async with sql.storage.of([sql.tenant.id]).write() as tx:
        seen = await tx.enrichments.of([theirs.id])
        assert len(seen) == (0 if walled else 1)
        assert len(await tx.enrichments.alarms(other.id)) == (0 if walled else 1)
