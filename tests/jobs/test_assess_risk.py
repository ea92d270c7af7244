"""Measured risk: shown where people look, and posted once where a rule wants it."""

from dataclasses import replace

import pytest

from handlers.blocks import renderer
from handlers.blocks.risk import outlook_words
from jobs.assess_risk import assess_risk
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.show import show_order, show_status
from jobs.watching import Watching
from policies.promise import Part
from policies.promises import Promises
from policies.records import OutboxMessage
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World, of
from tests.policies.builders import at, event

NOW = 1000
SLOW = 115
"""Minutes that most orders needed lately, of 120."""


@pytest.fixture
async def pace(world: World) -> World:
    """Thirty orders, of which most were picked just in time and every third one late; one waits."""
    pick = world.promises.rule("Acme", "pick")
    assert pick
    wanting = replace(pick, warn=(Part(share=0.9),), warn_risk=0.6, post_warning=True)
    world.promises = Promises(rules=(wanting,))
    for number in range(30):
        order_id, paid = f"OLD-{number}", number * 10
        took = 180 if number % 3 else SLOW
        picked = of(order_id, event("pick_completed", paid + took, f"picked-{order_id}"))
        await world.hear(of(order_id, event("order_paid", paid, f"paid-{order_id}")), picked)
    await world.hear(event("order_paid", NOW - 60), minute=NOW - 60)
    await world.judge(NOW - 60)
    return world


async def assess(world: World, minute: float) -> int:
    """The job at that minute."""
    watching = Watching(storage=world.storage, promises=world.promises, telling=world.telling)
    return await assess_risk(watching, now=at(minute), wall_now=at(minute))


def warnings(world: World) -> list[OutboxMessage]:
    """The warnings in the outbox."""
    return [one for one in world.outbox().values() if one.payload.get("notice") == "risk"]


async def test_a_measured_risk_is_posted_once(pace: World) -> None:
    """Two in three orders like it were late, so it is warned of, with what can be done."""
    assert [await assess(pace, minute) for minute in (NOW, NOW + 2, NOW + 4)] == [1, 0, 0]
    (warning,) = warnings(pace)
    slack = FakeMessenger()
    delivery = Delivery(
        storage=pace.storage, promises=pace.promises, renderer=renderer, messenger=slack
    )
    assert await deliver_notice(warning, delivery=delivery, now=at(NOW)) == "posted"
    assert slack.texts == ["*At risk · SO-1 · Acme* · 1 h left, then MEDIUM"]


async def test_a_tolerated_risk_is_not(pace: World) -> None:
    """Below what the rule tolerates nothing is posted."""
    rules = tuple(replace(rule, warn_risk=0.9) for rule in pace.promises.rules)
    pace.promises = Promises(rules=rules)
    assert await assess(pace, NOW) == 0


async def test_what_wants_no_post_gets_none(pace: World) -> None:
    """A rule without `post: true` is shown and posts nothing."""
    rules = tuple(replace(rule, post_warning=False) for rule in pace.promises.rules)
    pace.promises = Promises(rules=rules)
    assert await assess(pace, NOW) == 0


async def test_after_the_warning_by_time_none_is_added(pace: World) -> None:
    """Once the rule's warning by time was posted, the measured one would say the same again."""
    await pace.judge(NOW + 49)
    assert len(warnings(pace)) == 1
    assert await assess(pace, NOW + 50) == 0


async def test_too_few_orders_say_nothing(world: World) -> None:
    """Without twenty orders to compare with, no figure is made up."""
    pick = world.promises.rule("Acme", "pick")
    assert pick
    world.promises = Promises(rules=(replace(pick, warn_risk=0.01, post_warning=True),))
    await world.hear(event("order_paid", 0))
    await world.judge(0)
    assert await assess(world, 10) == 0


async def test_people_see_it_where_they_look(pace: World) -> None:
    """The order and the list of what breaks next say until when it can be saved."""
    place = {"storage": pace.storage, "promises": pace.promises}
    (order,) = await show_order("SO-1", [1], **place, now=at(NOW))  # type: ignore[arg-type]
    (seen,) = order.outlooks.values()
    assert seen.risk == pytest.approx(21 / 31)
    told = outlook_words(seen, at(NOW))
    assert told == "pick now: at the usual pace it is too late to keep it · 68 % risk"
    assert seen.last_moment is not None
    assert seen.last_moment <= at(NOW)
    await pace.judge(NOW + 49)
    status = await show_status([1], **place, now=at(NOW + 49))  # type: ignore[arg-type]
    assert [row.order_id for row in status.at_risk] == ["SO-1"]
    assert [name[1] for name in status.outlooks] == ["SO-1"]
