"""In whatever order the kinds go: what is left is what the rule says."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from jobs.apply_retention import Past
from policies.reasons import Status
from policies.retention import Due
from storage.keeper import SqlKeeper
from storage.tables_orders import clocks, exceptions
from tests.storage.conftest import SqlWorld
from tests.storage.retention_world import (
    KEEPING,
    NOW,
    an_exception,
    an_order,
    counts,
    full_orders,
    known_orders,
)


@dataclass(frozen=True)
class Drawn:
    """An order as chance made it."""

    name: str
    days: float
    running: bool
    status: Status | None
    settled: float

    @property
    def needed(self) -> bool:
        """Whether somebody still works with it."""
        return self.running or self.status not in (None, Status.CLOSED)


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_of_kinds_leaves_the_same(sql: SqlWorld, seed: int) -> None:
    """Chance makes orders; what is left is what the rule says, and a second run finds nothing."""
    chance = random.Random(seed)  # noqa: S311 - the same orders in every run
    drawn = [
        Drawn(
            name=f"SO-{number}",
            days=600 - number * 30 + chance.random(),
            running=chance.random() < 0.2,
            status=chance.choice([None, None, Status.CLOSED, Status.OPEN, Status.RESOLVED]),
            settled=chance.uniform(1, 500),
        )
        for number in range(18)
    ]
    for order in drawn:
        await an_order(sql, order.name, order.days, stopped=not order.running)
        if order.status is not None:
            await an_exception(sql, order.name, order.status, order.settled)
    keeper = SqlKeeper(sql.storage.engines, chance.randint(1, 7))
    dues = KEEPING.due(sql.tenant.id, "acme", NOW, NOW)
    chance.shuffle(dues)
    await _drop_all(keeper, dues)
    assert await full_orders(sql) == {o.name for o in drawn if o.needed or o.days < 100}
    assert await known_orders(sql) == {o.name for o in drawn if o.needed or o.days < 300}
    async with sql.storage.read() as tx:
        running = set((await tx.connection.execute(select(clocks.c.order_id))).scalars())
        records = set((await tx.connection.execute(select(exceptions.c.order_id))).scalars())
    assert running == {o.name for o in drawn if o.needed or o.days < 200}
    told = {o for o in drawn if o.status is not None}
    assert records == {o.name for o in told if o.needed or o.settled < 250}
    before = await counts(sql)
    assert [past.due.shelf for past in await _left(keeper, dues) if past.rows] == []
    await _drop_all(keeper, dues)
    assert await counts(sql) == before


async def _drop_all(keeper: SqlKeeper, dues: Sequence[Due]) -> None:
    for due in dues:
        if not await keeper.count(due):
            continue
        _, after = await keeper.drop(due, None, None)
        while after is not None:
            _, after = await keeper.drop(due, after, None)


async def _left(keeper: SqlKeeper, dues: Sequence[Due]) -> list[Past]:
    return [Past(tenant="acme", due=due, rows=await keeper.count(due)) for due in dues]
