"""The pages of an installation: what is not proven installs nothing, and nobody is sent astray."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from handlers.slack.install import COOKIE, LASTS, InstallFailedError, is_ours, new_state
from tests.handlers.world import NOW, World, open_world

SECRET = "client-secret-of-the-tests"


@dataclass
class FakeInstaller:
    """Remembers the codes that it was given."""

    codes: list[str] = field(default_factory=list)
    secret: str = SECRET

    def address(self, state: str) -> str:
        """Slack's page."""
        return f"https://slack.test/oauth/v2/authorize?state={state}"

    async def install(self, code: str) -> str:
        """Every code but `stale` brings a token."""
        self.codes.append(code)
        if code == "stale":
            reason = "invalid_code"
            raise InstallFailedError(reason)
        return "Acme & <Sons>"

    async def removed(self, workspace_id: str, reason: str, told_at: datetime) -> None:
        """Nobody asks for that here."""
        raise AssertionError(workspace_id, reason, told_at)

    async def check(self, workspace_id: str, reason: str) -> None:
        """Nor for that."""
        raise AssertionError(workspace_id, reason)


async def _back(world: World, state: str, held: str, **query: str) -> tuple[int, str]:
    """Back from Slack with that state, in a browser that holds that cookie."""
    async with world.client.get(
        "/slack/oauth_redirect",
        params={"state": state, **query},
        headers={"Cookie": f"{COOKIE}={held}"},
        allow_redirects=False,
    ) as answer:
        assert "Location" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.content_type == "text/html"
        return answer.status, await answer.text()


async def test_off_to_slack_and_back() -> None:
    """The browser goes to Slack with a word of ours and comes back with it; names are text."""
    installer = FakeInstaller()
    async with open_world(installer=installer) as world:
        async with world.client.get("/slack/install?next=//evil.test", allow_redirects=False) as on:
            cookie = on.cookies[COOKIE]
            assert on.status == 302
            assert on.headers["Location"] == installer.address(cookie.value)
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")
        status, page = await _back(world, cookie.value, cookie.value, code="c-1")
    assert (status, installer.codes) == (200, ["c-1"])
    assert "E2A is now in Acme &amp; &lt;Sons&gt;" in page


@pytest.mark.parametrize(
    ("state", "held"),
    [
        (new_state(SECRET, NOW), new_state(SECRET, NOW)),
        (new_state("another secret", NOW), None),
        (new_state(SECRET, NOW - LASTS - timedelta(seconds=2)), None),
        ("", None),
        ("1.2.3", None),
        ("x" * 500, None),
        ("é.\udce9", None),
    ],
    ids=["other browser", "other maker", "too late", "empty", "invented", "long", "odd"],
)
async def test_a_word_that_is_not_good(state: str, held: str | None) -> None:
    """Made by another, for another browser, or too long ago: a page says so, no code is spent."""
    installer = FakeInstaller()
    async with open_world(installer=installer) as world:
        sent = state.encode("utf-8", "replace").decode()
        status, page = await _back(world, sent, sent if held is None else held, code="c-1")
    assert (status, installer.codes) == (400, [])
    assert "/slack/install" in page


async def test_a_word_is_good_once() -> None:
    """Whoever comes back with it a second time has to begin again."""
    installer = FakeInstaller()
    state = new_state(SECRET, NOW)
    async with open_world(installer=installer) as world:
        assert (await _back(world, state, state, code="c-1"))[0] == 200
        assert (await _back(world, state, state, code="c-2"))[0] == 400
    assert installer.codes == ["c-1"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"error": "access_denied"}, 400, "Slack gave no permission"),
        ({"error": "access_denied", "code": "c-1"}, 400, "Slack gave no permission"),
        ({}, 400, "Slack gave no permission"),
        ({"code": "x" * 500}, 400, "Slack gave no permission"),
        ({"code": "stale"}, 502, "invalid_code"),
    ],
)
async def test_what_slack_did_not_give(query: dict[str, str], status: int, words: str) -> None:
    """No permission, no code, or one that is spent: a page says so."""
    installer = FakeInstaller()
    state = new_state(SECRET, NOW)
    async with open_world(installer=installer) as world:
        answered, page = await _back(world, state, state, **query)
    assert (answered, words in page) == (status, True)
    assert installer.codes == (["stale"] if status == 502 else [])


@pytest.mark.parametrize("path", ["/slack/install", "/slack/oauth_redirect?code=c-1&state=s"])
async def test_one_workspace_installs_nothing(world: World, path: str) -> None:
    """Without OAuth the addresses say that nothing is installed here."""
    async with world.client.get(path, allow_redirects=False) as answer:
        assert answer.status == 404
        assert "SLACK_BOT_TOKEN" in await answer.text()


def test_the_state_lasts_ten_minutes() -> None:
    """To the second, and only with our own secret."""
    state = new_state(SECRET, NOW)
    assert is_ours(state, SECRET, NOW + LASTS)
    assert not is_ours(state, SECRET, NOW + LASTS + timedelta(seconds=1))
    assert not is_ours(state, "another", NOW)
    assert new_state(SECRET, NOW) != state
