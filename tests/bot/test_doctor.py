"""The doctor's checks of what lies outside: each says what is well, or the remedy."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.doctor import CHECKS, UnwellError
from bot.settings import Settings
from demo.workspace.manifest import DEFAULT_MANIFEST
from policies.records import Tenant
from storage.engine import open_engines
from storage.transaction import SqlStorage
from tests.bot.conftest import TOKEN, Slack, opened_slack
from tests.storage.test_installations import ONE

APP_TOKEN = "xapp-1-A0E2A-of-the-tests"

EXAMINE = dict(CHECKS)


def settings(**given: object) -> Settings:
    """The defaults with some settings given, and nothing from outside."""
    usual = {"slack_bot_token": SecretStr(TOKEN), "slack_signing_secret": SecretStr("s" * 32)}
    return Settings.model_construct(**{**usual, **given})  # type: ignore[arg-type]


async def test_a_workspace_is_spoken_to(slack: Slack) -> None:
    """With a right token and the manifest's scopes, team and user are named."""
    told = await EXAMINE["slack"](settings(slack_api_url=slack.workspace.api_url))
    assert told == "speaks to Northwind Fulfillment as e2a"


async def test_a_wrong_token_is_told_with_its_remedy(slack: Slack) -> None:
    """Slack's word and what to copy again, and never the token."""
    wrong = settings(
        slack_api_url=slack.workspace.api_url, slack_bot_token=SecretStr("xoxb-not-for-eyes")
    )
    with pytest.raises(UnwellError, match="invalid_auth; copy the bot token again") as caught:
        await EXAMINE["slack"](wrong)
    assert "not-for-eyes" not in str(caught.value)


async def test_missing_scopes_are_named(tmp_path: Path) -> None:
    """An app that was installed with fewer scopes is told which ones it lacks."""
    assert tmp_path
    fewer = DEFAULT_MANIFEST.scopes - {"chat:write", "users:read"}
    manifest = type(DEFAULT_MANIFEST)(
        **{
            name: getattr(DEFAULT_MANIFEST, name)
            for name in DEFAULT_MANIFEST.__dataclass_fields__
            if name != "scopes"
        },
        scopes=fewer,
    )
    async with opened_slack(manifest=manifest) as slack:
        with pytest.raises(UnwellError, match="scopes are missing: ") as caught:
            await EXAMINE["slack"](settings(slack_api_url=slack.workspace.api_url))
    assert "chat:write" in str(caught.value)
    assert "install the app again" in str(caught.value)


async def test_missing_scopes_come_with_the_clicks(slack: Slack) -> None:
    """Where in Slack's pages a scope is added, so that nobody has to look for it."""
    fewer = replace(DEFAULT_MANIFEST, scopes=DEFAULT_MANIFEST.scopes - {"files:read"})
    assert slack
    async with opened_slack(manifest=fewer) as other:
        with pytest.raises(UnwellError, match=r"files:read; .*Add an OAuth Scope"):
            await EXAMINE["slack"](settings(slack_api_url=other.workspace.api_url))


async def test_a_socket_that_opens(slack: Slack) -> None:
    """With the app's token the doctor asks for an address; no signing secret is needed."""
    assert slack
    async with opened_slack(app_token=APP_TOKEN) as socket:
        told = await EXAMINE["slack"](
            settings(
                slack_api_url=socket.workspace.api_url,
                slack_signing_secret=None,
                slack_app_token=SecretStr(APP_TOKEN),
            )
        )
    assert told == "speaks to Northwind Fulfillment as e2a; listens over a socket (Socket Mode)"


async def test_a_socket_that_does_not_open(slack: Slack) -> None:
    """A wrong app token is told with the page where one is made, and never shown."""
    wrong = settings(
        slack_api_url=slack.workspace.api_url, slack_app_token=SecretStr("xapp-not-for-eyes")
    )
    with pytest.raises(UnwellError, match=r"Socket Mode: .*App-Level Tokens") as caught:
        await EXAMINE["slack"](wrong)
    assert "not-for-eyes" not in str(caught.value)


async def test_a_token_that_rotates_needs_oauth(slack: Slack) -> None:
    """By itself it would end in the night; nobody could replace it."""
    given = settings(
        slack_api_url=slack.workspace.api_url, slack_bot_token=SecretStr("xoxe.xoxb-not-for-eyes")
    )
    with pytest.raises(UnwellError, match=r"ends after 12 hours.*SLACK_CLIENT_ID") as caught:
        await EXAMINE["slack"](given)
    assert "not-for-eyes" not in str(caught.value)


