"""A channel says what it wants to hear, sees what comes, changes it and tries it out."""

from typing import Any

import pytest

from handlers.blocks.ids import Field, Verb
from policies.roles import Role, RoleGrant, user
from policies.routing import Subscription
from tests.slack.values import NOW
from tests.slack.world import World

FORM = {"type": "modal", "callback_id": "e2a_subscription_form"}
ATL1 = {"sites": ["ATL1"], "at_least": "HIGH"}


def last(world: World) -> str:
    """What was said last."""
    return world.slack.told()[-1].words


def rows(world: World) -> list[Subscription]:
    """Every subscription."""
    return list(world.storage.state.subscriptions.values())


def trail(world: World) -> list[tuple[str, str]]:
    """What was changed in Acme's channel, and by whom."""
    entries = (held.entry for held in world.storage.state.audit.values())
    return [(one.action, one.actor) for one in entries if one.subject == "channel:C0ACME"]


async def act(world: World, verb: Verb, value: str = "", **more: Any) -> None:  # noqa: ANN401
    """Maria presses a button of the list."""
    action = {"action_id": verb.value, "block_id": "b", "type": "button", "value": value}
    place = {"type": "message", "channel_id": "C0ACME"}
    usual = {"container": place, "channel": {"id": "C0ACME"}, "response_url": world.hook}
    await world.interact({"type": "block_actions", "actions": [action], **usual, **more})


async def form(world: World, verb: Verb, value: str = "") -> dict[str, Any]:
    """The form that a button opens, once it is filled."""
    await act(world, verb, value)
    opened, shown = world.slack.of("views.open")[-1], world.slack.of("views.update")[-1]
    assert "One moment" in opened.words
    view: dict[str, Any] = shown.said["view"]
    return view


def several(*values: str) -> dict[str, Any]:
    """A choice of several."""
    return {"selected_options": [{"value": value} for value in values]}


async def test_it_is_said_back_as_it_was_understood(world: World) -> None:
    """Kept for the client that the channel sees, with who asked for it on the trail."""
    await world.command("subscribe client Acme site ATL1 high and up")
    assert "Alerts of Acme Outdoors from ATL1, HIGH and up, come here." in last(world)
    (one,) = rows(world)
    assert (one.tenant_id, one.channel_id, one.kind, one.filters) == (1, "C0ACME", "alerts", ATL1)
    assert one.channel == "#acme"
    await world.command("subscribe site ATL1 client Acme severity high+")
    assert "come here already" in last(world)
    await world.command("unsubscribe client Acme site ATL1 high+")
    assert "come here no more" in last(world)
    assert "All alerts of Acme Outdoors come here again" in last(world)
    assert rows(world) == []
    maria = "slack:U0MARIA"
    assert trail(world) == [("subscribe", maria), ("unsubscribe", maria)]


async def test_a_name_that_nobody_had_is_pointed_out(world: World) -> None:
    """Perhaps it is a slip of the pen; it is kept as it was said."""
    await world.command("subscribe site ATLL carrier UPS")
    assert "No late order of late named ATLL" in last(world)
    assert rows(world)[0].filters == {"sites": ["ATLL"], "carriers": ["UPS"]}


async def test_a_client_that_the_channel_does_not_see_cannot_be_asked_for(world: World) -> None:
    """The text does not widen what a channel sees."""
    await world.command("subscribe client Globex")
    assert "There is no client Globex here" in last(world)
    await world.command("subscribe", channel_id="C0LOUNGE")
    assert "not mapped to a client yet" in last(world)
    assert rows(world) == []


@pytest.mark.parametrize("words", ["subscribe", "unsubscribe", "subscribe test"])
async def test_it_takes_the_right(world: World, words: str) -> None:
    """A viewer is told who may."""
    viewer = RoleGrant(principal=user("U0MARIA"), role=Role.VIEWER, granted_by="cli")
    await world.services.authority.give(viewer, trail=(), now=NOW)
    await world.command(words)
    assert "To subscribe takes an operator" in last(world)
    assert rows(world) == []
    assert world.storage.state.outbox == {}
    await world.command("subscriptions")
    assert "All alerts of Acme Outdoors: this is its default channel" in last(world)
    assert "e2a_subscription_add" not in last(world)


async def test_what_comes_here_is_listed_with_its_numbers(world: World) -> None:
    """And where else the client goes, as far as the asker is in there."""
    await world.command("subscribe site ATL1 high+")
    await world.command("subscribe digest")
    async with world.storage.write() as tx:
        await tx.tenants.show_in(1, "C0FAR", "slack:U0JOE", NOW)
        await tx.subscriptions.add("alerts", "C0FAR", [1], "slack:U0JOE", NOW)
    await world.command("subscriptions")
    said = last(world)
    assert "`1` Alerts of Acme Outdoors from ATL1, HIGH and up" in said
    assert "`2` The digest of Acme Outdoors" in said
    assert "fits no subscription anywhere comes here too" in said
    assert "1 channel that you are not in" in said
    assert "C0FAR" not in said
    world.directory.members["U0MARIA"] = frozenset({"C0ACME", "C0FAR"})
    await world.direct("subscriptions")
    assert "<#C0ACME> (default), <#C0FAR>" in last(world)
    await world.direct("unsubscribe 3")
    assert "That is about <#C0FAR>" in last(world)
    await world.command("unsubscribe 3")
    assert "Nothing here fits that" in last(world)
    await world.command("unsubscribe 2")
    assert [one.id for one in rows(world)] == [1]


