"""Mapping and subscribing in the local workspace, which refuses what Slack would refuse."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.slack.test_in_workspace import ACME, MARIA, Stage, behind_a_workspace
from tests.slack.world import open_world

INITECH = "C0INITECH"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A workspace of its own, which Maria runs."""
    async with open_world() as world, behind_a_workspace(world) as opened:
        people = world.directory.people
        people[MARIA] = replace(people[MARIA], admin=True)
        yield opened


async def test_a_channel_is_mapped_and_asks_for_alerts(stage: Stage) -> None:
    """Map, subscribe, see the list, edit in the form, try it out, take it away, unmap."""
    workspace, state = stage.workspace, stage.world.storage

    async def say(words: str, count: int) -> str:
        assert (await workspace.command(MARIA, INITECH, text=words)).ok

        async def answered() -> list[dict[str, object]] | None:
            found: list[dict[str, object]] = await workspace.ephemerals(MARIA)
            return found if len(found) >= count else None

        return str((await stage.until(answered))[-1])

    assert "not mapped to a client yet" in await say("exceptions", 1)
    assert "sees Acme Outdoors now" in await say("map Acme", 2)
    assert "HIGH and up, come here" in await say("subscribe severity high+", 3)
    assert "default" in await say("subscriptions", 4)

    listed = (await workspace.ephemerals(MARIA))[-1]
    assert (await workspace.click(MARIA, INITECH, listed["ts"], "e2a_subscription_edit")).ok
    shown = await stage.form()
    values = {"reasons": ["PICK_DELAY"], "severity": "CRITICAL"}
    assert (await workspace.submit_view(MARIA, shown["id"], values)).ok

    async def changed() -> bool:
        (one,) = state.state.subscriptions.values()
        return one.filters == {"reasons": ["PICK_DELAY"], "at_least": "CRITICAL"}

    await stage.until(changed)
    assert "on its way" in await say("subscribe test", 6)
    assert "come here no more" in await say("unsubscribe", 7)
    assert "does not see Acme Outdoors any more" in await say("unmap Acme", 8)
    assert state.state.showings == {}
    assert await stage.refused() == []
    assert ACME in {tenant.channel_id for tenant in state.state.tenants.values()}
