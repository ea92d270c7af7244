"""Slack's OAuth: the address where somebody approves E2A, and the token that this brings.

Must not answer browsers: handlers/slack/install.py does. Plugs in what several workspaces need.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Now
from bot.rates import Pace
from bot.settings import Settings
from bot.slack import SlackMessenger
from bot.telemetry import Metrics
from bot.tokens import TAKEN_AWAY, SlackApp, Tokens, error_code
from bot.workspaces import Messengers, Workspaces
from handlers.blocks.ids import SCOPES
from handlers.slack.app import own_workspace, twin
from handlers.slack.install import InstallFailedError
from policies.installations import Installation
from storage.transaction import SqlStorage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    """Installs E2A in a workspace, and takes it out of our books."""

    app: SlackApp
    client: AsyncWebClient
    tokens: Tokens
    wall_now: Now
    pages: str
    """Where Slack's own pages are: `https://slack.com/`."""

    @property
    def secret(self) -> str:
        """What the browser's state is signed with."""
        return self.app.client_secret

    def address(self, state: str) -> str:
        """Where somebody approves what E2A asks for."""
        made = AuthorizeUrlGenerator(
            client_id=quote(self.app.client_id, safe="."),
            scopes=SCOPES,
            authorization_url=f"{self.pages}oauth/v2/authorize",
        )
        return made.generate(state=quote(state, safe="."))

    async def install(self, code: str) -> str:
        """Exchanges the code of an approval; returns the workspace's name.

        Raises:
            InstallFailedError: Slack gives no token for it, or cannot be reached.
        """
        try:
            given = await self.client.oauth_v2_access(
                client_id=self.app.client_id, client_secret=self.app.client_secret, code=code
            )
            who = await self.client.auth_test(token=given.get("access_token"))
        except SlackApiError as error:
            raise InstallFailedError(error_code(error)) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise InstallFailedError(type(error).__name__) from error
        try:
            installed = _installation(given, who, self.wall_now())
        except (KeyError, TypeError, ValueError) as error:
            reason = "an answer without a bot's token"
            raise InstallFailedError(reason) from error
        await self.tokens.save(installed)
        log.info(
            "slack_workspace_installed",
            workspace=installed.workspace_id,
            by=installed.installed_by,
            missing_scopes=sorted(set(SCOPES) - installed.scopes),
        )
        return installed.name

    async def removed(self, workspace_id: str, reason: str, told_at: datetime) -> None:
        """Slack tells that E2A was taken out."""
        await self.tokens.remove(workspace_id, reason, told_at)

    async def check(self, workspace_id: str, reason: str) -> None:
        """Slack tells that a token was revoked, but not which: ours is tried."""
        known = await self.tokens.known(workspace_id)
        if known is None or not known.live:
            return
        try:
            await self.client.auth_test(token=known.bot_token)
        except SlackApiError as error:
            if error_code(error) in TAKEN_AWAY:
                await self.tokens.refused(workspace_id, known.bot_token, reason)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack_token_not_tried", reason=type(error).__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyWorkspaces:
    """What serves several workspaces, plugged together."""

    tokens: Tokens
    workspaces: Workspaces
    installer: Installer

    def messenger_of(
        self, posting: AsyncWebClient, metrics: Metrics, pace: Pace
    ) -> Callable[[int], Awaitable[SlackMessenger]]:
        """Who speaks for a tenant; `posting` is a client that never waits by itself."""
        known = Messengers(
            workspaces=self.workspaces,
            tokens=self.tokens,
            new_client=partial(twin, posting),
            metrics=metrics,
            pace=pace,
        )
        return known.of


def open_workspaces(
    settings: Settings, storage: SqlStorage, client: AsyncWebClient, wall_now: Now
) -> ManyWorkspaces | None:
    """None without SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: then one token is all there is.

    Args:
        settings: as the operator gave them.
        storage: where installations are kept.
        client: answers people; its token is SLACK_BOT_TOKEN, if anything.
        wall_now: says when tokens are due.
    """
    if settings.slack_client_id is None or settings.slack_client_secret is None:
        return None
    app = SlackApp(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
    )
    clock, bare = asyncio.get_running_loop().time, twin(client)
    tokens = Tokens(storage=storage, client=bare, app=app, wall_now=wall_now, clock=clock)
    workspaces = Workspaces(
        storage=storage,
        tokens=tokens,
        own=own_workspace(client) if client.token else None,
        new_client=partial(twin, client),
        clock=clock,
    )
    installer = Installer(
        app=app,
        client=bare,
        tokens=tokens,
        wall_now=wall_now,
        pages=settings.slack_api_url.removesuffix("/").removesuffix("api"),
    )
    return ManyWorkspaces(tokens=tokens, workspaces=workspaces, installer=installer)


def _installation(
    given: AsyncSlackResponse, who: AsyncSlackResponse, now: datetime
) -> Installation:
    """As Slack answers; a whole organisation has no team."""
    place = given["enterprise"] if given.get("is_enterprise_install") else given["team"]
    seconds = given.get("expires_in")
    return Installation(
        workspace_id=str(place["id"]),
        name=str(place.get("name") or place["id"]),
        bot_token=str(given["access_token"]),
        bot_user_id=str(given["bot_user_id"]),
        bot_id=str(who.get("bot_id") or ""),
        scopes=frozenset(str(given.get("scope") or "").split(",")),
        installed_by=str((given.get("authed_user") or {}).get("id") or ""),
        installed_at=now,
        refresh_token=given.get("refresh_token"),
        expires_at=now + timedelta(seconds=int(seconds)) if seconds else None,
    )
