"""Tokens that end are replaced in time, once over all replicas, and forgotten when taken away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.tokens import SlackApp, Tokens
from demo.workspace.app import running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.config import WorkspaceConfig
from jobs.errors import SlackRefusedError, SlackRetryError
from policies.installations import Installation
from storage.engine import open_engines
from storage.migrate import migrate
from storage.transaction import SqlStorage

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # the SDK's own use
CLIENT, TEAM = ("1.0-e2a", "client-secret-of-the-tests"), "T0OTHER"


@dataclass
class Clock:
    """The time, as a test has it."""

    now: datetime
    ticks: float = 0.0

    def pass_by(self, **span: float) -> None:
        """Moves on."""
        self.now += timedelta(**span)
        self.ticks += timedelta(**span).total_seconds()


@dataclass
class Wired:
    """Two replicas over one database, and the Slack that gives them tokens for half a day."""

    workspace: WorkspaceClient
    storage: SqlStorage
    client: AsyncWebClient
    clock: Clock
    one: Tokens
    two: Tokens

    async def exchanged(self) -> int:
        """How often Slack was asked for a token."""
        return len(await self.workspace.calls("oauth.v2.access"))

    async def installed(self) -> Installation:
        """E2A comes into the other workspace."""
        async with self.client.session.get(  # type: ignore[union-attr]
            f"{self.workspace.url}/oauth/v2/authorize",
            params={"client_id": CLIENT[0], "scope": "commands", "team": TEAM, "state": "s"},
            allow_redirects=False,
        ) as approved:
            code = approved.headers["Location"].partition("code=")[2].partition("&")[0]
        given = await self.client.oauth_v2_access(
            client_id=CLIENT[0], client_secret=CLIENT[1], code=code
        )
        made = Installation(
            workspace_id=TEAM,
            name="Other",
            bot_token=given["access_token"],
            bot_user_id="U0E2A",
            bot_id="B0E2A",
            scopes=frozenset({"commands"}),
            installed_by="U0MARIA",
            installed_at=self.clock.now,
            refresh_token=given["refresh_token"],
            expires_at=self.clock.now + timedelta(seconds=given["expires_in"]),
        )
        await self.one.save(made)
        return made


@pytest.fixture
async def wired(tmp_path: Path) -> AsyncIterator[Wired]:
    """Nothing is installed yet."""
    url = f"sqlite+aiosqlite:///{tmp_path}/e2a.db"
    await migrate(url)
    storage = SqlStorage(open_engines(url))
    config = WorkspaceConfig(
        bot_url="http://127.0.0.1:9/slack/events",
        verify_url=False,
        client_id=CLIENT[0],
        client_secret=CLIENT[1],
        token_seconds=43_200,
        rate_limits=False,
    )
    clock = Clock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    async with running_workspace(config) as workspace, aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=workspace.api_url, session=session, retry_handlers=[])
        app = SlackApp(client_id=CLIENT[0], client_secret=CLIENT[1])
        one, two = (
            Tokens(
                storage=storage,
                client=client,
                app=app,
                wall_now=lambda: clock.now,
                clock=lambda: clock.ticks,
            )
            for _ in range(2)
        )
        yield Wired(workspace, storage, client, clock, one, two)
    await storage.close()


async def _works(wired: Wired, known: Installation | None) -> bool:
    assert known is not None
    answer = await wired.client.auth_test(token=known.bot_token)
    return bool(answer["team_id"] == TEAM)


async def test_a_young_token_is_left_alone(wired: Wired) -> None:
    """Ten hours long Slack is asked for nothing."""
    made = await wired.installed()
    wired.clock.pass_by(hours=9, minutes=59)
    assert await wired.one.find([TEAM]) == made
    assert await wired.exchanged() == 1


async def test_one_replacement_over_replicas(wired: Wired) -> None:
    """Twenty requests at two replicas find a due token: one asks Slack, all can go on."""
    made = await wired.installed()
    wired.clock.pass_by(hours=10, minutes=1)
    asked = [wired.one.find([TEAM]) for _ in range(10)] + [
        wired.two.find([TEAM]) for _ in range(10)
    ]
    found = await asyncio.gather(*asked)
    assert all([await _works(wired, one) for one in found])
    assert await wired.exchanged() == 2
    wired.clock.pass_by(seconds=5)
    for replica in (wired.one, wired.two):
        latest = await replica.find([TEAM])
        assert latest is not None
        assert latest.bot_token != made.bot_token
        assert await _works(wired, latest)
    assert await wired.exchanged() == 2


async def test_the_worker_replaces_what_is_due(wired: Wired) -> None:
    """A workspace in which nobody says anything has a good token all the same."""
    await wired.installed()
    wired.clock.pass_by(hours=11)
    assert await wired.one.replace_due() == 0
    assert await wired.one.replace_due() == 0
    assert await wired.exchanged() == 2


async def test_the_old_token_serves_while_slack_is_away(wired: Wired) -> None:
    """As long as it lasts nobody notices; afterwards what is sent waits, and nothing is lost."""
    made = await wired.installed()
    wired.clock.pass_by(hours=11)
    await wired.workspace.set_fault("server_error", "oauth.v2.access", calls=2)
    assert await wired.one.find([TEAM]) == made
    wired.clock.pass_by(hours=2)
    with pytest.raises(SlackRetryError, match="being replaced"):
        await wired.one.find([TEAM])
    wired.clock.pass_by(minutes=1)
    assert await _works(wired, await wired.one.find([TEAM]))


async def test_a_refusal_is_told_when_the_old_token_is_over(wired: Wired) -> None:
    """Slack does not replace it: it serves to its end, then somebody has to install again."""
    made = await wired.installed()
    wired.clock.pass_by(hours=11)
    await wired.workspace.set_fault(
        "error", "oauth.v2.access", error="invalid_refresh_token", calls=9
    )
    assert await wired.one.find([TEAM]) == made
    wired.clock.pass_by(hours=2)
    with pytest.raises(SlackRefusedError, match="invalid_refresh_token"):
        await wired.one.find([TEAM])
    known = await wired.two.find([TEAM])
    assert known is not None
    assert (known.live, known.bot_token) == (False, "")
    assert known.removal == "token not replaced: invalid_refresh_token"


async def test_taken_away_only_if_it_is_still_the_token(wired: Wired) -> None:
    """A late word about a token that was replaced since forgets nothing."""
    made = await wired.installed()
    await wired.one.refused(TEAM, "xoxb-an-older-one", "token_revoked")
    assert await wired.one.find([TEAM]) == made
    await wired.one.refused(TEAM, made.bot_token, "token_revoked")
    known = await wired.one.find([TEAM])
    assert known is not None
    assert not known.live


async def test_the_workspace_goes_before_its_organisation(wired: Wired) -> None:
    """An own installation counts; else that of the whole organisation; a removed one last."""
    made = await wired.installed()
    everywhere = replace(made, workspace_id="E0ORG", name="Org", refresh_token=None)
    await wired.one.save(everywhere)
    assert await wired.one.find([TEAM, "E0ORG"]) == made
    assert await wired.one.find(["T0THIRD", "E0ORG"]) == everywhere
    await wired.one.remove(TEAM, "app_uninstalled", wired.clock.now)
    assert await wired.one.find([TEAM, "E0ORG"]) == everywhere
    assert await wired.one.find(["T0NOBODY"]) is None
