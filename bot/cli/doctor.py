"""`e2a doctor`: checks what a bot needs, one line each with the remedy. Must not repair."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from bot.cli.app import app
from bot.cli.callee_check import CalleeMissingError, check_callees
from bot.cli.index_check import IndexUnwellError, check_index
from bot.cli.model_check import ModelUnwellError, check_model
from bot.cli.output import tell, tell_json
from bot.cli.slack_check import SlackUnwellError, check_slack
from bot.cli.store import opened
from bot.clock import wall_now
from bot.policy_files import (
    load_alerting,
    load_next_steps,
    load_reactions,
    load_resolution,
    load_retention,
    load_sla_book,
    with_links,
    with_problems,
)
from bot.settings import Settings, SettingsError, load_settings
from policies.errors import PolicyError
from policies.promises import promises_of
from storage.errors import StorageError
from storage.migrate import check_wall


class UnwellError(Exception):
    """A check failed; the text names the remedy."""


Check = Callable[[Settings], Awaitable[str]]


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a check.")] = False,
) -> None:
    """Checks settings, policies, database, Slack, model and index."""
    failed = False
    for name, well, words in asyncio.run(_examine()):
        failed = failed or not well
        if as_json:
            tell_json({"check": name, "ok": well, "message": words})
        else:
            tell(f"{'ok  ' if well else 'FAIL'} {name}: {words}")
    sys.exit(int(failed))


async def _examine() -> list[tuple[str, bool, str]]:
    """Name, verdict and words of each check; nothing else is looked at without settings."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return [("settings", False, fault) for fault in error.faults]
    found = [("settings", True, "can be read")]
    for name, check in CHECKS:
        try:
            found.append((name, True, await check(settings)))
        except UnwellError as error:
            found.append((name, False, str(error)))
    return found


async def _policies(settings: Settings) -> str:
    try:
        book = load_sla_book(settings.policies_dir)
        load_retention(settings.policies_dir)
        load_reactions(settings.policies_dir)
        load_alerting(settings.policies_dir)
        load_next_steps(settings.policies_dir)
        load_resolution(settings.policies_dir)
        with_problems(promises_of(book), settings.policies_dir)
        with_links(promises_of(book), settings.policies_dir)
    except PolicyError as error:
        raise UnwellError(str(error)) from error
    return f"{len(book.rules)} promises, version {book.version}"


async def _database(settings: Settings) -> str:
    walled = ""
    try:
        async with opened(settings) as storage:
            if not storage.engines.on_sqlite:
                await check_wall(settings.database_url)
                walled = ", row-level security keeps tenants apart"
            if not await storage.can_write(wall_now()):
                message = "cannot be written; look at disk space and rights"
                raise UnwellError(message)
            async with storage.read() as tx:
                tenants = await tx.tenants.all()
    except StorageError as error:
        raise UnwellError(str(error)) from error
    except RuntimeError as error:
        raise UnwellError(str(error)) from error
    if not tenants:
        hint = "no tenant yet, add one: e2a tenant add NAME --channel '#channel'"
        return f"can be written{walled}; {hint}"
    return f"can be written{walled}; {len(tenants)} tenants"


async def _slack(settings: Settings) -> str:
    try:
        return await check_slack(settings)
    except (SlackUnwellError, StorageError, RuntimeError) as error:
        raise UnwellError(str(error)) from error


async def _shifts(settings: Settings) -> str:
    try:
        return await check_callees(settings)
    except (CalleeMissingError, PolicyError) as error:
        raise UnwellError(str(error)) from error


async def _model(settings: Settings) -> str:
    try:
        return await check_model(settings)
    except (ModelUnwellError, PolicyError) as error:
        raise UnwellError(str(error)) from error


async def _index(settings: Settings) -> str:
    try:
        return await check_index(settings)
    except IndexUnwellError as error:
        raise UnwellError(str(error)) from error


CHECKS: tuple[tuple[str, Check], ...] = (
    ("policies", _policies),
    ("database", _database),
    ("slack", _slack),
    ("shifts", _shifts),
    ("model", _model),
    ("index", _index),
)
