"""A backup taken while events come in, put into another place, and served from there."""

import asyncio
import itertools
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import aiohttp

from tests.stories.harness import Bot, a_bot, ago, an_event, eventually

SENDERS = 8


async def _send(bot: Bot, sender: int, accepted: set[str], sent: set[str]) -> None:
    async with aiohttp.ClientSession(headers=bot.authority) as http:
        for number in itertools.count():
            names = [f"S{sender}-{number}-{place}" for place in range(20)]
            sent.update(names)
            events = [an_event(name, "order_paid", ago(minutes=1), name) for name in names]
            async with http.post(f"{bot.url}/events", json={"events": events}) as answer:
                if answer.status == 200 and (await answer.json())["accepted"] == len(names):
                    accepted.update(names)


async def _e2a(bot: Bot, *words: str | Path) -> tuple[int, str, str]:
    """Runs a command beside the bot; exit code and both outputs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *(str(word) for word in words)),
        env=bot.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def _stored(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {row[0] for row in connection.execute("SELECT event_id FROM events")}


async def test_a_backup_under_load_is_whole_and_can_be_served(tmp_path: Path) -> None:
    """All that was accepted before it began is in it, nothing after its end, and it serves."""
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    copy = tmp_path / "copy.e2a"
    quiet = {"SLACK_NOTIFICATIONS_ENABLED": "false"}
    async with a_bot(tmp_path / "old", extra=quiet) as bot:
        await bot.start()
        accepted: set[str] = set()
        sent: set[str] = set()
        senders = [asyncio.create_task(_send(bot, n, accepted, sent)) for n in range(SENDERS)]

        async def some() -> bool:
            return len(accepted) > 1_000

        await eventually(some, seconds=30)
        before = set(accepted)
        code, _, err = await _e2a(bot, "backup", copy)
        at_the_end = set(sent)
        assert code == 0, err
        later = len(accepted) + 200

        async def more() -> bool:
            return len(accepted) > later

        await eventually(more, seconds=30)
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
        code, out, err = await _e2a(bot, "restore", copy, "--yes")
        assert (code, out) == (1, "")
        assert "is in use; stop E2A" in err
    async with a_bot(tmp_path / "new", extra=quiet, key=bot.key) as other:
        await asyncio.to_thread((other.folder / "e2a.db").unlink)
        code, out, err = await _e2a(other, "restore", copy, "--json")
        assert code == 0, err
        stored = _stored(other.folder / "e2a.db")
        assert before <= stored <= at_the_end
        assert json.loads(out)["events"] == len(stored)
        await other.start()
        again, _ = await other.post("/events", an_event("S0-0-0", "order_paid", ago(minutes=1)))
        assert again == 202
        missing = sorted(accepted - stored)[:100]
        events = [an_event(name, "order_paid", ago(minutes=1), name) for name in missing]
        _, answer = await other.post("/events", {"events": events})
        assert answer["accepted"] == len(missing)
