"""`e2a doctor`: checks what a bot needs, one line each with the remedy. Must not repair."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import aiohttp
import typer
from ruamel.yaml import YAML
from slack_sdk.errors import SlackApiError

from bot.cli.app import app
from bot.cli.output import tell, tell_json
from bot.cli.store import opened
from bot.clock import wall_now
from bot.policy_files import MANIFEST, load_sla_book
from bot.settings import Settings, SettingsError, load_settings, require_slack
from bot.wiring import slack_client
from policies.errors import PolicyError
from rag.embedding_model import (
    ModelAlteredError,
    ModelMissingError,
    find_model,
    verify_model,
)
from storage.errors import StorageError


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
    except PolicyError as error:
        raise UnwellError(str(error)) from error
    return f"{len(book.rules)} promises, version {book.version}"


async def _database(settings: Settings) -> str:
    try:
        async with opened(settings) as storage:
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
        return "can be written; no tenant yet, add one: e2a tenant add NAME --channel '#channel'"
    return f"can be written; {len(tenants)} tenants"


async def _slack(settings: Settings) -> str:
    try:
        require_slack(settings)
    except SettingsError as error:
        raise UnwellError("; ".join(error.faults)) from error
    async with aiohttp.ClientSession() as session:
        try:
            answer = await slack_client(settings, session).auth_test()
        except SlackApiError as error:
            code = error.response.get("error")
            message = f"{code}; copy the bot token again from the app's OAuth page"
            raise UnwellError(message) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            message = f"{settings.slack_api_url} cannot be reached ({type(error).__name__})"
            raise UnwellError(message) from error
    granted = {
        scope.strip()
        for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",")
        if scope.strip()
    }
    missing = sorted(_wanted_scopes() - granted) if granted else []
    if missing:
        message = f"scopes are missing: {', '.join(missing)}; add them and install the app again"
        raise UnwellError(message)
    return f"speaks to {answer['team']} as {answer['user']}"


def _wanted_scopes() -> set[str]:
    if not MANIFEST.is_file():
        return set()
    manifest = YAML(typ="safe").load(MANIFEST.read_text(encoding="utf-8"))
    return set(manifest["oauth_config"]["scopes"]["bot"])


async def _model(settings: Settings) -> str:
    if not settings.ai_provider_base_url:
        return "none; explanations are rule-based (set AI_PROVIDER_BASE_URL and AI_MODEL for one)"
    return "configured; this version explains by rules and does not call it yet"


async def _index(settings: Settings) -> str:
    try:
        model = find_model(settings.embedding_model)
        await asyncio.to_thread(verify_model, model)
    except (ModelMissingError, ModelAlteredError) as error:
        raise UnwellError(error.__doc__) from error
    return f"embedding model at hand ({model.dimension} dimensions); no index is needed yet"


CHECKS: tuple[tuple[str, Check], ...] = (
    ("policies", _policies),
    ("database", _database),
    ("slack", _slack),
    ("model", _model),
    ("index", _index),
)
