"""The command line on PostgreSQL: who may serve, what the owner prepares, and what both may do."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage.migrate import migrate
from tests.cli.conftest import Run
from tests.cli.files import event, write
from tests.postgres import Database, a_database, libpq, needs_postgres

pytestmark = needs_postgres
_CREATE = """DO $$ BEGIN CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""


@pytest.fixture
def bare() -> Iterator[Database]:
    """A database without tables."""
    with a_database() as made:
        yield made


@pytest.fixture
def database(bare: Database) -> Database:
    """A database with tables, whose login may serve."""
    asyncio.run(migrate(bare.owner, login=bare.login))
    return bare


@pytest.fixture(autouse=True)
def _slack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever `serve` wants besides a database."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-rows-81")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "signing-rows-81")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")


def _secret(url: str) -> str:
    return url.split("@", maxsplit=1)[0].rsplit(":", maxsplit=1)[-1]


@pytest.mark.parametrize("who", ["administrator", "owner"])
def test_it_refuses_to_serve_above_the_wall(
    e2a: Run, database: Database, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """A superuser and the owner may not serve: one line with the remedy and without a password."""
    monkeypatch.setenv("DATABASE_URL", getattr(database, who))
    told = e2a("serve").complaint
    assert "CREATE ROLE e2a_serve LOGIN" in told
    assert "DATABASE_ADMIN_URL" in told
    assert _secret(database.owner) not in told


def test_it_refuses_a_login_that_was_not_let_in(
    e2a: Run, bare: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Migrated without it, the login may not serve; migrated with it, it may, and is named."""
    monkeypatch.setenv("DATABASE_URL", bare.serving)
    assert "e2a migrate" in e2a("serve").complaint
    asyncio.run(migrate(bare.owner))
    assert "run: e2a migrate" in e2a("serve").complaint
    monkeypatch.setenv("DATABASE_ADMIN_URL", bare.owner)
    ran = e2a("migrate")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.endswith(f"{bare.login} may serve.\n")
    assert "database: can be written, row-level security keeps tenants apart" in e2a("doctor").out


def test_an_owner_without_rights_is_told_what_to_ask_for(
    e2a: Run, bare: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may not create or grant the roles gets the administrator's commands; these suffice."""
    owner = bare.owner.rsplit("/", maxsplit=1)[-1] + "_owner"
    _as_administrator(bare, f'ALTER ROLE "{owner}" NOCREATEROLE')
    monkeypatch.setenv("DATABASE_URL", bare.serving)
    monkeypatch.setenv("DATABASE_ADMIN_URL", bare.owner)
    told = e2a("migrate").complaint
    grant = f'GRANT e2a_app, e2a_worker TO "{owner}" WITH ADMIN OPTION'
    assert told.endswith(grant)
    for role in ("e2a_app", "e2a_worker"):
        assert f"CREATE ROLE {role} NOLOGIN" in told
        _as_administrator(bare, _CREATE.format(role=role))
    _as_administrator(bare, grant)
    assert e2a("migrate").code == 0


def _as_administrator(database: Database, statement: str) -> None:
    with psycopg.connect(libpq(database.administrator)) as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize("who", ["administrator", "owner"])
def test_the_doctor_finds_no_wall(
    e2a: Run, database: Database, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """For who stands above it, the doctor calls the database unwell and names the remedy."""
    monkeypatch.setenv("DATABASE_URL", getattr(database, who))
    [line] = [line for line in e2a("doctor").out.splitlines() if " database: " in line]
    assert line.startswith("FAIL")
    assert "Serve as another one" in line


@pytest.mark.parametrize("who", ["serving", "owner"])
def test_commands_work_for_both(
    e2a: Run, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """The serving login and the owner add clients and keys, load, read out and count."""
    monkeypatch.setenv("DATABASE_URL", getattr(database, who))
    for name in ("acme", "globex"):
        assert e2a("tenant", "add", name, "--channel", f"#{name}").code == 0
    made = e2a("key", "create", "--tenant", "acme", "--scope", "ingest")
    assert made.code == 0, made.err
    loaded = e2a("ingest", write(tmp_path / "e.jsonl", event()), "--tenant", "acme")
    assert loaded.code == 0, loaded.err
    assert [row["tenant"] for row in e2a("export", "events").json] == ["acme"]
    counted = {row["tenant"]: row["events"] for row in e2a("stats", "--json").json}
    assert counted == {"acme": 1, "globex": 0}
    asked = e2a("ask", "what is late?", "--tenant", "globex")
    assert asked.code == 0, asked.err


def test_emptying_leaves_the_login_its_right(
    e2a: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a reset the serving login still serves, and its rows are gone."""
    monkeypatch.setenv("DATABASE_URL", database.serving)
    monkeypatch.setenv("DATABASE_ADMIN_URL", database.owner)
    assert e2a("tenant", "add", "acme").code == 0
    name = database.owner.rsplit("/", maxsplit=1)[-1]
    assert e2a("reset", "--yes", "--i-mean", name).code == 0
    assert e2a("stats", "--json").json == []
    assert e2a("tenant", "add", "acme").code == 0
    with psycopg.connect(libpq(database.owner)) as connection:
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables t JOIN pg_class c "
            "ON c.relname = t.tablename WHERE schemaname = 'public'"
        ).fetchall()
    assert owners == [(f"{name}_owner",)]
