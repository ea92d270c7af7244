"""Breaks and restarts a PostgreSQL under a bot at work: how soon events are taken again.

Must not be used as a test.
"""

import asyncio
import itertools
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import aiohttp
import psycopg

from tests.faults.cluster import Cluster, private_cluster
from tests.faults.steady import drained, single, stored_ids
from tests.stories.harness import Bot, a_bot, wall

RATE, RESTARTS, CALM_SECONDS, PATIENCE_SECONDS = 50, 10, 3.0, 60.0
_TAKEN = {200, 202}
_PLAIN = b"CREATE TABLE IF NOT EXISTS plain (n bigint PRIMARY KEY)"


class Senders:
    """Send events at a rate, each until it is taken, and note when one was taken."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._numbers = itertools.count()
        self.accepted: set[str] = set()
        self.answers: list[tuple[float, int]] = []

    async def run(self) -> None:
        """Sends until cancelled; what is under way is then let go."""
        paid, began = wall() - timedelta(days=1), time.monotonic()
        timeout = aiohttp.ClientTimeout(total=30)
        async with (
            aiohttp.ClientSession(headers=self._bot.authority, timeout=timeout) as http,
            asyncio.TaskGroup() as group,
        ):
            for number in self._numbers:
                await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
                group.create_task(self._until_taken(http, *single("R", number, paid)))

    async def _until_taken(self, http: aiohttp.ClientSession, event_id: str, body: bytes) -> None:
        while event_id not in self.accepted:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with http.post(f"{self._bot.url}/events", data=body) as answer:
                    self.answers.append((time.monotonic(), answer.status))
                    if answer.ok:
                        self.accepted.add(event_id)
                        return
            await asyncio.sleep(0.2)

    async def calm(self) -> None:
        """Waits until events have been taken for some seconds without a refusal."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            await asyncio.sleep(0.1)
            since = time.monotonic() - CALM_SECONDS
            lately = [status for at, status in self.answers if at > since]
            if lately and set(lately) <= _TAKEN:
                return

    def back_after(self, moment: float) -> float | None:
        """Seconds from then to the first event taken after the last refusal; None without one."""
        later = [(at, status) for at, status in self.answers if at > moment]
        refused = [at for at, status in later if status not in _TAKEN]
        if not refused:
            return None
        return next(at for at, _ in later if at > refused[-1]) - moment


class Plain:
    """Commits a row every few milliseconds on a connection of its own, as the baseline."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.commits: list[float] = []
        self.stopping = False

    def run(self) -> None:
        """Connects again whenever the connection is lost."""
        while not self.stopping:
            with suppress(psycopg.Error), psycopg.connect(self._url, autocommit=True) as connection:
                connection.execute(_PLAIN)
                while not self.stopping:
                    connection.execute(b"INSERT INTO plain VALUES (%s)", (time.monotonic_ns(),))
                    self.commits.append(time.monotonic())
                    time.sleep(0.02)
            time.sleep(0.02)

    def away_after(self, moment: float) -> float:
        """Seconds from then to the first commit after the longest gap that follows."""
        later = [moment, *(at for at in self.commits if at > moment)]
        gaps = [(later[n + 1] - later[n], later[n + 1]) for n in range(len(later) - 1)]
        return max(gaps)[1] - moment


async def restarts() -> None:
    """Ten faults of three kinds in turn, under a steady rate."""
    with tempfile.TemporaryDirectory() as name:
        async with private_cluster(fsync=True) as cluster:
            url = await cluster.migrated("bench")
            quiet = {"SLACK_NOTIFICATIONS_ENABLED": "false"}
            async with a_bot(Path(name), extra=quiet, database=url) as bot:
                await bot.start()
                await _measure(bot, cluster)


async def _measure(bot: Bot, cluster: Cluster) -> None:
    senders, plain = Senders(bot), Plain(cluster.plain())
    sending = asyncio.create_task(senders.run())
    beside = asyncio.create_task(asyncio.to_thread(plain.run))
    await asyncio.sleep(CALM_SECONDS)
    faults = itertools.islice(itertools.cycle(_faults(cluster).items()), RESTARTS)
    for what, fault in faults:
        began = time.monotonic()
        await fault()
        await asyncio.sleep(CALM_SECONDS)
        await senders.calm()
        back, away = senders.back_after(began), plain.away_after(began)
        ours = "no event refused" if back is None else f"events taken again after {back:.2f} s"
        print(f"{what}: {ours}; plain psycopg commits again after {away:.2f} s")
    await _stop(sending)
    plain.stopping = True
    await beside
    behind = await drained(bot)
    stored = await stored_ids(bot)
    lost, doubled = len(senders.accepted - set(stored)), len(stored) - len(set(stored))
    refused = sum(status not in _TAKEN for _, status in senders.answers)
    print(
        f"{len(senders.accepted):,} accepted at {RATE}/s, {refused} answers 5xx meanwhile: lost "
        f"{lost}, doubled {doubled}, all judged {behind:.1f} s later"
    )


def _faults(cluster: Cluster) -> dict[str, Callable[[], Awaitable[object]]]:
    return {
        "a backend killed": lambda: cluster.kill_backend("bench"),
        "restarted in good order": cluster.restart,
        "stopped at once and started": lambda: cluster.restart(signal.SIGQUIT),
        "the server killed and started": lambda: cluster.restart(signal.SIGKILL),
    }


async def _stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task])
