"""A storm's card says how it is usually and what breaks next, from what is stored."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.deliver_storm import redraw_after
from jobs.show_storm import storm_view
from jobs.storm_outlook import with_outlook
from jobs.views.storms import StormView
from policies.promise import Within
from policies.promises import Promises
from policies.storm_outlook import Usually
from tests.jobs.storms import Desk, numbered
from tests.jobs.world import World
from tests.policies.builders import at

DAY = 24 * 60


@pytest.fixture
async def desk(world: World) -> Desk:
    """A world that groups."""
    return Desk(world)


async def before(desk: Desk, *days: int, warehouse: str = "ATL1") -> None:
    """Orders that were late some days before."""
    state = desk.world.storage.state
    for day in days:
        order_id = f"OLD-{day}-{warehouse}"
        (number,) = await desk.late(order_id, minute=1000, warehouse=warehouse)
        opened = at(1000 + 121) - timedelta(days=day)
        state = desk.world.storage.state
        state.exceptions[number] = replace(state.exceptions[number], opened_at=opened)
        desk.world.storage.state.causes.clear()


async def seen(desk: Desk, minute: float) -> StormView:
    """The storm as its card has it."""
    async with desk.world.storage.read() as tx:
        storm = await tx.storms.get(1)
        assert storm is not None
        view = await storm_view(tx, storm, at(minute))
        return await with_outlook(tx, view, desk.world.promises)


async def test_how_it_is_usually(desk: Desk) -> None:
    """Those of the same warehouse on the days before, without the storm's own."""
    await before(desk, 20, 3, 2)
    await before(desk, 5, warehouse="DFW")
    await desk.late(*numbered(1, 9), minute=1121)
    view = await seen(desk, 1122)
    assert view.usually == Usually(count=3, days=20)


async def test_of_a_new_client_nothing_is_usual(desk: Desk) -> None:
    """Where a week is not known nothing is said."""
    await before(desk, 2)
    await desk.late(*numbered(1, 9), minute=1121)
    assert (await seen(desk, 1122)).usually is None


async def test_what_breaks_next(desk: Desk) -> None:
    """The other promises of the late orders that end within the hour, counted; then drawn anew."""
    pick = next(rule for rule in desk.world.promises.rules if rule.sla_id == "pick")
    later = replace(pick, sla_id="later", deadline=Within(minutes=240))
    desk.world.promises = Promises(rules=(pick, later))
    await desk.late(*numbered(1, 9))
    rows = desk.world.storage.state.clocks
    due = [row.deadline_at for row in rows.values() if row.state == "running"]
    first = min(due)
    minute = (first - at(0)).total_seconds() / 60 - 30
    view = await seen(desk, minute)
    assert view.next_losses is not None
    within = [one for one in due if one <= at(minute + 60)]
    assert (view.next_losses.promises, view.next_losses.by) == (len(within), max(within))
    wait = redraw_after(view)
    assert wait is not None
    assert wait <= view.next_losses.by - view.now + timedelta(seconds=5)


async def test_lists_do_not_ask(desk: Desk) -> None:
    """Only the card says it."""
    await desk.late(*numbered(1, 9))
    async with desk.world.storage.read() as tx:
        storm = await tx.storms.get(1)
        assert storm is not None
        assert (await storm_view(tx, storm, at(122))).usually is None
