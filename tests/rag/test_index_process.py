"""The index's process: it may be killed at any moment, and so may the server."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from rag.build import entries_of, make_of
from rag.edge_index import EdgeIndex
from rag.errors import IndexInUseError, RetrievalError
from rag.index_process import IndexProcess
from tests.rag.library import NOW, WordEncoder, a_passage, a_scope, fill, open_here

ONE, TWO = a_passage("Call the carrier.", "one.md"), a_passage("Wait a day.", "two.md")
DIES = """
import asyncio, os, sys
from pathlib import Path
from rag.build import entries_of, make_of
from tests.rag.library import NOW, WordEncoder, a_passage, fill, open_here

async def main():
    encoder = WordEncoder()
    index = open_here(Path(sys.argv[1]), make_of(encoder))
    one, two = a_passage("Call the carrier.", "one.md"), a_passage("Wait a day.", "two.md")
    await fill(index, [one], encoder)
    await index.put(await entries_of([two], encoder, {}))
    async with index.building(make_of(encoder), NOW) as build:
        await build.put(await entries_of([two], encoder, {}))
        os.kill(os.getpid(), 9)

asyncio.run(main())
"""


def generations(folder: Path) -> list[Path]:
    """The folders of all generations."""
    return [*folder.glob("generation-*")]


async def test_killed_in_a_build_the_old_index_is_served(
    folder: Path, encoder: WordEncoder
) -> None:
    """After kill -9 what was served is served with its last change, and the rest is swept away."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", DIES, folder)
    assert await child.wait() == -signal.SIGKILL
    assert len(generations(folder)) == 2
    index = open_here(folder, make_of(encoder))
    assert (await index.state()).why_not is None
    assert set(await index.digests([ONE.id, TWO.id])) == {ONE.id, TWO.id}
    await fill(index, [ONE], encoder)
    assert len(generations(folder)) == 1
    await index.close()


async def test_it_is_replaced_when_it_is_killed(folder: Path, encoder: WordEncoder) -> None:
    """A killed process is replaced, with all that was put; a build in it is lost and told so."""
    process = IndexProcess(folder, make_of(encoder))
    await process.start()
    index = EdgeIndex(process)
    await fill(index, [ONE], encoder)
    await index.put(await entries_of([TWO], encoder, {}))
    kill(process)
    assert await index.read([ONE.id, TWO.id], a_scope()) == [ONE, TWO]

    async def broken_build() -> None:
        async with index.building(make_of(encoder), NOW) as build:
            kill(process)
            await build.put([])

    with pytest.raises(RetrievalError, match=r"died over build|build it again"):
        await broken_build()
    assert set(await index.digests([ONE.id, TWO.id])) == {ONE.id, TWO.id}
    await fill(index, [TWO], encoder)
    assert (await index.state()).passages == 1
    pid = process.pid
    await index.close()
    assert pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def kill(process: IndexProcess) -> None:
    """As the system would."""
    assert process.pid
    os.kill(process.pid, 9)


async def test_a_second_server_is_told_the_first_ones_number(
    folder: Path, encoder: WordEncoder
) -> None:
    """The folder belongs to one server; the message names it, and not its helper."""
    process = IndexProcess(folder, make_of(encoder))
    await process.start()
    with pytest.raises(IndexInUseError, match=f"open in process {os.getpid()}"):
        await IndexProcess(folder, make_of(encoder)).start()
    await process.close()


async def test_who_stops_waiting_mixes_nothing_up(folder: Path, encoder: WordEncoder) -> None:
    """A call that was given up goes to its end; the next one gets its own answer."""
    process = IndexProcess(folder, make_of(encoder))
    await process.start()
    index = EdgeIndex(process)
    await fill(index, [ONE], encoder)
    waiting = asyncio.create_task(index.state())
    await asyncio.sleep(0)
    waiting.cancel()
    assert await index.read([ONE.id], a_scope()) == [ONE]
    await index.close()
