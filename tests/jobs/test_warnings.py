"""Being at risk is posted only where the rule says so, once, and only while it can be saved."""

from dataclasses import replace

from handlers.blocks import renderer
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from policies.promises import Promises
from policies.records import OutboxMessage
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World
from tests.policies.builders import at, event

PAID = event("order_paid", 0)


def warnings(world: World) -> list[OutboxMessage]:
    """The warnings in the outbox."""
    return [one for one in world.outbox().values() if one.payload.get("notice") == "risk"]


async def at_risk(world: World) -> None:
    """An order past 75 % of its promise."""
    await world.hear(PAID)
    await world.judge(0)
    await world.judge(91)


async def test_the_packaged_rules_post_nothing(world: World) -> None:
    """At risk is shown where people look, and posted nowhere, unless a rule wants it."""
    await at_risk(world)
    assert world.clocks()["pick"].check_at == at(120)
    assert world.outbox() == {}


async def test_a_rule_may_want_it_posted(world: World) -> None:
    """With `post: true` the channel is warned once, with the time that is left."""
    world.promises = Promises(
        rules=tuple(replace(rule, post_warning=True) for rule in world.promises.rules)
    )
    await at_risk(world)
    await world.ask("SO-1", 95)
    await world.judge(95)
    (warning,) = warnings(world)
    assert (warning.generation, warning.lane) == (1, "#acme-ops")
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=slack
    )
    assert await deliver_notice(warning, delivery=delivery, now=at(100)) == "posted"
    assert slack.texts == ["At risk: SO-1 · Acme: 20 min left"]


async def test_too_late_is_not_posted(world: World) -> None:
    """A warning that could not be sent before the deadline is left out."""
    world.promises = Promises(
        rules=tuple(replace(rule, post_warning=True) for rule in world.promises.rules)
    )
    await at_risk(world)
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=slack
    )
    assert await deliver_notice(warnings(world)[0], delivery=delivery, now=at(121)) == "gone"
    assert slack.texts == []
