"""`e2a backup` and `e2a restore`: what is refused, what is kept, and what comes back."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage.backup_file import HEADER
from tests.cli.conftest import Run
from tests.postgres import SERVER, Database, a_database, libpq

MISSING = "pg_dump is not installed" if SERVER else "E2A_TEST_POSTGRES_URL names no server"
needs_tools = pytest.mark.skipif(not (SERVER and shutil.which("pg_dump")), reason=MISSING)
WAITING = """INSERT INTO outbox (tenant_id, kind, lane, dedup_key, payload, priority, state,
    generation, attempts, uncertain, available_at, created_at, updated_at)
VALUES (1, 'slack', 'C1', '{key}', '{{}}', 1, '{state}', 1, 0, FALSE, 0, 0, 0)"""


def tenants_in(file: Path) -> list[str]:
    """The names of the tenants in a SQLite file."""
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM tenants ORDER BY id")]


@pytest.fixture
def copy(e2a: Run, acme: str, place: Path) -> Path:
    """A backup of a database with the tenant acme."""
    assert acme == "acme"
    assert e2a("backup", "copy.e2a").code == 0
    return place / "copy.e2a"


def test_a_backup_comes_back_as_it_was(e2a: Run, copy: Path, place: Path) -> None:
    """The database is as it was then, and what took its place meanwhile is kept beside it."""
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert e2a("tenant", "add", "globex", "--channel", "#g").code == 0
    refused = e2a("restore", copy).complaint
    assert "holds 2 tenants, 0 events, 0 exceptions" in refused
    assert refused.endswith("add --yes")
    done = e2a("restore", copy, "--yes", "--json")
    assert done.code == 0, done
    [row] = done.json
    assert (row["tenants"], row["events"], row["in_doubt"]) == (1, 0, 0)
    assert tenants_in(place / "e2a.db") == ["acme"]
    assert tenants_in(Path(row["kept"])) == ["acme", "globex"]
    assert Path(row["kept"]).name.startswith("e2a.db.before_restore_")
    assert sorted(one.name for one in place.iterdir() if one.name.startswith(".")) == []
    assert e2a("stats").code == 0


def test_an_empty_place_needs_no_yes(
    e2a: Run, copy: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a new machine the file is simply put where DATABASE_URL says."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{place}/data/new.db")
    done = e2a("restore", copy)
    assert done.code == 0, done
    assert "It holds 1 tenants" in done.err
    assert "kept in" not in done.err
    assert stat.S_IMODE((place / "data" / "new.db").stat().st_mode) == 0o600


def test_no_backup_takes_the_place_of_another(e2a: Run, copy: Path) -> None:
    """Only --force writes over a file; a refused one leaves nothing behind."""
    before = copy.read_bytes()
    assert e2a("backup", copy).complaint.endswith("choose another name or add --force")
    assert copy.read_bytes() == before
    assert e2a("tenant", "add", "globex", "--channel", "#g").code == 0
    assert e2a("backup", copy, "--force").code == 0
    assert copy.read_bytes() != before
    assert [one.name for one in copy.parent.iterdir() if one.name.endswith((".part", ".raw"))] == []


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda data: b"SQLite format 3\0" + data, "is no backup of E2A"),
        (lambda data: data[:0], "is no backup of E2A"),
        (lambda data: data[:-1], "is cut off or damaged"),
        (lambda data: data[:5000], "is cut off or damaged"),
        (lambda data: data[:9000] + bytes([data[9000] ^ 1]) + data[9001:], "checksum"),
        (lambda data: data[:20] + b"}" + data[21:], "checksum"),
        (lambda data: data.replace(b"E2A-BACKUP 1", b"E2A-BACKUP 2", 1), "newer version"),
        (lambda data: data.replace(b'"revision": "0', b'"revision": "9', 1), "newer version"),
        (lambda data: data.replace(b'"sqlite"', b'"postgresql"', 1), "is of a postgresql"),
    ],
)
def test_what_is_no_whole_backup_changes_nothing(
    e2a: Run, copy: Path, place: Path, harm: object, told: str
) -> None:
    """Foreign, cut, damaged and newer files are told in one line, and the database stays."""
    assert callable(harm)
    data = copy.read_bytes()
    spoiled = harm(data)
    if b'"postgresql"' in spoiled[:HEADER]:
        head, _, _ = spoiled[: HEADER + 4].partition(b"}")
        spoiled = head + b"}\n".ljust(HEADER - len(head), b" ") + data[HEADER:]
    copy.write_bytes(spoiled)
    assert told in e2a("restore", copy, "--yes").complaint
    assert tenants_in(place / "e2a.db") == ["acme"]
    assert sorted(one.name for one in place.iterdir() if "before_restore" in one.name) == []


def test_a_file_in_use_is_left_alone(e2a: Run, copy: Path, place: Path) -> None:
    """As long as a server has the database open, nothing is put in its place."""
    with closing(sqlite3.connect(place / "e2a.db")) as server:
        server.execute("SELECT count(*) FROM tenants").fetchone()
        assert "is in use; stop E2A" in e2a("restore", copy, "--yes").complaint
    assert e2a("restore", copy, "--yes").code == 0


def test_what_waited_for_slack_is_in_doubt(e2a: Run, acme: str, place: Path) -> None:
    """It may have been posted after the copy, so it is looked up before it is posted again."""
    assert acme == "acme"
    with closing(sqlite3.connect(place / "e2a.db")) as connection, connection:
        for key, state in (("a", "waiting"), ("b", "sent")):
            connection.execute(WAITING.format(key=key, state=state))
    assert e2a("backup", "copy.e2a").code == 0
    [row] = e2a("restore", "copy.e2a", "--yes", "--json").json
    assert row["in_doubt"] == 1
    with closing(sqlite3.connect(place / "e2a.db")) as connection:
        found = connection.execute("SELECT dedup_key, uncertain FROM outbox ORDER BY 1").fetchall()
    assert found == [("a", 1), ("b", 0)]


def test_without_a_database_there_is_no_backup(
    e2a: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong DATABASE_URL does not give an empty backup."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{place}/none.db")
    assert "there is no database" in e2a("backup", "copy.e2a").complaint
    assert not (place / "none.db").exists()


def test_a_server_that_is_down_is_told(e2a: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a database there is one line and no file."""
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "cannot be reached" in e2a("backup", "pg.e2a").complaint


