"""Several bots over one PostgreSQL database, senders that insist, and an eye on their health.

Must not judge what it sees: the tests do.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from storage.migrate import migrate
from tests.faults.steady import single
from tests.postgres import Database, a_database
from tests.stories.harness import Bot, a_bot, wall

TAKEN = (200, 202)
_FEW = {"DATABASE_POOL_SIZE": "5", "DATABASE_MAX_OVERFLOW": "5"}
_QUIET = {"SLACK_NOTIFICATIONS_ENABLED": "false"}
_PATIENCE = aiohttp.ClientTimeout(total=60)


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    """A migrated database of the test's own."""
    with a_database() as made:
        await migrate(made.owner, login=made.login)
        yield made


@asynccontextmanager
async def some_bots(
    folder: Path,
    address: str,
    count: int,
    *,
    extra: dict[str, str] | None = None,
    **given: Any,  # noqa: ANN401 - fields of Bot
) -> AsyncIterator[list[Bot]]:
    """Replicas of one bot, not yet started: one key opens them all.

    They tell Slack nothing where no `slack_api_url` is given.
    """
    settings = {**_FEW, **({} if "slack_api_url" in given else _QUIET), **(extra or {})}
    async with AsyncExitStack() as stack:
        bots: list[Bot] = []
        for number in range(count):
            place = folder / f"replica-{number}"
            place.mkdir()
            key = bots[0].key if bots else ""
            bot = a_bot(place, database=address, key=key, extra=settings, **given)
            bots.append(await stack.enter_async_context(bot))
        yield bots


@asynccontextmanager
async def at_work(folder: Path, address: str, count: int, **given: Any) -> AsyncIterator[list[Bot]]:  # noqa: ANN401 - as above
    """The same, started side by side."""
    async with some_bots(folder, address, count, **given) as bots:
        await asyncio.gather(*(bot.start() for bot in bots))
        yield bots


@dataclass(kw_only=True)
class Insisted:
    """What became of events that were sent until they were taken."""

    statuses: Counter[int] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    broken: int = 0
    slowest: float = 0.0
    """Of the answers, in seconds."""
    refused_at: list[float] = field(default_factory=list)
    """When an answer was not a taking one, or there was none."""


async def insist(
    bots: Sequence[Bot], *, events: int, per_second: float, lanes: int = 16, prefix: str = "L"
) -> Insisted:
    """Posts each event when it is due, again and elsewhere until somebody takes it."""
    told, numbers, turns = Insisted(), itertools.count(), itertools.cycle(bots)
    paid, began = wall() - timedelta(days=1), time.monotonic()

    async def once(http: aiohttp.ClientSession, event_id: str, body: bytes) -> bool:
        asked = time.monotonic()
        try:
            async with http.post(f"{next(turns).url}/events", data=body) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            told.broken += 1
            return False
        finally:
            told.slowest = max(told.slowest, time.monotonic() - asked)
        told.statuses[answer.status] += 1
        if answer.status in TAKEN:
            told.accepted.add(event_id)
        return answer.status in TAKEN

    async def lane(http: aiohttp.ClientSession) -> None:
        while (number := next(numbers)) < events:
            await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
            event_id, body = single(prefix, number, paid)
            while not await once(http, event_id, body):
                told.refused_at.append(time.monotonic())
                await asyncio.sleep(0.3)

    connector = aiohttp.TCPConnector(limit=lanes)
    async with aiohttp.ClientSession(
        connector=connector, headers=bots[0].authority, timeout=_PATIENCE
    ) as http:
        await asyncio.gather(*(lane(http) for _ in range(lanes)))
    return told


@dataclass(kw_only=True)
class Health:
    """Answers of /livez and /readyz, with the second at which each was asked for."""

    alive: list[tuple[float, int]] = field(default_factory=list)
    ready: list[tuple[float, int]] = field(default_factory=list)
    slowest_alive: float = 0.0

    async def unready(self, since: float) -> None:
        """Waits until it said, after that moment, that it is not ready."""
        for _ in range(600):
            if any(at > since and status == 503 for at, status in self.ready):
                return
            await asyncio.sleep(0.1)
        pytest.fail("it was ready all the time")

    def ready_after(self, moment: float) -> float:
        """Seconds from that moment until it was asked and said that it is ready."""
        return next(at for at, status in self.ready if status == 200 and at >= moment) - moment


@asynccontextmanager
async def watched_health(bot: Bot) -> AsyncIterator[Health]:
    """Asks five times a second, each address by itself; 0 stands for no answer."""
    seen = Health()

    async def ask(path: str, found: list[tuple[float, int]]) -> None:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as http:
            while True:
                asked = time.monotonic()
                try:
                    async with http.get(bot.url + path) as answer:
                        found.append((asked, answer.status))
                except aiohttp.ClientError:
                    found.append((asked, 0))
                if path == "/livez":
                    seen.slowest_alive = max(seen.slowest_alive, time.monotonic() - asked)
                await asyncio.sleep(0.2)

    asking = [
        asyncio.create_task(ask("/livez", seen.alive)),
        asyncio.create_task(ask("/readyz", seen.ready)),
    ]
    try:
        yield seen
    finally:
        for task in asking:
            task.cancel()
        await asyncio.wait(asking)


async def scalar(bot: Bot, question: str) -> Any:  # noqa: ANN401 - of any column
    """The one value that a query of ours finds in the bots' database."""
    storage = bot.storage()
    try:
        async with storage.read() as tx:
            return (await tx.connection.execute(text(question))).scalar_one()
    finally:
        await storage.close()


async def nothing_lost_or_doubled(bot: Bot, accepted: set[str]) -> None:
    """Every accepted event is stored once, nothing else is, and each order was judged."""
    storage = bot.storage()
    async with storage.read() as tx:
        rows = await tx.connection.exec_driver_sql("SELECT event_id, order_id FROM events")
        events = [tuple(row) for row in rows]
        clocks = await tx.connection.exec_driver_sql("SELECT order_id FROM clocks")
        judged = set(clocks.scalars())
        dead = await tx.connection.exec_driver_sql("SELECT count(*) FROM dead_letters")
        assert dead.scalar_one() == 0
    await storage.close()
    assert Counter(event_id for event_id, _ in events) == dict.fromkeys(accepted, 1)
    assert {order_id for _, order_id in events} == judged
