"""Emoji under an alert: a press of a button, with the same check and the same trail."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.blocks.ids import Verb
from policies.reasons import ReasonCode, Status
from policies.roles import Role, RoleGrant
from policies.storms import Storm
from tests.slack.values import NOW, record
from tests.slack.world import CARD_TS, World

WHY_TS = "1772556061.000200"


async def react(world: World, name: str, ts: str = CARD_TS, **more: Any) -> None:  # noqa: ANN401
    """Maria puts an emoji under a message of Acme's channel."""
    item = {"type": "message", "channel": more.pop("channel", "C0ACME"), "ts": ts}
    event = {"type": "reaction_added", "user": "U0MARIA", "reaction": name, "item": item}
    assert (await world.event({**event, "item_user": "U0E2A", **more}))[0] == 200


async def test_eyes_acknowledge(world: World) -> None:
    """It is theirs who put them there; the trail says how, and the card says the rest."""
    await react(world, "eyes")
    after = await world.record()
    assert (after.status, after.assignee) == (Status.ACKNOWLEDGED, "U0MARIA")
    entry = (await world.trail())[-1]
    assert (entry.actor, entry.action, entry.note) == (
        "slack:U0MARIA",
        "acknowledge",
        "by reaction",
    )
    assert world.slack.told() == []


async def test_a_tick_resolves_as_done(world: World) -> None:
    """The reason is that of the file, the note says how."""
    await react(world, "white_check_mark")
    after = await world.record()
    assert (after.status, after.resolution) == (Status.RESOLVED, "done")
    assert after.resolution_note == "by reaction"


async def test_zs_snooze_for_an_hour(world: World) -> None:
    """It stays open and is quiet until then."""
    await react(world, "zzz")
    after = await world.record()
    assert (after.status, after.snoozed_until) == (Status.OPEN, NOW + timedelta(hours=1))


async def test_a_message_of_the_thread_means_the_same_alert(world: World) -> None:
    """The explanation stands for its card; what E2A tells goes into that thread."""
    async with world.storage.write() as tx:
        await tx.alerts.sent(1, "explanation", channel_id="C0ACME", ts=WHY_TS, digest="d")
    await react(world, "eyes", ts=WHY_TS)
    assert (await world.record()).status is Status.ACKNOWLEDGED
    await react(world, "eyes", ts=WHY_TS)
    aside = world.slack.of("chat.postEphemeral")[0].said
    assert (aside["user"], aside["thread_ts"]) == ("U0MARIA", CARD_TS)
    assert "already acknowledged" in aside["text"]


@pytest.mark.parametrize(
    "more",
    [
        {"ts": "9.9"},
        {"channel": "C0LOUNGE"},
        {"user": "U0E2A"},
        {"name": "tada"},
        {"type": "reaction_removed"},
        {"item": {"type": "file", "file": "F1"}},
    ],
    ids=["another message", "another channel", "itself", "another emoji", "taken away", "a file"],
)
async def test_what_is_none_of_its_business_does_nothing(
    world: World, more: dict[str, Any]
) -> None:
    """Only the emoji of the file, put by somebody else under an alert, do anything."""
    await react(world, **{"name": "eyes", **more})
    assert (await world.record()).version == 3
    assert world.slack.told() == []


async def test_who_may_not_is_told_alone(world: World) -> None:
    """A viewer's tick changes nothing; they alone hear who may, and can ask them."""
    await world.services.authority.give(
        RoleGrant(principal="everyone", role=Role.VIEWER), trail=[1], now=NOW
    )
    await react(world, "white_check_mark")
    assert (await world.record()).version == 3
    refusal = world.slack.of("chat.postEphemeral")[0]
    assert refusal.said["user"] == "U0MARIA"
    assert "thread_ts" not in refusal.said
    assert "To resolve takes" in refusal.words
    assert "e2a_ask_approval" in refusal.words
    assert len(world.slack.told()) == 1


async def test_what_was_asked_for_by_an_emoji_can_be_approved(world: World) -> None:
    """Joe's tick, approved by Maria, resolves it for the reason of the file in Joe's name."""
    for principal, role in (("everyone", Role.VIEWER), ("user:U0MARIA", Role.LEAD)):
        grant = RoleGrant(principal=principal, role=role)
        await world.services.authority.give(grant, trail=[1], now=NOW)
    await react(world, "white_check_mark", user="U0JOE")
    refusal = world.slack.of("chat.postEphemeral")[0].said["blocks"]
    offered = [one for block in refusal for one in block.get("elements", []) if "value" in one]
    asked = {**offered[0], "block_id": "b"}
    await world.press(Verb.ASK, actions=[asked], user={"id": "U0JOE"})
    decision = {"action_id": Verb.APPROVE.value, "block_id": "b", "value": '{"approval":1}'}
    await world.press(Verb.APPROVE, actions=[decision])
    after = await world.record()
    assert (after.resolution, after.resolution_note) == ("done", "by reaction")
    assert (await world.trail())[-1].actor == "slack:U0JOE"


async def test_a_guest_is_refused(world: World) -> None:
    """The same check as for a button."""
    await react(world, "eyes", user="U0GUEST")
    assert (await world.record()).version == 3
    assert "Guests cannot" in world.slack.of("chat.postEphemeral")[0].words


async def test_an_alert_about_several_asks_which(world: World) -> None:
    """An emoji cannot say which one it means."""
    async with world.storage.write() as tx:
        tx.state.exceptions[9] = replace(record(), id=9, order_id="SO-9")
        tx.state.alerts[1] = replace(tx.state.alerts[1], exception_ids=(7, 9))
    await react(world, "eyes")
    assert (await world.record()).version == 3
    assert "Say which: acknowledge 7" in world.slack.of("chat.postEphemeral")[0].words


async def test_a_storm_is_not_for_an_emoji(world: World) -> None:
    """An emoji acts on one; what concerns many has a preview behind a button."""
    storm = Storm(
        id=0,
        channel="#acme",
        channel_id=None,
        cause="carrier=UPS",
        reason_code=ReasonCode.CARRIER_ISSUE,
        shared=(),
        first_tenant_id=1,
        opened_at=NOW,
        last_at=NOW,
    )
    async with world.storage.write() as tx:
        opened = (await tx.storms.open([storm]))[0]
        await tx.storms.sent(opened.id, "card", channel_id="C0ACME", ts="5.5", digest="d")
    await react(world, "eyes", ts="5.5")
    assert "press its buttons" in world.slack.of("chat.postEphemeral")[0].words
