"""A warehouse in memory for every test of a job."""

import pytest

from tests.jobs.world import World, open_world


@pytest.fixture
async def world() -> World:
    """Two tenants, the packaged promises, and nothing heard yet."""
    return await open_world()
