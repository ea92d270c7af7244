"""Who and what there is in Slack, read once a minute, page by page."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import SlackDirectory
from demo.workspace.people import BOT_USER, ChannelSeed
from tests.bot.conftest import Slack, opened_slack


class Looking:
    """A directory with the clock in the test's hands."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.seconds = 0.0
        self.directory = SlackDirectory(slack.client, lambda: self.seconds)

    async def calls(self, method: str) -> int:
        """How often Slack was asked."""
        return len(await self.slack.workspace.calls(method))


@pytest.fixture
def looking(slack: Slack) -> Looking:
    """The usual workspace."""
    return Looking(slack)


async def test_a_person_is_told_as_authority_needs_them(looking: Looking) -> None:
    """Name, team and zone; guests, leavers and bots are told apart; nobody is None."""
    person = looking.directory.person
    maria = await person("U0MARIA")
    assert maria is not None
    assert (maria.name, maria.team_id, maria.timezone) == ("maria", "T0E2A", "America/New_York")
    assert (maria.guest, maria.deleted, maria.bot) == (False, False, False)
    guest, gone, bot = await person("U0GUEST"), await person("U0GONE"), await person(BOT_USER)
    assert guest is not None
    assert gone is not None
    assert bot is not None
    assert (guest.guest, gone.deleted, bot.bot) == (True, True, True)
    assert await person("U0NOBODY") is None


async def test_a_person_is_asked_for_once_a_minute(looking: Looking) -> None:
    """Within a minute the answer is remembered; after it Slack is asked again."""
    for second in (0, 30, 59.9, 60.1):
        looking.seconds = second
        await looking.directory.person("U0MARIA")
    assert await looking.calls("users.info") == 2


async def test_a_person_slack_cannot_tell_is_nobody_for_now(looking: Looking) -> None:
    """While Slack fails nobody is let in, and that is not remembered."""
    await looking.slack.workspace.set_fault("error", "users.info", error="fatal_error")
    assert await looking.directory.person("U0MARIA") is None
    assert await looking.directory.person("U0MARIA") is not None


async def test_channels_are_found_by_name(looking: Looking) -> None:
    """A name finds its id; an id is taken as it is; an unknown name finds nothing."""
    found = [await looking.directory.channel_id(name) for name in ("#acme-ops", "C0X", "#none")]
    assert found == ["C0ACME", "C0X", None]
    assert await looking.calls("conversations.list") == 1


@pytest.mark.parametrize("sign", ["is_ext_shared", "is_pending_ext_shared", None])
async def test_a_shared_channel_is_known(
    looking: Looking, monkeypatch: pytest.MonkeyPatch, sign: str | None
) -> None:
    """Shared with another company, or about to be; where Slack does not say nobody guesses."""
    assert await looking.directory.shared_outside("C0ACME") is False
    assert await looking.directory.shared_outside("C0NOBODY") is None

    async def told(**_asked: str) -> dict[str, dict[str, bool]]:
        return {"channel": {sign: True} if sign else {}}

    monkeypatch.setattr(looking.slack.client, "conversations_info", told)
    assert await looking.directory.shared_outside("C0ACME") is (sign is not None)


async def test_a_channel_made_later_is_found_after_a_minute(looking: Looking) -> None:
    """The list is read again once it is a minute old."""
    for second in (0, 59, 61):
        looking.seconds = second
        await looking.directory.channel_id("#acme-ops")
    assert await looking.calls("conversations.list") == 2


async def test_all_pages_are_read() -> None:
    """A channel on the third page is found like one on the first."""
    crowd = tuple(
        ChannelSeed(id=f"C0N{n:03}", name=f"noise-{n}", members=(BOT_USER, "U0MARIA"))
        for n in range(450)
    )
    async with opened_slack(channels=crowd) as slack:
        looking = Looking(slack)
        assert await looking.directory.channel_id("#noise-449") == "C0N449"
        assert await looking.calls("conversations.list") == 3
        assert len(await looking.directory.channels_of("U0MARIA")) == 450


async def test_a_private_channel_without_the_bot_is_not_seen() -> None:
    """Slack tells of a private channel only where the bot is a member of it too."""
    members = ("U0MARIA",)
    hidden = ChannelSeed(id="C0HID", name="hidden", members=members, is_private=True)
    shared = ChannelSeed(id="C0SHA", name="sha", members=(*members, BOT_USER), is_private=True)
    async with opened_slack(channels=(hidden, shared)) as slack:
        assert await Looking(slack).directory.channels_of("U0MARIA") == {"C0SHA"}


async def test_archived_channels_are_left_out() -> None:
    """Nothing can be posted to an archived channel, so its name finds nothing."""
    old = ChannelSeed(id="C0OLD", name="old", members=(BOT_USER,), is_archived=True)
    async with opened_slack(channels=(old,)) as slack:
        assert await Looking(slack).directory.channel_id("#old") is None


async def test_the_channels_of_a_person_are_their_own(looking: Looking) -> None:
    """Only what somebody is a member of is theirs; Slack is asked once a minute."""
    channels_of = looking.directory.channels_of
    assert await channels_of("U0GUEST") == {"C0ACME", "C0RANDOM"}
    assert await channels_of("U0MARIA") >= {"C0ACME", "C0GLOBEX", "C0INITECH", "C0ALERTS"}
    looking.seconds = 59
    await channels_of("U0MARIA")
    assert await looking.calls("users.conversations") == 2


class OneAnswer(AsyncWebClient):
    """Says the same of everybody: an admin who is in two workspaces of an organisation."""

    async def users_info(self, **_asked: object) -> dict[str, object]:  # type: ignore[override]
        """One user."""
        both = {"teams": ["T0HOME", "T0NEXT"]}
        return {
            "user": {"id": "U0ANN", "team_id": "T0HOME", "is_admin": True, "enterprise_user": both}
        }


@pytest.mark.parametrize(
    ("places", "team", "admin"),
    [
        (None, "T0HOME", True),
        (frozenset({"T0HOME", None}), "T0HOME", True),
        (frozenset({"T0NEXT", "E0ORG"}), "T0NEXT", False),
    ],
    ids=["the only workspace", "the first", "a further one"],
)
async def test_admins_of_further_workspaces_are_none_of_ours(
    places: frozenset[str | None] | None, team: str, *, admin: bool
) -> None:
    """Whoever installs E2A elsewhere does not rule over roles by that; the asking team counts."""
    person = await SlackDirectory(OneAnswer(), lambda: 0.0, places).person("U0ANN")
    assert person is not None
    assert (person.team_id, person.admin) == (team, admin)


async def test_an_organisation_says_where_it_looks(slack: Slack) -> None:
    """Its token sees all of its workspaces, so the calls name the one that is meant."""
    there = frozenset({"T0HOME", "E0ORG"})
    directory = SlackDirectory(slack.client, lambda: 0.0, there)
    await directory.channel_id("#acme-ops")
    await directory.channels_of("U0MARIA")
    for method in ("conversations.list", "users.conversations"):
        (call,) = await slack.workspace.calls(method)
        assert call["arguments"]["team_id"] == "T0HOME"
    alone = SlackDirectory(slack.client, lambda: 0.0, frozenset({"T0HOME"}))
    await alone.channel_id("#acme-ops")
    assert "team_id" not in (await slack.workspace.calls("conversations.list"))[-1]["arguments"]
