"""Several people at one card: one effect, and everybody is told what happened."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from handlers.blocks.ids import Verb
from jobs.ports.slack import Person
from policies.reasons import Status
from tests.slack.values import NOW
from tests.slack.world import World


def _crew(world: World, count: int) -> list[str]:
    people = [Person(id=f"U0P{n}", name=f"P{n}", team_id="T1") for n in range(count)]
    world.directory.people |= {one.id: one for one in people}
    return [one.id for one in people]


async def test_ten_people_press_acknowledge_at_once(world: World) -> None:
    """One of ten owns it; the other nine are each told who was faster; the trail has one line."""
    crew = _crew(world, 10)
    await asyncio.gather(*(world.press(Verb.ACKNOWLEDGE, user={"id": who}) for who in crew))
    after = await world.record()
    assert after.status is Status.ACKNOWLEDGED
    assert after.assignee in crew
    assert [entry.action for entry in await world.trail()] == ["acknowledge"]
    told = [call.words for call in world.slack.of("hook")]
    assert len(told) == 9
    assert all("nothing was changed" in words for words in told)
    assert sorted(result for _, result in world.watcher.actions) == ["done", *["stale"] * 9]


async def test_acknowledging_while_it_resolves(world: World) -> None:
    """Whichever comes first holds: the other one is told, and no act is undone by the later."""
    first, second = _crew(world, 2)
    await asyncio.gather(
        world.command("resolve 7 the late truck took it", user_id=first),
        world.press(Verb.ACKNOWLEDGE, user={"id": second}),
    )
    after = await world.record()
    assert after.status is Status.RESOLVED
    actions = [entry.action for entry in await world.trail()]
    assert actions in (["resolve"], ["acknowledge", "resolve"])
    if actions == ["resolve"]:
        assert any("nothing was changed" in call.words for call in world.slack.of("hook"))


async def test_a_click_on_a_day_old_card(world: World) -> None:
    """A card from yesterday changes nothing; its reader is told how it stands today."""
    seen = await world.record()
    world.storage.state.exceptions[7] = replace(
        seen,
        status=Status.RESOLVED,
        resolution="done",
        resolved_at=NOW - timedelta(hours=20),
        version=seen.version + 2,
    )
    await world.press(Verb.ACKNOWLEDGE, version=seen.version)
    assert (await world.record()).version == seen.version + 2
    assert await world.trail() == []
    assert "nothing was changed" in world.slack.of("hook")[-1].words