async def test_one_is_edited_in_a_form(world: World) -> None:
    """It shows what was asked for with the sites of late; saving changes just that."""
    await world.command("subscribe site ATL1 high+")
    view = await form(world, Verb.SUBSCRIPTION_EDIT, "1")
    held = {block.get("block_id"): block.get("element", {}) for block in view["blocks"]}
    assert [one["value"] for one in held["sites"]["initial_options"]] == ["ATL1"]
    assert held["severity"]["initial_option"]["value"] == "HIGH"
    assert "UPS" in str(held["carriers"]["options"])
    assert "clients" not in held
    values = {
        Field.SITES: several(),
        Field.CARRIERS: several("UPS"),
        Field.REASONS: several("PICK_DELAY", "NO_SUCH_REASON"),
        Field.SEVERITY: {"selected_option": {"value": "CRITICAL"}},
    }
    await world.submit(view, values)
    assert "Alerts of Acme Outdoors with UPS for pick delay, CRITICAL only, come here." in last(
        world
    )
    (one,) = rows(world)
    assert (one.id, one.filters) == (
        1,
        {"carriers": ["UPS"], "reasons": ["PICK_DELAY"], "at_least": "CRITICAL"},
    )
    assert trail(world)[-1] == ("change_subscription", "slack:U0MARIA")
    await world.command("subscribe")
    await world.submit(view, {Field.SEVERITY: {"selected_option": {"value": "all"}}})
    assert "has a subscription like that already" in last(world)


async def test_one_is_added_in_a_form(world: World) -> None:
    """For the clients that were chosen, within what the channel sees."""
    view = await form(world, Verb.SUBSCRIPTION_ADD)
    values = {
        Field.CLIENTS: several("1", "2"),
        Field.SEVERITY: {"selected_option": {"value": "HIGH"}},
    }
    await world.submit(view, values)
    assert "Alerts of Acme Outdoors, HIGH and up, come here." in last(world)
    assert [(one.tenant_id, one.filters) for one in rows(world)] == [(1, {"at_least": "HIGH"})]
    await world.submit(view, {**values, Field.CLIENTS: several("2")})
    assert len(rows(world)) == 1


async def test_one_is_taken_away_in_its_form(world: World) -> None:
    """The form says so; a second press finds nothing to take."""
    await world.command("subscribe high+")
    view = await form(world, Verb.SUBSCRIPTION_EDIT, "1")
    for words in ("Taken away", "no such subscription"):
        await act(world, Verb.SUBSCRIPTION_REMOVE, "1", view={**view, "id": "V1"}, channel=None)
        assert words in world.slack.of("views.update")[-1].words
    assert rows(world) == []


async def test_another_channels_is_not_opened(world: World) -> None:
    """A number from elsewhere, or one that there is not, opens no form to fill in."""
    async with world.storage.write() as tx:
        await tx.subscriptions.add("alerts", "C0GLOBEX", [2], "slack:U0JOE", NOW)
    for number in ("1", "9"):
        await act(world, Verb.SUBSCRIPTION_EDIT, number)
        shown = world.slack.of("views.update")[-1].words
        assert "no such subscription" in shown
        assert "Globex" not in shown
    forged = {**FORM, "private_metadata": '{"channel":"C0ACME","sub":1}'}
    await world.submit(forged, {Field.SEVERITY: {"selected_option": {"value": "HIGH"}}})
    assert "no such subscription" in last(world)
    assert rows(world)[0].filters == {}


async def test_a_test_goes_by_the_outbox(world: World) -> None:
    """From the command, the list and the form: one message for the channel each time."""
    await world.command("subscribe test")
    assert "A test message is on its way" in last(world)
    await act(world, Verb.SUBSCRIPTION_TEST)
    held = [one.message for one in world.storage.state.outbox.values()]
    assert [(one.lane, one.payload["notice"]) for one in held] == [("C0ACME", "trial")] * 2
    assert held[0].payload["tenant_ids"] == [1]
    await world.direct("subscribe test")
    assert "in the channel" in last(world)


async def test_junk_in_a_form_changes_nothing(world: World) -> None:
    """What we did not write into a form is not acted on."""
    for metadata in ("", "{", "[]", '{"channel":7}', '{"channel":"C0ACME","sub":"1"}'):
        status, _ = await world.submit({**FORM, "private_metadata": metadata}, {})
        assert status == 200
    assert rows(world) == []
