"""Who may lets a channel see a client, from within the channel; nobody else learns a name."""

import json
from dataclasses import replace

import pytest

from handlers.blocks.ids import Verb
from policies.roles import EVERYONE, Role, RoleGrant, user
from tests.slack.values import NOW
from tests.slack.world import GUEST, MARIA, STRANGER, World

LOUNGE = {"channel_id": "C0LOUNGE"}


async def grant(world: World, role: Role, tenant_id: int | None, who: str = "U0MARIA") -> None:
    """Somebody is given a role."""
    given = RoleGrant(principal=user(who), role=role, tenant_id=tenant_id, granted_by="cli")
    await world.services.authority.give(given, trail=(), now=NOW)


def last(world: World) -> str:
    """What was said last."""
    return world.slack.told()[-1].words


def showings(world: World) -> set[tuple[int, str]]:
    """Who is shown where besides."""
    return set(world.storage.state.showings)


async def test_a_lead_maps_from_within_the_channel(world: World) -> None:
    """The channel sees that client from then on, and the trail says who did it."""
    await grant(world, Role.LEAD, 1)
    await world.command("map acme", **LOUNGE)
    assert "This channel sees Acme Outdoors now" in last(world)
    assert showings(world) == {(1, "C0LOUNGE")}
    await world.command("exceptions", **LOUNGE)
    assert "SO-1042" in last(world)
    assert "GX-1" not in last(world)
    async with world.storage.read() as tx:
        (entry,) = await tx.audit.of_subject(1, "channel:C0LOUNGE")
    assert (entry.actor, entry.action) == ("slack:U0MARIA", "map")
    await world.command("map Acme Outdoors", **LOUNGE)
    assert "sees Acme Outdoors already" in last(world)


@pytest.mark.parametrize("surface", ["command", "mention"])
async def test_nobody_learns_whether_there_is_such_a_client(world: World, surface: str) -> None:
    """Without the right for it, a client that there is and one that there is not look the same."""
    await grant(world, Role.LEAD, 1)
    said = []
    for name in ("Globex", "Umbrella"):
        if surface == "command":
            await world.command(f"map {name}", **LOUNGE)
        else:
            await world.mention(f"map {name}", channel="C0LOUNGE")
        said.append(last(world).replace(name, "NAME"))
    said = [json.loads(one)["text"] for one in said]
    assert said[0] == said[1]
    assert "There is no client NAME for which you may do that" in said[0]
    assert showings(world) == set()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LEAD, Role.ADMIN)])
async def test_other_roles_do_not_map(world: World, role: Role) -> None:
    """Neither does what everybody is until somebody decides otherwise."""
    for given in (None, role):
        if given is not None:
            await grant(world, given, 1)
        await world.command("map Acme Outdoors", **LOUNGE)
        assert "To map a channel takes a lead or an admin" in last(world)
    assert showings(world) == set()


async def test_who_runs_the_workspace_maps_every_client(world: World) -> None:
    """The first one to set E2A up needs no grant."""
    world.directory.people["U0MARIA"] = replace(MARIA, admin=True)
    await world.command("map Globex", **LOUNGE)
    await world.command("map Acme Outdoors", **LOUNGE)
    assert showings(world) == {(1, "C0LOUNGE"), (2, "C0LOUNGE")}


@pytest.mark.parametrize("person", [GUEST, STRANGER], ids=["guest", "stranger"])
async def test_who_is_no_member_is_refused_as_everywhere(world: World, person: object) -> None:
    """Whatever they were given."""
    who = getattr(person, "id", "")
    await grant(world, Role.ADMIN, None, who)
    await world.command("map Acme Outdoors", user_id=who, **LOUNGE)
    assert "There is no client" not in last(world)
    assert showings(world) == set()


