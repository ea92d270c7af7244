"""Quiet hours in a channel: nothing new is posted, nothing is lost, one message tells of the night.

Minutes count from ten in the morning; it is quiet from minute 60 to minute 240.
"""

import asyncio
from dataclasses import replace

import pytest

from handlers.blocks.status import tiles
from jobs.digest import show_digest
from jobs.hold_back import end_quiet_hours
from jobs.put_on_record import Telling
from jobs.show import show_status
from policies.grouping import Grouping, Level
from policies.promises import Promises
from policies.quiet import ChannelQuiet, Quiet, QuietHours
from policies.reasons import Severity, Status
from policies.storms import Told
from tests.jobs.storms import Desk, numbered
from tests.jobs.world import World, of
from tests.policies.builders import at, event

QUIET = QuietHours(windows=(ChannelQuiet(window=Quiet(begins=11 * 60, ends=14 * 60)),))
GROUPING = Grouping(levels=(Level(by=("warehouse",), above=3),))


@pytest.fixture
def desk(world: World) -> Desk:
    """Nothing is late yet; more than three of a warehouse are a storm."""
    made = Desk(world)
    world.telling = Telling(default_channel="#e2a-alerts", grouping=GROUPING, quiet=QUIET)
    return made


async def end(desk: Desk, minute: float, quiet: QuietHours = QUIET) -> int:
    """The job at that minute; returns how many mornings it had posted."""
    storage = desk.world.storage
    return await end_quiet_hours(storage=storage, quiet=quiet, now=at(minute), wall_now=at(minute))


async def test_new_cards_wait_for_the_morning(desk: Desk) -> None:
    """Forty-two that open at night post nothing, not as a storm either, and are counted as held."""
    await desk.late(*numbered(1, 42))
    assert desk.world.outbox() == {}
    storm = desk.storm()
    assert (storm.members, storm.overnight, storm.held_until) == (42, True, at(240))
    status = await show_status(
        [1], storage=desk.world.storage, promises=desk.world.promises, now=at(122)
    )
    assert (status.held, sum(count for _, count in status.active_by_severity)) == (42, 42)
    assert "42 held" in tiles(status)
    (digest,) = await show_digest(
        [1], storage=desk.world.storage, promises=desk.world.promises, now=at(122)
    )
    assert digest.held == 42


async def test_what_is_bad_enough_is_posted_at_once(desk: Desk) -> None:
    """A window lets pass what is as bad as it says."""
    passing = replace(QUIET.windows[0].window, passes=Severity.LOW)
    quiet = QuietHours(windows=(ChannelQuiet(window=passing),))
    desk.world.telling = replace(desk.world.telling, quiet=quiet)
    await desk.late("SO-1")
    assert set(desk.world.outbox()) == {"alert:1:card", "alert:1:explanation"}
    assert desk.world.storage.state.storms == {}


async def test_only_that_channel_is_quiet(desk: Desk) -> None:
    """Another client's channel hears of its orders as ever."""
    window = replace(QUIET.windows[0], channels=frozenset({"acme-ops"}))
    desk.world.telling = replace(desk.world.telling, quiet=QuietHours(windows=(window,)))
    await desk.late("SO-1")
    await desk.late("SO-2", tenant_id=2)
    assert {message.lane for message in desk.world.outbox().values()} == {"#globex-ops"}


async def test_the_morning_is_one_message(desk: Desk) -> None:
    """Three batches of a night are one card, with everybody by name in its thread."""
    for number, minute in enumerate((121, 150, 200)):
        await desk.late(f"SO-{number}", minute=minute)
    assert await end(desk, 239) == 0
    assert await end(desk, 240) == 1
    assert await end(desk, 241) == 0
    assert set(desk.world.outbox()) == {"storm:1:card"}
    assert await desk.deliver("storm:1:card", minute=241) == "posted"
    assert desk.slack.texts == ["*Overnight · 3 held · 1 client*"]
    assert set(desk.world.outbox()) == {"storm:1:card", "storm:1:list:0"}
    assert await desk.deliver("storm:1:list:0", minute=241) == "posted"
    assert all(f"SO-{n}" in str(desk.slack.drawn[-1].blocks) for n in range(3))


