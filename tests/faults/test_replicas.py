"""Several replicas on one PostgreSQL database: what is sent to any of them happens once."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest

from storage.transaction import SqlStorage
from tests.faults.replicas import (
    TAKEN,
    at_work,
    database,
    insist,
    nothing_lost_or_doubled,
    scalar,
    some_bots,
)
from tests.faults.steady import drained, stored_ids
from tests.postgres import Database, needs_postgres
from tests.stories.harness import Bot, ago, an_event, eventually, one_by_one, wall

__all__ = ["database"]
pytestmark = needs_postgres
SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
soak = pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
NOBODY = "http://127.0.0.1:9/api/"
_DUE_IN = 8.0
_PICK_PROMISE = 7200


async def test_a_hundred_copies_are_one_event(tmp_path: Path, database: Database) -> None:
    """20 ids, 100 copies each over 16 connections to two replicas: 20 events, no 5xx."""
    moment = ago(minutes=5)
    posts = [an_event(f"SO-{n}", "order_paid", moment) for _ in range(100) for n in range(20)]
    async with at_work(tmp_path, database.serving, 2) as bots:
        statuses: Counter[int] = Counter()

        async def lane(number: int, http: aiohttp.ClientSession) -> None:
            for turn, event in enumerate(posts[number::16]):
                url = bots[(number + turn) % 2].url
                async with http.post(f"{url}/events", json=event) as answer:
                    await answer.read()
                statuses[answer.status] += 1

        async with aiohttp.ClientSession(headers=bots[0].authority) as http:
            await asyncio.gather(*(lane(number, http) for number in range(16)))
        assert statuses == {202: 20, 200: 1980}
        assert sorted(await stored_ids(bots[0])) == sorted(f"SO-{n}-order_paid" for n in range(20))


_ALONE = (
    ("SELECT count(*) FROM alert_exceptions", 1000),
    ("SELECT count(DISTINCT exception_id) FROM alert_exceptions", 1000),
    ("SELECT count(*) FROM outbox", 2000),  # a card and what is said below it
    ("SELECT count(*) FROM outbox WHERE dedup_key ~ '^alert.*card'", 1000),
)
_TOGETHER = (
    ("SELECT count(*) FROM storms", 1),
    ("SELECT count(DISTINCT exception_id) FROM storm_members", 1000),
    ("SELECT max(number) FROM storm_members", 1000),
    ("SELECT count(*) FROM outbox WHERE dedup_key ~ '^storm.*card'", 1),
    ("SELECT count(*) FROM alert_exceptions", 0),
)
_Told = Sequence[tuple[str, int]]


async def _due_clocks(
    folder: Path, address: str, replicas: int, told: _Told, extra: dict[str, str]
) -> None:
    """1,000 orders that are paid in time and not picked when their deadline comes."""
    async with at_work(folder, address, replicas, slack_api_url=NOBODY, extra=extra) as bots:
        paid = ago(seconds=_PICK_PROMISE - _DUE_IN)
        events = [an_event(f"SO-{n}", "order_paid", paid) for n in range(1000)]
        assert (await bots[0].post("/events", {"events": events}))[0] == 200
        await drained(bots[0])
        assert await scalar(bots[0], "SELECT count(*) FROM exceptions") == 0, "judged too late"

        async def opened() -> bool:
            return bool(await scalar(bots[1], "SELECT count(*) FROM exceptions") >= 1000)

        await eventually(opened, _DUE_IN + 40)
        await drained(bots[0])
        for question, count in (
            ("SELECT count(*) FROM exceptions", 1000),
            ("SELECT count(DISTINCT (tenant_id, order_id)) FROM exceptions", 1000),
            *told,
            ("SELECT count(*) FROM work_items", 0),
            ("SELECT count(*) FROM dead_letters", 0),
        ):
            assert await scalar(bots[0], question) == count, question


async def test_due_clocks_of_two_replicas(tmp_path: Path, database: Database) -> None:
    """Both sweep: 1,000 due clocks give 1,000 exceptions, each with its alert, none dead."""
    await _due_clocks(tmp_path, database.serving, 2, _ALONE, one_by_one(tmp_path))


@pytest.mark.soak
@soak
async def test_two_replicas_begin_one_storm(tmp_path: Path, database: Database) -> None:
    """Grouped as packaged: 1,000 due clocks of one cause are one storm with everybody in it."""
    await _due_clocks(tmp_path, database.serving, 2, _TOGETHER, {})


@pytest.mark.soak
@soak
async def test_due_clocks_of_three_replicas(tmp_path: Path, database: Database) -> None:
    """The same for three."""
    await _due_clocks(tmp_path, database.serving, 3, _ALONE, one_by_one(tmp_path))


@pytest.mark.soak
@soak
async def test_a_killed_replica_leaves_nothing_behind(tmp_path: Path, database: Database) -> None:
    """One of two is killed under load: the other takes everything, and all of it is judged."""
    async with at_work(tmp_path, database.serving, 2) as bots:
        load = asyncio.create_task(insist(bots, events=200, per_second=75))
        await asyncio.sleep(1.0)
        await bots[1].stop(signal.SIGKILL)
        told = await load
        assert len(told.accepted) == 200
        assert not [status for status in told.statuses if status not in TAKEN]
        await drained(bots[0], 60)
        await nothing_lost_or_doubled(bots[0], told.accepted)


@pytest.mark.soak
@soak
async def test_started_together(tmp_path: Path, database: Database) -> None:
    """Three replicas started at one moment on an empty database: each policy is adopted once."""
    async with some_bots(tmp_path, database.serving, 3) as bots:
        await asyncio.gather(*(bot.start() for bot in bots))
        adopted = await scalar(bots[0], "SELECT count(*) FROM policy_versions")
        scopes = await scalar(bots[0], "SELECT count(DISTINCT scope) FROM policy_versions")
        assert adopted == scopes > 0
        for bot in bots:
            status, _ = await bot.post("/events", an_event(f"{bot.port}", "order_paid", wall()))
            assert status == 202


@pytest.mark.soak
@soak
async def test_a_revoked_key_is_refused_everywhere(tmp_path: Path, database: Database) -> None:
    """Both replicas have just taken the key; five seconds after it is revoked neither does."""
    async with at_work(tmp_path, database.serving, 2) as bots:
        for bot in bots:
            status, _ = await bot.post("/events", an_event(f"{bot.port}", "order_paid", wall()))
            assert status == 202
        await _revoke_all(bots[0].storage())
        revoked = time.monotonic()
        waits = {bot.port for bot in bots}
        while waits and time.monotonic() - revoked < 5:
            for bot in bots:
                if (await bot.post("/events", {}))[0] == 401:
                    waits.discard(bot.port)
            await asyncio.sleep(0.1)
        assert not waits


async def _revoke_all(storage: SqlStorage) -> None:
    async with storage.write() as tx:
        for key in await tx.keys.all():
            await tx.keys.revoke(key.id, wall())
    await storage.close()


@pytest.mark.soak
@soak
async def test_a_rate_is_one_for_all_replicas(tmp_path: Path, database: Database) -> None:
    """20 events a second: two replicas together take no more, and say when to come back."""
    rate, seconds = 20, 4.0
    async with at_work(
        tmp_path, database.serving, 2, extra={"INGEST_RATE_PER_KEY": str(rate)}
    ) as bots:
        statuses: Counter[int] = Counter()
        began = time.monotonic()

        async def flood(bot: Bot, lane: str, http: aiohttp.ClientSession) -> None:
            number = 0
            while time.monotonic() - began < seconds:
                number += 1
                event = an_event(f"{lane}-{number}", "order_paid", wall())
                async with http.post(f"{bot.url}/events", json=event) as answer:
                    statuses[answer.status] += 1
                    if answer.status == 429:
                        assert int(answer.headers["Retry-After"]) >= 1
                await asyncio.sleep(0.02)

        async with aiohttp.ClientSession(headers=bots[0].authority) as http:
            lanes = ((bot, f"{bot.port}-{n}", http) for bot in bots for n in range(3))
            await asyncio.gather(*(flood(*lane) for lane in lanes))
        taken = time.monotonic() - began
        assert set(statuses) == {202, 429}
        assert 0.6 * rate * seconds <= statuses[202] <= rate * (taken + 1) + 2
