"""Brings a database to the newest tables, from code and from anywhere.

Must not hold a step itself: those are in storage/migrations/versions.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from storage.engine import open_engines
from storage.migrations import NEWEST
from storage.row_security import admit, check_login, prepare_roles

if TYPE_CHECKING:
    from alembic.config import Config

_STEPS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 7_243_001
"""Any number that names our migration among PostgreSQL's advisory locks."""


async def migrate(url: str, revision: str = "head", *, login: str | None = None) -> str:
    """Applies what is missing and returns the revision that the database then has.

    Two processes may start it at once: the second waits and finds nothing to do.

    Args:
        url: DATABASE_URL, or the owner's DATABASE_ADMIN_URL on PostgreSQL.
        revision: Where to go; `base` takes everything away.
        login: Who serves, where that is not the owner: may act as our roles from now on.

    Raises:
        StorageError: The database is busy, down or full; a role is missing.
    """
    if revision == "head" and login is None and not await pending(url):
        return newest()
    engines = open_engines(url, busy_timeout_seconds=30, as_owner=True)
    try:
        async with engines.write() as connection:
            if not engines.on_sqlite:
                lock = text("SELECT pg_advisory_xact_lock(:number)")
                await connection.execute(lock, {"number": _ONE_AT_A_TIME})
                await prepare_roles(connection)
            await connection.run_sync(_apply, revision)
            if login and not engines.on_sqlite:
                await admit(connection, login)
        return await _revision_in(url)
    finally:
        await engines.close()


async def pending(url: str) -> bool:
    """Whether the database lacks a step."""
    return await _revision_in(url) != newest()


async def check_wall(url: str) -> None:
    """Makes sure that PostgreSQL keeps tenants apart for the login that serves.

    Raises:
        UnsafeLoginError: It is a superuser, owns the tables, or may not act as our roles.
    """
    engines = open_engines(url, as_owner=True)
    try:
        async with engines.read() as connection:
            await check_login(connection)
    finally:
        await engines.close()


def newest() -> str:
    """The revision that this version of E2A wants."""
    return NEWEST


def knows(revision: str) -> bool:
    """Whether this version of E2A has that step, so that it can go on from there."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - reads every step: only when asked

    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return revision in {step.revision for step in steps}


async def _revision_in(url: str) -> str:
    engines = open_engines(url, as_owner=True)
    try:
        async with engines.read() as connection:
            return await connection.run_sync(_stamped)
    finally:
        await engines.close()


def _stamped(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - a tenth of a second, and only to go on

    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    return config


def _apply(connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - as above

    config = _config()
    config.attributes["connection"] = connection
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)
