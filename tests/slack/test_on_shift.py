"""Assigning to who is on shift: whoever is there, may own it and holds the fewest."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from policies.reasons import Status
from policies.roles import Role, RoleGrant, user
from policies.shifts import Shift, ShiftBook
from tests.slack.values import NOW, record
from tests.slack.world import World, open_world

DAYS = Shift(
    name="ATL1 days",
    zone="UTC",
    days=(1,),
    begins=360,
    ends=1320,
    sites=("ATL1",),
    group="S0DAYS",
    people=("U0GUEST",),
)
NIGHTS = replace(DAYS, name="DAL2 nights", begins=1320, ends=1800, sites=("DAL2",))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """The day shift of ATL1 is on: Maria and Joe, and a guest."""
    async with open_world(ShiftBook(shifts=(DAYS, NIGHTS))) as opened:
        days = frozenset({"S0DAYS"})
        opened.directory.groups = dict.fromkeys(("U0MARIA", "U0JOE", "U0STRANGER"), days)
        yield opened


async def hold(world: World, number: int, assignee: str, **changes: object) -> None:
    """Another exception is in somebody's hands."""
    async with world.storage.write() as tx:
        one = record(id=number, order_id=f"SO-{number}", status=Status.IN_PROGRESS)
        tx.state.exceptions[number] = replace(one, assignee=assignee, **changes)  # type: ignore[arg-type]


async def test_whoever_holds_the_fewest_gets_it(world: World) -> None:
    """Joe has one in hand and Maria two: it is Joe's, and everybody reads why."""
    for number, owner in ((20, "U0MARIA"), (21, "U0MARIA"), (22, "U0JOE")):
        await hold(world, number, owner)
    await world.mention("assign 7 on shift")
    after = await world.record()
    assert (after.status, after.assignee) == (Status.IN_PROGRESS, "U0JOE")
    said = world.slack.told()[-1].words
    assert "Joe owns #7 SO-1042: on shift (ATL1 days), with 1 other in hand, the fewest." in said
    assert (await world.trail())[-1].actor == "slack:U0MARIA"


async def test_a_tie_goes_by_id_and_settled_ones_do_not_count(world: World) -> None:
    """With as many in hand the first id gets it; what is resolved is in nobody's hand."""
    await hold(world, 20, "U0JOE", resolved_at=NOW, status=Status.RESOLVED)
    await world.command("assign 7 to whoever is on shift")
    assert (await world.record()).assignee == "U0JOE"


async def test_only_who_may_own_it_is_chosen(world: World) -> None:
    """Guests and strangers of the group are passed over, and so is who is a mere viewer here."""
    async with world.storage.write() as tx:
        await tx.roles.give(RoleGrant(principal=user("U0JOE"), role=Role.VIEWER), NOW)
    await hold(world, 20, "U0MARIA")
    await world.mention("assign 7 on shift")
    assert (await world.record()).assignee == "U0MARIA"


async def test_nobody_of_the_shift_may_own_it(world: World) -> None:
    """Where only a guest is there, nothing is changed and the shift is named."""
    world.directory.groups = {}
    await world.mention("assign 7 on shift")
    assert (await world.record()).assignee is None
    assert "On shift now: ATL1 days. Nobody of them may own" in world.slack.told()[-1].words


async def test_nobody_is_on_shift(world: World) -> None:
    """Where nobody is there now, the next shift of that site is named and nothing is changed."""
    async with world.storage.write() as tx:
        tx.state.exceptions[7] = replace(record(), facts={"warehouse": "DAL2"})
    await world.mention("assign 7 on shift")
    assert (await world.record()).assignee is None
    said = world.slack.told()[-1].words
    assert "Nobody is on shift for DAL2 now, so nothing was changed." in said
    assert "Next: DAL2 nights, from <!date^" in said


async def test_who_may_not_assign_gives_it_to_nobody(world: World) -> None:
    """A viewer's wish is refused before anybody is chosen, and nothing can be asked for."""
    async with world.storage.write() as tx:
        await tx.roles.give(RoleGrant(principal=user("U0MARIA"), role=Role.VIEWER), NOW)
    await world.mention("assign 7 on shift")
    assert (await world.record()).assignee is None
    assert "on_shift" not in str(world.slack.told()[-1].said)
