"""A storm over a database: replicas that judge at the same time make one storm of one cause."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from jobs.act_on_storm import act_on_storm, preview_storm, split_off
from jobs.evaluate_orders import evaluate_orders
from jobs.ports import Storage
from jobs.put_on_record import Telling
from policies.facts import OrderEvent
from policies.grouping import Grouping, Level
from policies.lifecycle import Act
from policies.promises import promises_of
from policies.reasons import Status
from policies.records import OrderKey, Tenant, WorkItem
from policies.retention import Due
from policies.storms import Member
from storage.engine import open_engines
from storage.keeper import SqlKeeper
from storage.transaction import SqlStorage
from tests.jobs.world import packaged
from tests.storage.builders import LEASE, T0, a_record, an_event, received
from tests.storage.conftest import SqlWorld
from tests.storage.test_storms import STORM

LATE = T0 + timedelta(hours=3)
ORDERS = 60
GROUPING = Grouping(
    levels=(Level(by=("carrier", "warehouse"), above=3), Level(by=("warehouse",), above=5))
)
SHARED = Telling(default_channel="#ops", grouping=GROUPING)


async def judge(storage: Storage, items: list[WorkItem]) -> None:
    """One replica's batch."""
    await evaluate_orders(
        items,
        storage=storage,
        promises=promises_of(packaged()),
        telling=SHARED,
        now=LATE,
        wall_now=LATE,
    )


def another(sql: SqlWorld) -> SqlStorage:
    """A second replica's storage; a SQLite file has one process, which shares its writer."""
    if sql.storage.engines.on_sqlite:
        return sql.storage
    return SqlStorage(open_engines(sql.url, busy_timeout_seconds=20))


async def test_two_replicas_make_one_parent(sql: SqlWorld) -> None:
    """Sixty orders, judged in batches of five by two replicas at once: nobody is told twice."""
    facts = {"warehouse": "ATL1", "carrier": "UPS"}
    told = [an_event(f"e-{n}", f"SO-{n:03}", at=T0, payload=facts) for n in range(ORDERS)]
    await sql.log.record([received(sql.tenant.id, one) for one in told])
    async with sql.storage.write() as tx:
        items = await tx.work.claim("evaluate", LATE, LEASE, 500)
    assert len(items) == ORDERS
    other = another(sql)
    batches = [items[start : start + 5] for start in range(0, ORDERS, 5)]
    replicas = (sql.storage, other)
    await asyncio.gather(*(judge(replicas[n % 2], batch) for n, batch in enumerate(batches)))
    async with sql.storage.read() as tx:
        (storm,) = await tx.storms.after(0, 9)
        members = await tx.storms.members(storm.id)
        records = await tx.exceptions.of_orders(
            [OrderKey(tenant_id=sql.tenant.id, order_id=one.order_id) for one in told]
        )
        alone = [
            record.id
            for found in records.values()
            for record in found
            if await tx.alerts.of_exception(record.id)
        ]
    await other.close()
    assert [one.number for one in members] == list(range(1, storm.members + 1))
    listed = {one.exception_id for one in members}
    assert alone == [] or set(alone) <= listed
    assert len(listed) == sum(map(len, records.values()))


async def test_a_request_acts_on_its_own_tenants_members(sql: SqlWorld) -> None:
    """Behind the wall of one tenant its members are changed and split off, no others."""
    async with sql.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
        mine = await tx.exceptions.open([a_record(sql.tenant.id, f"SO-{n}") for n in range(3)])
        theirs = await tx.exceptions.open([a_record(other.id, f"GX-{n}") for n in range(2)])
        storm = (await tx.storms.open([replace(STORM, first_tenant_id=other.id)]))[0]
        members = [
            Member(storm_id=storm.id, tenant_id=one.tenant_id, exception_id=one.id)
            for one in (*theirs, *mine)
        ]
        await tx.storms.join(members, T0)
    walled = sql.storage.of([sql.tenant.id])
    act = Act(verb="acknowledge", exception_id=0, actor="slack:U1", tenant_ids=(sql.tenant.id,))
    preview = await preview_storm(act, storm.id, storage=walled, now=T0)
    assert preview is not None
    assert sorted(preview.versions) == [3, 4, 5]
    done = await act_on_storm(act, storm.id, None, storage=walled, now=T0, wall_now=T0)
    assert done is not None
    assert done.done == 3
    split = await split_off(act, storm.id, "SO-1", storage=walled, now=T0, wall_now=T0)
    assert split is not None
    assert await split_off(act, storm.id, "GX-1", storage=walled, now=T0, wall_now=T0) is None
    async with sql.storage.read() as tx:
        records = await tx.exceptions.among([one.id for one in (*mine, *theirs)])
        assert {one.order_id for one in records if one.status is Status.OPEN} == {"GX-0", "GX-1"}
        assert [one.id for one in await tx.storms.stale(T0, 9)] == [storm.id]
        assert len(await tx.alerts.of_exception(split.record.id)) == 1


