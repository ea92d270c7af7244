"""Open Homes are kept up to date in every workspace, and one that fails stops no other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.homes import Visit, home_keeper, one_workspace, several_workspaces
from handlers.services import Services
from policies.personal_settings import OpenHome
from tests.slack.world import open_world, wall_now


@dataclass
class Installed:
    """Two workspaces, each with a token of its own."""

    tokens: Mapping[str, str] = field(default_factory=lambda: {"T1": "xoxb-1", "T2": "xoxb-2"})
    directory: Any = None

    async def authorize(
        self, enterprise_id: str | None, team_id: str | None
    ) -> AuthorizeResult | None:
        """None where E2A is not installed."""
        token = self.tokens.get(team_id or "")
        if token is None:
            return None
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    async def directory_of(self, context: AsyncBoltContext) -> object:
        """Who there is, in the workspace that is asked about."""
        return self.directory, context.team_id


async def test_each_workspace_is_visited_with_its_own_token() -> None:
    """The client and the people are those of the workspace; a stranger's is not visited."""
    async with open_world() as world:
        client = AsyncWebClient(token="xoxb-none")
        installed: Any = Installed(directory=world.directory)
        visit_to = several_workspaces(world.services, client, installed)
        visit = await visit_to("T2")
        assert visit is not None
        assert visit.client.token == "xoxb-2"
        found: Any = visit.services.directory
        assert found == (world.directory, "T2")
        assert await visit_to("T9") is None


async def test_one_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each Home that is due has its turn, whatever becomes of the one before."""
    async with open_world() as world:
        visit_to = one_workspace(world.services, AsyncWebClient(token="xoxb-test"))
        seen: list[str] = []

        async def due(_services: Services) -> list[OpenHome]:
            homes = [("U1", "T1"), ("U2", "T1"), ("U3", "T1")]
            return [
                OpenHome(user_id=user, workspace_id=team, drawn_at=wall_now(), digest="")
                for user, team in homes
            ]

        async def refresh(home: OpenHome, _services: Services, _client: AsyncWebClient) -> bool:
            seen.append(home.user_id)
            if home.user_id == "U1":
                raise RuntimeError
            return True

        monkeypatch.setattr("bot.homes.claim_homes", due)
        monkeypatch.setattr("bot.homes.refresh_home", refresh)
        assert await home_keeper(world.services, visit_to)() == 0
        assert seen == ["U1", "U2", "U3"]
        assert isinstance(await visit_to("anything"), Visit)
