"""Silent sources: told once, their clocks show no data, and are judged when they speak again."""

from dataclasses import replace

import pytest

from handlers.blocks import renderer
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.show import show_status
from jobs.watch_sources import watch_sources
from jobs.watching import Watching
from policies.promises import Promises
from policies.records import OutboxMessage
from policies.silence import Feed
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World, of
from tests.policies.builders import at, event

DAY = 1440
PAID_AT = DAY - 100
"""An order whose two hours for picking end 20 minutes after its source has fallen silent."""
BACK = DAY + 42


async def watch(world: World, minute: float) -> tuple[Feed, ...]:
    """The job at that minute."""
    watching = Watching(storage=world.storage, promises=world.promises, telling=world.telling)
    return await watch_sources(watching, now=at(minute), wall_now=at(minute))


async def speak(world: World, minute: int) -> None:
    """The warehouse says something about some order, and the job looks."""
    await world.hear(of(f"X-{minute}", event("pick_completed", minute)), minute=minute)
    await watch(world, minute)


@pytest.fixture
async def habit(world: World) -> World:
    """A warehouse that told of a pick every two minutes for a day, and an order to be picked."""
    pick = world.promises.rule("Acme", "pick")
    assert pick
    world.promises = Promises(rules=(pick,))
    for minute in range(0, DAY, 2):
        await speak(world, minute)
    world.storage.state.work.clear()
    await world.hear(event("order_paid", PAID_AT), minute=PAID_AT)
    await world.judge(PAID_AT)
    return world


async def go_silent(world: World, until: int) -> None:
    """Nothing comes; the jobs of every minute run."""
    for minute in range(DAY, until):
        await watch(world, minute)
        await world.judge(minute)


def notices(world: World) -> list[OutboxMessage]:
    """What was told of sources, in order."""
    found = [one for one in world.outbox().values() if one.payload.get("notice") == "silence"]
    return sorted(found, key=lambda one: one.id)


async def said(world: World, message: OutboxMessage) -> str:
    """The notice as it is posted."""
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=slack
    )
    assert await deliver_notice(message, delivery=delivery, now=at(0)) == "posted"
    return slack.texts[0]


async def test_a_silence_is_reported_once(habit: World) -> None:
    """However often the job runs, one notice tells of the silence, with what is usual."""
    await go_silent(habit, BACK)
    (notice,) = notices(habit)
    assert (notice.lane, notice.payload["waiting"]) == ("#acme-ops", 1)
    assert await said(habit, notice) == "wms · Acme: silent for 20 min, usual is every 2 min"


async def test_due_clocks_show_no_data_instead_of_late(habit: World) -> None:
    """What comes due while its only source is silent opens no exception."""
    await go_silent(habit, BACK)
    assert habit.clocks()["pick"].verdict == "no_data"
    assert habit.records() == []


async def test_evidence_in_time_makes_it_met(habit: World) -> None:
    """When the source speaks again and tells that it was done in time, it was kept."""
    await go_silent(habit, BACK)
    await habit.hear(event("pick_completed", DAY + 5), minute=BACK)
    await watch(habit, BACK)
    assert "SO-1" in habit.waiting_work()
    await habit.judge(BACK)
    clock = next(c for c in habit.storage.state.clocks.values() if c.order_id == "SO-1")
    assert (clock.state, habit.records()) == ("met", [])
    assert len(notices(habit)) == 2
    assert await said(habit, notices(habit)[1]) == "wms · Acme: speaks again after 44 min"


async def test_what_is_still_missing_after_the_catch_up_is_late(habit: World) -> None:
    """Ten minutes after the source is back, a promise without evidence is a broken one."""
    await go_silent(habit, BACK)
    await speak(habit, BACK)
    await habit.judge(BACK)
    assert habit.records() == []
    for minute in range(BACK + 2, BACK + 12, 2):
        await speak(habit, minute)
        await habit.judge(minute)
    (record,) = habit.records()
    assert record.order_id == "SO-1"
    assert record.breached_at == at(PAID_AT + 120)
    assert len(notices(habit)) == 2


async def test_it_is_seen_where_people_look(habit: World) -> None:
    """While a source is silent, the state says so."""
    await go_silent(habit, BACK)
    place = {"storage": habit.storage, "promises": habit.promises}
    view = await show_status([1], **place, now=at(BACK))  # type: ignore[arg-type]
    assert [(one.source, one.waiting) for one in view.silent] == [("wms", 1)]
    await speak(habit, BACK)
    view = await show_status([1], **place, now=at(BACK))  # type: ignore[arg-type]
    assert view.silent == ()


async def test_another_process_that_was_faster_is_left_alone(habit: World) -> None:
    """Two looks at once fold what was heard in once."""
    await habit.hear(of("Y-1", event("pick_completed", DAY)), minute=DAY)

    async def meanwhile() -> None:
        await watch(habit, DAY)

    habit.storage.interruptions.append(meanwhile)
    await watch(habit, DAY)
    (feed,) = habit.storage.state.feeds.values()
    assert sum(feed.events) == DAY // 2 + 2


async def test_a_source_of_made_up_names_fills_no_table(world: World) -> None:
    """Of one tenant a hundred sources are watched, and no more."""
    one = event("pick_completed", 0)
    await world.hear(*(replace(one, source=f"made-up-{number}") for number in range(120)))
    await watch(world, 1)
    assert len(world.storage.state.feeds) == 100
