"""An acknowledged event is on the disk: the calls that put it there are counted.

A few lines of C stand before fsync and fdatasync of the bot's process and count them.
"""

import asyncio
import shutil
import subprocess
from pathlib import Path

import aiohttp
import pytest

from tests.stories.harness import Bot, a_bot, ago, an_event

COMPILER = shutil.which("cc") or shutil.which("gcc")
_COUNTER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
static int counted(const char *name, int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int outcome = real(fd);
    int log = open(getenv("E2A_TEST_SYNCS"), O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (log < 0 || write(log, name, 1) != 1) abort();
    close(log);
    return outcome;
}
int fsync(int fd) { return counted("fsync", fd); }
int fdatasync(int fd) { return counted("fdatasync", fd); }
"""
AT_ONCE = 256


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    """The library that counts."""
    if COMPILER is None:
        pytest.skip("no C compiler on PATH")
    source, library = tmp_path / "syncs.c", tmp_path / "syncs.so"
    source.write_text(_COUNTER, encoding="utf-8")
    words = [COMPILER, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own words
    return library


async def _send(bot: Bot, http: aiohttp.ClientSession, name: str) -> None:
    event = an_event(name, "order_paid", ago(minutes=1))
    async with http.post(f"{bot.url}/events", json=event) as answer:
        assert answer.status == 202


async def test_what_is_acknowledged_was_synced(tmp_path: Path, counter: Path) -> None:
    """Each event on its own is synced before its answer; 256 at once share far fewer syncs."""
    log = tmp_path / "syncs"
    extra = {
        "LD_PRELOAD": str(counter),
        "E2A_TEST_SYNCS": str(log),
        "SLACK_NOTIFICATIONS_ENABLED": "false",
    }
    async with a_bot(tmp_path, extra=extra) as bot:
        await bot.start()
        connections = aiohttp.TCPConnector(limit=AT_ONCE)
        async with aiohttp.ClientSession(headers=bot.authority, connector=connections) as http:
            for number in range(10):
                before = log.stat().st_size
                await _send(bot, http, f"alone-{number}")
                assert log.stat().st_size > before
            before = log.stat().st_size
            await asyncio.gather(*(_send(bot, http, f"with-{n}") for n in range(AT_ONCE)))
            assert 1 <= log.stat().st_size - before <= AT_ONCE / 4
