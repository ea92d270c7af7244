"""The brief and the handover on demand, and taking over what a shift leaves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.blocks.handover_ids import (
    TakeOver,
    decode_take_over,
    encode_take_over,
    fitting,
)
from handlers.blocks.ids import Verb
from jobs.ports.slack import CHART
from policies.reasons import Status
from policies.records import AuditEntry, ExceptionRecord
from policies.roles import EVERYONE, Role, RoleGrant
from tests.slack.brief_values import BOOK, DAY_ENDS
from tests.slack.storm_world import words
from tests.slack.values import NOW, clock, record
from tests.slack.world import World, open_world

KEY = f"Day:{int(DAY_ENDS.timestamp())}"
HOUR = timedelta(hours=1)
JOE: dict[str, Any] = {"user": {"id": "U0JOE", "team_id": "T1"}}
MARIAS, OTHERS, ELSEWHERE, FOREIGN = (21, 22), 23, 24, 25


@pytest.fixture
async def floor() -> AsyncIterator[World]:
    """Maria of the day shift owns #21 and #22 at ATL1; Ann of the late one owns #23.

    #24 is Maria's at another site, #25 hers of another client.
    """
    async with open_world(BOOK) as opened:
        at_site = {**record().facts, "warehouse": "ATL1"}
        async with opened.storage.write() as tx:
            for number in (*MARIAS, OTHERS, ELSEWHERE, FOREIGN):
                tx.state.exceptions[number] = record(
                    id=number,
                    order_id=f"SO-{number}",
                    assignee="U0ANN" if number == OTHERS else "U0MARIA",
                    status=Status.IN_PROGRESS,
                    facts={**at_site, "warehouse": "DFW1"} if number == ELSEWHERE else at_site,
                    tenant_id=2 if number == FOREIGN else 1,
                    version=1,
                )
        yield opened


async def press(world: World, **who: Any) -> dict[str, Any]:  # noqa: ANN401
    """Somebody presses Take over mine; the form that they see then."""
    action = {"action_id": Verb.TAKE_OVER.value, "block_id": "b", "type": "button"}
    action["value"] = encode_take_over(TakeOver(shift=KEY))
    await world.press(Verb.TAKE_OVER, **{"actions": [action], **(who or JOE)})
    shown: dict[str, Any] = world.slack.of("views.update")[-1].said["view"]
    return shown


def stored(world: World, number: int) -> ExceptionRecord:
    """The exception of that number."""
    return world.storage.state.exceptions[number]


def trail(world: World) -> list[AuditEntry]:
    """Who was assigned what."""
    entries = [held.entry for held in world.storage.state.audit.values()]
    return [entry for entry in entries if entry.action == "assign"]


async def test_the_handover_is_shown_to_whoever_asks(floor: World) -> None:
    """What the shift that is on leaves at its site; nobody is called by it."""
    await floor.command("handover")
    (said,) = floor.slack.of("hook")
    assert "Day hands over to Late" in said.words
    assert "With Day: Maria 2 (2 HIGH)" in said.words
    assert "<@U0MARIA>" not in said.words
    assert said.said["response_type"] == "ephemeral"


async def test_without_shifts_there_is_nothing_to_hand_over(world: World) -> None:
    """It says who writes shifts down."""
    await world.command("handover")
    assert "No shifts are written down" in world.slack.of("hook")[-1].words


async def test_the_brief_is_shown_to_whoever_asks(floor: World) -> None:
    """With everything of the clients that the channel sees, and no more."""
    await floor.command("brief")
    (said,) = floor.slack.of("hook")
    assert "Morning brief, Tuesday 3 March" in said.words
    assert "*Open 5*" in said.words
    assert "Globex" not in said.words


async def test_the_insight_is_shown_to_whoever_asks(floor: World) -> None:
    """Honestly: five late orders are no pattern; others' are not counted."""
    await floor.command("insight")
    (said,) = floor.slack.of("hook")
    assert "Nothing stands out." in said.words
    assert "5 in 7 days" in said.words
    assert "Globex" not in said.words
    assert said.said["response_type"] == "ephemeral"


async def test_the_words_of_an_insight_list_what_it_counted(floor: World) -> None:
    """By site whatever its spelling, and from a moment on; the filter is said back."""
    since = f"since {NOW - HOUR * 24:%Y-%m-%dT%H:%MZ}"
    await floor.command(f"exceptions all site dfw1 client acme {since}")
    said = floor.slack.of("hook")[-1].words
    assert [f"SO-{number}" in said for number in (*MARIAS, OTHERS, ELSEWHERE)] == [
        *[False] * 3,
        True,
    ]
    assert "any status, client acme, site dfw1" in said


