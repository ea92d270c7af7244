"""Rates that replicas share: one goes at a time, or so much ahead, whatever the clocks say."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from storage.instants import micros
from tests.storage.builders import T0
from tests.storage.conftest import SqlWorld

_TURNS = 8
_SLACK = 0.02
"""Seconds that a round trip may take on the database's own clock."""


async def take(
    sql: SqlWorld, cost: float, ahead: float = 0, *, at: datetime | None = None, name: str = "one"
) -> float:
    """Takes a name's turn in a transaction of its own."""
    now = at or datetime.now(UTC)  # noqa: TID251 - PostgreSQL goes by its own clock
    async with sql.storage.write() as tx:
        return await tx.rates.take(name, cost, ahead, now)


async def test_one_goes_and_the_next_is_told_when(sql: SqlWorld) -> None:
    """The first goes at once; who comes too early is told how long, and takes nothing by asking."""
    assert await take(sql, 30) == 0
    waits = [await take(sql, 30) for _ in range(3)]
    assert all(29 < wait <= 30 for wait in waits)


async def test_names_do_not_wait_for_each_other(sql: SqlWorld) -> None:
    """Every name has a rate of its own."""
    assert [await take(sql, 30, name=name) for name in "abc"] == [0, 0, 0]


async def test_as_much_ahead_as_was_allowed(sql: SqlWorld) -> None:
    """Ten seconds ahead at two a turn are six turns: one now and five in advance."""
    taken = [await take(sql, 2, 10) for _ in range(9)]
    assert taken[:6] == [0] * 6
    assert all(2 - _SLACK * 50 < wait <= 2 for wait in taken[6:])


async def test_a_rest_is_not_saved_up(sql: SqlWorld) -> None:
    """Whoever waits longer than needed has only the next turn, not those that it let pass."""
    assert await take(sql, 0.05) == 0
    await asyncio.sleep(0.2)
    assert await take(sql, 30) == 0
    assert await take(sql, 30) > 29


async def test_of_many_at_once_one_goes(sql: SqlWorld) -> None:
    """Eight ask in the same moment over connections of their own: one turn is given."""
    taken = await asyncio.gather(*(take(sql, 30) for _ in range(8)))
    assert sorted(wait == 0 for wait in taken) == [False] * 7 + [True]


async def test_over_time_the_rate_holds(sql: SqlWorld) -> None:
    """Four ask without a pause: no more turns than time and advance give, and each in the end."""
    given, began = 0, time.monotonic()

    async def ask() -> None:
        nonlocal given
        while given < _TURNS or time.monotonic() - began < 1:
            wait = await take(sql, 0.05, 0.2)
            given += wait == 0
            await asyncio.sleep(0)

    await asyncio.gather(*(ask() for _ in range(4)))
    lasted = time.monotonic() - began
    assert given <= lasted / 0.05 + 0.2 / 0.05 + 1


async def test_a_clock_that_was_set_back_owes_nothing(sql: SqlWorld) -> None:
    """What lies more than an hour ahead was written by a clock gone wrong, and is forgotten."""
    now = datetime.now(UTC)  # noqa: TID251 - as above
    async with sql.storage.write() as tx:
        ahead = micros(now + timedelta(hours=2))
        await tx.connection.exec_driver_sql(f"INSERT INTO rates VALUES ('one', {ahead})")  # noqa: S608 - a number
    assert await take(sql, 30) == 0
    assert 29 < await take(sql, 30) <= 30


async def test_on_postgres_the_own_clock_does_not_count(sql: SqlWorld) -> None:
    """Replicas an hour apart share a rate by the database's clock; a file goes by its process's."""
    assert await take(sql, 30, at=T0) == 0
    wait = await take(sql, 30, at=T0 + timedelta(minutes=50))
    assert wait == 0 if sql.storage.engines.on_sqlite else 29 < wait <= 30
