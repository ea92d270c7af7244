"""Commands, mentions and direct messages: one grammar, one permission check, one answer."""

import json
from dataclasses import replace
from typing import Any

import pytest

from policies.reasons import Status
from policies.records import OrderKey, ReceivedEvent
from tests.slack.values import NOW, happened, record
from tests.slack.world import CARD_TS, World

SURFACES = ("command", "mention", "direct")


async def say(world: World, surface: str, words: str, **more: Any) -> None:  # noqa: ANN401
    """Says the words on that surface."""
    assert (await getattr(world, surface)(words, **more))[0] == 200


VERBS: dict[str, tuple[Status, str | None]] = {
    "ack 7": (Status.ACKNOWLEDGED, "U0MARIA"),
    "assign 7 me": (Status.IN_PROGRESS, "U0MARIA"),
    "assign 7 <@U0JOE|joe>": (Status.IN_PROGRESS, "U0JOE"),
    "resolve 7 late truck": (Status.RESOLVED, None),
    "snooze 7 2h": (Status.OPEN, None),
    "block 7 wrong label": (Status.OPEN, None),
    "replay 7": (Status.OPEN, None),
}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("words", VERBS)
async def test_every_verb_works_on_every_surface_once(
    world: World, surface: str, words: str
) -> None:
    """The same words do the same thing wherever they are said, and are confirmed once."""
    await say(world, surface, words)
    after = await world.record()
    assert (after.status, after.assignee) == VERBS[words]
    assert len(await world.trail()) == 1
    assert len(world.slack.told()) == 1


READS = {
    "help": "What you can say",
    "exception 7": "SO-1042",
    "exceptions": "1 exception: not settled",
    "exceptions client acme": "client acme",
    "status": "1 exception open for Acme Outdoors",
    "audit 7": "Audit of #7",
    "ask what about #7?": "SO-1042",
    "invoices": "No invoice of Acme Outdoors was proved yet",
    "finding 12": "There is no finding 12 here",
    "digest": "Acme Outdoors",
    "policy show": "What is promised to Acme Outdoors",
    "policy show same_day": "called off by",
    "policy lint": "no examples",
    "policy simulate order_paid 13:59 14:01": "14:01` due *the end of",
    "policy simulate SO-1042 manifested 13:59": "What if manifested of SO-1042",
    "#7": "SO-1042",
}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("words", READS)
async def test_every_look_works_on_every_surface(world: World, surface: str, words: str) -> None:
    """Looking changes nothing and shows one answer."""
    await say(world, surface, words)
    told = world.slack.told()
    assert len(told) == 1
    assert READS[words] in told[0].words
    assert (await world.record()).version == 3


async def test_an_order_is_shown(world: World) -> None:
    """An order that has events is found however it is typed, an unknown one is told so."""
    async with world.storage.write() as tx:
        event = happened("order_paid", 3)
        received = ReceivedEvent(tenant_id=1, event=event, content_hash=b"x", received_at=NOW)
        tx.state.events[1, event.source, event.event_id] = received
    async with world.storage.read() as tx:
        key = OrderKey(tenant_id=1, order_id="SO-1042")
        assert (await tx.events.of_orders([key]))[key]
    await world.command("order #so-1042")
    await world.command("order GX-1")
    assert "● Paid" in world.slack.told()[0].words
    assert "no order GX-1 here" in world.slack.told()[1].words


async def test_answers_go_where_they_were_asked(world: World) -> None:
    """A mention is answered in its thread, a direct message in place, a command privately."""
    await world.mention("status", ts="5.5")
    await world.mention("status", ts="6.6", thread_ts="4.4")
    await world.direct("status")
    await world.command("status")
    posts = [call.said for call in world.slack.of("chat.postMessage")]
    assert [(post["channel"], post.get("thread_ts")) for post in posts] == [
        ("C0ACME", "5.5"),
        ("C0ACME", "4.4"),
        ("D0MARIA", None),
    ]
    assert world.slack.of("hook")[0].said["response_type"] == "ephemeral"


async def test_in_the_thread_of_an_alert_the_number_may_be_left_out(world: World) -> None:
    """`ack` in the thread means the thread's exception; elsewhere the number is asked for."""
    await world.mention("ack", thread_ts=CARD_TS)
    assert (await world.record()).status is Status.ACKNOWLEDGED
    await world.mention("resolve done", thread_ts="9.9")
    assert "say which exception" in world.slack.of("chat.postEphemeral")[0].words
    await world.mention("why is it late?", thread_ts=CARD_TS)
    assert "SO-1042" in world.slack.of("chat.postMessage")[-1].words


async def test_lists_call_nobody(world: World) -> None:
    """Owners are named in what somebody asked for, not mentioned."""
    await world.mention("ack 7")
    for words in ("exceptions", "exception 7", "status", "audit 7"):
        await world.mention(words)
        said = world.slack.of("chat.postMessage")[-1].words
        assert "<@" not in said
        assert "Maria" in said or words == "status"


@pytest.mark.parametrize("surface", ["command", "mention"])
@pytest.mark.parametrize("words", ["exceptions", "exception 7", "ack 7", "ask what is late?"])
async def test_an_unmapped_channel_gets_no_data(world: World, surface: str, words: str) -> None:
    """A channel of nobody is told how to map it, and nothing else."""
    where = "channel_id" if surface == "command" else "channel"
    await say(world, surface, words, **{where: "C0LOUNGE"})
    told = world.slack.told()
    assert len(told) == 1
    assert "/e2a map NAME" in told[0].words
    assert "SO-1042" not in told[0].words
    assert (await world.record()).version == 3


