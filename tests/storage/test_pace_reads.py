"""What the pace of a rule is learnt from: clocks decided lately, and those that still run."""

from typing import Any

from policies.clock import Clock
from policies.reasons import ClockState, ClockVerdict
from tests.storage.builders import MINUTE, T0, an_event, clocks_of
from tests.storage.conftest import World

NOW = T0 + 200 * MINUTE


def a_clock(order_id: str, began: int, *, late: bool = False, **changes: Any) -> Clock:  # noqa: ANN401
    """A clock that is due two hours after it began."""
    at = T0 + began * MINUTE
    paid = an_event(f"paid-{order_id}", order_id, at=at)
    return clocks_of(paid, now=at + (125 if late else 1) * MINUTE)[0]._replace(**changes)


MET: dict[str, Any] = {"state": ClockState.MET, "check_at": None}


async def save(world: World, *clocks: Clock) -> None:
    """Stores them."""
    async with world.storage.write() as tx:
        await tx.clocks.save([(world.tenant.id, clock) for clock in clocks], NOW)


async def test_decided_ones_come_latest_deadline_first(world: World) -> None:
    """Met and breached clocks whose deadline is over are found, the latest first."""
    await save(
        world,
        a_clock("first", 0, **MET),
        a_clock("second", 10, late=True),
        a_clock("third", 20, **MET),
        a_clock("fast", 100, **MET),
        a_clock("runs", 30),
        a_clock("called off", 30, state=ClockState.CANCELLED, check_at=None),
    )
    async with world.storage.read() as tx:
        rows = await tx.clocks.decided(world.tenant.id, "pick", NOW, 10)
        fewer = await tx.clocks.decided(world.tenant.id, "pick", NOW, 2)
        others = await tx.clocks.decided(world.tenant.id, "pack", NOW, 2)
        nobodys = await tx.clocks.decided(world.tenant.id + 1, "pick", NOW, 2)
    assert [row.order_id for row in rows] == ["third", "second", "first"]
    assert fewer == rows[:2]
    assert others == nobodys == []


async def test_running_ones_come_next_deadline_first(world: World) -> None:
    """Clocks that still run are found by their deadlines; those of no data are not among them."""
    await save(
        world,
        a_clock("later", 90),
        a_clock("sooner", 85),
        a_clock("much later", 5000),
        a_clock("unknown", 80, verdict=ClockVerdict.NO_DATA),
        a_clock("paused", 80, state=ClockState.PAUSED),
        a_clock("done", 80, **MET),
    )
    until = NOW + 60 * MINUTE
    async with world.storage.read() as tx:
        rows = await tx.clocks.running(world.tenant.id, "pick", until, 10)
        fewer = await tx.clocks.running(world.tenant.id, "pick", until, 1)
    assert [row.order_id for row in rows] == ["sooner", "later"]
    assert fewer == rows[:1]
