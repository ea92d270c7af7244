"""The conversation with E2A: suggestions, status, patience, and what one looks at beside it."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from handlers.blocks.notices import told
from handlers.blocks.suggestions import suggestions
from handlers.slack.asker import Beside, Reply
from handlers.slack.patience import SOON, wait_for
from handlers.slack.reading import beside_of
from jobs.answer_question import answer_question
from jobs.show_openings import Openings
from jobs.views import Answer
from tests.slack.values import record
from tests.slack.world import CARD_TS, World

OPENED = {"type": "app_home_opened", "user": "U0MARIA", "channel": "D0MARIA", "tab": "messages"}
CHANNEL = {"type": "slack#/types/channel_id", "value": "C0ACME", "team_id": "T1"}
CARD = {
    "type": "slack#/types/message_context",
    "value": {"channel_id": "C0ACME", "message_ts": CARD_TS},
}
PROMPTS = "assistant.threads.setSuggestedPrompts"
STATUS = "assistant.threads.setStatus"


def offered(world: World) -> list[str]:
    """The titles that were suggested last."""
    return [one["title"] for one in world.slack.of(PROMPTS)[-1].said["prompts"]]


async def test_the_tab_suggests_what_is_open(world: World) -> None:
    """By what is open for that person now, in the conversation, and nothing is said aloud."""
    await world.event(OPENED)
    said = world.slack.of(PROMPTS)[0].said
    assert (said["channel_id"], "thread_ts" in said) == ("D0MARIA", False)
    assert offered(world)[:2] == ["Why is SO-1042 late?", "What does nobody own? (1)"]
    assert len(offered(world)) == 4
    await world.event({**OPENED, "user": "U0JOE"})
    assert offered(world) == ["What can I say?"]
    assert [call.method for call in world.slack.told()] == [PROMPTS, PROMPTS]


async def test_suggestions_follow_what_they_look_at(world: World) -> None:
    """Another channel beside the conversation, other clients; only ever those that they see."""
    world.directory.members["U0MARIA"] = frozenset({"C0ACME", "C0GLOBEX"})
    await world.event(OPENED)
    assert "What does nobody own? (2)" in offered(world)
    seen = {"context": {"entities": [CHANNEL]}, "event_ts": "1.2"}
    await world.event({**OPENED, "type": "app_context_changed", **seen})
    assert "What does nobody own? (1)" in offered(world)
    await world.event({**OPENED, "type": "app_context_changed", "context": {}})
    assert "What does nobody own? (2)" in offered(world)


async def test_an_event_that_names_nobody_is_heard_and_left(world: World) -> None:
    """Slack's reference shows the event without person and place."""
    assert (await world.event({"type": "app_context_changed", "context": {}}))[0] == 200
    assert world.slack.told() == []


async def test_a_refused_suggestion_is_nobodys_trouble(world: World) -> None:
    """Without the scope the conversation works as ever."""
    world.slack.errors[PROMPTS] = "missing_scope"
    assert (await world.event(OPENED))[0] == 200
    assert len(world.slack.told()) == 1


async def test_why_is_this_late_means_what_they_look_at(world: World) -> None:
    """The alert beside the conversation is what a question is about; nothing is done to it."""
    seen = {"app_context": {"entities": [CARD]}}
    await world.direct("why is this late?", **seen)
    assert "#7" in world.slack.of("chat.postMessage")[-1].words
    await world.direct("ack", **seen)
    assert (await world.record()).assignee is None


@pytest.mark.parametrize(
    ("seen", "beside"),
    [
        (None, None),
        ({}, None),
        ({"entities": "x"}, None),
        ({"entities": [{"type": "slack#/types/canvas_id", "value": "F1"}]}, None),
        ({"entities": [CHANNEL]}, Beside(channel_id="C0ACME")),
        ({"entities": [CARD, CHANNEL]}, Beside(channel_id="C0ACME", message_ts=CARD_TS)),
    ],
)
def test_what_one_looks_at(seen: object, beside: Beside | None) -> None:
    """The first message or channel that Slack names; anything else is nothing."""
    assert beside_of(seen) == beside


def test_suggestions_hold_no_markup() -> None:
    """An order whose name is no plain word is not put into anybody's mouth; four are the most."""
    openings = Openings(latest="<!channel> late", mine=2, unowned=3, at_risk=4, silent=1)
    titles = [one["title"] for one in suggestions(openings)]
    assert titles == [
        "What is mine? (2)",
        "What does nobody own? (3)",
        "What breaks next?",
        "How do things stand?",
    ]
    assert suggestions(replace(openings, at_risk=0, latest="SO-1"))[-1]["message"] == "status"


class Shown:
    """Remembers when something was shown."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    async def show(self) -> None:
        """It was."""
        self.steps.append("shown")

    async def clear(self) -> None:
        """It is not any more."""
        self.steps.append("cleared")


async def _slow(seconds: float) -> Reply:
    await asyncio.sleep(seconds)
    return Reply(message=told("there"))


async def test_what_is_quick_says_nothing_meanwhile() -> None:
    """A word about being at work would flash up only."""
    busy = Shown()
    reply = await wait_for(lambda: _slow(0), looks=True, busy=busy)
    assert (reply.message.text, busy.steps) == ("there", [])


async def test_what_is_slow_says_so_and_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking is given up with words; acting is waited for, however long it takes."""
    monkeypatch.setattr("handlers.slack.patience.SOON", 0.01)
    busy = Shown()
    reply = await wait_for(lambda: _slow(5), looks=True, busy=busy, longest=0.05)
    assert "longer than" in reply.message.text
    assert busy.steps == ["shown", "cleared"]
    reply = await wait_for(lambda: _slow(0.1), looks=False, busy=busy, longest=0.05)
    assert reply.message.text == "there"
    assert SOON < 1


async def test_the_status_says_what_it_looks_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the message that asked, with a count of what is open, and gone afterwards."""
    monkeypatch.setattr("handlers.slack.patience.SOON", 0.01)

    async def slowly(*given: Any, **named: Any) -> Answer:  # noqa: ANN401
        await asyncio.sleep(0.03)
        return await answer_question(*given, **named)

    monkeypatch.setattr("jobs.give_answer.answer_question", slowly)
    async with world.storage.write() as tx:
        tx.state.exceptions[9] = replace(record(), id=9, order_id="SO-9")
    await world.direct("what is late?", ts="77.1")
    statuses = [(call.said["thread_ts"], call.said["status"]) for call in world.slack.of(STATUS)]
    assert statuses == [("77.1", "is looking at 2 open exceptions…"), ("77.1", "")]
