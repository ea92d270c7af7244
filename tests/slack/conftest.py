"""The Slack side of E2A, ready to be talked to."""

from collections.abc import AsyncIterator

import pytest

from tests.slack.world import World, open_world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """The app over storage of its own."""
    async with open_world() as opened:
        yield opened
