"""What time alone brings about: sweeps, ended snoozes, closing and redrawn cards."""

from datetime import timedelta

import pytest

from jobs.act_on_exception import Done, act_on_exception
from jobs.deliver_alert import refresh_at
from jobs.keep_time import (
    close_resolved,
    forget_deliveries,
    refresh_cards,
    sweep_deadlines,
    wake_snoozed,
)
from policies.lifecycle import Act
from policies.reasons import Status
from tests.jobs.world import World, of
from tests.policies.builders import T0, at, event
from tests.slack.values import DUE, NOW, SETTLED, view


async def act(world: World, verb: str, minute: float, until: float | None = None) -> None:
    """Maria does something with #1."""
    wanted = Act(
        verb=verb,
        exception_id=1,
        actor="slack:U0MARIA",
        tenant_ids=(1,),
        until=at(until) if until else None,
    )
    done = await act_on_exception(
        wanted, storage=world.storage, now=at(minute), wall_now=at(minute)
    )
    assert isinstance(done, Done)


async def sweep(world: World, minute: float, limit: int = 5000) -> int:
    """One sweep at that minute."""
    return await sweep_deadlines(
        storage=world.storage, now=at(minute), wall_now=at(minute), limit=limit
    )


async def test_the_sweep_asks_for_what_is_due_and_no_more(world: World) -> None:
    """Orders are asked for when their clock's time has come, once, and not before."""
    await world.hear(*[of(f"SO-{n}", event("order_paid", n, f"p-{n}")) for n in range(3)])
    await world.judge(0)
    await world.judge(2)
    assert [await sweep(world, minute) for minute in (89, 90.5, 90.5, 91.5)] == [0, 1, 0, 1]
    assert world.waiting_work() == ["SO-0", "SO-1"]


async def test_the_sweep_takes_no_more_than_its_limit(world: World) -> None:
    """A storm is asked for in portions, so that no transaction grows without bound."""
    await world.hear(*[of(f"SO-{n}", event("order_paid", 0, f"p-{n}")) for n in range(5)])
    await world.judge(0)
    assert [await sweep(world, 500, limit=2) for _ in range(4)] == [2, 2, 1, 0]


async def test_a_snooze_ends_when_its_time_has_come(world: World) -> None:
    """A snoozed exception wakes at its time, once, on the card and in the trail."""
    await world.late_order()
    await act(world, "snooze", 130, until=160)
    times = (159, 160, 161)
    woken = [
        await wake_snoozed(storage=world.storage, now=at(minute), wall_now=at(minute))
        for minute in times
    ]
    assert woken == [0, 1, 0]
    assert world.record().snoozed_until is None
    assert [(e.actor, e.action) for e in world.trail()][-1] == ("system", "wake")
    assert world.outbox()["alert:1:card"].generation > 2


async def test_a_resolved_exception_closes_after_seven_days(world: World) -> None:
    """RESOLVED becomes CLOSED a week later, not earlier, and only once."""
    await world.late_order()
    await act(world, "resolve", 130)
    week = 7 * 24 * 60
    closed = [
        await close_resolved(storage=world.storage, now=at(minute), wall_now=at(minute))
        for minute in (130 + week - 1, 130 + week + 1, 130 + week + 2)
    ]
    assert closed == [0, 1, 0]
    assert world.record().status is Status.CLOSED
    assert world.trail()[-1].after == {"status": "CLOSED"}


async def test_an_open_exception_never_closes_by_itself(world: World) -> None:
    """However old it is, what nobody resolved stays open."""
    await world.late_order()
    assert await close_resolved(storage=world.storage, now=at(99_999), wall_now=at(0)) == 0
    assert world.record().status is Status.OPEN


async def test_a_card_is_redrawn_when_its_time_has_come(world: World) -> None:
    """A due card goes into the outbox again and waits for delivery to set its next time."""
    await world.late_order()
    async with world.storage.write() as tx:
        await tx.alerts.refresh_later(1, at(130))
    times = (129, 130, 131)
    redrawn = [
        await refresh_cards(storage=world.storage, now=at(minute), wall_now=at(minute))
        for minute in times
    ]
    assert redrawn == [0, 1, 0]
    assert world.outbox()["alert:1:card"].generation == 2


@pytest.mark.parametrize(
    ("over", "next_at"), [(0, 10), (9.9, 10), (10, 20), (35, 40), (40, 80), (700, 1280)]
)
def test_a_card_is_refreshed_ever_more_rarely(over: float, next_at: float) -> None:
    """An active card is drawn again at 10, 20, 40, ... minutes over its deadline."""
    seen = view(deadline_at=NOW - timedelta(minutes=over))
    assert refresh_at(seen) == seen.record.deadline_at + timedelta(minutes=next_at)


def test_a_settled_card_is_not_refreshed() -> None:
    """The card of a settled exception has its last word."""
    assert refresh_at(view(**SETTLED, deadline_at=DUE)) is None


async def test_old_deliveries_are_forgotten(world: World) -> None:
    """Only what nobody can repeat any more is forgotten."""
    async with world.storage.write() as tx:
        await tx.seen.first_time("old", at(0))
        await tx.seen.first_time("new", at(10))
    five_past = T0 + timedelta(minutes=5)
    await forget_deliveries(storage=world.storage, before=five_past, fires_before=None)
    assert list(world.storage.state.seen) == ["new"]
