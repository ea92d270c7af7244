"""What Slack tells when somebody takes E2A out: the installer hears of it when it is ours."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.app import create_bolt_app, own_workspace
from handlers.slack.tasks import Background
from tests.slack.world import World, open_world

AT = 1_772_556_060


@dataclass
class FakeInstaller:
    """Remembers what it was told."""

    removals: list[tuple[str, str, datetime]] = field(default_factory=list)
    checks: list[tuple[str, str]] = field(default_factory=list)
    secret: str = "s"

    def address(self, state: str) -> str:
        """Nobody installs here."""
        raise AssertionError(state)

    async def install(self, code: str) -> str:
        """Nobody installs here."""
        raise AssertionError(code)

    async def removed(self, workspace_id: str, reason: str, told_at: datetime) -> None:
        """Remembers it."""
        self.removals.append((workspace_id, reason, told_at))

    async def check(self, workspace_id: str, reason: str) -> None:
        """Remembers it, and fails as a database may."""
        self.checks.append((workspace_id, reason))
        raise RuntimeError(reason)


@dataclass
class Heard:
    """An app that several workspaces may install; `tell` is Slack."""

    world: World
    installer: FakeInstaller = field(default_factory=FakeInstaller)

    async def tell(self, body: dict[str, Any], *, alone: bool = False) -> int:
        """Hands it an event; the status, once everything is done. `alone` is without OAuth."""
        background, client = Background(), AsyncWebClient(token="xoxb-test")
        app = create_bolt_app(
            replace(self.world.services, installer=None if alone else self.installer),
            client=client,
            signing_secret="",
            authorize=own_workspace(client),
            background=background,
        )
        answer = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        await background.drain()
        return answer.status


@pytest.fixture
async def heard() -> AsyncIterator[Heard]:
    """Nothing was told yet."""
    async with open_world() as world:
        yield Heard(world)


def _body(event: dict[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "type": "event_callback",
        "event_id": f"Ev-{event['type']}",
        "event_time": AT,
        "team_id": "T0OTHER",
        "event": event,
        **changes,
    }


async def test_taken_out(heard: Heard) -> None:
    """The workspace with the end of the second in which it happened; a repetition is not heard."""
    for _ in range(2):
        assert await heard.tell(_body({"type": "app_uninstalled"})) == 200
    (told,) = heard.installer.removals
    assert told == ("T0OTHER", "app_uninstalled", datetime.fromtimestamp(AT + 1, UTC))


async def test_an_organisation_is_taken_out_as_one(heard: Heard) -> None:
    """Installed everywhere means the organisation, not the team that the event names."""
    where = {"team_id": "T0OTHER", "enterprise_id": "E0ORG", "is_enterprise_install": True}
    body = _body({"type": "app_uninstalled"}, authorizations=[where])
    assert await heard.tell(body) == 200
    assert [workspace for workspace, _, _ in heard.installer.removals] == ["E0ORG"]


async def test_a_bots_token_is_tried(heard: Heard) -> None:
    """Which token was revoked is not told; Slack gets its 200 whatever the trial brings."""
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U0ANN"], "bot": ["U0E2A"]}}
    assert await heard.tell(_body(event)) == 200
    assert heard.installer.checks == [("T0OTHER", "tokens_revoked")]


async def test_tokens_of_people_are_none_of_ours(heard: Heard) -> None:
    """Somebody's own token says nothing of the app's."""
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U0ANN"]}}
    assert await heard.tell(_body(event)) == 200
    assert (heard.installer.checks, heard.installer.removals) == ([], [])


async def test_one_workspace_forgets_nothing(heard: Heard) -> None:
    """With SLACK_BOT_TOKEN alone it is for the operator to mend; Slack is answered."""
    assert await heard.tell(_body({"type": "app_uninstalled"}), alone=True) == 200
    assert heard.installer.removals == []
