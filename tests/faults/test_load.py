"""A steady rate of events: all of them taken, none lost, and the memory does not run away."""

import os
from pathlib import Path

import pytest

from tests.faults.steady import Rate, drained, send, stored_ids, watched
from tests.stories.harness import a_bot

SOAK = bool(os.environ.get("E2A_TEST_SOAK"))
_GROWTH_MB = 50
_WARM_SECONDS = 60
"""What a process takes in its first minute is no growth: caches are filled."""


async def _bear(folder: Path, rate: Rate, warm: int) -> None:
    async with a_bot(folder, extra={"SLACK_NOTIFICATIONS_ENABLED": "false"}) as bot:
        await bot.start()
        async with watched(bot) as seen:
            sent = await send(bot, rate)
            await drained(bot)
        stored = await stored_ids(bot)
        assert await bot.stop() == 0
    assert (sent.failed, dict(sent.statuses)) == (0, {202: rate.events})
    assert len(stored) == len(set(stored)) == rate.events
    assert set(stored) == sent.accepted
    assert seen.grown_since(warm) <= _GROWTH_MB


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_a_hundred_a_second(tmp_path: Path) -> None:
    """Ten seconds of 100 events a second: all 202, each stored once, memory bounded."""
    await _bear(tmp_path, Rate(per_second=100, seconds=10), warm=1)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="the long form runs with make soak")
async def test_a_hundred_a_second_for_ten_minutes(tmp_path: Path) -> None:
    """The same for ten minutes."""
    await _bear(tmp_path, Rate(per_second=100, seconds=600), warm=_WARM_SECONDS)