async def test_half_a_pair_is_told(slack: Slack) -> None:
    """OAuth needs both of its settings."""
    half = settings(slack_api_url=slack.workspace.api_url, slack_client_id="1.0-e2a")
    with pytest.raises(UnwellError, match="SLACK_CLIENT_SECRET: is missing"):
        await EXAMINE["slack"](half)


async def test_installed_workspaces_are_asked_one_by_one(slack: Slack, tmp_path: Path) -> None:
    """Each token is tried; a client that is told where E2A is not is named with the way out."""
    url = f"sqlite+aiosqlite:///{tmp_path}/e2a.db"
    given = settings(
        slack_api_url=slack.workspace.api_url,
        slack_bot_token=None,
        slack_client_id="1.0-e2a",
        slack_client_secret=SecretStr("s" * 32),
        database_url=url,
    )
    assert "/slack/install" in await EXAMINE["slack"](given)
    storage = SqlStorage(open_engines(url))
    async with storage.write() as tx:
        await tx.installations.save(replace(ONE, bot_token=TOKEN, expires_at=None))
    assert await EXAMINE["slack"](given) == "is installed in One"
    async with storage.write() as tx:
        await tx.tenants.add(Tenant(id=0, name="globex", workspace_id="T0GONE"))
    with pytest.raises(UnwellError, match=r"globex in T0GONE; .*e2a workspace assign"):
        await EXAMINE["slack"](given)
    async with storage.write() as tx:
        await tx.installations.save(replace(ONE, bot_token="xoxb-not-for-eyes", expires_at=None))
    await storage.close()
    with pytest.raises(UnwellError, match="install E2A again in One") as caught:
        await EXAMINE["slack"](given)
    assert "not-for-eyes" not in str(caught.value)


async def test_an_address_where_nobody_is() -> None:
    """A Slack that cannot be reached is told with its address."""
    with pytest.raises(UnwellError, match=r"http://127\.0\.0\.1:9/api/ cannot be reached"):
        await EXAMINE["slack"](settings(slack_api_url="http://127.0.0.1:9/api/"))


async def test_a_page_instead_of_an_api(slack: Slack) -> None:
    """An address that answers with something else is a failed check, not a crash."""
    await slack.workspace.set_fault("html", "auth.test")
    with pytest.raises(UnwellError):
        await EXAMINE["slack"](settings(slack_api_url=slack.workspace.api_url))


async def test_a_database_that_can_be_written(tmp_path: Path) -> None:
    """A fresh database is well, and the next step is named."""
    url = f"sqlite+aiosqlite:///{tmp_path}/e2a.db"
    told = await EXAMINE["database"](settings(database_url=url))
    assert "e2a tenant add" in told


async def test_no_model_is_well() -> None:
    """Without a model everything works by rules, and what one would need is named."""
    assert "AI_PROVIDER_BASE_URL" in await EXAMINE["model"](settings())


def on_call(tmp_path: Path, *, group: str, person: str) -> Path:
    """A folder whose alerting.yaml names these."""
    tmp_path.joinpath("alerting.yaml").write_text(
        'version: "1"\nshifts:\n  rota:\n'
        f'    - {{name: Days, from: "06:00", until: "14:00", group: {group}, lead: {person}}}\n',
        encoding="utf-8",
    )
    return tmp_path


async def test_who_is_on_shift_is_looked_for_in_slack(slack: Slack, tmp_path: Path) -> None:
    """Groups and people that Slack knows are well; without shifts it is said what that means."""
    given = settings(
        slack_api_url=slack.workspace.api_url,
        policies_dir=on_call(tmp_path, group="S0LEADS", person="U0MARIA"),
    )
    told = await EXAMINE["shifts"](given)
    assert told == "1 shift, 2 ladders; everybody named is in Slack"
    none = settings(slack_api_url=slack.workspace.api_url, policies_dir=None)
    assert (await EXAMINE["shifts"](none)).startswith("no shifts in alerting.yaml")
    away = settings(slack_api_url="http://127.0.0.1:9/", policies_dir=given.policies_dir)
    assert "not compared with Slack" in await EXAMINE["shifts"](away)


async def test_somebody_who_is_not_in_slack_is_named(slack: Slack, tmp_path: Path) -> None:
    """An id that Slack does not know is told with the shift that names it and the remedy."""
    given = settings(
        slack_api_url=slack.workspace.api_url,
        policies_dir=on_call(tmp_path, group="S0NOBODY", person="U0NOBODY"),
    )
    with pytest.raises(UnwellError) as caught:
        await EXAMINE["shifts"](given)
    said = str(caught.value)
    assert "shift Days: no user group S0NOBODY; shift Days: no person U0NOBODY" in said
    assert "copy the id again from Slack" in said
