"""Several workspaces: each is answered with its own token, and sees only what is its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.oauth import Installer
from bot.rates import OwnPace
from bot.slack import SlackMessenger
from bot.telemetry import Metrics
from bot.tokens import SlackApp, Tokens
from bot.workspaces import InstalledMessenger, Messengers, Workspaces
from handlers.slack.install import InstallFailedError
from jobs.errors import SlackRefusedError, SlackRetryError, TemporarilyUnavailableError
from policies.records import Tenant
from storage.engine import open_engines
from storage.migrate import migrate
from storage.transaction import SqlStorage
from tests.bot.conftest import TOKEN, opened_slack
from tests.storage.builders import MINUTE, T0
from tests.storage.test_installations import ONE as ROTATING

ONE = replace(ROTATING, refresh_token=None, expires_at=None)
TWO = replace(ONE, workspace_id="T0TWO", name="Two", bot_token="xoxb-2", installed_at=T0 + MINUTE)
ORG = replace(ONE, workspace_id="E0ORG", name="Org", bot_token="xoxb-org")


@dataclass
class Wired:
    """Workspaces over an empty database; `own` is whose SLACK_BOT_TOKEN is."""

    storage: SqlStorage
    tokens: Tokens
    ticks: float = 0.0
    own: AuthorizeResult | None = None

    def workspaces(self) -> Workspaces:
        """As the bot plugs them together."""

        async def own() -> AuthorizeResult:
            assert self.own is not None
            return self.own

        return Workspaces(
            storage=self.storage,
            tokens=self.tokens,
            own=own if self.own else None,
            new_client=lambda token: AsyncWebClient(
                token=token, base_url="http://127.0.0.1:9/api/"
            ),
            clock=lambda: self.ticks,
        )

    async def tenant(self, workspace_id: str | None) -> int:
        """A client whose channel is there."""
        async with self.storage.write() as tx:
            name = f"of {workspace_id}"
            made = await tx.tenants.add(Tenant(id=0, name=name, workspace_id=workspace_id))
        return made.id


@pytest.fixture
async def wired(tmp_path: Path) -> AsyncIterator[Wired]:
    """Nothing is installed yet."""
    url = f"sqlite+aiosqlite:///{tmp_path}/e2a.db"
    await migrate(url)
    storage = SqlStorage(open_engines(url))
    tokens = Tokens(
        storage=storage,
        client=AsyncWebClient(base_url="http://127.0.0.1:9/api/"),
        app=SlackApp(client_id="1.0", client_secret="s"),
        wall_now=lambda: T0 + MINUTE,
        clock=lambda: 0.0,
    )
    yield Wired(storage, tokens)
    await storage.close()


def context(token: str, team: str | None, organisation: str | None = None) -> AsyncBoltContext:
    """Of an authorized request from there."""
    result = AuthorizeResult(enterprise_id=organisation, team_id=team, bot_token=token)
    made = AsyncBoltContext({"team_id": team, "enterprise_id": organisation})
    made.set_authorize_result(result)
    return made


async def test_each_is_answered_with_its_own_token(wired: Wired) -> None:
    """By team, else by organisation; nobody answers where E2A is not, or not any more."""
    for one in (ONE, TWO, ORG):
        await wired.tokens.save(one)
    workspaces = wired.workspaces()

    async def token(team: str | None, organisation: str | None = None) -> str | None:
        found = await workspaces.authorize(organisation, team)
        return found.bot_token if found else None

    assert await token("T0ONE") == ONE.bot_token
    assert await token("T0TWO", "E0ORG") == "xoxb-2"
    assert await token("T0THIRD", "E0ORG") == "xoxb-org"
    assert await token(None, "E0ORG") == "xoxb-org"
    assert await token("T0THIRD") is None
    await wired.tokens.remove("T0TWO", "app_uninstalled", T0 + MINUTE)
    assert await token("T0TWO") is None
    assert await token("T0ONE") == ONE.bot_token


async def test_the_bot_token_serves_its_own_workspace(wired: Wired) -> None:
    """Until that is installed by OAuth; it is the first one then, and answers nobody else."""
    wired.own = AuthorizeResult(enterprise_id=None, team_id="T0MINE", bot_token="xoxb-mine")
    await wired.tokens.save(ONE)
    workspaces = wired.workspaces()
    assert await workspaces.first() == "T0MINE"
    mine = await workspaces.authorize(None, "T0MINE")
    assert mine is not None
    assert mine.bot_token == "xoxb-mine"
    assert await workspaces.authorize(None, "T0STRANGE") is None
    place = await workspaces.place_of(await wired.tenant(None))
    assert (place.workspace_id, place.token, place.installed) == ("T0MINE", "xoxb-mine", False)
    await wired.tokens.save(replace(ONE, workspace_id="T0MINE", bot_token="xoxb-new"))
    assert (await workspaces.place_of(await wired.tenant("T0MINE"))).token == "xoxb-new"


async def test_where_a_tenant_is_told(wired: Wired) -> None:
    """In its workspace, or in the first one that was ever installed; before that it waits."""
    unassigned, other = await wired.tenant(None), await wired.tenant("T0TWO")
    workspaces = wired.workspaces()
    with pytest.raises(SlackRetryError, match="/slack/install"):
        await workspaces.place_of(unassigned)
    await wired.tokens.save(ONE)
    await wired.tokens.save(TWO)
    assert (await workspaces.place_of(unassigned)).token == ONE.bot_token
    assert (await workspaces.place_of(other)).token == "xoxb-2"


async def test_what_was_assigned_to_nobody_goes_to_no_stranger(wired: Wired) -> None:
    """When the first workspace takes E2A out, the second does not get its messages."""
    unassigned, elsewhere = await wired.tenant(None), await wired.tenant("T0NEVER")
    await wired.tokens.save(ONE)
    await wired.tokens.save(TWO)
    await wired.tokens.remove("T0ONE", "app_uninstalled", T0 + MINUTE)
    for replica in (wired.workspaces(), wired.workspaces()):
        with pytest.raises(SlackRefusedError, match=r"taken out of One \(app_uninstalled\)"):
            await replica.place_of(unassigned)
        with pytest.raises(SlackRefusedError, match="not installed in T0NEVER"):
            await replica.place_of(elsewhere)


async def test_a_workspace_sees_its_own_clients(wired: Wired) -> None:
    """A stranger may install E2A and name a channel as a client's: it is not that channel."""
    await wired.tokens.save(ONE)
    await wired.tokens.save(TWO)
    workspaces = wired.workspaces()
    first = await workspaces.directory_of(context(ONE.bot_token, "T0ONE"))
    assert [first.serves(one) for one in (None, "T0ONE", "T0TWO")] == [True, True, False]
    second = await workspaces.directory_of(context("xoxb-2", "T0TWO"))
    assert [second.serves(one) for one in (None, "T0ONE", "T0TWO")] == [False, False, True]
    org = await workspaces.directory_of(context("xoxb-org", "T0THIRD", "E0ORG"))
    assert [org.serves(one) for one in (None, "T0THIRD", "E0ORG")] == [False, True, True]
    assert await workspaces.directory_of(context("xoxb-2", "T0TWO")) is second
    assert await workspaces.directory_of(context("xoxb-3", "T0TWO")) is not second


