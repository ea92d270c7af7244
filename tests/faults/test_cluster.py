"""The private cluster that fault tests restart keeps what was committed, whatever ends it."""

import asyncio
import signal

import psycopg
import pytest

from tests.faults.cluster import needs_programs, private_cluster


def _rows(address: str) -> int:
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    return int(row[0]) if row else 0


def _add(address: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")


@needs_programs
async def test_what_was_committed_survives_every_end() -> None:
    """An orderly stop, an immediate one, a killed server and a killed backend lose nothing."""
    async with private_cluster() as cluster:
        await cluster.create("own")
        address = cluster.plain("own")
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            await asyncio.to_thread(_add, address)
            await cluster.restart(number)
        with psycopg.connect(address) as victim:
            await cluster.kill_backend("own")
            with pytest.raises(psycopg.OperationalError):
                victim.execute("SELECT pg_sleep(1)")
        await cluster.start()
        assert await asyncio.to_thread(_rows, address) == 3
    assert not cluster.folder.exists()
