"""PostgreSQL goes away under load, in order or in silence: 503 meanwhile, and nothing is lost."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.faults.cluster import needs_programs, private_cluster
from tests.faults.proxy import Proxy, a_proxy
from tests.faults.replicas import (
    TAKEN,
    Insisted,
    at_work,
    database,
    insist,
    nothing_lost_or_doubled,
    watched_health,
)
from tests.faults.steady import drained
from tests.postgres import Database, needs_postgres

__all__ = ["database"]
SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
soak = pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
_RECOVERY = 10.0


async def _restarted(folder: Path, times: int, between: float) -> None:
    async with private_cluster(fsync=SOAK) as cluster:
        address = await cluster.migrated("faults")
        async with at_work(folder, address, 1) as [bot], watched_health(bot) as health:
            events = round(50 * between * (times + 1))
            load = asyncio.create_task(insist([bot], events=events, per_second=50))
            back = []
            for _ in range(times):
                await asyncio.sleep(between)
                await cluster.restart()
                back.append(time.monotonic())
            told = await load
            await asyncio.sleep(1)
            _answered_well(told)
            assert len(told.accepted) == events
            assert {status for _, status in health.alive} == {200}
            assert {status for _, status in health.ready} <= {200, 503}
            recoveries = [health.ready_after(moment) for moment in back]
            await drained(bot)
            await nothing_lost_or_doubled(bot, told.accepted)
            assert max(recoveries) <= _RECOVERY, recoveries


def _answered_well(told: Insisted) -> None:
    """Taken or told to come again; never an error page."""
    assert set(told.statuses) <= {*TAKEN, 503}, told.statuses
    assert told.broken == 0


@needs_programs
async def test_restarted_under_load(tmp_path: Path) -> None:
    """Two restarts under 50 events a second: no 500, alive all the time, and soon ready again."""
    await _restarted(tmp_path, 2, 1.0)


@pytest.mark.soak
@soak
@needs_programs
async def test_restarted_often_under_load(tmp_path: Path) -> None:
    """The same for ten."""
    await _restarted(tmp_path, 10, 8.0)


@pytest.fixture
async def line(database: Database) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy before the database, and the database's address through it."""
    url = make_url(database.serving)
    async with a_proxy(url.port or 5432) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port)
        yield proxy, through.render_as_string(hide_password=False)


def _part(proxy: Proxy, *, parted: bool) -> None:
    proxy.there.swallows = proxy.back.swallows = parted


async def _partitioned(folder: Path, line: tuple[Proxy, str], direct: str, seconds: float) -> None:
    proxy, address = line
    async with at_work(folder, address, 1) as [bot], watched_health(bot) as health:
        events = round(20 * (seconds + 6))
        load = asyncio.create_task(insist([bot], events=events, per_second=20))
        await asyncio.sleep(2)
        began = time.monotonic()
        _part(proxy, parted=True)
        await asyncio.sleep(seconds)
        await health.unready(since=began)
        _part(proxy, parted=False)
        healed = time.monotonic()
        told = await load
        await asyncio.sleep(1)
        _answered_well(told)
        assert len(told.accepted) == events
        assert {status for _, status in health.alive} == {200}
        assert health.slowest_alive < seconds
        assert told.slowest <= 30
        assert health.ready_after(healed) <= 2 * _RECOVERY
        outside = replace(bot, database=direct)
        await drained(outside)
        await nothing_lost_or_doubled(outside, told.accepted)


@needs_postgres
async def test_silence_between_bot_and_database(
    tmp_path: Path, line: tuple[Proxy, str], database: Database
) -> None:
    """What passes is swallowed for seconds, with no reset: 503 in time, then all goes on."""
    await _partitioned(tmp_path, line, database.serving, 7)


@pytest.mark.soak
@soak
@needs_postgres
async def test_long_silence_between_bot_and_database(
    tmp_path: Path, line: tuple[Proxy, str], database: Database
) -> None:
    """The same for fifteen seconds."""
    await _partitioned(tmp_path, line, database.serving, 15)
