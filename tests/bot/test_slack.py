"""Slack's outgoing side against a workspace that fails on purpose: which outcome means what."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.rates import OwnPace
from bot.slack import SlackMessenger
from demo.workspace.people import BOT_USER, ChannelSeed
from jobs.errors import MessageGoneError, PacedError, SlackRefusedError, SlackRetryError
from jobs.ports.slack import Message, Posted
from tests.bot.conftest import Slack, opened_slack

POST = "chat.postMessage"
HELLO = Message(
    text="hello", blocks=({"type": "section", "text": {"type": "mrkdwn", "text": "hi"}},)
)


def marked(number: int = 1) -> Mapping[str, Any]:
    """The metadata of an alert's part."""
    return {"event_type": "e2a_alert", "event_payload": {"alert_id": number, "part": "card"}}


async def post(slack: Slack, number: int = 1, channel: str = "C0ACME", **more: Any) -> Posted:  # noqa: ANN401
    """Posts a marked message."""
    return await slack.messenger.post(channel, HELLO, metadata=marked(number), **more)


async def test_a_message_lands_with_its_marks(slack: Slack) -> None:
    """A post by name says where it landed and carries text, blocks and metadata."""
    posted = await post(slack, channel="#acme-ops")
    (message,) = await slack.workspace.messages("C0ACME")
    assert (posted.channel_id, posted.ts, posted.thread_ts) == ("C0ACME", message["ts"], None)
    assert (message["text"], message["metadata"]) == ("hello", marked())
    assert message["blocks"][0]["text"]["text"] == "hi"
    assert slack.calls(POST, "ok") == 1


async def test_a_reply_lands_in_its_thread(slack: Slack) -> None:
    """A post with a root lands below it, and links are not unfurled."""
    root = await post(slack)
    reply = await post(slack, 2, thread_ts=root.ts)
    assert reply.thread_ts == root.ts
    assert len(await slack.workspace.thread("C0ACME", root.ts)) == 2
    arguments = (await slack.workspace.calls(POST))[-1]["arguments"]
    assert (arguments["unfurl_links"], arguments["unfurl_media"]) == (False, False)


async def test_a_coloured_message_has_its_bar(slack: Slack) -> None:
    """A colour puts the blocks behind a bar; the text stays for notifications."""
    coloured = Message(text="late", blocks=HELLO.blocks, color="#d72b3f")
    await slack.messenger.post("C0ACME", coloured, metadata=marked())
    (message,) = await slack.workspace.messages("C0ACME")
    assert message["text"] == "late"
    assert message["attachments"][0]["color"] == "d72b3f"
    assert "blocks" not in message


async def test_an_update_replaces_the_message(slack: Slack) -> None:
    """An edit changes the message in place."""
    posted = await post(slack)
    changed = Message(text="changed", blocks=HELLO.blocks)
    await slack.messenger.update("C0ACME", posted.ts, changed, metadata=marked())
    assert [message["text"] for message in await slack.workspace.messages("C0ACME")] == ["changed"]


@pytest.mark.parametrize(
    ("kind", "how", "after", "uncertain", "landed"),
    [
        pytest.param("rate_limited", {"retry_after": 7}, 7, False, 0, id="429"),
        pytest.param("server_error", {}, None, True, 0, id="500"),
        pytest.param("html", {}, None, True, 0, id="HTML"),
        pytest.param("reset_before", {}, None, True, 0, id="reset before the effect"),
        pytest.param("reset_after", {}, None, True, 1, id="reset after the effect"),
        pytest.param("error", {"error": "internal_error"}, None, False, 0, id="internal_error"),
        pytest.param("error", {"error": "ratelimited"}, None, False, 0, id="ratelimited in 200"),
    ],
)
async def test_what_may_be_tried_again(
    slack: Slack,
    *,
    kind: str,
    how: dict[str, Any],
    after: float | None,
    uncertain: bool,
    landed: int,
) -> None:
    """Each fault that passes is told apart: when to come back, and whether it may have arrived."""
    await slack.workspace.set_fault(kind, POST, **how)
    with pytest.raises(SlackRetryError) as caught:
        await post(slack)
    assert (caught.value.after, caught.value.uncertain) == (after, uncertain)
    assert len(await slack.workspace.messages("C0ACME")) == landed
    assert slack.calls(POST, "ok") == 0
    await slack.workspace.clear_faults()
    await post(slack)
    assert slack.calls(POST, "ok") == 1


async def test_a_slack_that_hangs_is_tried_again() -> None:
    """No answer in time says nothing of the effect."""
    async with opened_slack(patience=0.2) as slack:
        await slack.workspace.set_fault("hang", POST)
        with pytest.raises(SlackRetryError) as caught:
            await post(slack)
        assert caught.value.uncertain


@pytest.mark.parametrize("error", ["invalid_blocks", "is_archived", "missing_scope", "no_text"])
async def test_what_slack_will_never_take(slack: Slack, error: str) -> None:
    """200 with ok:false and a lasting reason is a refusal, counted under its name."""
    await slack.workspace.set_fault("error", POST, error=error)
    with pytest.raises(SlackRefusedError, match=error):
        await post(slack)
    assert slack.calls(POST, error) == 1


