"""Runs the command line: every command, and what goes wrong in one line. Must not do any work."""

import sys
from functools import cache
from typing import Any

import typer

from bot.cli import (
    ask,
    backtest,
    backup,
    bill,
    bill_audit,
    channels,
    database,
    dead_letters,
    demo,
    doctor,
    erase,
    events,
    index,
    ingest,
    insight,
    invoice_check,
    invoices,
    jobs,
    look,
    payloads,
    policy,
    rag,
    reevaluate,
    resolution,
    retention,
    serve,
    sla,
    tenants,
    whatif,
    workspaces,
)
from bot.cli.app import CommandError, app
from bot.cli.output import say
from bot.process import NotMigratedError
from bot.settings import SettingsError
from policies.errors import PolicyError
from rag.errors import RetrievalError
from storage.errors import StorageError

COMMANDS = (
    serve,
    demo,
    database,
    backup,
    retention,
    erase,
    tenants,
    channels,
    workspaces,
    sla,
    backtest,
    whatif,
    policy,
    bill,
    invoices,
    invoice_check,
    bill_audit,
    events,
    ingest,
    jobs,
    ask,
    look,
    insight,
    payloads,
    dead_letters,
    reevaluate,
    resolution,
    index,
    rag,
    doctor,
)
"""Each noun's file puts its commands into `app` when it is imported."""


@cache
def _command() -> Any:  # noqa: ANN401 - the library names its own kind of command nowhere public
    """Built once: that takes longer than most commands."""
    return typer.main.get_command(app)


def run() -> None:
    """Runs the command line. Exit 0 on success, 2 on wrong use, 1 on failure with one line."""
    try:
        _command()(prog_name="e2a")
    except (
        CommandError,
        SettingsError,
        PolicyError,
        StorageError,
        NotMigratedError,
        RetrievalError,
    ) as error:
        say(f"e2a: {'; '.join(str(error).splitlines())}")
        sys.exit(1)
    except FileNotFoundError as error:
        say(f"e2a: there is no file {error.filename}")
        sys.exit(1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        say(f"e2a: {where}{error.strerror or error}")
        sys.exit(1)
    except UnicodeDecodeError as error:
        say(f"e2a: a file is not UTF-8 text: {error.reason} at byte {error.start}")
        sys.exit(1)
    except OverflowError as error:
        say(f"e2a: a date lies beyond what can be counted: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