async def test_a_direct_message_is_no_channel(world: World) -> None:
    """It sees what its person's channels see; nothing is mapped to it."""
    await grant(world, Role.LEAD, None)
    await world.direct("map Acme Outdoors")
    assert "Say that in the channel" in last(world)
    assert showings(world) == set()


@pytest.mark.parametrize("shared", [True, None])
async def test_outsiders_have_to_be_meant(world: World, shared: bool | None) -> None:  # noqa: FBT001
    """In a shared channel, or where Slack does not say, it is asked before anything is shown."""
    await grant(world, Role.LEAD, 1)
    world.directory.shared["C0LOUNGE"] = shared
    await world.command("map Acme Outdoors", **LOUNGE)
    assert "outside this company" in last(world)
    assert showings(world) == set()
    value = next(
        element["value"]
        for block in json.loads(last(world))["blocks"]
        for element in block.get("elements", ())
    )
    await press(world, value, channel="C0OTHER")
    assert "asked in another channel" in last(world)
    await press(world, value, user="U0JOE")
    assert "for which you may do that" in last(world)
    assert showings(world) == set()
    await press(world, value)
    assert showings(world) == {(1, "C0LOUNGE")}
    for junk in ("", "{", "[]", '{"client":"1","channel":"C0"}', '{"client":true,"channel":"C0"}'):
        await press(world, junk)
    assert showings(world) == {(1, "C0LOUNGE")}


async def test_the_default_channel_is_chosen(world: World) -> None:
    """Alerts come here from then on; the one before sees the client until that is ended there."""
    await grant(world, Role.LEAD, 1)
    await world.command("map Acme Outdoors here as default", **LOUNGE)
    assert "Alerts of Acme Outdoors come here from now on" in last(world)
    assert "<#C0ACME> still sees it" in last(world)
    tenant = world.storage.state.tenants[1]
    assert (tenant.channel, tenant.channel_id) == ("C0LOUNGE", "C0LOUNGE")
    await world.command("map Acme Outdoors as default", **LOUNGE)
    assert "already" in last(world)
    await world.command("unmap Acme Outdoors", **LOUNGE)
    assert "This is the default channel of Acme Outdoors" in last(world)
    await world.command("unmap Acme Outdoors")
    assert "does not see Acme Outdoors any more" in last(world)
    assert showings(world) == set()
    await world.command("exceptions")
    assert "not mapped to a client yet" in last(world)


async def test_unmapping_takes_the_right_too(world: World) -> None:
    """Who sees a client and is no lead of it is told who may; an unknown name changes nothing."""
    await grant(world, Role.LEAD, 1)
    await world.command("map Acme Outdoors", **LOUNGE)
    await world.command("unmap Acme Outdoors", user_id="U0JOE", **LOUNGE)
    assert "takes a lead or an admin" in last(world)
    await world.command("unmap Globex", **LOUNGE)
    assert "no client Globex here" in last(world)
    assert showings(world) == {(1, "C0LOUNGE")}
    await world.command("unmap Acme Outdoors", **LOUNGE)
    assert showings(world) == set()


async def test_what_everyone_is_counts(world: World) -> None:
    """A workspace that made everybody lead lets everybody map."""
    lead = RoleGrant(principal=EVERYONE, role=Role.LEAD, granted_by="cli")
    await world.services.authority.give(lead, trail=(), now=NOW)
    await world.command("map Globex", user_id="U0JOE", **LOUNGE)
    assert showings(world) == {(2, "C0LOUNGE")}


async def press(world: World, value: str, channel: str = "C0LOUNGE", user: str = "U0MARIA") -> None:
    """Somebody presses *Map it anyway*."""
    action = {"action_id": Verb.MAP.value, "block_id": "b", "type": "button", "value": value}
    await world.interact(
        {
            "type": "block_actions",
            "actions": [action],
            "user": {"id": user, "team_id": "T1"},
            "container": {"type": "message", "channel_id": channel},
            "channel": {"id": channel},
            "response_url": world.hook,
        }
    )
