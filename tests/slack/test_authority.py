"""Roles at the press: who may acts, who may not is told who may and can ask them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from handlers.blocks.ids import Verb
from policies.reasons import Status
from policies.roles import Role, RoleGrant, group, user
from tests.slack.values import NOW
from tests.slack.world import GUEST, JOE, STRANGER, World

_MARIA = "user:U0MARIA"
_PLACES = {
    "right channel": {},
    "other client's channel": {"channel": {"id": "C0GLOBEX", "name": "globex"}},
    "direct message": {"channel": {"id": "D0MARIA", "name": "dm"}},
}


async def _give(world: World, principal: str, role: Role, tenant_id: int | None = None) -> None:
    grant = RoleGrant(principal=principal, role=role, tenant_id=tenant_id, granted_by="slack:U9")
    await world.services.authority.give(grant, trail=[1], now=NOW)


def _place(name: str) -> dict[str, Any]:
    given = _PLACES[name]
    channel = given.get("channel", {"id": "C0ACME"})
    container = {"type": "message", "message_ts": "1.1", "channel_id": channel["id"]}
    return {**given, "container": container} if given else {}


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("role", Role)
async def test_a_press_by_role_and_place(world: World, role: Role, place: str) -> None:
    """An acknowledgement takes an operator, a lead or an admin, and the client must be in sight."""
    await _give(world, _MARIA, role)
    await world.press(Verb.ACKNOWLEDGE, **_place(place))
    right = role in (Role.OPERATOR, Role.LEAD, Role.ADMIN)
    seen = place != "other client's channel"
    wanted = Status.ACKNOWLEDGED if right and seen else Status.OPEN
    assert (await world.record()).status is wanted


@pytest.mark.parametrize("person", [GUEST, STRANGER, replace(JOE, deleted=True)])
async def test_no_role_helps_who_is_no_member(world: World, person: Any) -> None:  # noqa: ANN401
    """A guest, a stranger and a deactivated account are refused though somebody made them admin."""
    world.directory.people[person.id] = person
    await _give(world, user(person.id), Role.ADMIN)
    await world.press(Verb.ACKNOWLEDGE, user={"id": person.id})
    assert (await world.record()).status is Status.OPEN


async def test_a_role_for_another_client_is_no_role_here(world: World) -> None:
    """An operator of Globex who is a viewer otherwise changes nothing of Acme's."""
    await _give(world, "everyone", Role.VIEWER)
    await _give(world, _MARIA, Role.OPERATOR, tenant_id=2)
    await world.press(Verb.ACKNOWLEDGE)
    assert (await world.record()).status is Status.OPEN


async def test_a_user_group_carries_its_role(world: World) -> None:
    """Members of a Slack user group have what the group was given, as long as they are in it."""
    await _give(world, "everyone", Role.VIEWER)
    await _give(world, group("S1"), Role.LEAD)
    await world.press(Verb.ACKNOWLEDGE)
    assert (await world.record()).status is Status.OPEN
    world.directory.groups = {"U0MARIA": frozenset({"S1"})}
    await world.press(Verb.ACKNOWLEDGE)
    assert (await world.record()).status is Status.ACKNOWLEDGED


