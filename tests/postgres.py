"""PostgreSQL databases for tests, each with an owner and a login that serves, as in production.

Must not touch a database that it did not create.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy import URL, make_url

SERVER = os.environ.get("E2A_TEST_POSTGRES_URL")
needs_postgres = pytest.mark.skipif(
    not SERVER, reason="E2A_TEST_POSTGRES_URL names no PostgreSQL server"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Addresses of one database: of its administrator, its owner, and the login that serves."""

    administrator: str
    owner: str
    serving: str

    @property
    def login(self) -> str:
        """The name of the login that serves."""
        return make_url(self.serving).username or ""


@contextmanager
def a_database(server: str | None = SERVER, *, durable: bool = False) -> Iterator[Database]:
    """An empty database with two roles of its own; all of it is gone afterwards.

    Args:
        server: a superuser's address.
        durable: whether a commit waits for the disk, which few tests need.
    """
    name, secret = f"e2a_test_{uuid.uuid4().hex[:12]}", uuid.uuid4().hex
    there = make_url(server or "").set(drivername="postgresql+psycopg")
    with psycopg.connect(libpq(there), autocommit=True) as connection:
        run = connection.execute
        run(f"CREATE ROLE {name}_owner LOGIN CREATEROLE PASSWORD '{secret}'".encode())
        run(f"CREATE ROLE {name} LOGIN PASSWORD '{secret}'".encode())
        run(f"CREATE DATABASE {name} OWNER {name}_owner".encode())
        if not durable:
            run(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
        try:
            yield Database(
                administrator=_text(there.set(database=name)),
                owner=_text(there.set(database=name, username=f"{name}_owner", password=secret)),
                serving=_text(there.set(database=name, username=name, password=secret)),
            )
        finally:
            run(f"DROP DATABASE {name} WITH (FORCE)".encode())
            run(f"DROP ROLE {name}".encode())
            run(f"DROP ROLE {name}_owner".encode())


def libpq(url: URL | str) -> str:
    """The address as psycopg itself takes it."""
    return _text(make_url(url).set(drivername="postgresql"))


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
