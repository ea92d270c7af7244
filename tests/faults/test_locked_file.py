"""Another process holds the write lock of the SQLite file: patience has an end, reads have none."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errands import giving_way
from tests.faults.house import Answer, House, a_house
from tests.stories.harness import ago, an_event, eventually

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
_HOLD = """
import sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
base.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
base.execute("ROLLBACK")
"""


@asynccontextmanager
async def locked(file: Path) -> AsyncIterator[None]:
    """A process of its own holds the write lock within the block."""
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _HOLD, str(file)), stdin=PIPE, stdout=PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        holder.stdin.close()
        await holder.wait()


async def _send(house: House, names: list[str]) -> dict[str, Answer]:
    """One event after the other, whatever is answered."""
    return {
        name: await house.ask("POST", "/events", json=an_event(name, "order_paid", ago(minutes=1)))
        for name in names
    }


async def _look(house: House, seconds: float) -> None:
    """Reads and /livez answer at once all the while, and /readyz says that it cannot write."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until:
        alive, read = await house.ask("GET", "/livez"), await house.ask("GET", "/api/exceptions")
        assert (alive.status, read.status) == (200, 200)
        assert max(alive.seconds, read.seconds) < 2
        ready = await house.ask("GET", "/readyz")
        assert (ready.status, ready.body["status"]) == (503, "unavailable")
        await asyncio.sleep(0.2)


async def _survive(folder: Path, seconds: float) -> None:
    async with a_house(folder) as house:
        first = await _send(house, ["before"])
        async with locked(folder / "e2a.db"):
            senders = [
                asyncio.create_task(_send(house, [f"{n}-{k}" for k in range(int(seconds // 5))]))
                for n in range(8)
            ]
            await _look(house, seconds)
        answers = first | {name: one for part in senders for name, one in (await part).items()}

        async def accepts() -> bool:
            (one,) = (await _send(house, ["after"])).values()
            return one.status in (200, 202)

        await eventually(accepts, 10)
        await eventually(house.judged, 15)
        assert (await house.ask("GET", "/readyz")).status == 200
        refused = [one for one in answers.values() if one.status == 503]
        assert len(refused) >= 8
        assert all(int(one.headers["Retry-After"]) > 0 for one in refused)
        assert max(one.seconds for one in answers.values()) <= 6.5
        accepted = {f"{name}-order_paid" for name, one in answers.items() if one.status == 202}
        stored = await house.stored()
        assert accepted < set(stored)
        assert len(stored) == len(set(stored))


async def test_a_lock_held_by_others(tmp_path: Path) -> None:
    """Events get 503 with Retry-After within 6 s, reads go on, and afterwards so does all."""
    await _survive(tmp_path, 7)


async def test_standing_still_is_no_work_to_rest_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that stood a minute before the lock is not followed by two minutes of rest."""
    ticks, written = iter([0.0, 60.0]), iter([1, 2])
    monkeypatch.setattr("bot.errands.time.perf_counter", lambda: next(ticks))
    monkeypatch.setattr("bot.errands._LONGEST_REST", 0.01)

    async def step() -> int:
        return 1

    async with asyncio.timeout(2):
        assert await giving_way(step, lambda: next(written))() == 1


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_a_lock_held_for_half_a_minute(tmp_path: Path) -> None:
    """The same for thirty seconds."""
    await _survive(tmp_path, 30)