async def test_a_direct_message_sees_the_persons_channels(world: World) -> None:
    """Joe is in no mapped channel and sees nothing; Maria sees Acme and not Globex."""
    await world.direct("exceptions", user="U0JOE")
    await world.direct("exceptions")
    await world.direct("exception 8")
    told = [call.words for call in world.slack.told()]
    assert "none of the channels" in told[0]
    assert "GX-1" not in told[1]
    assert "no exception #8 here" in told[2]


@pytest.mark.parametrize("surface", SURFACES)
async def test_another_clients_exception_does_not_exist(world: World, surface: str) -> None:
    """Unknown and foreign read the same, for looking and for acting."""
    for words in ("exception 8", "ack 8", "audit 8", "replay 8", "exception 99"):
        await say(world, surface, words)
    said = [call.words.replace("#99", "#8") for call in world.slack.told()]
    assert len({json.dumps(json.loads(word)["text"]) for word in said}) == 1
    assert (await world.record(8)).version == 3


async def test_a_name_in_the_text_widens_nothing(world: World) -> None:
    """`client Globex` in Acme's channel finds no client, rather than Globex."""
    await world.command("exceptions client Globex")
    assert "no client called Globex" in world.slack.told()[0].words


@pytest.mark.parametrize("surface", SURFACES)
async def test_guests_are_refused_everywhere(world: World, surface: str) -> None:
    """One permission check for every surface; the refusal is for the asker."""
    more = {"user_id": "U0GUEST"} if surface == "command" else {"user": "U0GUEST"}
    for words in ("ack 7", "exceptions"):
        await say(world, surface, words, **more)
    assert all("Guests cannot" in call.words for call in world.slack.told())
    assert len(world.slack.told()) == 2
    assert world.slack.of("chat.postMessage") == [] or surface == "direct"


async def test_only_members_can_be_given_one(world: World) -> None:
    """An exception is not given to a guest or to somebody unknown."""
    await world.command("assign 7 <@U0GUEST>")
    await world.command("assign 7 <@U0NOBODY>")
    assert (await world.record()).assignee is None
    assert all("Only full members" in call.words for call in world.slack.told())


async def test_a_channel_subscribes_to_its_digest(world: World) -> None:
    """The channel itself says that it wants the digest; a direct message cannot."""
    for words in ("subscribe", "subscribe", "unsubscribe", "unsubscribe"):
        await world.command(f"{words} digest")
    await world.direct("subscribe digest")
    said = [call.words for call in world.slack.told()]
    for words, reply in zip(
        ("every morning", "already", "no more", "Nothing here fits that", "in the channel"),
        said,
        strict=True,
    ):
        assert words in reply


async def test_filters_narrow(world: World) -> None:
    """Severity, owner and order narrow the list, which says so."""
    async with world.storage.write() as tx:
        tx.state.exceptions[9] = replace(record(), id=9, order_id="SO-9", assignee="U0MARIA")
    await world.command("exceptions mine")
    await world.command("exceptions unowned")
    await world.command("exceptions order SO-9 since 2h")
    await world.command("exceptions low")
    said = [call.words for call in world.slack.told()]
    assert ["SO-9" in words for words in said] == [True, False, True, False]
    assert ["SO-1042" in words for words in said] == [False, True, False, False]
    assert "No exceptions: not settled, low" in said[3]


async def test_machines_and_edits_are_not_answered(world: World) -> None:
    """Bots, the bot itself, edits and notices of Slack's get no answer."""
    odd: list[dict[str, Any]] = [
        {"bot_id": "B1"},
        {"user": "U0E2A"},
        {"edited": {"user": "U0MARIA", "ts": "1.1"}},
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
    ]
    for more in odd:
        await world.mention("status", **more)
        await world.direct("status", **more)
    assert world.slack.told() == []


async def test_a_mention_is_answered_once_though_it_is_told_twice(world: World) -> None:
    """Slack tells of a mention as a message, too; in a direct message only as that."""
    await world.mention("status", ts="5.5")
    await world.mention("status", ts="5.5", type="message", channel_type="channel")
    await world.direct("<@U0E2A> status", ts="6.6")
    await world.direct("<@U0E2A> status", ts="6.6", type="app_mention")
    assert len(world.slack.of("chat.postMessage")) == 2


async def test_slack_refusing_blocks_gets_the_words(world: World) -> None:
    """Where Slack does not take the blocks, the text alone says it."""
    world.slack.errors["chat.postMessage"] = "invalid_blocks"
    await world.mention("status")
    first, second = world.slack.of("chat.postMessage")
    assert "blocks" in first.said
    assert second.said["text"] == first.said["text"]
    assert "blocks" not in second.said


async def test_a_fault_in_a_channel_is_told_to_the_asker_alone(world: World) -> None:
    """Nobody else in the channel reads about our troubles."""
    world.directory.failure = RuntimeError("down")
    await world.mention("status", ts="5.5")
    await world.direct("status")
    aside = world.slack.of("chat.postEphemeral")[0].said
    assert (aside["user"], aside["thread_ts"]) == ("U0MARIA", "5.5")
    assert len(world.slack.of("chat.postMessage")) == 1


async def test_home_shows_the_queue(world: World) -> None:
    """Home is drawn for who looks at it; the other tab draws nothing."""
    opened = {"type": "app_home_opened", "user": "U0MARIA", "channel": "D0MARIA", "tab": "home"}
    await world.event(opened)
    await world.event({**opened, "user": "U0JOE"})
    await world.event({**opened, "tab": "messages"})
    maria, joe = world.slack.of("views.publish")
    assert (maria.said["user_id"], joe.said["user_id"]) == ("U0MARIA", "U0JOE")
    assert "SO-1042" in maria.words
    assert "GX-1" not in maria.words
    assert "none of the channels" in joe.words
