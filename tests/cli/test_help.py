"""Every command has help, and wrong use is told apart from failure."""

import subprocess
import sys

import pytest
import typer.main
from typer import Typer

import bot.cli.run
from bot.cli.app import app
from tests.cli.conftest import Run


def _commands(typer_app: Typer, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [before]
    for command in typer_app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "").replace("_", "-")
        found.append((*before, name))
    for group in typer_app.registered_groups:
        if group.typer_instance is not None:
            found += _commands(group.typer_instance, (*before, str(group.name)))
    return found


CONTRACT = [
    "serve",
    "demo",
    "migrate",
    "reset",
    "doctor",
    "generate",
    "ingest",
    "export",
    "stats",
    "ask",
    "jobs list",
    "jobs run",
    "tenant add",
    "key create",
    "key revoke",
    "key list",
    "hook add",
    "sla evaluate",
]
"""The contract's commands that this version has."""


@pytest.mark.parametrize("command", _commands(app), ids=" ".join)
def test_every_command_explains_itself(e2a: Run, command: tuple[str, ...]) -> None:
    """`--help` of every command and group names its use and ends well."""
    ran = e2a(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: e2a {' '.join(command)}".strip() in ran.out


def test_the_contract_is_there() -> None:
    """The commands that the contract promises are all found under their names."""
    assert bot.cli.run.COMMANDS
    assert set(CONTRACT) <= {" ".join(command) for command in _commands(app)}
    assert typer.main.get_command(app).name == "e2a"


@pytest.mark.parametrize(
    "words",
    [
        "no-such-command",
        "stats --no-such-option",
        "tenant add",
        "tenant add bad/name",
        "tenant add acme --channel acme",
        "tenant add acme --timezone Mars/Olympus",
        "key create --tenant acme",
        "key create --tenant acme --scope root",
        "key revoke one",
        "hook add --tenant acme --source fax --secret s",
        "export",
        "export secrets",
        "jobs run no_such_job",
        "reset",
        "sla evaluate --events e.jsonl",
        "sla evaluate --events e.jsonl --now yesterday",
        "sla evaluate --events e.jsonl --now 2026-03-02T10:00:00",
        "generate --orders 0",
        "generate --problem-rate 2",
        "generate --start 2026-01-05T08:00:00",
        "generate --to http://127.0.0.1:1/events",
        "demo --speed 0",
        "ask",
        "ingest e.jsonl",
    ],
)
def test_wrong_use_is_2(e2a: Run, words: str) -> None:
    """A command that is used wrongly ends with 2, says so on stderr and prints no result."""
    ran = e2a(*words.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_an_empty_secret_is_wrong_use(e2a: Run, acme: str) -> None:
    """A hook without a secret would prove nothing, so it is refused."""
    ran = e2a("hook", "add", "--tenant", acme, "--source", "wms", "--secret", "  ")
    assert ran.code == 2
    assert "an empty secret proves nothing" in ran.err


def test_the_module_is_the_command() -> None:
    """`python -m bot` is the same way in, as a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "export", "secrets"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "secrets cannot be exported" in ran.stderr
