"""A storm's thread: one card, everybody named once, one edit for many changes, a quiet end."""

import json
import re

import pytest

from jobs.act_on_exception import act_on_exception
from jobs.act_on_storm import act_on_storm, split_off
from jobs.errors import MessageGoneError, SlackRetryError
from jobs.ports.slack import Posted
from jobs.show import show_exception
from jobs.show_storm import thread_of
from policies.lifecycle import Act
from policies.storms import Told
from tests.jobs.storms import Desk, numbered
from tests.jobs.world import World, of
from tests.policies.builders import at, event


@pytest.fixture
async def desk(world: World) -> Desk:
    """Forty-two orders of one warehouse are late, and nothing was told yet."""
    desk = Desk(world)
    await desk.late(*numbered(1, 42))
    return desk


async def acknowledge(world: World, number: int, minute: float = 123) -> None:
    """Maria takes one."""
    act = Act(verb="acknowledge", exception_id=number, actor="slack:U0MARIA", tenant_ids=(1,))
    await act_on_exception(act, storage=world.storage, now=at(minute), wall_now=at(minute))


async def test_the_card_comes_first_and_asks_for_the_rest(desk: Desk) -> None:
    """The card is marked so that it can be found again; its replies are posted below it."""
    assert await desk.deliver("storm:1:card") == "posted"
    await desk.deliver("storm:1:list:0")
    await desk.deliver("storm:1:explanation")
    told = [(channel, root, data["event_payload"]) for channel, root, data in desk.slack.posts]
    assert told == [
        ("#acme-ops", None, {"storm_id": 1, "part": "card"}),
        ("C0ACME", "1.0", {"storm_id": 1, "part": "list:0"}),
        ("C0ACME", "1.0", {"storm_id": 1, "part": "explanation"}),
    ]


async def test_replies_wait_for_their_card(desk: Desk) -> None:
    """No list is posted at top level."""
    await desk.deliver("storm:1:card")
    message = desk.world.outbox()["storm:1:list:0"]
    async with desk.world.storage.write() as tx:
        await tx.storms.forget_part(1, "card")
    assert await desk.send(message, 122) == "early"


async def test_everybody_is_named(world: World) -> None:
    """Two hundred and fifty members are on three lists, each once."""
    desk = Desk(world)
    await desk.late(*numbered(1, 250))
    await desk.deliver("storm:1:card")
    for page in range(3):
        assert await desk.deliver(f"storm:1:list:{page}") == "posted"
    assert "storm:1:list:3" not in world.outbox()
    listed = [json.dumps(list(drawn.blocks)) for drawn in desk.slack.drawn[1:]]
    named = re.findall(r"SO-\d+", " ".join(listed))
    assert sorted(named) == numbered(1, 250)


async def test_asking_again_is_harmless(desk: Desk) -> None:
    """Unchanged means no call."""
    await desk.post_all()
    for part in ("card", "list:0", "explanation"):
        assert await desk.deliver(f"storm:1:{part}") == "unchanged"
    assert desk.slack.updates == []


async def test_an_uncertain_card_is_looked_for(desk: Desk) -> None:
    """After a lost answer what is found is taken for sent."""
    desk.slack.found = Posted(channel_id="C0ACME", ts="77.0")
    assert await desk.deliver("storm:1:card", uncertain=True) == "found"
    assert desk.slack.posts == []
    assert desk.storm().part("card").ts == "77.0"


async def test_changes_are_told_together(desk: Desk) -> None:
    """Members that join within seconds are one edit of the card and one of the list."""
    await desk.post_all()
    for number in range(43, 48):
        await desk.late(f"SO-{number:03}", minute=122 + number / 1000)
    assert await desk.refresh(122.1) == 0
    assert await desk.refresh(122.3) == 1
    assert await desk.refresh(122.3) == 0
    outcomes = [await desk.deliver(f"storm:1:{part}") for part in ("card", "list:0")]
    assert (outcomes, len(desk.slack.updates)) == (["updated", "updated"], 2)


async def test_a_click_is_seen_at_once(desk: Desk) -> None:
    """Who acknowledges one of them sees it on the card with the next sweep."""
    await desk.post_all()
    await acknowledge(desk.world, 7)
    assert await desk.refresh(123) == 1
    assert await desk.deliver("storm:1:card", minute=123) == "updated"
    assert "1 in hand" in json.dumps(list(desk.slack.drawn[-1].blocks))