async def test_a_storm_goes_with_its_last_exception(sql: SqlWorld) -> None:
    """Retention lets members go with their exceptions, and a storm that nobody is in."""
    closed = {"status": Status.CLOSED, "resolved_at": T0}
    async with sql.storage.write() as tx:
        records = await tx.exceptions.open(
            [a_record(sql.tenant.id, f"SO-{n}", **closed) for n in range(3)]
        )
        storms = await tx.storms.open([STORM, STORM])
        open_one = (await tx.exceptions.open([a_record(sql.tenant.id, "SO-9")]))[0]
        members = [
            Member(storm_id=storm.id, tenant_id=sql.tenant.id, exception_id=one.id)
            for storm, one in zip((storms[0], storms[0], storms[1]), records, strict=True)
        ]
        still = Member(storm_id=storms[1].id, tenant_id=sql.tenant.id, exception_id=open_one.id)
        await tx.storms.join([*members, still], T0)
        for storm in storms:
            await tx.storms.sent(storm.id, "card", channel_id="C1", ts=f"{storm.id}", digest="d")
    due = Due(
        kind="exceptions", shelf="exceptions", tenant_id=sql.tenant.id, before=T0 + timedelta(1)
    )
    went, _ = await SqlKeeper(sql.storage.engines).drop(due, None, None)
    assert went == 3
    async with sql.storage.read() as tx:
        assert await tx.storms.get(storms[0].id) is None
        assert [one.exception_id for one in await tx.storms.members(storms[1].id)] == [open_one.id]


async def test_presses_and_verdicts_do_not_wait_for_each_other(sql: SqlWorld) -> None:
    """All of a storm is acknowledged while two replicas settle it: nobody's lock is in the way."""
    async with sql.storage.write() as tx:
        other = await tx.tenants.add(Tenant(id=0, name="other"))
    tenants = (sql.tenant.id, other.id)
    names = [f"SO-{n:03}" for n in range(ORDERS)]
    facts = {"warehouse": "ATL1", "carrier": "UPS"}
    await _hear(
        sql, [(tenants[n % 2], an_event(name, name, payload=facts)) for n, name in enumerate(names)]
    )
    async with sql.storage.write() as tx:
        items = await tx.work.claim("evaluate", LATE, LEASE, 500)
    await judge(sql.storage, items)
    picked = T0 + timedelta(hours=2, minutes=30)
    ended = [an_event(f"p-{name}", name, event_type="pick_completed", at=picked) for name in names]
    await _hear(sql, [(tenants[n % 2], event) for n, event in enumerate(ended)])
    async with sql.storage.write() as tx:
        items = await tx.work.claim("evaluate", LATE, LEASE, 500)
        (storm,) = await tx.storms.after(0, 9)
    second = another(sql)
    batches = [items[start : start + 10] for start in range(0, ORDERS, 10)]
    acts = [
        Act(verb="acknowledge", exception_id=0, actor="slack:U1", tenant_ids=(tenant_id,))
        for tenant_id in tenants
    ]
    await asyncio.gather(
        *(judge((sql.storage, second)[n % 2], batch) for n, batch in enumerate(batches)),
        *(
            act_on_storm(act, storm.id, None, storage=second, now=LATE, wall_now=LATE)
            for act in acts
        ),
    )
    await second.close()
    async with sql.storage.read() as tx:
        members = await tx.storms.members(storm.id)
        records = await tx.exceptions.among([member.exception_id for member in members])
    assert {record.status for record in records} == {Status.RESOLVED}


async def _hear(sql: SqlWorld, told: Sequence[tuple[int, OrderEvent]]) -> None:
    await sql.log.record([received(tenant_id, event) for tenant_id, event in told])