async def test_one_messenger_a_workspace(wired: Wired) -> None:
    """Kept as long as its token is the same, so that it knows its channels."""
    await wired.tokens.save(ONE)
    await wired.tokens.save(TWO)
    one, two = await wired.tenant("T0ONE"), await wired.tenant("T0TWO")
    messengers = Messengers(
        workspaces=wired.workspaces(),
        tokens=wired.tokens,
        new_client=lambda token: AsyncWebClient(token=token),
        metrics=Metrics(),
        pace=OwnPace(lambda: 0.0),
    )
    first = await messengers.of(one)
    assert isinstance(first, InstalledMessenger)
    assert await messengers.of(one) is first
    assert await messengers.of(two) is not first
    await wired.tokens.save(replace(ONE, bot_token="xoxb-newer"))
    assert await messengers.of(one) is not first
    assert isinstance(await messengers.of(two), SlackMessenger)


@pytest.mark.parametrize(
    ("error", "live"),
    [(None, True), ("account_inactive", False), ("token_revoked", False), ("fatal_error", True)],
)
async def test_a_revoked_token_is_tried(wired: Wired, error: str | None, *, live: bool) -> None:
    """Slack does not say which token it was: one that still opens is kept, and so in doubt."""
    async with opened_slack() as slack:
        if error:
            await slack.workspace.set_fault("error", "auth.test", error=error)
        await wired.tokens.save(replace(ONE, bot_token=TOKEN))
        installer = Installer(
            app=SlackApp(client_id="1.0", client_secret="s"),
            client=slack.client,
            tokens=wired.tokens,
            wall_now=lambda: T0 + MINUTE,
            pages=f"{slack.workspace.url}/",
        )
        await installer.check("T0ONE", "tokens_revoked")
        await installer.check("T0NOBODY", "tokens_revoked")
    known = await wired.tokens.known("T0ONE")
    assert known is not None
    assert (known.live, known.removal) == (live, None if live else "tokens_revoked")


async def test_a_database_that_is_away_is_waited_for(wired: Wired, tmp_path: Path) -> None:
    """Nothing is given up because it could not be looked up where to send it."""
    number = await wired.tenant(None)
    await wired.storage.close()
    (tmp_path / "e2a.db").unlink()
    with pytest.raises(TemporarilyUnavailableError):
        await wired.workspaces().place_of(number)
    with pytest.raises(TemporarilyUnavailableError):
        await wired.workspaces().authorize(None, "T0ONE")


async def test_an_answer_without_a_token_installs_nothing(wired: Wired) -> None:
    """A page says so; what Slack answers is not taken on trust."""

    class Odd(AsyncWebClient):
        async def oauth_v2_access(self, **_asked: object) -> dict[str, object]:  # type: ignore[override]
            """Only a person's token."""
            return {"ok": True, "team": {"id": "T0ODD"}, "authed_user": {"access_token": "xoxp"}}

        async def auth_test(self, **_asked: object) -> dict[str, object]:  # type: ignore[override]
            """Of nobody."""
            return {"ok": True}

    installer = Installer(
        app=SlackApp(client_id="1.0", client_secret="s"),
        client=Odd(),
        tokens=wired.tokens,
        wall_now=lambda: T0,
        pages="https://slack.com/",
    )
    with pytest.raises(InstallFailedError, match="without a bot's token"):
        await installer.install("c-1")
    assert await wired.tokens.all() == []