async def test_it_ends_quietly(desk: Desk) -> None:
    """When the last one is settled the card says so in one edit, and no message is posted."""
    await desk.post_all()
    for order_id in numbered(1, 42):
        await desk.world.hear(
            of(order_id, event("pick_completed", 124, f"p-{order_id}")), minute=124
        )
    assert len((await desk.world.judge(125)).settled) == 42
    assert await desk.refresh(126) == 1
    assert await desk.deliver("storm:1:card", minute=126) == "updated"
    assert desk.slack.texts[-1].startswith("*Settled · 42 orders")
    assert desk.storm().closed_at == at(126)
    assert len(desk.slack.posts) == 3
    act = Act(verb="reopen", exception_id=7, actor="slack:U0MARIA", tenant_ids=(1,))
    await act_on_exception(act, storage=desk.world.storage, now=at(127), wall_now=at(127))
    assert await desk.refresh(127) == 1
    assert await desk.deliver("storm:1:card", minute=127) == "updated"
    assert desk.storm().closed_at is None


async def test_what_was_not_posted_yet_is_left_to_the_storm(world: World) -> None:
    """Cards that still wait when their storm begins are not posted; a posted one is explained."""
    desk = Desk(world)
    for number, order_id in enumerate(numbered(1, 4)):
        await desk.late(order_id, minute=121 + number)
        if number == 0:
            assert await desk.deliver("alert:1:card") == "posted"
    assert await desk.deliver("alert:1:explanation") == "posted"
    assert await desk.deliver("alert:2:card") == "covered"
    assert await desk.deliver("alert:2:explanation") == "early"
    assert await desk.deliver("alert:3:card", uncertain=True) == "posted"
    members = desk.members()
    assert [members[n].told for n in (1, 2, 3)] == [Told.CARD, Told.LISTED, Told.CARD]


async def test_a_deleted_card_comes_back_while_it_matters(desk: Desk) -> None:
    """A storm with open orders does not vanish because somebody deleted its card."""
    await desk.post_all()
    await acknowledge(desk.world, 7)
    desk.slack.failures["update"] = [MessageGoneError("message_not_found")]
    with pytest.raises(SlackRetryError):
        await desk.deliver("storm:1:card")
    assert await desk.deliver("storm:1:card") == "posted"
    assert desk.storm().part("list:0").ts is None


async def test_the_time_over_is_drawn_again(desk: Desk) -> None:
    """The card is redrawn when the longest one is 10, 20, 40 minutes over."""
    await desk.deliver("storm:1:card", minute=121)
    again = desk.storm().refresh_at
    assert again is not None
    assert again <= at(131)
    assert await desk.refresh(132) == 1
    assert await desk.deliver("storm:1:card", minute=132) == "updated"
    assert "more than 10 min over" in json.dumps(list(desk.slack.drawn[-1].blocks))


async def test_a_storm_that_is_gone_is_not_delivered(desk: Desk) -> None:
    """A message about nothing ends quietly."""
    message = desk.world.outbox()["storm:1:card"]
    desk.world.storage.state.storms.clear()
    assert await desk.send(message, 122) == "gone"


async def test_a_listed_exception_is_told_where_its_storm_is(desk: Desk) -> None:
    """Who asks where #7 stands in Slack is led to the storm's card; one with a card to that."""
    await desk.post_all()
    world = desk.world
    shown = await show_exception(
        7, (1,), storage=world.storage, promises=world.promises, now=at(123)
    )
    assert shown is not None
    assert shown.thread == desk.storm()
    act = Act(verb="split", exception_id=0, actor="slack:U0MARIA", tenant_ids=(1,))
    await split_off(act, 1, "7", storage=world.storage, now=at(123), wall_now=at(123))
    assert await desk.deliver("alert:1:card", minute=123) == "posted"
    async with world.storage.read() as tx:
        thread = await thread_of(tx, 7)
    assert thread == world.storage.state.alerts[1]
    assert await desk.refresh(123) == 1
    assert await desk.deliver("storm:1:list:0", minute=123) == "updated"
    assert "SO-007 · Acme · split off" in json.dumps(
        list(desk.slack.drawn[-1].blocks), ensure_ascii=False
    )


async def test_all_of_a_storm_at_once_is_one_edit(desk: Desk) -> None:
    """Resolving 42 asks for one refresh: one edit of the card and one of the list."""
    await desk.post_all()
    act = Act(verb="resolve", exception_id=0, actor="slack:U0MARIA", tenant_ids=(1,), note="x")
    storage = desk.world.storage
    done = await act_on_storm(act, 1, None, storage=storage, now=at(123), wall_now=at(123))
    assert done is not None
    assert (done.done, done.left) == (42, 0)
    entries = [entry for entry in desk.world.trail() if entry.action == "resolve"]
    assert len({entry.subject for entry in entries}) == 42
    assert await desk.refresh(123) == 1
    outcomes = [await desk.deliver(f"storm:1:{part}", minute=123) for part in ("card", "list:0")]
    assert (outcomes, len(desk.slack.updates)) == (["updated", "updated"], 2)