async def test_nothing_of_it_is_told_before_its_end(desk: Desk) -> None:
    """A settling in the night, or a press on a button, does not post the morning's card early."""
    await desk.late("SO-1")
    picked = of("SO-1", event("pick_completed", 130, "picked-SO-1"))
    await desk.world.hear(picked, minute=130)
    await desk.world.judge(130)
    assert desk.world.record().status is Status.RESOLVED
    assert await desk.refresh(200) == 1
    assert await desk.deliver("storm:1:card", minute=200) == "held"
    assert desk.slack.posts == []


async def test_what_settled_gets_no_card(desk: Desk) -> None:
    """It is told in one line of the morning's message; with nothing open there is no button."""
    await desk.late("SO-1")
    await desk.world.hear(of("SO-1", event("pick_completed", 130, "picked")), minute=130)
    await desk.world.judge(130)
    await end(desk, 240)
    await desk.deliver("storm:1:card", minute=241)
    drawn = desk.slack.drawn[-1]
    assert "1 settled by itself: SO-1" in str(drawn.blocks)
    assert "actions" not in [block["type"] for block in drawn.blocks]
    assert desk.world.storage.state.alerts == {}


async def test_what_got_worse_is_posted_at_once(desk: Desk) -> None:
    """A severity that passes gives it a card of its own in the night; the others go on waiting."""
    growth = ((60, Severity.HIGH), (90, Severity.CRITICAL))
    rules = desk.world.promises.rules
    grown = tuple(replace(rule, growth=growth) for rule in rules if rule.sla_id == "pick")
    desk.world.promises = Promises(rules=grown)
    await desk.late("SO-1")
    await desk.late("SO-2", minute=150)
    await desk.world.judge(185)
    assert desk.world.record(1).severity is Severity.HIGH
    assert desk.world.outbox() == {}
    await desk.world.judge(215)
    assert desk.world.record(1).severity is Severity.CRITICAL
    assert set(desk.world.outbox()) == {"alert:1:card", "alert:1:explanation"}
    assert {number: one.told for number, one in desk.members().items()} == {
        1: Told.SPLIT,
        2: Told.LISTED,
    }
    assert await desk.deliver("alert:1:card", minute=216) == "posted"
    await end(desk, 240)
    await desk.deliver("storm:1:card", minute=241)
    assert "own card" in str(desk.slack.drawn[-1].blocks)


async def test_several_nights_without_the_bot_are_one_message(desk: Desk) -> None:
    """What the first night held waits for the end of the one that it is now, and joins it."""
    await desk.late("SO-1")
    next_night = 1440 + 100
    assert await end(desk, next_night) == 0
    assert desk.storm().held_until == at(1440 + 240)
    await desk.late("SO-2", minute=next_night)
    assert desk.storm().members == 2
    assert await end(desk, 1440 + 240) == 1
    assert set(desk.world.outbox()) == {"storm:1:card"}


async def test_a_new_night_is_a_new_message(desk: Desk) -> None:
    """What was told in the morning stays as it is; the next night has its own."""
    await desk.late("SO-1")
    await end(desk, 240)
    await desk.late("SO-2", minute=1440 + 130)
    assert await end(desk, 1440 + 240) == 1
    assert [storm.members for storm in desk.world.storage.state.storms.values()] == [1, 1]


async def test_two_replicas_end_the_night_once(desk: Desk) -> None:
    """Both look at the same minute; one of them has it posted."""
    await desk.late("SO-1")
    posted = await asyncio.gather(end(desk, 240), end(desk, 240))
    assert sorted(posted) == [0, 1]
