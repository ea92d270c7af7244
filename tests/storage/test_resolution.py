"""Attempts in every store: eligible ones by index, one under way for each, ended once."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from policies.attempts import Attempt, AttemptState
from policies.personal import ERASED, Person, rewritten
from policies.promises import Promises
from policies.reasons import ReasonCode, Status
from policies.records import ExceptionRecord, OrderKey, Tenant
from policies.resolution_gates import eligible
from policies.retention import Due
from storage.engine import open_engines
from storage.erasure import SqlPeople
from storage.keeper import SqlKeeper
from storage.resolution_attempts import SqlAttempts
from storage.transaction import SqlStorage
from tests.jobs.resolutions import Calls, of_order, resolving_of, rules, run
from tests.storage.builders import T0, a_record
from tests.storage.conftest import SqlWorld, World

LATER = T0 + timedelta(minutes=10)


def tried(record: ExceptionRecord, **changes: object) -> Attempt:
    """An attempt of an exception with something in every field."""
    attempt = Attempt(
        id=0,
        tenant_id=record.tenant_id,
        exception_id=record.id,
        order_id=record.order_id,
        action="hold_order",
        number=1,
        key=f"k-{record.id}",
        state=AttemptState.DUE,
        asked_at=T0,
        proved_by=("order_held",),
        request={"method": "POST", "url": "https://x.test", "body": {"a": 1}},
    )
    return replace(attempt, **changes)  # type: ignore[arg-type]


async def opened(world: World, *changes: Mapping[str, object]) -> list[ExceptionRecord]:
    """An exception for each of these."""
    drafts = [a_record(world.tenant.id, f"SO-{n:04}", **one) for n, one in enumerate(changes)]
    async with world.storage.write() as tx:
        return await tx.exceptions.open(drafts)


async def test_the_store_says_who_is_eligible_as_the_policy_does(world: World) -> None:
    """Open or in progress, not blocked, attempts left, of those codes, nothing under way."""
    records = await opened(
        world,
        {},
        {"status": Status.IN_PROGRESS, "resolution_attempts": 1},
        {"status": Status.ACKNOWLEDGED},
        {"status": Status.RESOLVED, "resolved_at": T0},
        {"resolution_blocked": True},
        {"resolution_attempts": 2},
        {"resolution_attempts": 2, "max_resolution_attempts": 3},
        {"reason_code": ReasonCode.PACK_DELAY},
        {},
    )
    async with world.storage.write() as tx:
        await tx.attempts.add(tried(records[8]))
        every = await tx.attempts.eligible(world.tenant.id, None, 0, 99)
        assert every == [one for one in records[:8] if eligible(one)]
        picks = await tx.attempts.eligible(world.tenant.id, {"PICK_DELAY"}, records[0].id, 1)
        assert [one.id for one in picks] == [records[1].id]


async def test_there_is_one_under_way_for_each(world: World) -> None:
    """A second one is refused while the first goes on, and a number is given once for ever."""
    (record,) = await opened(world, {})
    async with world.storage.write() as tx:
        first = await tx.attempts.add(tried(record))
        assert first is not None
        assert await tx.attempts.get(first.id) == first
        assert await tx.attempts.add(tried(record, number=2)) is None
        ended = replace(
            first,
            state=AttemptState.FAILED,
            approved_by="slack:U1",
            approved_at=T0,
            started_at=T0,
            ended_at=LATER,
            prove_by=LATER,
            status=500,
            response="no",
        )
        assert await tx.attempts.save(ended, was=AttemptState.DUE)
        assert not await tx.attempts.save(ended, was=AttemptState.DUE)
        assert await tx.attempts.get(first.id) == ended
        assert await tx.attempts.add(tried(record)) is None
        second = await tx.attempts.add(tried(record, number=2))
        assert [one.number for one in await tx.attempts.unended(0, 9)] == [2]
        key = OrderKey(tenant_id=record.tenant_id, order_id=record.order_id)
        assert (await tx.attempts.of_orders([key]))[key] == [ended, second]
        assert await tx.attempts.latest([world.tenant.id], 1) == [second]
        assert await tx.attempts.latest([world.tenant.id + 1], 9) == []


async def test_outcomes_are_counted_by_action(world: World) -> None:
    """Dry runs are no attempts; what was called off uses up no limit."""
    records = await opened(world, {}, {}, {}, {})
    states = (
        AttemptState.SUCCEEDED,
        AttemptState.FAILED,
        AttemptState.DROPPED,
        AttemptState.REHEARSED,
    )
    async with world.storage.write() as tx:
        for record, state in zip(records, states, strict=True):
            dry = state is AttemptState.REHEARSED
            await tx.attempts.add(tried(record, state=state, dry_run=dry, asked_at=LATER))
        assert await tx.attempts.since(world.tenant.id, T0) == {"hold_order": 2}
        assert await tx.attempts.since(world.tenant.id, LATER) == {}
        assert await tx.attempts.tally([world.tenant.id], LATER) == [
            ("hold_order", AttemptState.DROPPED, 1),
            ("hold_order", AttemptState.FAILED, 1),
            ("hold_order", AttemptState.SUCCEEDED, 1),
        ]


async def test_blocked_ones_are_counted_while_they_are_active(world: World) -> None:
    """The gauge is about what somebody still has to do."""
    blocked = {"resolution_blocked": True}
    await opened(world, blocked, {}, {**blocked, "status": Status.CLOSED, "resolved_at": T0})
    async with world.storage.read() as tx:
        assert await tx.attempts.blocked(world.tenant.id) == 1


async def test_a_run_over_a_thousand_touches_the_eligible_ones_only(world: World) -> None:
    """Ten of a thousand may be tried: ten rows change, ten calls go out."""
    closed = {"status": Status.RESOLVED, "resolved_at": T0}
    records = await opened(world, *([closed] * 990 + [{}] * 10))
    calls = Calls()
    book = rules("{PICK_DELAY: [{do: hold_order}]}", world.tenant.name)
    resolving = resolving_of(world.storage, Promises(rules=()), book, calls)
    await run(resolving, 0)
    assert len(calls.told) == 10
    async with world.storage.read() as tx:
        now = await tx.exceptions.among([record.id for record in records])
    changed = [b.id for a, b in zip(records, now, strict=True) if a != b]
    assert changed == [record.id for record in records[990:]]
    assert {one.resolution_attempts for one in now[990:]} == {1}


async def test_eligible_ones_are_read_from_their_index(sql: SqlWorld) -> None:
    """However many exceptions there are, only the eligible ones are looked at."""
    closed = {"status": Status.RESOLVED, "resolved_at": T0}
    await opened(sql, *([closed] * 900 + [{}] * 10))
    plans: list[str] = []
    sqlite = sql.storage.engines.on_sqlite
    async with sql.storage.engines.write() as connection:
        if not sqlite:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            await connection.execute(text("SET LOCAL enable_sort = off"))
        store = SqlAttempts(connection)
        statement = store.eligible_statement(sql.tenant.id, None, 0, 200)
        word = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        compiled = statement.compile(connection.sync_engine, compile_kwargs={"literal_binds": True})
        plans = [str(row) for row in await connection.execute(text(word + str(compiled)))]
    assert any("ix_exceptions_resolvable" in line for line in plans), plans
    assert not any("SCAN exceptions" in line and "INDEX" not in line for line in plans), plans


async def test_attempts_go_with_their_exceptions(sql: SqlWorld) -> None:
    """Retention lets go of what was tried for an exception when it lets go of that."""
    closed = {"status": Status.CLOSED, "resolved_at": T0}
    records = await opened(sql, closed, {})
    async with sql.storage.write() as tx:
        for record in records:
            await tx.attempts.add(tried(record, state=AttemptState.FAILED))
    before = T0 + timedelta(1)
    due = Due(kind="exceptions", shelf="exceptions", tenant_id=sql.tenant.id, before=before)
    assert (await SqlKeeper(sql.storage.engines).drop(due, None, None))[0] == 1
    assert await of_order(sql.storage, sql.tenant.id, "SO-0000") == []
    assert len(await of_order(sql.storage, sql.tenant.id, "SO-0001")) == 1


async def test_a_request_sees_its_own_tenants_attempts(sql: SqlWorld) -> None:
    """Behind the wall of one tenant nobody reads what was tried for another one."""
    async with sql.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        (theirs,) = await tx.exceptions.open([a_record(other.id, "GX-1")])
        kept = await tx.attempts.add(tried(theirs))
        assert kept is not None
    async with sql.storage.of([sql.tenant.id]).read() as tx:
        seen = await tx.attempts.get(kept.id)
    assert seen == (kept if sql.storage.engines.on_sqlite else None)


async def test_two_replicas_call_once(sql: SqlWorld) -> None:
    """Both run at once over the same rows: each exception is tried once, with one key."""
    records = await opened(sql, *([{}] * 6))
    other = SqlStorage(open_engines(sql.url))
    calls = Calls()
    book = rules("{PICK_DELAY: [{do: hold_order}]}", sql.tenant.name)
    both = [resolving_of(one, Promises(rules=()), book, calls) for one in (sql.storage, other)]
    await asyncio.gather(*(run(one, 0) for one in both))
    await other.close()
    keys = [key for _, key, _ in calls.told]
    assert len(keys) == len(set(keys)) == 6
    async with sql.storage.read() as tx:
        every = await tx.exceptions.among([record.id for record in records])
    assert {record.resolution_attempts for record in every} == {1}


async def test_what_another_system_said_of_a_person_is_erased(sql: SqlWorld) -> None:
    """The answer goes as a whole, what was sent stays but for the person, the outcome stays."""
    (record,) = await opened(sql, {})
    said = {"response": "held for Ada Lovelace", "state": AttemptState.FAILED}
    async with sql.storage.write() as tx:
        kept = await tx.attempts.add(tried(record, **said))
    people = SqlPeople(sql.storage)
    (document,) = await people.of_orders("resolution_attempts", sql.tenant.id, ["SO-0000"])
    clean = rewritten(document, Person())
    assert clean is not None
    await people.rewrite(sql.tenant.id, [clean], None, (), T0)
    assert kept is not None
    (after,) = await of_order(sql.storage, sql.tenant.id, "SO-0000")
    assert after == replace(kept, response=ERASED)
