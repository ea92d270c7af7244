"""`e2a migrate` and `e2a reset`, and a database that cannot be had."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.files import event, write


def test_migrating_makes_a_database_and_can_be_repeated(
    e2a: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh database is brought to the newest schema; doing so again changes nothing."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/new/folder/e2a.db")
    first, again = e2a("migrate"), e2a("migrate")
    assert (first.code, first.out) == (0, "")
    assert first.err == again.err
    assert "revision" in first.err
    assert e2a("stats", "--json").code == 0


def test_reset_wants_to_be_meant(e2a: Run, acme: str) -> None:
    """Without --yes nothing is emptied and the use is called wrong."""
    ran = e2a("reset")
    assert ran.code == 2
    assert "--yes" in ran.err
    assert e2a("stats", "--json").json[0]["tenant"] == acme


def test_reset_empties_everything(e2a: Run, acme: str, tmp_path: Path) -> None:
    """With --yes the database is empty and ready."""
    e2a("ingest", write(tmp_path / "e.jsonl", event()), "--tenant", acme)
    assert e2a("reset", "--yes").code == 0
    assert e2a("stats", "--json").json == []
    assert e2a("tenant", "add", acme).code == 0


@pytest.mark.parametrize("words", [(), ("--i-mean", "other")])
def test_a_postgres_is_emptied_by_its_name_only(
    e2a: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """On PostgreSQL --yes is not enough: the database has to be named, and rightly."""
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://me:pass-word@127.0.0.1:1/ware")
    told = e2a("reset", "--yes", *words).complaint
    assert "--i-mean ware" in told
    assert "pass-word" not in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:pass-word@127.0.0.1:1/ware",
        "sqlite+aiosqlite:////proc/no/such/e2a.db",
        "sqlite+aiosqlite:////dev/null/e2a.db",
        "mysql://me:pass-word@127.0.0.1/ware",
    ],
)
@pytest.mark.parametrize("command", ["stats", "migrate"])
def test_a_database_that_cannot_be_had_is_one_line(
    e2a: Run, monkeypatch: pytest.MonkeyPatch, url: str, command: str
) -> None:
    """No trace, no SQL and no password: one line says what is the matter."""
    monkeypatch.setenv("DATABASE_URL", url)
    assert "pass-word" not in e2a(command).complaint


def test_a_file_that_is_no_database_is_one_line(
    e2a: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file with something else in it is told, and left as it is."""
    file = write(tmp_path / "notes.db", "these are my notes " * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{file}")
    assert e2a("stats").complaint
    assert file.read_text(encoding="utf-8").startswith("these are my notes")
