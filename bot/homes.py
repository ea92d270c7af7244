"""Keeps open Homes up to date: whose turn it is, with whose token, in which workspace.

Must not draw: handlers/slack/home.py does.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspaces import Workspaces
from handlers.services import Services
from handlers.slack.app import twin
from handlers.slack.home import claim_homes, refresh_home

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A workspace as one visits it: what handlers knock at there, and with whose token."""

    services: Services
    client: AsyncWebClient


VisitTo = Callable[[str], Awaitable[Visit | None]]
"""By a workspace's id; None where E2A is not installed."""


def one_workspace(services: Services, client: AsyncWebClient) -> VisitTo:
    """There is but one, whatever it is called."""
    visit = Visit(services=services, client=client)

    async def visit_to(_workspace_id: str) -> Visit | None:
        return visit

    return visit_to


def several_workspaces(
    services: Services, client: AsyncWebClient, workspaces: Workspaces
) -> VisitTo:
    """Each with its own token and its own people."""

    async def visit_to(workspace_id: str) -> Visit | None:
        known = await workspaces.authorize(None, workspace_id)
        if known is None:
            return None
        context = AsyncBoltContext({"team_id": workspace_id, "authorize_result": known})
        directory = await workspaces.directory_of(context)
        there = replace(services, directory=directory)
        return Visit(services=there, client=twin(client, known.bot_token))

    return visit_to


def home_keeper(services: Services, visit_to: VisitTo) -> Callable[[], Awaitable[int]]:
    """A worker's step: draws what is due, one after the other; returns 0, to go by its own time."""

    async def step() -> int:
        for opened in await claim_homes(services):
            try:
                visit = await visit_to(opened.workspace_id)
                if visit is not None:
                    await refresh_home(opened, visit.services, visit.client)
            except Exception:
                log.exception("home_not_refreshed", workspace=opened.workspace_id)
        return 0

    return step
