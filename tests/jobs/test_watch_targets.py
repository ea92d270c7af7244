"""Targets are measured from clocks, and each alarm is told once a window."""

from dataclasses import replace
from decimal import Decimal

import pytest

from handlers.blocks import renderer
from jobs.deliver_alert import Delivery
from jobs.deliver_notice import deliver_notice
from jobs.digest import show_digest
from jobs.put_on_record import Telling
from jobs.show import show_status
from jobs.watch_targets import compliance, watch_targets
from jobs.watching import Watching
from policies.matching import When
from policies.promises import Promises
from policies.records import OutboxMessage
from policies.targets import Target
from tests.jobs.fake_messenger import FakeMessenger
from tests.jobs.world import World, of
from tests.policies.builders import at, event

PICK = Target(sla_id="pick", at_least=Decimal(90), alarms=(Decimal(50), Decimal(80)))
MONTH = 31 * 1440


@pytest.fixture
def measured(world: World) -> World:
    """A world in which nine in ten orders are to be picked in time each month."""
    pick = world.promises.rule("Acme", "pick")
    assert pick
    world.promises = Promises(rules=(pick,), targets=(PICK,))
    return world


async def orders(world: World, kept: int, late: int, begin: float = 0) -> None:
    """Orders that were picked after an hour, and others after three; all judged."""
    for number in range(kept + late):
        paid, took = begin + number, 60 if number < kept else 180
        order_id = f"SO-{begin:g}-{number}"
        await world.hear(
            of(order_id, event("order_paid", paid, f"paid-{order_id}")),
            of(order_id, event("pick_completed", paid + took, f"picked-{order_id}")),
            minute=begin,
        )
    await world.judge(begin + 500)


def watching(world: World) -> Watching:
    """What the job is given."""
    return Watching(storage=world.storage, promises=world.promises, telling=world.telling)


async def watch(world: World, minute: float) -> int:
    """The job at that minute."""
    return await watch_targets(watching(world), now=at(minute), wall_now=at(minute))


def alarms(world: World) -> list[OutboxMessage]:
    """The alarms in the outbox."""
    return [one for one in world.outbox().values() if one.payload.get("notice") == "target"]


async def texts(world: World, message: OutboxMessage, minute: float) -> list[str]:
    """What the notice says when it is sent."""
    slack = FakeMessenger()
    delivery = Delivery(
        storage=world.storage, promises=world.promises, renderer=renderer, messenger=slack
    )
    await deliver_notice(message, delivery=delivery, now=at(minute))
    return slack.texts


async def test_within_half_of_its_budget_nothing_is_told(measured: World) -> None:
    """One late order of forty, where four are allowed, is nobody's business."""
    await orders(measured, 39, 1)
    assert await watch(measured, 600) == 0
    assert alarms(measured) == []


async def test_an_alarm_is_told_once_a_window(measured: World) -> None:
    """Half of the budget is told once, however often it is measured; more of it is told again."""
    await orders(measured, 38, 2)
    assert [await watch(measured, minute) for minute in (600, 605, 610)] == [1, 0, 0]
    (alarm,) = alarms(measured)
    assert (alarm.lane, alarm.kind) == ("#acme-ops", "slack")
    said = "pick · Acme: 50 % of the late budget of March used"
    assert await texts(measured, alarm, 610) == [said]
    await orders(measured, 0, 2, begin=1000)
    assert [await watch(measured, minute) for minute in (1600, 1605)] == [1, 0]
    assert len(alarms(measured)) == 2


async def test_the_next_month_begins_anew(measured: World) -> None:
    """An alarm of March does not silence that of April."""
    await orders(measured, 38, 2)
    assert await watch(measured, 600) == 1
    assert await watch(measured, MONTH) == 0
    await orders(measured, 38, 2, begin=MONTH)
    assert await watch(measured, MONTH + 600) == 1


async def test_both_alarms_at_once_are_one_notice(measured: World) -> None:
    """A budget that is used up in one go is told in one message."""
    await orders(measured, 36, 4)
    assert [await watch(measured, 600), await watch(measured, 605)] == [1, 0]


async def test_the_first_late_order_does_not_use_up_the_months_alarms(measured: World) -> None:
    """While none may be late yet that is told; the alarms wait for a budget that deserves them."""
    await orders(measured, 4, 1)
    assert [await watch(measured, 600), await watch(measured, 605)] == [1, 0]
    said = "pick · Acme: no late order is allowed yet in March and 1 is late"
    assert await texts(measured, alarms(measured)[0], 605) == [said]
    await orders(measured, 34, 1, begin=1000)
    assert [await watch(measured, 1600), await watch(measured, 1605)] == [1, 0]


async def test_without_alarms_nothing_is_told(measured: World) -> None:
    """A target without budget_alert is shown where people look, and posted nowhere."""
    measured.promises = replace(measured.promises, targets=(replace(PICK, alarms=()),))
    await orders(measured, 1, 5)
    assert await watch(measured, 600) == 0


async def test_switched_off_notifications_stay_off(measured: World) -> None:
    """Where nothing is to be posted, an alarm posts nothing either."""
    measured.telling = Telling(default_channel="#e2a-alerts", notify=False)
    await orders(measured, 38, 2)
    await watch(measured, 600)
    assert alarms(measured) == []


async def test_it_counts_its_own_clients_orders(measured: World) -> None:
    """A target of one channel is not moved by the orders of another."""
    when = When(values=(("channel", frozenset({"shopify"})),))
    measured.promises = replace(measured.promises, targets=(replace(PICK, when=when),))
    await orders(measured, 1, 5)
    assert await watch(measured, 600) == 0
    assert await compliance(watching(measured), at(600)) == {"Acme": pytest.approx(1 / 6)}


async def test_it_is_shown_in_status_and_digest(measured: World) -> None:
    """Where people look, the share that was kept and what is left are told."""
    await orders(measured, 38, 2)
    place = {"storage": measured.storage, "promises": measured.promises}
    status = await show_status([1], **place, now=at(600))  # type: ignore[arg-type]
    (digest,) = await show_digest([1], **place, now=at(600))  # type: ignore[arg-type]
    assert status.targets == digest.targets
    (view,) = status.targets
    assert (view.standing.compliance, view.standing.left) == (Decimal(95), 2)


async def test_a_target_that_is_gone_is_not_told(measured: World) -> None:
    """A notice whose target was taken out of the policy meanwhile is left out."""
    await orders(measured, 38, 2)
    await watch(measured, 600)
    measured.promises = replace(measured.promises, targets=())
    assert await texts(measured, alarms(measured)[0], 610) == []
