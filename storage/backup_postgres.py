"""Dumps a PostgreSQL database with the server's own tools, and restores one.

Must not hand a password to a process list: it goes through the environment.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from storage.backup import DOUBTED, Counts
from storage.backup_file import BackupError, Manifest, Wanted, keep
from storage.engine import open_engines
from storage.row_security import prepare_roles

_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
_ABOVE = """SELECT rolsuper OR rolbypassrls,
    EXISTS (SELECT FROM pg_class JOIN pg_namespace AS s ON s.oid = relnamespace
        WHERE s.nspname = 'public' AND relrowsecurity),
    EXISTS (SELECT FROM pg_roles WHERE rolname = 'e2a_worker'
        AND pg_has_role(current_user, oid, 'USAGE'))
FROM pg_roles WHERE rolname = current_user"""
_OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
_COUNTED = """SELECT (SELECT count(*) FROM tenants WHERE NOT synthetic),
(SELECT count(*) FROM events), (SELECT count(*) FROM exceptions)"""


def back_up_postgres(url: URL, wanted: Wanted) -> Manifest:
    """Dumps the database as it is now: one snapshot, while everybody goes on writing.

    Raises:
        BackupError: pg_dump is missing or failed, the login does not see every row, the database
            is not migrated, or the file exists already.
    """

    def dump(raw: Path) -> Manifest:
        with _connected(url) as connection:
            revision = _revision(connection)
            secured = _secured(connection)
        asked = ["--format=custom", "--no-owner", "--schema=public", f"--file={raw}"]
        _run("pg_dump", [*asked, *(["--enable-row-security"] if secured else [])], url)
        return Manifest(database="postgresql", revision=revision, made_at=wanted.made_at)

    return keep(wanted, dump)


def restore_postgres(url: URL, content: Path, aside: str) -> bool:
    """Puts a dump into the database; what was there lies in the schema `aside` from then on.

    Returns:
        Whether anything was put aside.

    Raises:
        BackupError: somebody is connected, pg_restore is missing or failed; all is as before.
    """
    _tool("pg_restore")
    with _connected(url) as connection:
        if others := _one(connection, _OTHERS)[0]:
            message = f"{others} others are connected to the database; stop E2A everywhere first"
            raise BackupError(message)
        held = bool(_one(connection, _TABLES)[0])
        if held:
            _set_aside(connection, "public", aside)
    try:
        asked = ["--no-owner", "--exit-on-error", "--single-transaction", "--schema=public"]
        _run("pg_restore", [*asked, f"--dbname={_address(url)}", str(content)], url)
    except BackupError:
        if held:
            with _connected(url) as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute(_renamed(aside, "public"))
        raise
    with _connected(url) as connection:
        connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    return held


async def make_roles(url: str) -> None:
    """Creates the roles that a dump names, where they are missing.

    Raises:
        RolesMissingError: the login may not create them.
    """
    engines = open_engines(url, as_owner=True)
    try:
        async with engines.write() as connection:
            await prepare_roles(connection)
    finally:
        await engines.close()


def doubt_postgres_outbox(url: URL) -> int:
    """Marks what waits to be posted as perhaps posted: it is looked up before it is posted."""
    with _connected(url) as connection:
        _see_all(connection)
        return connection.execute(DOUBTED.encode()).rowcount


def count_postgres(url: URL) -> Counts:
    """Tenants, events and exceptions; nothing where there are no tables."""
    with _connected(url) as connection:
        there = _one(connection, "SELECT to_regclass('public.exceptions') IS NOT NULL")[0]
        if there:
            _see_all(connection)
        found = _one(connection, _COUNTED) if there else (0, 0, 0)
    return dict(zip(("tenants", "events", "exceptions"), found, strict=True))


def _see_all(connection: psycopg.Connection[Any]) -> None:
    """As a worker, where row-level security is on and the roles exist."""
    above, walls, worker = _one(connection, _ABOVE)
    if walls and worker and not above:
        connection.execute("SET LOCAL ROLE e2a_worker")


def _set_aside(connection: psycopg.Connection[Any], schema: str, aside: str) -> None:
    try:
        connection.execute(_renamed(schema, aside))
        connection.execute("CREATE SCHEMA public")
    except psycopg.Error as error:
        message = (
            "the login may not put the old tables aside: it has to own the database; put the "
            "owner into DATABASE_ADMIN_URL"
        )
        raise BackupError(message) from error


def _renamed(schema: str, name: str) -> sql.Composed:
    words = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
    return words.format(sql.Identifier(schema), sql.Identifier(name))


def _secured(connection: psycopg.Connection[Any]) -> bool:
    """Whether the dump is subject to row-level security; then the login has to see every row."""
    above, walls, worker = _one(connection, _ABOVE)
    if walls and not above and not worker:
        message = (
            "the login does not see every tenant's rows, so that the backup would lack some; put "
            "the owner into DATABASE_ADMIN_URL and run: e2a migrate"
        )
        raise BackupError(message)
    return bool(walls and not above)


def _revision(connection: psycopg.Connection[Any]) -> str:
    try:
        return str(_one(connection, "SELECT version_num FROM alembic_version")[0])
    except (psycopg.Error, TypeError) as error:
        message = "the database has no tables of E2A; run: e2a migrate"
        raise BackupError(message) from error


def _one(connection: psycopg.Connection[Any], query: str) -> Sequence[Any]:
    row: Sequence[Any] = connection.execute(query.encode()).fetchone() or ()
    return row


@contextmanager
def _connected(url: URL) -> Iterator[psycopg.Connection[Any]]:
    try:
        connection = psycopg.connect(_address(url), password=url.password, connect_timeout=10)
    except psycopg.Error as error:
        message = "the database cannot be reached; see DATABASE_URL and DATABASE_ADMIN_URL"
        raise BackupError(message) from error
    with connection:
        yield connection


def _address(url: URL) -> str:
    """Where the database is, for libpq, without the password."""
    given = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    named = {name: value for name, value in given.items() if value is not None}
    plain = {name: value for name, value in url.query.items() if isinstance(value, str)}
    return make_conninfo("", **{**plain, **named})


def _run(tool: str, arguments: Sequence[str], url: URL) -> None:
    to = [] if tool == "pg_restore" else [f"--dbname={_address(url)}"]
    password = {"PGPASSWORD": url.password} if url.password else {}
    done = subprocess.run(  # noqa: S603 - our own words and the operator's address
        [_tool(tool), "--no-password", *to, *arguments],
        env={**os.environ, **password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        message = f"{tool} failed: {lines[0].removeprefix(f'{tool}: ')}"
        raise BackupError(message)


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        message = (
            f"{name} is not installed; install PostgreSQL's client tools of the server's version "
            "or a later one (Debian: apt install postgresql-client) and see that it is on PATH"
        )
        raise BackupError(message)
    return found