async def test_an_unknown_channel_is_refused(slack: Slack) -> None:
    """A channel that does not exist is no reason to try for ever."""
    with pytest.raises(SlackRefusedError, match="channel_not_found"):
        await post(slack, channel="#no-such")


async def test_a_server_that_is_not_there_took_nothing() -> None:
    """Where no connection came about nothing can have arrived."""
    async with opened_slack() as slack:
        slack.client.base_url = "http://127.0.0.1:9/api/"
        with pytest.raises(SlackRetryError) as caught:
            await post(slack)
    assert not caught.value.uncertain


async def test_no_error_shows_the_token() -> None:
    """What is told of a failed call never holds the token."""
    async with opened_slack(token="xoxb-not-for-eyes") as slack:
        with pytest.raises(SlackRetryError, match="invalid_auth") as caught:
            await post(slack)
    assert "not-for-eyes" not in f"{caught.value!r} {caught.value.__cause__!r}"


async def test_an_update_of_a_deleted_message_says_it_is_gone(slack: Slack) -> None:
    """A message that somebody deleted is told apart from a refusal."""
    posted = await post(slack)
    await slack.client.chat_delete(channel="C0ACME", ts=posted.ts)
    with pytest.raises(MessageGoneError):
        await slack.messenger.update("C0ACME", posted.ts, HELLO, metadata=marked())


async def test_our_message_is_found_in_a_channel(slack: Slack) -> None:
    """Among others' messages and our own, the one with this metadata is found."""
    posted = [await post(slack, number) for number in (1, 2)]
    await slack.workspace.post_as("U0MARIA", "C0ACME", "hello")
    assert await slack.messenger.find("C0ACME", metadata=marked(1)) == posted[0]
    assert await slack.messenger.find("C0ACME", metadata=marked(2)) == posted[1]
    assert await slack.messenger.find("C0ACME", metadata=marked(3)) is None


async def test_our_message_is_found_in_a_thread(slack: Slack) -> None:
    """A reply is looked for below its card, not among the channel's messages."""
    root = await post(slack)
    reply = await post(slack, 2, thread_ts=root.ts)
    assert await slack.messenger.find("C0ACME", metadata=marked(2)) is None
    assert await slack.messenger.find("C0ACME", metadata=marked(2), thread_ts=root.ts) == reply


async def test_our_message_is_found_by_the_channels_name() -> None:
    """After a restart only the name is known: it is looked up, however many channels there are."""
    crowd = tuple(
        ChannelSeed(id=f"C0N{n:03}", name=f"noise-{n}", members=(BOT_USER,)) for n in range(250)
    )
    acme = ChannelSeed(id="C0ACME", name="acme-ops", members=(BOT_USER,))
    async with opened_slack(channels=(*crowd, acme)) as slack:
        await slack.workspace.set_fault("reset_after", POST)
        with pytest.raises(SlackRetryError):
            await post(slack, channel="#acme-ops")
        found = await slack.messenger.find("#acme-ops", metadata=marked())
        (message,) = await slack.workspace.messages("C0ACME")
        assert found == Posted(channel_id="C0ACME", ts=message["ts"])
        with pytest.raises(SlackRefusedError, match="channel_not_found"):
            await slack.messenger.find("#no-such", metadata=marked())


async def test_a_look_may_fail_like_any_call(slack: Slack) -> None:
    """A history that cannot be had just now is told as such, not as "not found"."""
    await slack.workspace.set_fault("rate_limited", "conversations.history", retry_after=3)
    with pytest.raises(SlackRetryError) as caught:
        await slack.messenger.find("C0ACME", metadata=marked())
    assert caught.value.after == 3


async def test_a_channel_that_is_not_ours_cannot_be_read(slack: Slack) -> None:
    """Where the bot is no member, looking is refused."""
    with pytest.raises(SlackRefusedError, match="not_in_channel"):
        await slack.messenger.find("C0RANDOM", metadata=marked())


async def test_posts_to_a_channel_keep_their_pace(slack: Slack) -> None:
    """Too early a post is not sent and says when, by name as by id; elsewhere there is no wait."""
    seconds = [100.0]
    paced = SlackMessenger(slack.client, slack.metrics, OwnPace(lambda: seconds[0], 1.0))
    await paced.post("#acme-ops", HELLO, metadata=marked())
    await paced.post("C0GLOBEX", HELLO, metadata=marked())
    seconds[0] += 1
    await paced.post("#acme-ops", HELLO, metadata=marked())
    for channel in ("#acme-ops", "C0ACME"):
        with pytest.raises(PacedError) as caught:
            await paced.post(channel, HELLO, metadata=marked())
        assert (caught.value.after, caught.value.uncertain) == (1.0, False)
    assert len(await slack.workspace.messages("C0ACME")) == 2