@pytest.fixture
def servers() -> Iterator[list[Database]]:
    """Two private databases whose owners have no special rights."""
    with a_database() as source, a_database() as target:
        yield [source, target]


def use(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an operator sets it up: one login owns, another serves."""
    monkeypatch.setenv("DATABASE_ADMIN_URL", database.owner)
    monkeypatch.setenv("DATABASE_URL", database.serving)


@needs_tools
def test_postgres_goes_there_and_back(
    e2a: Run, place: Path, servers: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind forced row-level security and without special rights every tenant's row comes back."""
    source, target = servers
    use(source, monkeypatch)
    assert e2a("migrate").code == 0
    for name in ("acme", "globex"):
        assert e2a("tenant", "add", name, "--channel", "#x").code == 0
    assert e2a("backup", "pg.e2a").code == 0
    use(target, monkeypatch)
    [first] = e2a("restore", "pg.e2a", "--json").json
    assert (first["tenants"], first["kept"]) == (2, None)
    assert "holds 2 tenants" in e2a("restore", "pg.e2a").complaint
    assert e2a("tenant", "add", "third", "--channel", "#x").code == 0
    [second] = e2a("restore", "pg.e2a", "--yes", "--json").json
    assert second["tenants"] == 2
    assert "the schema before_restore_" in second["kept"]
    assert e2a("tenant", "add", "third", "--channel", "#x").code == 0
    data = (place / "pg.e2a").read_bytes()
    (place / "bad.e2a").write_bytes(data[:-3] + b"abc")
    assert "checksum" in e2a("restore", "bad.e2a", "--yes").complaint
    with monkeypatch.context() as without:
        without.setenv("PATH", str(place))
        assert "pg_restore is not installed; install" in e2a("restore", "pg.e2a", "--yes").complaint
    with psycopg.connect(libpq(target.owner)):
        assert "others are connected" in e2a("restore", "pg.e2a", "--yes").complaint
