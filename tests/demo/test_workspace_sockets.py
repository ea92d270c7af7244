"""The workspace's Socket Mode and OAuth: as strict as Slack, so that what passes is right."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from demo.workspace.app import running_workspace
from demo.workspace.client import WorkspaceClient
from demo.workspace.config import WorkspaceConfig

APP_TOKEN, MARIA, ACME = "xapp-1-of-the-tests", "U0MARIA", "C0ACME"
CLIENT = aiohttp.encode_basic_auth("1.0-e2a", "secret-of-the-tests")
CONFIG = WorkspaceConfig(
    app_token=APP_TOKEN,
    bot_url="http://127.0.0.1:9/slack/events",
    client_id="1.0-e2a",
    client_secret="secret-of-the-tests",
    token_seconds=3600,
    ack_seconds=0.2,
    event_retry_seconds=(0.0,),
    rate_limits=False,
)


@pytest.fixture
async def workspace() -> AsyncIterator[WorkspaceClient]:
    """A workspace whose app speaks over sockets."""
    async with running_workspace(CONFIG) as client:
        yield client


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """The app's connection."""
    async with aiohttp.ClientSession() as session:
        yield session


async def _call(http: aiohttp.ClientSession, address: str, token: str, **form: str) -> Any:  # noqa: ANN401
    scheme = token if token.startswith("Basic ") else f"Bearer {token}"
    async with http.post(address, data=form, headers={"Authorization": scheme}) as answer:
        return await answer.json()


async def _open(http: aiohttp.ClientSession, workspace: WorkspaceClient) -> str:
    answer = await _call(http, f"{workspace.api_url}apps.connections.open", APP_TOKEN)
    return str(answer["url"])


async def test_an_address_opens_one_connection(
    workspace: WorkspaceClient, http: aiohttp.ClientSession
) -> None:
    """Slack greets; the same address opens no second one, and an invented one none at all."""
    address = await _open(http, workspace)
    async with http.ws_connect(address) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        for closed in (address, f"{address}x"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await http.ws_connect(closed)


async def test_tokens_are_of_two_kinds(
    workspace: WorkspaceClient, http: aiohttp.ClientSession
) -> None:
    """The app's token opens sockets and nothing else; the bot's opens everything but those."""
    opening, asking = (
        f"{workspace.api_url}{name}" for name in ("apps.connections.open", "auth.test")
    )
    assert (await _call(http, opening, CONFIG.bot_token))["error"] == "invalid_auth"
    assert (await _call(http, asking, APP_TOKEN))["error"] == "not_allowed_token_type"
    assert (await _call(http, asking, CONFIG.bot_token))["ok"]


async def test_an_envelope_wants_its_acknowledgement(
    workspace: WorkspaceClient, http: aiohttp.ClientSession
) -> None:
    """Without one a person is told of a time-out, and an event comes again, numbered."""
    async with http.ws_connect(await _open(http, workspace)) as socket:
        await socket.receive_json()
        late = await workspace.command(MARIA, ACME, "status")
        assert (late.ok, late.error) == (False, "operation_timeout")
        assert (await socket.receive_json())["type"] == "slash_commands"
        await workspace.mention(MARIA, ACME, "status")
        first, second = await socket.receive_json(), await socket.receive_json()
        assert [first["retry_attempt"], second["retry_attempt"]] == [0, 1]
        assert first["payload"]["event_id"] == second["payload"]["event_id"]
        await socket.send_json({"envelope_id": second["envelope_id"]})
        await workspace.wait_for(lambda: _heard(workspace))


async def _heard(workspace: WorkspaceClient) -> bool:
    return (await workspace.deliveries("event"))[-1]["failure"] is None


async def test_nobody_listens(workspace: WorkspaceClient) -> None:
    """Without a connection nothing is delivered, and nothing goes over HTTP instead."""
    told = await workspace.command(MARIA, ACME, "status")
    assert (told.ok, told.status) == (False, None)


async def test_a_code_brings_a_token_once(
    workspace: WorkspaceClient, http: aiohttp.ClientSession
) -> None:
    """For whoever knows the client's secret; the refresh token is good once as well."""
    access = f"{workspace.api_url}oauth.v2.access"
    query = {"client_id": "1.0-e2a", "scope": "commands", "team": "T0OTHER", "state": "s-1"}
    page = f"{workspace.url}/oauth/v2/authorize"
    async with http.get(page, params=query, allow_redirects=False) as back:
        address = back.headers["Location"]
    assert address.startswith("http://127.0.0.1:9/slack/oauth_redirect?code=")
    assert address.endswith("&state=s-1")
    code = address.partition("code=")[2].partition("&")[0]
    stranger = aiohttp.encode_basic_auth("1.0-e2a", "guessed")
    assert (await _call(http, access, stranger, code=code))["error"] == "bad_client_secret"
    given = await _call(http, access, CLIENT, code=code)
    assert (given["team"]["id"], given["expires_in"]) == ("T0OTHER", 3600)
    assert (await _call(http, access, CLIENT, code=code))["error"] == "invalid_code"
    refresh = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    fresh = await _call(http, access, CLIENT, **refresh)
    assert (await _call(http, access, CLIENT, **refresh))["error"] == "invalid_refresh_token"
    await workspace.uninstall("T0OTHER")
    for token in (given["access_token"], fresh["access_token"]):
        asked = await _call(http, f"{workspace.api_url}auth.test", token)
        assert asked["error"] == "account_inactive"
    log = str(await workspace.calls("oauth.v2.access"))
    assert not any(word in log for word in (code, given["access_token"], given["refresh_token"]))


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"client_id": "2.0"}, "invalid_client_id"), ({"scope": "admin"}, "invalid_scope")],
)
async def test_what_cannot_be_approved(
    workspace: WorkspaceClient, http: aiohttp.ClientSession, changed: dict[str, str], words: str
) -> None:
    """Another app, or more than the manifest asks for."""
    query = {"client_id": "1.0-e2a", "scope": "commands", "state": "s", **changed}
    async with http.get(f"{workspace.url}/oauth/v2/authorize", params=query) as page:
        assert (page.status, await page.text()) == (400, words)
