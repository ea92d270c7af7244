"""Orders under several names, taken in and judged over a database as the bot does it."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from jobs.evaluate_orders import evaluate_orders
from jobs.put_on_record import Telling
from policies.promises import promises_of
from policies.reasons import ACTIVE_STATUSES
from policies.records import OrderKey
from storage.writer import GroupCommitWriter
from tests.jobs.test_order_names import END, NUMBER, ORDER, OWN, PARCEL, STORY, Told
from tests.jobs.world import packaged
from tests.policies.builders import at
from tests.storage.builders import LEASE, received
from tests.storage.conftest import SqlWorld

ARRIVALS = list(permutations(STORY))[::103]
"""Seven of the 720, far from each other."""
Standing = tuple[list[tuple[object, ...]], list[tuple[object, ...]]]


async def judge_all(sql: SqlWorld, now: datetime) -> None:
    """Judges until nobody is asked for."""
    wall = at(END) + timedelta(days=1)
    for _ in range(5):
        async with sql.storage.write() as tx:
            items = await tx.work.claim("evaluate", wall, LEASE, 500)
        if not items:
            return
        await evaluate_orders(
            items,
            storage=sql.storage,
            promises=promises_of(packaged()),
            telling=Telling(default_channel="#ops"),
            now=now,
            wall_now=wall,
        )
    raise AssertionError


async def standing(sql: SqlWorld) -> Standing:
    """What counts in the end, under every name."""
    keys = [OrderKey(tenant_id=sql.tenant.id, order_id=one) for one in (ORDER, NUMBER, OWN, PARCEL)]
    async with sql.storage.read() as tx:
        clocks = await tx.clocks.of_orders(keys)
        records = await tx.exceptions.of_orders(keys)
    counted = [
        (row.order_id, row.sla_id, row.state, row.deadline_at, row.stopped_at)
        for key in keys
        for row in clocks[key]
        if row.state != "cancelled"
    ]
    active = [
        (record.order_id, record.sla_id, record.breached_at)
        for key in keys
        for record in records[key]
        if record.status in ACTIVE_STATUSES
    ]
    return sorted(counted, key=repr), sorted(active, key=repr)


async def tell(sql: SqlWorld, told: Told) -> None:
    """Takes one event in with the names that it tells, heard at the beginning."""
    event, names = told
    await sql.log.record([replace(received(sql.tenant.id, event, at=at(0)), names=names)])


@pytest.mark.parametrize("arrival", ARRIVALS)
async def test_any_arrival_over_a_database(sql: SqlWorld, arrival: tuple[Told, ...]) -> None:
    """Judged after each event or only at the end, the order stands as if it had one name."""
    for place, told in enumerate(arrival):
        await tell(sql, told)
        await judge_all(sql, at(1_000 + 600 * place))
    async with sql.storage.write() as tx:
        await tx.work.put_due_orders(at(END), at(END), 100)
    await judge_all(sql, at(END))
    counted, active = await standing(sql)
    assert [row[:3] for row in counted] == [
        (ORDER, "delivery", "breached"),
        (ORDER, "pick", "breached"),
        (ORDER, "ship", "met"),
    ]
    assert [row[:2] for row in active] == [(ORDER, "delivery"), (ORDER, "pick")]


async def test_two_replicas_tell_and_judge_at_once(sql: SqlWorld) -> None:
    """Names told by one writer while another tells events under them leave one order."""
    second = GroupCommitWriter(sql.storage.engines)
    await second.start()
    for place, (event, names) in enumerate(STORY):
        log = second if place % 2 else sql.log
        await log.record([replace(received(sql.tenant.id, event, at=at(0)), names=names)])
    await second.stop()
    await judge_all(sql, at(END))
    counted, active = await standing(sql)
    assert {row[0] for row in (*counted, *active)} == {ORDER}
