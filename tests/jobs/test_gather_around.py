"""What is gathered around orders is what their rules ask for."""

from policies.book.read import read_sla_book
from policies.promises import promises_of
from policies.queries import ClockRow
from policies.records import OrderKey
from tests.jobs.world import World, of, open_world
from tests.policies.builders import event

POLICY = """
version: "1"
presets: [volume]
multipliers: {volume: {over: 0}}
slas:
  - id: pick
    start: {event: order_paid, not_before: future_ship_at}
    stop: [pick_completed]
    deadline: {within: 100m}
"""


async def test_volume_is_counted_where_a_deferred_start_is() -> None:
    """Of an order that may not ship yet the hour before the stated time counts."""
    world = await open_world()
    world.promises = promises_of(read_sla_book(POLICY))
    await world.hear(event("order_paid", 0, future_ship_at="2026-03-02T20:00:00Z"))
    await world.judge(minute=601)
    assert world.clocks()["pick"].target_minutes == 100
    await world.hear(of("SO-9", event("order_paid", 570)), minute=602)
    await world.ask("SO-1", minute=602)
    await world.judge(minute=603)
    rows = await _rows(world, "SO-1")
    assert [row.target_minutes for row in rows] == [130]


async def _rows(world: World, order_id: str) -> list[ClockRow]:
    key = OrderKey(tenant_id=1, order_id=order_id)
    async with world.storage.read() as tx:
        return (await tx.clocks.of_orders([key]))[key]


async def test_volume_counts_the_hour_before_the_start() -> None:
    """More orders than the policy's number in the hour before lengthen the time."""
    world = await open_world()
    world.promises = promises_of(read_sla_book(POLICY))
    await world.hear(event("order_paid", 0))
    await world.judge(minute=1)
    assert world.clocks()["pick"].target_minutes == 130
