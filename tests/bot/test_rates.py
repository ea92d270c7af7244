"""How many events a caller may send: alone in memory, or over replicas in the database."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import wall_now
from bot.rates import POST_SECONDS, OwnLimits, SharedLimits, SharedPace
from jobs.errors import PacedError, TemporarilyUnavailableError
from storage.engine import open_engines
from storage.migrate import migrate
from storage.transaction import SqlStorage
from tests.postgres import a_database, needs_postgres
from tests.storage.builders import T0

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:9/none"
_STEPS = st.lists(
    st.tuples(st.integers(0, 1500), st.integers(1, 40), st.booleans()), min_size=1, max_size=60
)


@pytest.fixture
async def replicas() -> AsyncIterator[list[SqlStorage]]:
    """The storages of three replicas over one PostgreSQL database."""
    async with AsyncExitStack() as stack:
        with a_database() as database:
            await migrate(database.owner, login=database.login)
            async with stack:
                opened = [SqlStorage(open_engines(database.serving)) for _ in range(3)]
                for storage in opened:
                    stack.push_async_callback(storage.close)
                yield opened


@given(rate=st.integers(1, 50), steps=_STEPS)
async def test_never_more_than_the_rate(rate: int, steps: list[tuple[int, int, bool]]) -> None:
    """Single events never exceed rate * time + a second's burst, however the requests come.

    A batch may overdraw once: no more is taken before that is paid off.
    """
    limits, now, taken, largest = OwnLimits(rate), T0, 0, 1
    for milliseconds, events, batch in steps:
        now += timedelta(milliseconds=milliseconds)
        if await limits.admit("key:1", now) == 0:
            size = events if batch else 1
            await limits.charge("key:1", size, now)
            taken, largest = taken + size, max(largest, size)
        assert taken <= rate * (1 + (now - T0).total_seconds()) + largest - 1 + 1e-6


async def test_who_comes_too_early_is_told_when() -> None:
    """After the burst the wait is that until the next event's worth, and asking costs nothing."""
    limits = OwnLimits(10)
    assert [await limits.admit("a", T0) for _ in range(10)] == [0] * 10
    assert [await limits.admit("a", T0) for _ in range(3)] == [0.1] * 3
    assert await limits.admit("b", T0) == 0
    assert await limits.admit("a", T0 + timedelta(seconds=0.1)) == 0


async def test_no_rate_no_limit() -> None:
    """A rate of 0 switches the limits off; the database is not even asked."""
    for limits in (OwnLimits(0), SharedLimits(0, SqlStorage(open_engines(NOWHERE)))):
        for _ in range(100):
            assert await limits.admit("a", T0) == 0
            await limits.charge("a", 1000, T0)


@needs_postgres
async def test_replicas_share_a_rate(replicas: list[SqlStorage]) -> None:
    """Three replicas are flooded with events and batches: together they take what one may."""
    rate, seconds, taken = 50, 2.0, 0
    shared = [SharedLimits(rate, storage) for storage in replicas]
    sizes = random.Random(11)  # noqa: S311 - the same in every run
    began = time.monotonic()

    async def flood(limits: SharedLimits) -> None:
        nonlocal taken
        while time.monotonic() - began < seconds:
            if await limits.admit("a", wall_now()) == 0:
                size = sizes.choice((1, 1, 1, 5))
                await limits.charge("a", size, wall_now())
                taken += size
            await asyncio.sleep(0.001)

    await asyncio.gather(*(flood(limits) for limits in shared for _ in range(3)))
    lasted = time.monotonic() - began
    owed = 9 * 4  # a batch in each of nine requests at once
    assert 0.7 * rate * seconds <= taken <= rate * (lasted + 1) + owed


@needs_postgres
async def test_a_batch_is_paid_off_by_every_replica(replicas: list[SqlStorage]) -> None:
    """After a batch of four seconds' worth its replica takes nothing more for a while."""
    limits = SharedLimits(20, replicas[0])
    assert await limits.admit("a", wall_now()) == 0
    await limits.charge("a", 80, wall_now())
    assert await limits.admit("a", wall_now()) == 0  # what was owed is paid now, and waited for
    elsewhere = SharedLimits(20, replicas[1])
    assert 2 < await elsewhere.admit("a", wall_now()) <= 4


@needs_postgres
async def test_replicas_share_the_pace_of_posts(replicas: list[SqlStorage]) -> None:
    """A channel's turn is given to one of three replicas; the others hear how long to wait."""
    paces = [SharedPace(storage, wall_now) for storage in replicas]
    turns = await asyncio.gather(*(pace.take("C1") for pace in paces))
    assert sorted(wait == 0 for wait in turns) == [False, False, True]
    assert all(wait <= POST_SECONDS for wait in turns)
    assert await paces[0].take("C2") == 0


@needs_postgres
async def test_a_database_that_is_down_is_no_fault_of_the_sender() -> None:
    """Events are to come again (503), a post waits a moment, and neither counts as an error."""
    storage = SqlStorage(open_engines(NOWHERE))
    with pytest.raises(TemporarilyUnavailableError):
        await SharedLimits(20, storage).admit("a", wall_now())
    with pytest.raises(PacedError) as paced:
        await SharedPace(storage, wall_now).take("C1")
    assert (paced.value.after, paced.value.uncertain) == (1.0, False)
    await storage.close()
