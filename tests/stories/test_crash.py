"""Nothing accepted is lost when the process is killed, and nothing is doubled."""

import asyncio
import itertools
import os
import random
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.stories.harness import Bot, a_bot, ago, an_event, eventually

SENDERS = 8
SOAK = bool(os.environ.get("E2A_TEST_SOAK"))


async def _send(bot: Bot, sender: int, numbers: "itertools.count[int]", accepted: set[str]) -> None:
    """Sends until the connection breaks; what had no answer is sent again by the next life."""
    async with aiohttp.ClientSession(headers=bot.authority) as http:
        while True:
            name = f"S{sender}-{next(numbers)}"
            event = an_event(name, "order_paid", ago(minutes=1), name)
            async with http.post(f"{bot.url}/events", json=event) as answer:
                if answer.status in (200, 202):
                    accepted.add(name)


async def _live_and_die(bot: Bot, seconds: float, accepted: set[str], life: int) -> float:
    ready = await bot.start()
    count = itertools.count(life * 100_000)
    senders = [asyncio.create_task(_send(bot, n, count, accepted)) for n in range(SENDERS)]
    await asyncio.sleep(seconds)
    await bot.stop(signal.SIGKILL)
    await asyncio.gather(*senders, return_exceptions=True)
    return ready


async def _survive(folder: Path, kills: int, *, timed: bool = False) -> None:
    accepted: set[str] = set()
    moments = random.Random(7)  # noqa: S311 - the same moments in every run
    async with a_bot(folder, extra={"SLACK_NOTIFICATIONS_ENABLED": "false"}) as bot:
        for life in range(kills):
            ready = await _live_and_die(bot, moments.uniform(0.1, 0.8), accepted, life)
            assert ready <= 5 or not timed
        await bot.start()
        storage = bot.storage()

        async def judged() -> bool:
            async with storage.read() as tx:
                return await tx.work.waiting() == 0

        await eventually(judged, seconds=30)
        async with storage.read() as tx:
            found = await tx.connection.exec_driver_sql("SELECT event_id FROM events")
            stored = [row[0] for row in found]
            clocks = await tx.connection.exec_driver_sql("SELECT count(*) FROM clocks")
            judged_orders = clocks.scalar_one()
        await storage.close()
        assert len(accepted) > kills * 5
        assert accepted <= set(stored)
        assert len(stored) == len(set(stored)) == judged_orders


async def test_killed_while_taking_in(tmp_path: Path) -> None:
    """Every accepted event is there once after kills in the middle, and was judged."""
    await _survive(tmp_path, kills=3)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
@pytest.mark.parametrize("kills", [20, 50])
async def test_killed_often(tmp_path: Path, kills: int) -> None:
    """The same after 20 and 50 kills, and it is ready again within 5 s each time."""
    await _survive(tmp_path, kills=kills, timed=True)
