"""The doctor's checks of what lies outside: each says what is well, or the remedy."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.doctor import CHECKS, UnwellError
from bot.settings import Settings
from demo.workspace.manifest import DEFAULT_MANIFEST
from tests.bot.conftest import TOKEN, Slack, opened_slack

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
