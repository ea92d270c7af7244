"""What `e2a doctor` asks Slack: who the tokens are, what they may, whether a socket opens.

Must not repair, and must not print a token.
"""

from collections.abc import Sequence

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.cli.store import opened
from bot.clock import wall_now
from bot.parts import slack_client
from bot.settings import Settings, SettingsError, require_slack
from bot.tokens import error_code
from handlers.blocks.ids import SCOPES
from policies.installations import Installation
from policies.records import Tenant

_PAGE = "api.slack.com/apps, your app"
_ROTATING = "xoxe."
_INSTALL = "set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET instead, and install at /slack/install"
_ADD_SCOPES = (
    f"{_PAGE}, OAuth & Permissions, Scopes, Bot Token Scopes, Add an OAuth Scope; "
    "then install the app again"
)
_APP_TOKEN = (
    f"{_PAGE}, Basic Information, App-Level Tokens, Generate Token and Scopes, connections:write; "
    "copy it into SLACK_APP_TOKEN"
)


class SlackUnwellError(Exception):
    """Slack cannot be served as things are; the text says what to do."""


async def check_slack(settings: Settings) -> str:
    """How Slack is spoken to.

    Raises:
        SlackUnwellError: with every fault that was found, and its remedy.
    """
    try:
        require_slack(settings)
    except SettingsError as error:
        raise SlackUnwellError("; ".join(error.faults)) from error
    async with aiohttp.ClientSession() as session:
        client = slack_client(settings, session)
        told: list[str] = []
        if settings.slack_bot_token is not None:
            told.append(await _own(client, settings))
        if settings.slack_client_id is not None:
            told.append(await _installed(client, settings))
        if settings.slack_app_token is not None:
            token = settings.slack_app_token.get_secret_value()
            told.append(await _socket(client, token, settings))
    return "; ".join(told)


async def _own(client: AsyncWebClient, settings: Settings) -> str:
    again = "copy the bot token again from the app's OAuth page"
    if (client.token or "").startswith(_ROTATING):
        message = f"SLACK_BOT_TOKEN ends after 12 hours, because tokens rotate; {_INSTALL}"
        raise SlackUnwellError(message)
    answer = await _asked(client, client.token, settings, again)
    return f"speaks to {answer['team']} as {answer['user']}"


async def _installed(client: AsyncWebClient, settings: Settings) -> str:
    async with opened(settings) as storage, storage.read() as tx:
        known, tenants = await tx.installations.all(), await tx.tenants.all()
    live, now = [one for one in known if one.live], wall_now()
    for one in live:
        if one.over(now):
            continue  # the server replaces it when it starts
        again = f"install E2A again in {one.name}: /slack/install"
        await _asked(client, one.bot_token, settings, again)
    _check_tenants(tenants, live)
    if not live:
        return "no workspace has installed it; open https://YOUR-HOST/slack/install in a browser"
    names = ", ".join(one.name for one in live)
    return f"is installed in {names}"


def _check_tenants(tenants: Sequence[Tenant], live: Sequence[Installation]) -> None:
    there = {one.workspace_id for one in live}
    lost = [one for one in tenants if one.workspace_id and one.workspace_id not in there]
    if lost:
        words = ", ".join(f"{one.name} in {one.workspace_id}" for one in lost)
        message = (
            f"clients are told where E2A is not installed: {words}; "
            "install it there, or: e2a workspace assign NAME WORKSPACE"
        )
        raise SlackUnwellError(message)


async def _socket(client: AsyncWebClient, token: str, settings: Settings) -> str:
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        message = f"Socket Mode: {error_code(error)}; {_APP_TOKEN}"
        raise SlackUnwellError(message) from error
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise SlackUnwellError(_away(settings, error)) from error
    return "listens over a socket (Socket Mode)"


async def _asked(
    client: AsyncWebClient, token: str | None, settings: Settings, again: str
) -> AsyncSlackResponse:
    """Whose token it is; it must have every scope."""
    try:
        answer = await client.auth_test(token=token)
    except SlackApiError as error:
        message = f"{error_code(error)}; {again}"
        raise SlackUnwellError(message) from error
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise SlackUnwellError(_away(settings, error)) from error
    listed = str(answer.headers.get("x-oauth-scopes", "")).split(",")
    granted = {scope.strip() for scope in listed if scope.strip()}
    missing = [scope for scope in SCOPES if scope not in granted] if granted else []
    if missing:
        message = f"{answer['team']}: scopes are missing: {', '.join(missing)}; {_ADD_SCOPES}"
        raise SlackUnwellError(message)
    return answer


def _away(settings: Settings, error: Exception) -> str:
    return f"{settings.slack_api_url} cannot be reached ({type(error).__name__})"
