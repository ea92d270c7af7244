"""A PostgreSQL of a test's own, to be restarted, broken and killed at will.

Must not touch any other server: it makes its cluster in a folder of its own and removes it.
"""

import asyncio
import os
import shutil
import signal
import socket
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.migrate import migrate

OWNER, LOGIN = "postgres", "e2a_serve"
"""Who owns the tables, and as whom a bot serves."""
_USER = "postgres"
"""PostgreSQL refuses to run as root; root lends it this user."""
_START_SECONDS = 30.0


def postgres_programs() -> Path | None:
    """Where initdb and postgres are; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((folder.parent for folder in folders), default=None)


needs_programs = pytest.mark.skipif(
    postgres_programs() is None, reason="PostgreSQL's programs (initdb, postgres) are not installed"
)


@dataclass(kw_only=True)
class Cluster:
    """A server on a port of its own. `fsync` costs time and is for measuring recovery."""

    folder: Path
    programs: Path
    port: int
    fsync: bool
    process: Process | None = None
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The owner's address of the database that is always there."""
        return self.url_of("postgres")

    def url_of(self, database: str, user: str = OWNER) -> str:
        """The address of a database for a user."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def plain(self, database: str = "postgres") -> str:
        """The owner's address as psycopg reads it."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}?connect_timeout=2"

    async def create(self, database: str) -> str:
        """Makes an empty database and returns its owner's address."""
        await asyncio.to_thread(self._run, "postgres", f'CREATE DATABASE "{database}"')
        return self.url_of(database)

    async def migrated(self, database: str) -> str:
        """Makes a database with all tables and returns the address to serve from."""
        await migrate(await self.create(database), login=LOGIN)
        return self.url_of(database, LOGIN)

    async def start(self) -> float:
        """Starts it; returns the seconds until it answers a query."""
        began = time.monotonic()
        while time.monotonic() - began < _START_SECONDS:
            if self.process is None or self.process.returncode is not None:
                self.process = await self._spawn()  # again where a dead one's memory was in use
            if await asyncio.to_thread(self._answers):
                return time.monotonic() - began
            await asyncio.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text(encoding="utf-8")[-4000:])

    async def stop(self, number: int = signal.SIGINT) -> None:
        """Ends it: SIGINT in good order, SIGQUIT at once, SIGKILL as a crash does."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)
            await self.process.wait()

    async def restart(self, number: int = signal.SIGINT) -> float:
        """Ends and starts it; returns the seconds it was away."""
        began = time.monotonic()
        await self.stop(number)
        await self.start()
        return time.monotonic() - began

    async def kill_backend(self, database: str) -> None:
        """Kills the process behind one connection: the server then drops all and recovers."""
        pid = await asyncio.to_thread(self._a_backend, database)
        os.kill(pid, signal.SIGKILL)

    async def make(self) -> None:
        """Makes the cluster, with the login as which a bot serves."""
        arguments = ("-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        making = await self._as_user("initdb", "-D", str(self.folder / "data"), *arguments)
        assert await making.wait() == 0, (self.folder / "log").read_text(encoding="utf-8")
        await self.start()
        await asyncio.to_thread(self._run, "postgres", f"CREATE ROLE {LOGIN} LOGIN")

    async def _spawn(self) -> Process:
        given = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "fsync": "on" if self.fsync else "off",
            **self.settings,
        }
        options = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
        data = str(self.folder / "data")
        return await self._as_user("postgres", "-D", data, "-p", str(self.port), *options)

    async def _as_user(self, program: str, *arguments: str) -> Process:
        lent: dict[str, Any] = {}
        if os.geteuid() == 0:
            lent = {"user": _USER, "group": _USER, "extra_groups": []}
        with (self.folder / "log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(str(self.programs / program), *arguments),
                **lent,
                cwd=self.folder,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _answers(self) -> bool:
        try:
            self._run("postgres", "SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, database: str, statement: str) -> None:
        with psycopg.connect(self.plain(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _a_backend(self, database: str) -> int:
        query = b"SELECT max(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
        with psycopg.connect(self.plain()) as connection:
            row = connection.execute(query, (database, connection.info.backend_pid)).fetchone()
        assert row is not None
        assert row[0] is not None, "nobody is connected"
        return int(row[0])


@asynccontextmanager
async def private_cluster(*, fsync: bool = False, **settings: str) -> AsyncIterator[Cluster]:
    """A running cluster of one's own, removed at the end. `settings` are those of postgresql.conf.

    Ask `postgres_programs` first whether it can be had.
    """
    programs = postgres_programs()
    assert programs is not None, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="e2a-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)
    cluster = Cluster(
        folder=folder, programs=programs, port=_free_port(), fsync=fsync, settings=settings
    )
    try:
        await cluster.make()
        yield cluster
    finally:
        await cluster.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
