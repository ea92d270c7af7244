"""The app for the tests of the HTTP side."""

from collections.abc import AsyncIterator

import pytest

from tests.handlers.world import World, open_world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """The app over storage of its own."""
    async with open_world() as opened:
        yield opened