async def test_taking_over_is_previewed(floor: World) -> None:
    """The form names what is Maria's at that site, of clients that this channel sees."""
    form = await press(floor)
    assert "2 exceptions become yours" in words(form)
    assert [f"SO-{n}" in words(form) for n in (*MARIAS, OTHERS, ELSEWHERE, FOREIGN)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert stored(floor, 21).assignee == "U0MARIA"


async def test_taking_over_assigns_what_was_shown(floor: World) -> None:
    """They are Joe's then, with a line in the trail each; the asker alone is told."""
    form = await press(floor)
    await floor.submit(form, {}, **JOE)
    assert [stored(floor, n).assignee for n in MARIAS] == ["U0JOE", "U0JOE"]
    assert stored(floor, OTHERS).assignee == "U0ANN"
    assert [(one.subject, one.actor, one.after["by"]) for one in trail(floor)] == [
        ("exception:21", "slack:U0JOE", "Joe"),
        ("exception:22", "slack:U0JOE", "Joe"),
    ]
    (told,) = floor.slack.of("chat.postEphemeral")
    assert "2 exceptions are yours now" in told.words


async def test_who_was_faster_is_told(floor: World) -> None:
    """What somebody changed after it was shown stays as it is, and the answer says whose it is."""
    form = await press(floor)
    async with floor.storage.write() as tx:
        tx.state.exceptions[21] = replace(stored(floor, 21), assignee="U0MARIA", version=2)
        over = {"status": Status.RESOLVED, "resolved_at": NOW, "resolution": "done", "version": 2}
        tx.state.exceptions[22] = replace(stored(floor, 22), **over)  # type: ignore[arg-type]
    await floor.submit(form, {}, **JOE)
    (told,) = floor.slack.of("chat.postEphemeral")
    assert "0 exceptions are yours now" in told.words
    assert "SO-21: Maria has it" in told.words
    assert "SO-22: it is over" in told.words
    assert trail(floor) == []


async def test_their_own_is_not_taken_over(floor: World) -> None:
    """Whoever owns it already has nothing to take."""
    form = await press(floor, user={"id": "U0MARIA", "team_id": "T1"})
    assert "Nothing is left" in words(form)
    assert "submit" not in form


async def test_who_may_not_own_may_not_take_over(floor: World) -> None:
    """A viewer is told so, and a form from before changes nothing."""
    form = await press(floor)
    grant = RoleGrant(principal=EVERYONE, role=Role.VIEWER, granted_by="slack:U0ADMIN")
    await floor.services.authority.give(grant, trail=(1,), now=NOW)
    assert "You may not own" in words(await press(floor))
    await floor.submit(form, {}, **JOE)
    assert [stored(floor, n).assignee for n in MARIAS] == ["U0MARIA", "U0MARIA"]


async def test_people_of_a_user_group_are_of_the_shift(floor: World) -> None:
    """Whoever is in the shift's group in Slack belongs to it."""
    floor.directory.groups["U0ANN"] = frozenset({"S0DAY"})
    form = await press(floor)
    assert "SO-23" in words(form)


async def test_a_shift_that_is_gone_is_told(floor: World) -> None:
    """A button of a shift that nobody has in the book any more changes nothing."""
    action = {"action_id": Verb.TAKE_OVER.value, "type": "button", "block_id": "b"}
    action["value"] = encode_take_over(TakeOver(shift="Gone:1772564400"))
    await floor.press(Verb.TAKE_OVER, actions=[action], **JOE)
    shown = floor.slack.of("views.update")[-1].said["view"]
    assert "not in the book any more" in words(shown)


async def test_a_chart_that_slack_refuses_is_told_in_words(floor: World) -> None:
    """Whoever asks in a thread gets the brief without its chart rather than nothing."""
    async with floor.storage.write() as tx:
        for hour in (1, 2, 3):
            row = clock(order_id=f"SO-{hour}", sla_id="ship", deadline_at=NOW + hour * HOUR)
            tx.state.clocks[1, row.order_id, "ship", ""] = row
    floor.slack.errors["chat.postMessage"] = "invalid_blocks"
    await floor.mention("brief")
    drawn, told, plain = floor.slack.of("chat.postMessage")
    assert CHART in drawn.words
    assert CHART not in told.words
    assert "By hour: 13:00 1, 14:00 1, 15:00 1" in told.words
    assert "blocks" not in plain.said


def test_forms_are_read_as_they_were_written() -> None:
    """What a form remembers comes back; anything else is nothing."""
    form = TakeOver(shift="Night: A:1", channel="C1", versions={7: 3, 12: 1})
    assert decode_take_over(encode_take_over(form)) == form
    for value in (None, "", "7", "[]", "{}", '{"shift":1}', '{"shift":"a","seen":3}', "{" * 4000):
        assert decode_take_over(value) is None
    assert decode_take_over('{"shift":"a","seen":"x:1,7:2,8,:"}') == TakeOver(
        shift="a", versions={7: 2}
    )
    many = dict.fromkeys(range(1, 2000), 1)
    assert len(encode_take_over(TakeOver(shift="a", versions=fitting(many)))) < 3000
