"""The disk is full: what was answered 2xx is stored, the rest is 503, and it goes on by itself."""

import asyncio
import os
import resource
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from tests.stories.harness import Bot, a_bot, ago, an_event, eventually

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
QUIET = {"SLACK_NOTIFICATIONS_ENABLED": "false"}
LARGE = "x" * 20_000
"""Of these some dozens fill what is left."""


@dataclass(kw_only=True)
class Sender:
    """Sends events and remembers what was accepted; what was not is not sent again."""

    bot: Bot
    http: aiohttp.ClientSession
    sent: int = 0
    accepted: set[str] = field(default_factory=set)

    async def send(self) -> int:
        """One large event; the status. A refusal says when to come again."""
        self.sent += 1
        name = f"E-{self.sent}"
        event = an_event(name, "order_paid", ago(minutes=1), name, note=LARGE)
        async with self.http.post(f"{self.bot.url}/events", json=event) as answer:
            if answer.status == 202:
                self.accepted.add(name)
            else:
                assert answer.status == 503
                assert int(answer.headers["Retry-After"]) > 0
            return answer.status

    async def status(self, path: str) -> int:
        """The status of a GET."""
        async with self.http.get(f"{self.bot.url}{path}") as answer:
            return answer.status

    async def full(self) -> bool:
        """Whether nothing more is taken, and the bot says so and is alive."""
        found = await asyncio.gather(*(self.send() for _ in range(8)))
        assert await self.status("/livez") == 200
        return set(found) == {503} and await self.status("/readyz") == 503

    async def well(self) -> bool:
        """Whether events are taken again, and the bot says so."""
        return await self.send() == 202 and await self.status("/readyz") == 200


@asynccontextmanager
async def _sender(folder: Path) -> AsyncIterator[Sender]:
    async with (
        a_bot(folder, extra=QUIET) as bot,
        aiohttp.ClientSession(headers=bot.authority) as http,
    ):
        await bot.start()
        yield Sender(bot=bot, http=http)
        assert await bot.stop() == 0


def _stored(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "e2a.db")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [row[0] for row in base.execute("SELECT event_id FROM events")]


async def _fills_up(folder: Path, times: int, filling: "Filling") -> None:
    async with _sender(folder) as sender:
        assert [await sender.send() for _ in range(5)] == [202] * 5
        for _ in range(times):
            with filling(sender.bot):
                await eventually(sender.full, 30)
            await eventually(sender.well, 10)
        accepted = sender.accepted
    stored = _stored(folder)
    assert accepted <= set(stored)
    assert len(stored) == len(set(stored))


class Filling:
    """Makes the disk full for a bot within a block."""

    @contextmanager
    def __call__(self, bot: Bot) -> Iterator[None]:
        """No file of the process may grow beyond what its largest one is, and a little more."""
        assert bot.process is not None
        largest = max(path.stat().st_size for path in bot.folder.iterdir())
        unlimited = resource.RLIM_INFINITY
        pid = bot.process.pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + 65_536, unlimited))
        yield
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))


class Ballast(Filling):
    """Fills the file system itself."""

    @contextmanager
    def __call__(self, bot: Bot) -> Iterator[None]:
        """A file takes all the room that is left."""
        ballast = bot.folder / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
        yield
        ballast.unlink()


async def test_no_file_may_grow(tmp_path: Path) -> None:
    """Twice no room: 503 with Retry-After, /readyz 503, /livez 200; twice it goes on by itself."""
    await _fills_up(tmp_path, 2, Filling())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB; the test is skipped where none may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(  # noqa: S603 - our own words
        ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)],  # noqa: S607 - wherever it is
        check=False,
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("only root may mount a small file system, and not in every container")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)  # noqa: S603, S607 - as above


async def test_a_small_disk(small_disk: Path) -> None:
    """The same on a file system that is really full."""
    await _fills_up(small_disk, 1, Ballast())


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_a_small_disk_that_fills_often(small_disk: Path) -> None:
    """The same ten times over."""
    await _fills_up(small_disk, 10, Ballast())
