"""What can be done with an answer: judge it, share it, keep it, review what was no help."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.blocks.answer_ids import encode_answer
from handlers.blocks.answer_review import why_form
from handlers.blocks.ids import Field, Verb
from policies.questions.given import NO_HELP, GivenAnswer
from policies.roles import Role, RoleGrant, user
from tests.slack.values import NOW
from tests.slack.world import World


async def press(world: World, verb: Verb, number: int = 1, **more: Any) -> None:  # noqa: ANN401
    """Somebody presses a button below an answer in Acme's channel."""
    action = {"action_id": verb.value, "type": "button", "value": encode_answer(number)}
    await world.press(verb, **{"actions": [action]} | more)


def kept(world: World) -> list[GivenAnswer]:
    """Every answer that was kept."""
    return list(world.storage.state.answers.values())


def buttons(said: Any) -> list[str]:  # noqa: ANN401
    """The action ids below a message."""
    rows = [block for block in said["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row["elements"]]


async def test_a_command_is_answered_to_the_asker_first(world: World) -> None:
    """Nobody else sees it until it is shared; an exception's number leads to its card."""
    await world.command("ask why is #7 late?")
    (told,) = world.slack.of("hook")
    assert told.said["response_type"] == "ephemeral"
    assert buttons(told.said) == [
        Verb.ANSWER_HELPED,
        Verb.ANSWER_NO_HELP,
        Verb.ANSWER_SHARE,
        Verb.ANSWER_KEEP,
    ]
    assert "https://slack.com/archives/C0ACME/p" in told.words
    (given,) = kept(world)
    assert (given.public, given.channel_id, given.route) == (True, "C0ACME", "exception")


async def test_a_mention_is_answered_in_its_thread(world: World) -> None:
    """It was asked before everybody; there is nothing left to share."""
    await world.mention("why is #7 late?")
    (told,) = world.slack.of("chat.postMessage")
    assert told.said["thread_ts"]
    assert buttons(told.said) == [Verb.ANSWER_HELPED, Verb.ANSWER_NO_HELP]


async def test_shared_it_stands_in_the_channel_with_a_name(world: World) -> None:
    """The same words as before, and who shared them."""
    await world.command("ask why is #7 late?")
    await press(world, Verb.ANSWER_SHARE, message={})
    (posted,) = world.slack.of("chat.postMessage")
    assert posted.said["channel"] == "C0ACME"
    assert posted.said["unfurl_links"] is False
    assert "shared by Maria" in posted.words
    assert "Shared." in world.slack.of("hook")[-1].words


async def test_kept_it_comes_to_the_direct_messages(world: World) -> None:
    """What only the asker sees goes with the next reload; kept, it stays."""
    await world.command("ask why is #7 late?")
    await press(world, Verb.ANSWER_KEEP)
    (posted,) = world.slack.of("chat.postMessage")
    assert posted.said["channel"] == "U0MARIA"
    assert "thread_ts" not in posted.said


async def test_what_was_said_alone_is_not_shared(world: World) -> None:
    """An answer for direct messages may hold what no channel may see."""
    await world.direct("why is #7 late?")
    await press(world, Verb.ANSWER_SHARE)
    told = world.slack.of("hook")[-1]
    assert "not here any more" in told.words
    assert len(world.slack.of("chat.postMessage")) == 1


@pytest.mark.parametrize("number", [99, 0])
async def test_an_answer_that_is_gone_is_told_kindly(world: World, number: int) -> None:
    """An old button does nothing and says so."""
    await press(world, Verb.ANSWER_HELPED, number)
    assert "ask" in world.slack.of("hook")[-1].words.lower()


async def test_an_answer_about_unseen_clients_cannot_be_pressed(world: World) -> None:
    """A button from another channel brings nothing of another client here."""
    await world.command("ask why is #7 late?")
    (given,) = kept(world)
    world.storage.state.answers[1] = replace(given, tenants=(1, 99))
    for verb in (Verb.ANSWER_SHARE, Verb.ANSWER_KEEP, Verb.ANSWER_HELPED):
        await press(world, verb)
    assert world.slack.of("chat.postMessage") == []
    assert kept(world)[0].verdict == 0


async def lead(world: World) -> None:
    """Maria is Acme's lead."""
    grant = RoleGrant(principal=user("U0MARIA"), role=Role.LEAD, tenant_id=1, granted_by="slack:U9")
    await world.services.authority.give(grant, trail=[1], now=NOW)


async def test_a_thumb_up_is_kept(world: World) -> None:
    """With who and when, beside all that made the answer."""
    await world.command("ask why is #7 late?")
    await press(world, Verb.ANSWER_HELPED)
    (given,) = kept(world)
    assert (given.verdict, given.judged_by) == (1, "slack:U0MARIA")


async def test_a_thumb_down_asks_why_and_leads_see_it(world: World) -> None:
    """The form's reason and note stand in the review, on Home, and nowhere else."""
    await world.command("ask why is #7 late?")
    await press(world, Verb.ANSWER_NO_HELP)
    (opened,) = world.slack.of("views.open")
    assert "Why was it no help?" in opened.words
    choice = {"type": "static_select", "selected_option": {"value": "misread"}}
    note = {"type": "plain_text_input", "value": "I meant the order"}
    await world.submit(why_form(1, "C0ACME"), {Field.REASON: choice, Field.NOTE: note})
    (given,) = kept(world)
    assert (given.verdict, given.why, given.note) == (NO_HELP, "misread", "I meant the order")
    await world.command("answers")
    assert "takes a lead" in world.slack.of("hook")[-1].words
    await lead(world)
    await world.command("answers")
    told = world.slack.of("hook")[-1]
    assert "It answers another question" in told.words
    assert "I meant the order" in told.words


async def test_a_draft_of_a_runbook_is_a_file(world: World) -> None:
    """What helped often comes as Markdown to the lead's direct messages."""
    await lead(world)
    await world.command("answers runbook")
    assert "No answer helped often enough" in world.slack.of("hook")[-1].words
    for number in (1, 2, 3):
        world.storage.state.answers[number] = GivenAnswer(
            id=number,
            tenant_id=1,
            tenants=(1,),
            asked_by="slack:U1",
            question="how fast are returns inspected?",
            route="policy",
            refused=False,
            text="Within 2 business days. [1]",
            now=NOW,
            asked_at=NOW,
            sources=(("runbooks/returns.md:3", "passage:p"),),
            verdict=1,
            judged_at=NOW,
        )
    await world.command("answers runbook")
    (file,) = world.slack.of("upload")
    assert "## How fast are returns inspected?" in str(file.said["content"])
    assert "Within 2 business days." in str(file.said["content"])