async def _refused_ask(world: World) -> str:
    """Joe, a viewer, may not resolve; returns the value of the button that the refusal offers."""
    await _give(world, "everyone", Role.VIEWER)
    await _give(world, _MARIA, Role.LEAD)
    await world.command("resolve 7 picked by the late shift", user_id="U0JOE")
    refusal = world.slack.of("hook")[-1]
    assert "To resolve takes an operator, a lead or an admin." in refusal.words
    assert "<@U0MARIA> may" in refusal.words
    buttons = [
        element
        for block in refusal.said["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert [one["action_id"] for one in buttons] == [Verb.ASK.value]
    value: str = buttons[0]["value"]
    return value


async def _press(world: World, verb: Verb, value: str, who: str) -> None:
    action = {"action_id": verb.value, "block_id": "b", "type": "button", "value": value}
    await world.press(verb, actions=[action], user={"id": who})


async def test_a_refusal_asks_who_may_and_their_approval_carries_it_through(world: World) -> None:
    """Joe asks, Maria approves: it is resolved in Joe's name, and the trail holds both."""
    value = await _refused_ask(world)
    await _press(world, Verb.ASK, value, "U0JOE")
    keys = {row.message.dedup_key for row in world.storage.state.outbox.values()}
    assert "approval:1" in keys
    assert (await world.record()).status is Status.OPEN
    await _press(world, Verb.APPROVE, json.dumps({"approval": 1}), "U0MARIA")
    after = await world.record()
    assert (after.status, after.resolution) == (Status.RESOLVED, "picked by the late shift")
    told = [(entry.actor, entry.action) for entry in await world.trail()]
    assert told == [
        ("slack:U0JOE", "ask_approval"),
        ("slack:U0MARIA", "approve"),
        ("slack:U0JOE", "resolve"),
    ]


async def test_a_request_is_decided_once_and_by_who_may(world: World) -> None:
    """The asker and other viewers decide nothing; a declined wish stays declined."""
    value = await _refused_ask(world)
    await _press(world, Verb.ASK, value, "U0JOE")
    approval = json.dumps({"approval": 1})
    await _press(world, Verb.APPROVE, approval, "U0JOE")
    assert (await world.record()).status is Status.OPEN
    await _press(world, Verb.DECLINE, approval, "U0MARIA")
    await _press(world, Verb.APPROVE, approval, "U0MARIA")
    assert (await world.record()).status is Status.OPEN
    assert "declined before" in world.slack.of("hook")[-1].words


async def test_nobody_approves_their_own_wish(world: World) -> None:
    """Who was given the role after asking may act, but not approve what they asked for."""
    value = await _refused_ask(world)
    await _press(world, Verb.ASK, value, "U0JOE")
    await _give(world, user("U0JOE"), Role.LEAD)
    await _press(world, Verb.APPROVE, json.dumps({"approval": 1}), "U0JOE")
    assert (await world.record()).status is Status.OPEN


async def test_an_approval_comes_too_late(world: World) -> None:
    """What changed after the asking is not overwritten: Maria is told what happened."""
    value = await _refused_ask(world)
    await _press(world, Verb.ASK, value, "U0JOE")
    await world.press(Verb.ACKNOWLEDGE)
    await _press(world, Verb.APPROVE, json.dumps({"approval": 1}), "U0MARIA")
    assert (await world.record()).status is Status.ACKNOWLEDGED
    assert "nothing was changed" in world.slack.of("hook")[-1].words


@pytest.mark.parametrize("value", ["", "{}", '{"approval":0}', '{"approval":"1"}', "[1]", "{" * 9])
async def test_a_forged_decision_does_nothing(world: World, value: str) -> None:
    """Values that we did not write are told to be of an older version."""
    await _press(world, Verb.APPROVE, value, "U0MARIA")
    assert "older version" in world.slack.of("hook")[-1].words


async def test_admins_give_roles_and_the_trail_tells(world: World) -> None:
    """Only an admin gives a role; it holds at once and is on the client's trail."""
    await world.command("role <@U0JOE|joe> viewer for Acme")
    assert "takes an admin" in world.slack.of("hook")[-1].words
    maria = world.directory.people["U0MARIA"]
    world.directory.people["U0MARIA"] = replace(maria, admin=True)
    await world.command("role <@U0JOE|joe> viewer for Acme")
    assert "<@U0JOE> is now viewer for Acme Outdoors" in world.slack.of("hook")[-1].words
    await world.press(Verb.ACKNOWLEDGE, user={"id": "U0JOE"})
    assert (await world.record()).status is Status.OPEN
    async with world.storage.read() as tx:
        trail = await tx.audit.of_subject(1, "roles")
    assert [(entry.actor, entry.action, entry.note) for entry in trail] == [
        ("slack:U0MARIA", "give_role", "user:U0JOE viewer")
    ]
    await world.command("role <@U0JOE|joe> none for acme")
    await world.press(Verb.ACKNOWLEDGE, user={"id": "U0JOE"})
    assert (await world.record()).status is Status.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("role <@U0JOE> king", "I don't know the role king"),
        ("role joe lead", "I cannot tell who joe is"),
        ("role <@U0JOE> lead for Nobody", "There is no client Nobody here"),
        ("role <@U0JOE>", "role @maria lead"),
    ],
)
async def test_what_is_unclear_about_a_role_is_told(world: World, words: str, told: str) -> None:
    """A role that does not exist, a person without @ and an unknown client change nothing."""
    maria = world.directory.people["U0MARIA"]
    world.directory.people["U0MARIA"] = replace(maria, admin=True)
    await world.command(words)
    assert told in world.slack.of("hook")[-1].words
    assert await world.services.authority.grants() == []


async def test_roles_are_shown(world: World) -> None:
    """`roles` says what I am for each client and who was given what."""
    await _give(world, group("S1"), Role.LEAD)
    await _give(world, user("U0JOE"), Role.BILLING, tenant_id=2)
    await world.command("roles")
    words = world.slack.of("hook")[-1].words
    assert "Acme Outdoors: operator" in words
    assert "<!subteam^S1>: lead" in words
    assert "U0JOE" not in words, "Globex's roles are none of Acme's channel's business"
