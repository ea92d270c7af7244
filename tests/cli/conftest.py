"""The command line in this process: the real way in, with its exit codes and both outputs."""

import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli.run import run as run_command
from bot.settings import Settings
from storage.migrate import migrate


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed where."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        """Stdout as lines of JSON objects; fails where anything else is among them."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one line that a failed command leaves on stderr, and nothing on stdout."""
        lines = self.err.splitlines()
        assert (self.code, self.out, len(lines)) == (1, "", 1), self
        assert lines[0].startswith("e2a: ")
        return lines[0]


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    file = tmp_path_factory.mktemp("cli") / "e2a.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(autouse=True)
def place(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own with an empty database, and no settings from outside."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    shutil.copy(template, tmp_path / "e2a.db")
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/e2a.db")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def e2a(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `e2a ARGUMENTS` as `python -m bot` would."""

    def run(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["e2a", *(str(word) for word in arguments)])
        code: object = 0
        try:
            run_command()
        except SystemExit as end:
            code = end.code
        out, err = capsys.readouterr()
        return Ran(code=code if isinstance(code, int) else 0, out=out, err=err)

    return run


@pytest.fixture
def acme(e2a: Run) -> str:
    """A tenant."""
    assert e2a("tenant", "add", "acme", "--channel", "#acme-ops").code == 0
    return "acme"
